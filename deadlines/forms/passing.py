"""What is asked when an entry of the book is passed on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deadlines.actions.passing import Holders
from deadlines.forms.answering import AnsweringForm, WithDeputyForm
from deadlines.forms.todo import GivenForm
from lawcrm.accounts.models import User


class PassingForm(AnsweringForm):
    """`seen` is who had it when the page was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=80)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For example: on leave from Monday."))

    def said(self) -> dict[str, Any]:
        """As the action takes it."""
        data = self.cleaned_data
        deputy: User | None = data.get("deputy")
        to = Holders(assignee=data["assignee"], group=data["group"], deputy=deputy)
        return {"seen": data["seen"], "reason": data["reason"], "to": to}


class PassDeadlineForm(PassingForm, WithDeputyForm):
    field_order = ("assignee", "group", "deputy", "reason")


class PassTaskForm(PassingForm, GivenForm):
    field_order = ("assignee", "group", "reason")
