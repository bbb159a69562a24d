"""Whom to ask about, and which matter's number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.forms import PersonChoice
from lawcrm.accounts.models import User
from lawcrm.firm import typed_number


class SeeAsForm(forms.Form):
    person = PersonChoice(label=_("Person"), help_text=_("Is shown that you asked, and when."))
    number = forms.CharField(
        label=_("Number of a matter"),
        max_length=50,
        required=False,
        help_text=_("To check a wall: yes or no, by which road."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = User.objects.filter(is_active=True).order_by("full_name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        return typed_number(self.cleaned_data["number"])
