"""Choosing and signing a control sheet."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User

MINE = "mine"


class WhoseForm(forms.Form):
    """Whose sheet of the day: everybody's, one's own, or that of somebody else, by their public id."""

    on = forms.DateField(widget=forms.HiddenInput)
    who = forms.ChoiceField(label=_("Whose"), required=False)

    def __init__(self, *args: Any, others: Iterable[User], **options: Any) -> None:
        super().__init__(*args, **options)
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101 - for the types
        people = [(str(person.public_id), person.full_name) for person in others]
        who.choices = [("", _("All I may see")), (MINE, _("Mine")), *people]


class SignForm(forms.Form):
    """`seen` is the hash of the sheet as the page showed it."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    note = forms.CharField(
        label=_("What will be done"),
        max_length=300,
        required=False,
        help_text=_("Needed while something is open: who does it, and by when."),
    )
