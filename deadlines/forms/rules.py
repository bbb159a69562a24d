"""Standing by a rule and changing it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from deadlines.engine import published
from deadlines.engine.periods import Unit
from deadlines.engine.profiles import PROFILES
from deadlines.engine.rules import Rule
from deadlines.forms.dates import TypedDateField

UNITS = [("", _("set by the court")), *((unit.value, unit.value) for unit in Unit)]
CALENDARS = [("", "–"), *((code, code) for code in sorted(published.CODES))]


class SeenRuleForm(forms.Form):
    """Carries the checksum of the wording the person saw."""

    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput())


class ApproveForm(SeenRuleForm):
    note = forms.CharField(
        label=_("How you checked it"), max_length=200, help_text=_("For example: statute as of 1 November 2026.")
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class OverrideForm(SeenRuleForm):
    """What a firm may see differently; statute and trigger belong to the rule itself."""

    amount = forms.IntegerField(label=_("Amount"), min_value=1, max_value=1000, required=False)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    profile = forms.ChoiceField(label=_("Profile"), choices=[(name, name) for name in sorted(PROFILES)])
    calendar = forms.ChoiceField(label=_("Calendar without a court"), choices=CALENDARS, required=False)
    criticality = forms.ChoiceField(
        label=_("At stake"),
        choices=[("critical", _("Critical")), ("normal", _("Normal")), ("limitation", _("Limitation period"))],
    )
    pre_amount = forms.IntegerField(label=_("Pre-deadline, amount"), min_value=1, max_value=365, required=False)
    pre_unit = forms.ChoiceField(
        label=_("Pre-deadline, unit"), choices=[("days", _("days")), ("weeks", _("weeks"))], required=False
    )
    valid_to = TypedDateField(label=_("In force until"), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, max_length=1000, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    @classmethod
    def start(cls, rule: Rule, sha256: str) -> dict[str, Any]:
        span = rule.pre_deadline
        return {
            **{name: getattr(rule, name) for name in ("amount", "unit", "profile", "criticality", "valid_to", "note")},
            "calendar": rule.calendar or "",
            "pre_amount": span.amount if span else None,
            "pre_unit": span.unit if span else "days",
            "sha256": sha256,
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "amount" in data and "unit" in data and (data["amount"] is None) != (not data["unit"]):
            self.add_error("unit", _t("An amount needs a unit."))
        return data

    def changes(self) -> dict[str, Any]:
        """As a pack writes them."""
        data = self.cleaned_data
        span = {"amount": data["pre_amount"], "unit": data["pre_unit"] or "days"} if data["pre_amount"] else None
        return {
            **{name: data[name] for name in ("amount", "profile", "criticality", "note")},
            "unit": data["unit"] or None,
            "calendar": data["calendar"] or None,
            "pre_deadline": span,
            "valid_to": data["valid_to"].isoformat() if data["valid_to"] else None,
        }
