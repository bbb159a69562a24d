"""Formsets of the names, contact points and addresses of a contact."""

from typing import Any, NoReturn

from django import forms
from django.utils.translation import gettext_lazy as _

from clients import countries, normal
from clients.models import Address, ContactName, ContactPoint
from lawcrm.crypto import marks

PART = "clients.part"
SPARE_ROWS = 2
MOST_ROWS = 60


class MarkField(forms.Field):
    """An id that a page shows as its mark."""

    def prepare_value(self, value: Any) -> Any:
        return marks.mark_of(PART, value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        return marks.id_of(PART, str(value)) or self._unknown()

    def _unknown(self) -> NoReturn:
        raise forms.ValidationError(_("This is no row of this contact."))


class PartForm(forms.Form):
    """One row; `pk` names the row it stands for and is looked up among the contact's own."""

    pk = MarkField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begin, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begin and end and end < begin:
            self.add_error("valid_to", _("The end lies before the beginning."))
        return cleaned


class NameForm(PartForm):
    name = forms.CharField(label=_("Name"), max_length=200, validators=[normal.fit_name])
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactName.Kind, initial=ContactName.Kind.LEGAL)
    valid_from = forms.DateField(label=_("From"), required=False)
    valid_to = forms.DateField(label=_("Until"), required=False)


class PointForm(PartForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind, initial=ContactPoint.Kind.EMAIL)
    value = forms.CharField(label=_("Address or number"), max_length=254, validators=[normal.fit_text])
    label = forms.CharField(label=_("Label"), max_length=40, required=False, validators=[normal.fit_text])
    is_primary = forms.BooleanField(label=_("Preferred"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "kind" in cleaned and "value" in cleaned:
            try:
                normal.point(cleaned["kind"], cleaned["value"])
            except normal.UnfitPoint as error:
                self.add_error("value", str(error))
        return cleaned


class AddressForm(PartForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Address.Kind, initial=Address.Kind.POSTAL)
    lines = forms.CharField(label=_("Street and number"), max_length=200, validators=[normal.fit_text])
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False, validators=[normal.fit_text])
    city = forms.CharField(label=_("Town"), max_length=100, validators=[normal.fit_text])
    country = forms.ChoiceField(label=_("Country"), choices=countries.choices, required=False)


def formset(form: type[PartForm]) -> "type[forms.BaseFormSet[PartForm]]":
    return forms.formset_factory(
        form, extra=SPARE_ROWS, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS + SPARE_ROWS
    )


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    spread = forms.BooleanField(label=_("Also change it for the contacts that share it"), required=False, initial=True)
