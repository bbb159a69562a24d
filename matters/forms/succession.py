"""The form for handing over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts import leaving
from lawcrm.accounts.forms import PersonChoice
from lawcrm.accounts.models import User
from matters.forms.access import reason_field
from matters.models import Matter
from matters.queries.succession import Bundle


class HandOverForm(forms.Form):
    to = PersonChoice(label=_("Successor"), help_text=_("Sees the chosen matters from then on, and is told."))
    reason = reason_field()
    matters = forms.MultipleChoiceField(label=_("Matters"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, leaver: User, bundles: list[Bundle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to, matters = self.fields["to"], self.fields["matters"]
        to.queryset = User.objects.filter(pk__in=[person.pk for person in leaving.candidates(leaver)])  # type: ignore[attr-defined]
        to.queryset = to.queryset.order_by("full_name", "pk")  # type: ignore[attr-defined]
        self.known = {str(bundle.matter.public_id): bundle.matter for bundle in bundles}
        matters.choices = [(str(bundle.matter.public_id), bundle.label) for bundle in bundles]  # type: ignore[attr-defined]
        matters.initial = list(self.known)

    def clean_matters(self) -> list[Matter]:
        return [self.known[chosen] for chosen in self.cleaned_data["matters"]]
