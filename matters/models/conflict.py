"""Conflict checks: asked by many, answered by the conflicts officer alone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.crypto.fields import SealedJSONField, SealedTextField
from lawcrm.personal_data import PersonalData


class ConflictCheck(models.Model):
    """One check: who asked, when, for which names. The asker learns the decision, never the hits."""

    class State(models.TextChoices):
        IN_REVIEW = "in_review", _("Sent for review")
        CLEAR = "clear", _("Cleared")
        CONFLICT = "conflict", _("Conflict")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sealed_for = models.UUIDField(default=uuid.uuid4, editable=False)
    terms = SealedJSONField(_("names searched"), owner="sealed_for")
    note = SealedTextField(_("what the new case is about"), owner="sealed_for", null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.IN_REVIEW)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    asked_at = models.DateTimeField(_("asked at"))
    matcher_version = models.CharField(max_length=20)
    # The search is a job's: done in the asker's request, its work would tell how much was found.
    searched_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_reason = SealedTextField(_("reason"), owner="sealed_for", null=True, blank=True)

    need_to_know = "self"
    sight = access.OwnSight("asked_by_id", flag="conflicts")
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="others",
        fields={
            "terms": "identity",
            "note": "matter_content",
            "decision_reason": "matter_content",
        },
        none=[
            "id",
            "public_id",
            "sealed_for",
            "state",
            "asked_by",
            "asked_at",
            "matcher_version",
            "searched_at",
            "decided_by",
            "decided_at",
        ],
        purpose="conflict_check",
        retention="conflict_check",
        erase="delete",
    )

    class Meta:
        verbose_name = _("conflict check")
        verbose_name_plural = _("conflict checks")
        default_permissions = ()
        permissions = [
            ("run_conflict_check", "Ask for a conflict check"),
            ("review_conflicts", "See the hits of conflict checks and decide"),
            ("see_conflict_reasons", "See why a conflict check was decided as it was"),
        ]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="matters_check_asked")]

    def __str__(self) -> str:
        return f"conflict check {self.pk}"


class ConflictHit(models.Model):
    """What a check found at that moment, also out of the asker's sight; kept when the row found is gone."""

    conflict_check = models.ForeignKey(ConflictCheck, on_delete=models.CASCADE, related_name="hits")
    sealed_for = models.UUIDField(editable=False)
    term_index = models.PositiveSmallIntegerField()
    # Plain ids, not foreign keys: a snapshot must neither block nor follow the erasure of what it found.
    contact_ref = models.BigIntegerField()
    matter_ref = models.BigIntegerField(null=True)
    # Name found, its kind, and the roles in matters, as they were.
    found = SealedJSONField(owner="sealed_for")
    matcher = models.CharField(max_length=20)
    score = models.FloatField()

    need_to_know = "self"
    sight = access.FlagSight("conflicts")
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="others",
        fields={"found": "identity", "contact_ref": "technical", "matter_ref": "technical"},
        none=["id", "conflict_check", "sealed_for", "term_index", "matcher", "score"],
        purpose="conflict_check",
        retention="conflict_check",
        erase="delete",
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"hit {self.pk}"
