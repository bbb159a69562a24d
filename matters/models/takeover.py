"""Taking over what nobody can hand over any more: one partner asks, a second person confirms."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.personal_data import PersonalData
from matters.models.matter import Matter

FLAG = "takeovers"


class TakeoverSight(access.FlagSight):
    """Nobody sees of a matter behind a wall that it waits."""

    def predicate(self, table: str, viewer: access.Viewer) -> str:
        return f"({super().predicate(table, viewer)} AND NOT app_takeover_is_walled({table}.id))"


class Takeover(models.Model):
    """Of one matter nobody manages any more, or, without a matter, of the contacts only the leaver saw."""

    class Answer(models.TextChoices):
        NONE = "", _("Waiting for the second person")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    leaver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, related_name="+")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    reason = models.CharField(_("reason"), max_length=500)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True, default=Answer.NONE)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer_reason = models.CharField(_("reason of the second person"), max_length=500, blank=True)

    need_to_know = "self"
    sight = TakeoverSight(FLAG)
    objects = access.GuardedManager()
    history = audit.AuditedHistory(exclude=("reason", "answer_reason"))
    personal_data = PersonalData(
        subject="matter",
        path="matter",
        fields={
            "leaver": "technical",
            "successor": "technical",
            "asked_by": "technical",
            "asked_at": "technical",
            "reason": "free_text",
            "answered_by": "technical",
            "answered_at": "technical",
            "answer_reason": "free_text",
        },
        none=["id", "public_id", "matter", "answer"],
        purpose="access_control",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("takeover")
        verbose_name_plural = _("takeovers")
        default_permissions = ()
        permissions = [
            ("ask_takeover", "Ask that somebody takes over what a person who left alone answered for"),
            ("confirm_takeover", "Be the second person of a takeover"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(answer=""), name="matters_takeover_one_open"),
            models.UniqueConstraint(
                fields=["leaver"], condition=Q(answer="", matter=None), name="matters_takeover_one_bundle"
            ),
            # Four eyes, and not those of the one who gets it.
            models.CheckConstraint(
                condition=~Q(answer="confirmed")
                | Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by")) & ~Q(answered_by=F("successor")),
                name="matters_takeover_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"takeover {self.pk}"
