"""Fields several forms share: files, moments, parties to choose from, staff to name."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from matters.actions.confidentiality import mine
from matters.actions.documents import Incoming
from matters.models.confidentiality import Confidentiality

MOST_FILES = 20


class FileInput(forms.FileInput):
    """Named so that the field template draws it as a place to drop files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; what is in them is for the door to judge."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=FileInput, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Incoming]:  # noqa: ARG002 - Django's signature
        given = [file for file in (data or []) if file]
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)d files at a time."), params={"most": MOST_FILES})
        return [incoming(file) for file in given]


def incoming(file: "UploadedFile[Any]") -> Incoming:
    return Incoming(file.name or "file", file)


def add_confidentiality(form: forms.Form) -> None:
    """The choice of those who see confidential papers; everybody else's papers are ordinary."""
    kinds = mine()
    if len(kinds) > 1:
        form.fields["confidentiality"] = ConfidentialityField(
            kinds, help_text=_("People whose role does not include it are not told that there is such a paper.")
        )


class ConfidentialityField(forms.TypedChoiceField):
    def __init__(self, kinds: Iterable[Confidentiality], **options: Any) -> None:
        choices = [(kind.value, kind.label) for kind in kinds]
        empty = Confidentiality.ORDINARY
        super().__init__(
            label=_("Confidentiality"),
            choices=choices,
            coerce=Confidentiality,
            empty_value=empty,
            required=False,
            **options,
        )


class MomentInput(forms.DateTimeInput):
    """The browser's own picker for day and time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ContactField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the matter's visible parties."""

    def __init__(self, contacts: Iterable[Contact], **options: Any) -> None:
        wanted = [contact.pk for contact in contacts]
        rows = Contact.objects.filter(pk__in=wanted).order_by("name_skeleton", "pk")
        super().__init__(queryset=rows, to_field_name="public_id", required=False, **options)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)
