"""Forms about who may see a matter."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User
from matters.forms.opening import PeopleField
from matters.models.levels import Level
from matters.queries import team


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Stays with the matter for those who ask later.")
    )


class PrincipalField(forms.ChoiceField):
    """A person or a practice group; the value names the kind and the public or inner id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        people = [(f"person:{person.public_id}", person.full_name) for person in team.candidates()]
        groups = [(f"group:{group.pk}", group.name) for group in team.practice_groups()]
        self.choices = [
            ("", _("Choose")),
            (str(_("People")), people),
            *([(str(_("Practice groups")), groups)] if groups else []),
        ]

    def clean(self, value: Any) -> User | Group | None:
        chosen = super().clean(value)
        kind, _colon, key = chosen.partition(":")
        if not key:
            return None
        return User.objects.get(public_id=key) if kind == "person" else Group.objects.get(pk=key)


class GrantForm(forms.Form):
    level = forms.ChoiceField(label=_("May"), choices=Level.choices, initial=Level.WORK)
    reason = reason_field()

    field_order = ("to", "level", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"] = PrincipalField(label=_("Person or group"))
        self.order_fields(list(self.field_order))


class WithdrawForm(forms.Form):
    """`holder` is the principal: a person's id, or a group's with a minus."""

    holder = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field()


class WallForm(forms.Form):
    people = PeopleField(
        label=_("People kept out"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    groups = PeopleField(
        label=_("Practice groups kept out"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = reason_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = User.objects.filter(is_active=True).order_by("full_name")  # type: ignore[attr-defined]
        groups = team.practice_groups()
        if groups.exists():
            self.fields["groups"].queryset = groups  # type: ignore[attr-defined]
        else:
            del self.fields["groups"]


class ReasonForm(forms.Form):
    reason = reason_field()
