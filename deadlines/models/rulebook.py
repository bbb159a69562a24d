"""The firm's book of rules: packs it imported, rules it changed, and which lawyer stands by which rule."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.models.withdrawal import Withdrawable
from lawcrm import audit
from lawcrm.personal_data import PersonalData

USER = settings.AUTH_USER_MODEL


class RulePack(models.Model):
    """A pack that stands in for the shipped one of its name until another is imported; the text as it came."""

    name = models.CharField(_("pack"), max_length=20)
    version = models.CharField(_("version"), max_length=40)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    imported_at = models.DateTimeField(_("imported"))
    replaced_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        subject="none", none=["name", "version", "sha256", "text", "imported_at", "replaced_at"]
    )

    class Meta:
        verbose_name = _("rule pack")
        verbose_name_plural = _("rule packs")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="deadlines_pack_in_use", condition=models.Q(replaced_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"rule pack {self.pk}"


class RuleOverride(Withdrawable):
    """A rule as the firm has it; `base` is the checksum of the rule it stands in for. Never deleted."""

    code = models.CharField(_("rule"), max_length=60)
    valid_from = models.DateField(null=True)
    base = models.CharField(max_length=64)
    data = models.JSONField()
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(editable=False)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        none=[
            *("public_id", "code", "valid_from", "base", "data", "reason", "made_by", "made_at"),
            *("withdrawn_by", "withdrawn_at", "withdrawn_reason"),
        ],
    )

    class Meta:
        verbose_name = _("changed rule")
        verbose_name_plural = _("changed rules")
        default_permissions = ()
        permissions = [("keep_rules", "Change a rule by which deadlines are computed")]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="deadlines_override_in_use",
                condition=models.Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"changed rule {self.pk}"


class RuleApproval(Withdrawable):
    """A named lawyer stands by one wording of a rule: its checksum. Another wording is a draft again."""

    code = models.CharField(_("rule"), max_length=60)
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("how it was checked"), max_length=200)
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", editable=False)
    approved_at = models.DateTimeField(editable=False)

    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="none",
        none=[
            *("public_id", "code", "sha256", "note", "approved_by", "approved_at"),
            *("withdrawn_by", "withdrawn_at", "withdrawn_reason"),
        ],
    )

    class Meta:
        verbose_name = _("approval of a rule")
        verbose_name_plural = _("approvals of rules")
        default_permissions = ()
        permissions = [("approve_rule", "Stand by a rule by which deadlines are computed")]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], name="deadlines_approval_in_use", condition=models.Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"approval of a rule {self.pk}"
