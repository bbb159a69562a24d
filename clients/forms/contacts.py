"""Forms of the contact itself: finding, entering, changing, the confidential part."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from clients import countries, normal
from clients.actions.contacts import NewPoint
from clients.models import Contact, ContactPoint
from clients.queries import confidential

SALT = "clients.enter"
LONGEST_SEARCH = 200


class FilterForm(forms.Form):
    """Choices that say nothing about a person and so may stand in an address."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *Contact.Kind.choices])
    country = forms.ChoiceField(label=_("Country"), required=False)
    source = forms.ChoiceField(
        label=_("Source"), required=False, choices=[("", _("All sources")), *Contact.Source.choices]
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        country: Any = self.fields["country"]
        country.choices = [("", _("All countries")), *countries.NAMES.items()]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def chosen(self) -> dict[str, str]:
        """What was chosen; an unknown choice is none."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ContactForm(forms.Form):
    """What both kinds share; where the data comes from and since when is asked at once (Art. 14 GDPR)."""

    register_number = forms.CharField(
        label=_("Register or VAT number"), max_length=40, required=False, validators=[normal.fit_text]
    )
    country = forms.ChoiceField(label=_("Country"), choices=countries.choices, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=countries.languages, required=False, help_text=_("In which letters go out.")
    )
    source = forms.ChoiceField(
        label=_("Source"),
        choices=[("", "–"), *Contact.Source.choices],
        help_text=_("Who told the firm about this contact."),
    )
    source_detail = forms.CharField(
        label=_("Source in detail"), max_length=200, required=False, validators=[normal.fit_text]
    )
    collected_on = forms.DateField(label=_("Known since"), help_text=_("The day the firm got to know the data."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    order: tuple[str, ...] = ()

    def __init__(self, *args: Any, today: dt.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.order_fields([*self.order, "register_number", "country", "language"])

    def clean_collected_on(self) -> dt.date:
        collected: dt.date = self.cleaned_data["collected_on"]
        if collected > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return collected

    def values(self) -> dict[str, Any]:
        """The columns as the actions take them."""
        columns = {field.name for field in Contact._meta.concrete_fields}
        return {name: value for name, value in self.cleaned_data.items() if name in columns}


class PersonForm(ContactForm):
    given_name = forms.CharField(label=_("Given names"), max_length=99, required=False, validators=[normal.fit_name])
    family_name = forms.CharField(label=_("Family name"), max_length=100, validators=[normal.fit_name])
    order = ("given_name", "family_name")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["register_number"]

    def values(self) -> dict[str, Any]:
        found = super().values()
        return found | {"name": f"{found['given_name']} {found['family_name']}".strip()}


class OrganisationForm(ContactForm):
    name = forms.CharField(label=_("Name"), max_length=200, validators=[normal.fit_name])
    order = ("name",)


FORMS: dict[str, type[ContactForm]] = {
    Contact.Kind.PERSON: PersonForm,
    Contact.Kind.ORGANISATION: OrganisationForm,
}


class ReachForm(forms.Form):
    """How a new contact is reached: one of each to begin with, more on its page."""

    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    lines = forms.CharField(label=_("Street and number"), max_length=200, required=False, validators=[normal.fit_text])
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False, validators=[normal.fit_text])
    city = forms.CharField(label=_("Town"), max_length=100, required=False, validators=[normal.fit_text])

    def clean_email(self) -> str:
        return fit_point(ContactPoint.Kind.EMAIL, self.cleaned_data["email"])

    def clean_phone(self) -> str:
        return fit_point(ContactPoint.Kind.PHONE, self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for one, other in (("lines", "city"), ("city", "lines")):
            if cleaned.get(one) and not cleaned.get(other) and other in cleaned:
                self.add_error(other, _("An address needs both the street and the town."))
        return cleaned

    def points(self) -> list[NewPoint]:
        kinds = {"email": ContactPoint.Kind.EMAIL, "phone": ContactPoint.Kind.PHONE}
        return [
            NewPoint(kind, self.cleaned_data[name], is_primary=True)
            for name, kind in kinds.items()
            if self.cleaned_data[name]
        ]

    def address(self, country: str) -> dict[str, str] | None:
        given = {name: self.cleaned_data[name] for name in ("lines", "postcode", "city")}
        return {**given, "country": country} if given["lines"] else None


def fit_point(kind: str, value: str) -> str:
    if value:
        try:
            normal.point(kind, value)
        except normal.UnfitPoint as error:
            raise forms.ValidationError(str(error)) from None
    return value


class EntryForm(forms.Form):
    """What makes a form sent twice one contact: the future contact's id, signed for the person."""

    token = forms.CharField(widget=forms.HiddenInput)

    def clean_token(self) -> uuid.UUID:
        try:
            return uuid.UUID(signing.Signer(salt=SALT).unsign(self.cleaned_data["token"]))
        except (signing.BadSignature, ValueError):
            raise forms.ValidationError(_("This form cannot be used. Please begin with a new one.")) from None


def new_token() -> str:
    return signing.Signer(salt=SALT).sign(str(uuid.uuid4()))


class ConfidentialForm(forms.Form):
    """Kept sealed; shown only after a click that is logged."""

    national_id = forms.CharField(
        label=_("National id"),
        max_length=40,
        required=False,
        validators=[normal.fit_text],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    born_on = forms.DateField(label=_("Date of birth"), required=False)
    special_note = forms.CharField(
        label=_("Confidential note"),
        max_length=4000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Health, beliefs, offences: only what the case needs (Art. 9 and 10 GDPR)."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in confidential.NEEDS.keys() - {*confidential.readable()}:
            del self.fields[name]
