"""Ethical walls around a matter or a client: what they say, whom they keep out, who has taken note."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models.matter import Matter
from matters.models.party import Party

STAFF = settings.AUTH_USER_MODEL
ONE_ROOT = models.Q(matter__isnull=True) ^ models.Q(contact__isnull=True)


class WallSight(access.Sight):
    """The firm's own people who see the matter, or a matter in which the contact is the client.

    Whoever meets the contact elsewhere, as an adversary or by a grant of their own, is told of no wall around it.
    """

    def predicate(self, table: str, viewer: access.Viewer) -> str:
        if access.WHOLE_FIRM not in viewer.principals:
            return "FALSE"
        matter, client = Matter.sight.predicate("wm", viewer), Matter.sight.predicate("wc", viewer)
        contact = Contact.sight.predicate("wk", viewer)
        own = f"wm.id = {table}.matter_id AND {matter}"
        joined = f"{_table(Party)} wp JOIN {_table(Matter)} wc ON wc.id = wp.matter_id"
        known = f"{joined} JOIN {_table(Contact)} wk ON wk.id = wp.contact_id"
        ours = f"wp.contact_id = {table}.contact_id AND wp.role = '{Party.Role.CLIENT}' AND {client} AND {contact}"
        either = (f"{_table(Matter)} wm WHERE {own}", f"{known} WHERE {ours}")
        return f"({' OR '.join(f'EXISTS (SELECT 1 FROM {rows})' for rows in either)})"  # noqa: S608 - table names and numbers of our own


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


AROUND = WallSight()


class Wall(models.Model):
    """Deny beats every grant. Around a contact it also closes every matter in which that contact is the client."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="walls")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="walls")
    reason = models.CharField(_("reason"), max_length=500)
    # What the people kept out read and acknowledge; empty when nobody is asked.
    notice = models.TextField(_("notice"), max_length=1000, blank=True)
    is_silent = models.BooleanField(_("nobody is asked"), default=False, db_default=False)
    raised_by = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("raised at"))
    starts_at = models.DateTimeField(_("starts at"), db_default=Now())
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    lowered_at = models.DateTimeField(_("lowered at"), null=True, blank=True)

    need_to_know = "self"
    sight = AROUND
    trail_follows_row = True
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={"reason": "matter_content", "notice": "matter_content"},
        none=[
            "id",
            "matter",
            "contact",
            "is_silent",
            "raised_by",
            "raised_at",
            "starts_at",
            "ends_at",
            "lowered_at",
        ],
        purpose="access_control",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("wall")
        verbose_name_plural = _("walls")
        default_permissions = ()
        constraints = [
            # A wall around nothing or around two things could not be derived.
            models.CheckConstraint(condition=ONE_ROOT, name="matters_wall_one_root"),
            # An end before the start would be a wall that never stood.
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="matters_wall_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="matters_wall_open", condition=models.Q(lowered_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"wall {self.pk}"

    @property
    def leads_to(self) -> dict[str, int]:
        """Whose trail events about this wall belong to."""
        return {name: pk for name in ("matter_id", "contact_id") if (pk := getattr(self, name)) is not None}


class WallBar(models.Model):
    """Whom a wall keeps out: one person or one group. Only a standing bar denies; a lifted one stays as it is."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        STANDING = "standing", _("standing")
        LIFTED = "lifted", _("lifted")

    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, related_name="bars")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(STAFF, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.STANDING, db_default=State.STANDING)

    need_to_know = "self"
    sight = AROUND
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={},
        none=["id", "wall", "matter", "contact", "user", "group", "state"],
        purpose="access_control",
        retention="matter",
        erase="delete",
    )

    class Meta:
        default_permissions = ()
        constraints = [
            # A bar against nobody or against two at once could not be read in words.
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(group__isnull=True), name="matters_bar_one_principal"
            ),
            models.CheckConstraint(condition=ONE_ROOT, name="matters_bar_one_root"),
            # A wall names each once.
            models.UniqueConstraint(
                fields=["wall", "user", "group"],
                name="matters_bar_once",
                condition=~models.Q(state="lifted"),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["contact"], name="matters_bar_client", condition=models.Q(state="standing")),
        ]

    def __str__(self) -> str:
        return f"bar {self.pk}"

    @property
    def principal(self) -> int:
        return self.user_id if self.user_id is not None else -(self.group_id or 0)

    @property
    def name(self) -> str:
        if self.user is not None:
            return self.user.full_name
        return self.group.name if self.group is not None else ""


class WallNotice(models.Model):
    """One person kept out by a wall, the words they were shown, and when they took note.

    They see this row and nothing of what the wall stands around.
    """

    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey(STAFF, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("notice"))
    asked_at = models.DateTimeField(_("asked at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    # The wall was lowered, or keeps this person out no longer.
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    need_to_know = "self"
    sight = access.EitherSight(access.OwnSight("user_id"), access.ReferenceSight("matters.Wall", "wall_id"))
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={"text": "matter_content"},
        none=["id", "wall", "user", "asked_at", "reminded_at", "acknowledged_at", "withdrawn_at"],
        purpose="access_control",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("notice of a wall")
        verbose_name_plural = _("notices of walls")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["wall", "user"], name="matters_notice_once")]
        indexes = [
            models.Index(
                fields=["user"],
                name="matters_notice_open",
                condition=models.Q(acknowledged_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
