"""What people type about practice groups."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.forms import PersonChoice
from lawcrm.accounts.models import User


class GroupReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Stays with the group for those who ask later.")
    )


class NewGroupForm(GroupReasonForm):
    name = forms.CharField(label=_("Name"), max_length=150)
    keeper = PersonChoice(
        label=_("Who keeps it"),
        help_text=_("Decides who belongs to it, you included. Somebody else than you: nobody adds themselves."),
    )
    field_order = ("name", "keeper", "reason")

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["keeper"].queryset = people  # type: ignore[attr-defined]


class RenameGroupForm(GroupReasonForm):
    name = forms.CharField(label=_("Name"), max_length=150)
    field_order = ("name", "reason")


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several members of staff, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class JoinForm(GroupReasonForm):
    people = PeopleField(
        label=_("People"),
        queryset=User.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They see what the group was given from their next click on. Those who answer for it are told."),
    )
    field_order = ("people", "reason")

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
