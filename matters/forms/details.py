"""Forms that add parties, change a matter and close it."""

from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from matters.actions.closing import Details, version_of
from matters.forms.opening import JURISDICTIONS, TypeField
from matters.forms.picker import Picker
from matters.models import Matter, MatterType, Party


class PartyForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Party.Role.choices)
    since = forms.DateField(label=_("Since"), widget=forms.DateInput)
    reference = forms.CharField(label=_("Their reference"), max_length=60, required=False)

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.contact = Picker("contact", str(_("Person or organisation")), data)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["contact"] = self.contact.clean()
        if self.contact.error:
            self.add_error(None, self.contact.error)
        return values


class DetailsForm(forms.Form):
    """`version` is what the person was looking at when the form was opened."""

    title = forms.CharField(label=_("Title"), max_length=200)
    matter_type = TypeField(label=_("Type"), queryset=MatterType.objects.none())
    jurisdiction = forms.ChoiceField(label=_("Jurisdiction"), choices=JURISDICTIONS)
    court_reference = forms.CharField(label=_("Court's reference"), max_length=60, required=False)
    summary = forms.CharField(
        label=_("What it is about"),
        max_length=5000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Kept encrypted."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, matter: Matter) -> None:
        super().__init__(data, initial=_now_of(matter))
        said = str(_("Only to name another one: the dates of its calendar are proposed, none moves."))
        self.court = Picker("court", str(_("Another court or authority")), data, required=False, courts=True, help=said)
        self.fields["matter_type"].queryset = MatterType.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "find" in self.data:  # still looking
            return values
        values["court"] = self.court.clean_court()
        if self.court.error:
            self.add_error(None, f"{self.court.label}: {self.court.error}")
        return values

    def details(self) -> Details:
        return Details(**self.cleaned_data)

    def renew(self, matter: Matter) -> None:
        """After a stale save: what was typed stays, the version is the one now shown beside it."""
        data = cast("QueryDict", self.data).copy()
        data["version"] = str(version_of(matter))
        self.data = data


def _now_of(matter: Matter) -> dict[str, Any]:
    names = ("title", "matter_type", "jurisdiction", "court_reference", "summary")
    return {**{name: getattr(matter, name) for name in names}, "version": version_of(matter)}


class ClosingForm(forms.Form):
    closed_on = forms.DateField(label=_("Closed on"), widget=forms.DateInput)
    reason = forms.CharField(label=_("How it ended"), max_length=500, required=False)

    def __init__(self, data: QueryDict | None = None, *, today: date) -> None:
        super().__init__(data, initial={"closed_on": today})
