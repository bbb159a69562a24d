"""Forms about who may see a matter."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User
from matters.forms.opening import PersonField
from matters.models import Matter
from matters.models.levels import Level
from matters.queries import team


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Stays with the matter for those who ask later.")
    )


def _from_outside(person: User) -> str:
    until = date_format(person.ends_on, "SHORT_DATE_FORMAT") if person.ends_on else ""
    return _t("%(name)s, until %(until)s") % {"name": person.full_name, "until": until}


class PrincipalsField(forms.MultipleChoiceField):
    """People and practice groups; each value names the kind and the public or inner id."""

    def __init__(self, **options: Any) -> None:
        unfit = _(
            "Somebody chosen cannot be given access: their account has ended, or no role of theirs opens matters."
        )
        super().__init__(widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": unfit}, **options)
        people = [(f"person:{person.public_id}", person.full_name) for person in team.candidates()]
        outside = [(f"person:{person.public_id}", _from_outside(person)) for person in team.outsiders()]
        groups = [(f"group:{group.pk}", group.name) for group in team.practice_groups()]
        self.choices = [
            (str(_("People")), people),
            *([(str(_("Practice groups")), groups)] if groups else []),
            *([(str(_("From outside the firm")), outside)] if outside else []),
        ]

    def clean(self, value: Any) -> list[User | Group]:
        chosen = [choice.partition(":") for choice in super().clean(value)]
        people = [key for kind, _colon, key in chosen if kind == "person"]
        groups = [key for kind, _colon, key in chosen if kind == "group"]
        return [*User.objects.filter(public_id__in=people), *Group.objects.filter(pk__in=groups)]


class GrantForm(forms.Form):
    level = forms.ChoiceField(label=_("May"), choices=Level.choices, initial=Level.WORK)
    reason = reason_field()

    field_order = ("to", "level", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"] = PrincipalsField(label=_("People and groups"))
        self.order_fields(list(self.field_order))


class LevelForm(forms.Form):
    """Another level for one holder, a principal as in WithdrawForm."""

    holder = forms.IntegerField(widget=forms.HiddenInput)
    level = forms.ChoiceField(label=_("May"), choices=Level.choices)
    reason = reason_field()


class HandOverForm(forms.Form):
    """The old one keeps a level, or nothing."""

    to = PersonField(label=_("New responsible lawyer"), queryset=User.objects.none(), to_field_name="public_id")
    keeps = forms.ChoiceField(label=_("Who is responsible now"), required=False)
    reason = reason_field()

    def __init__(self, *args: Any, matter: Matter, **options: Any) -> None:
        super().__init__(*args, **options)
        lawyers = team.lawyers().exclude(pk=matter.responsible_id)
        self.fields["to"].queryset = lawyers  # type: ignore[attr-defined]
        levels = [*reversed(Level.choices), ("", _("Loses access"))]
        self.fields["keeps"].choices = levels  # type: ignore[attr-defined]

    def clean_keeps(self) -> Level | None:
        kept = self.cleaned_data["keeps"]
        return Level(kept) if kept else None


class ExtendForm(forms.Form):
    holder = forms.IntegerField(widget=forms.HiddenInput)
    ends_on = forms.DateField(label=_("New last day"), widget=forms.DateInput)
    reason = reason_field()


class WithdrawForm(forms.Form):
    """`holder` is the principal: a person's id, or a group's with a minus."""

    holder = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field()


class ReasonForm(forms.Form):
    reason = reason_field()
