"""The form that opens a matter."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User
from matters.actions.opening import Opening
from matters.forms.once import OnceField
from matters.forms.picker import Picker
from matters.models import MatterType
from matters.queries import team

JURISDICTIONS = [
    ("DK", _("Denmark")),
    ("SE", _("Sweden")),
    ("DE", _("Germany")),
    ("TR", _("Türkiye")),
    ("AT", _("Austria")),
    ("CH", _("Switzerland")),
    ("EU", _("European Union")),
    ("GB", _("United Kingdom")),
    ("US", _("United States, federal courts")),
]


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several people or groups, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name if isinstance(obj, User) else obj.name)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One member of staff, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class TypeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class OpeningForm(forms.Form):
    """Client, adverse party and court are pickers beside the fields; all are validated together."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As it is called in the firm: X ./. Y"))
    matter_type = TypeField(label=_("Type"), queryset=MatterType.objects.none())
    jurisdiction = forms.ChoiceField(label=_("Jurisdiction"), choices=JURISDICTIONS)
    opened_on = forms.DateField(label=_("Opened on"), widget=forms.DateInput)
    court_reference = forms.CharField(label=_("Court's reference"), max_length=60, required=False)
    summary = forms.CharField(
        label=_("What it is about"),
        max_length=5000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Kept encrypted."),
    )
    responsible = PersonField(label=_("Responsible lawyer"), queryset=User.objects.none())
    people = PeopleField(
        label=_("Team"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody else sees the matter, or learns that it exists."),
    )
    groups = PeopleField(
        label=_("Practice groups"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: QueryDict | None = None, *, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.user = user
        self.fields["once"] = OnceField(user.pk)
        self._offer("matter_type", MatterType.objects.filter(is_active=True).order_by("name"))
        self._offer("responsible", team.candidates())
        self._offer("people", team.candidates())
        self._offer("groups", team.practice_groups())
        self.client = Picker("client", str(_("Client")), data)
        self.adverse = Picker("adverse", str(_("Adverse party")), data, required=False)
        self.court = Picker("court", str(_("Court or authority")), data, required=False, courts=True)

    def _offer(self, field: str, rows: QuerySet[Any]) -> None:
        self.fields[field].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["client"], values["adverse"] = self.client.clean(), self.adverse.clean()
        values["court"] = self.court.clean_court()
        for picker in (self.client, self.adverse, self.court):
            if picker.error:
                self.add_error(None, f"{picker.label}: {picker.error}")
        return values

    def opening(self) -> Opening:
        values = self.cleaned_data
        return Opening(
            once=values["once"],
            title=values["title"],
            matter_type=values["matter_type"],
            jurisdiction=values["jurisdiction"],
            opened_on=values["opened_on"],
            responsible=values["responsible"],
            client=values["client"],
            adverse=(values["adverse"],) if values["adverse"] else (),
            people=tuple(values["people"]),
            groups=tuple(values["groups"]),
            court=values["court"],
            court_reference=values["court_reference"],
            summary=values["summary"],
        )
