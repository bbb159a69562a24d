"""The forms of a takeover."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts import leaving
from lawcrm.accounts.forms import PersonChoice
from lawcrm.accounts.models import User
from matters.forms.access import reason_field
from matters.queries.takeover import Thing


class AskTakeoverForm(forms.Form):
    to = PersonChoice(label=_("Who takes over"), help_text=_("An active lawyer or partner who keeps no accounts."))
    reason = reason_field()

    def __init__(self, *args: Any, thing: Thing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[person.pk for person in leaving.candidates(thing.leaver)])
        self.fields["to"].queryset = people.order_by("full_name", "pk")  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    reason = reason_field()
