"""The matter: number, type, state and the derived columns that decide who sees it."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clients.models import Court
from clients.models.contact import NameSkeleton
from lawcrm import access, audit
from lawcrm.crypto.fields import SealedTextField
from lawcrm.personal_data import PersonalData


class MatterType(models.Model):
    """A kind of case; it names the retention rule its matters follow."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    retention_code = models.CharField(_("retention rule"), max_length=40)
    is_active = models.BooleanField(_("in use"), default=True)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        fields={},
        none=["id", "code", "name", "retention_code", "is_active"],
        purpose="case_handling",
        retention="settings",
        erase="keep",
    )

    class Meta:
        verbose_name = _("matter type")
        verbose_name_plural = _("matter types")
        default_permissions = ()

    def __str__(self) -> str:
        return self.code


class NumberSeries(models.Model):
    """The next number of a year; its row is locked while a matter is opened, so that no gap arises."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    next_number = models.PositiveIntegerField(default=1)
    # Decides in which order the year's random numbers come; changed, one could come twice.
    key = models.UUIDField(db_default=RandomUUID(), editable=False)

    personal_data = PersonalData(
        subject="none",
        fields={},
        none=["year", "next_number", "key"],
        purpose="case_handling",
        retention="settings",
        erase="keep",
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.year}"


class Matter(models.Model):
    """Seen by its team only; nothing here tells anyone else that it exists."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    matter_type = models.ForeignKey(MatterType, on_delete=models.PROTECT, related_name="+", verbose_name=_("type"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible lawyer")
    )
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    court = models.ForeignKey(Court, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    court_reference = models.CharField(_("court's reference"), max_length=60, blank=True)
    summary = SealedTextField(_("what it is about"), owner="public_id", null=True, blank=True)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    hold_count = models.PositiveIntegerField(db_default=0, editable=False)
    acl = ArrayField(models.IntegerField(), db_default=[], editable=False)
    deny = ArrayField(models.IntegerField(), db_default=[], editable=False)
    title_skeleton = models.GeneratedField(
        expression=NameSkeleton("title"), output_field=models.TextField(), db_persist=True
    )

    need_to_know = "self"
    sight = access.Sight()
    objects = access.GuardedManager()
    history = audit.AuditedHistory(exclude=("hold_count",))
    personal_data = PersonalData(
        subject="matter",
        fields={
            "title": "matter_content",
            "title_skeleton": "matter_content",
            "court_reference": "matter_content",
            "summary": "matter_content",
        },
        none=[
            "id",
            "public_id",
            "number",
            "matter_type",
            "state",
            "responsible",
            "jurisdiction",
            "court",
            "opened_on",
            "closed_on",
            "created_by",
            "created_at",
            "hold_count",
            "acl",
            "deny",
        ],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        default_permissions = ("change", "view")
        permissions = [
            ("open_matter", "Open a matter"),
            ("work_matter", "Work on a matter"),
            ("manage_matter", "Manage a matter's team"),
            ("grant_access", "Let others see a matter one manages"),
            ("log_communication", "Log communications"),
            ("upload_document", "Add documents"),
            ("see_kyc_papers", "See KYC papers"),
        ]
        indexes = [
            models.Index(fields=["-opened_on", "-id"], name="matters_matter_opened"),
            # Entries waiting to be sorted in would be read through by every query after a change of many grants.
            GinIndex(fields=["acl"], name="matters_matter_acl", fastupdate=False),
            GinIndex(OpClass("title_skeleton", name="gin_trgm_ops"), name="matters_matter_skeleton"),
            models.Index(fields=["closed_on"], name="matters_matter_closed", condition=models.Q(state="closed")),
        ]
        constraints = [
            # Retention counts from the closing date, so that a closed matter must have one.
            models.CheckConstraint(
                condition=models.Q(state="open", closed_on__isnull=True)
                | models.Q(state="closed", closed_on__isnull=False),
                name="matters_matter_closed_on",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED
