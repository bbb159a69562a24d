"""Forms that log what was said and written, and add documents."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from lawcrm.accounts.models import User
from matters.actions.communications import Exchange
from matters.actions.confidentiality import mine
from matters.forms.access import reason_field
from matters.forms.fields import (
    ConfidentialityField,
    ContactField,
    FilesField,
    MomentInput,
    add_confidentiality,
    incoming,
)
from matters.forms.once import OnceField
from matters.models import Communication
from matters.models.confidentiality import Confidentiality

Kind = Communication.Kind
WAYS = [(Communication.Direction.IN, _("Received")), (Communication.Direction.OUT, _("Sent"))]


class ExchangeForm(forms.Form):
    """A call, meeting or letter; a letter has a direction, the others a length."""

    happened_at = forms.DateTimeField(label=_("When"), widget=MomentInput)
    direction = forms.ChoiceField(label=_("Direction"), choices=WAYS)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(
        label=_("What was said"),
        max_length=200_000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Kept encrypted."),
    )
    chosen = FilesField(label=_("Attachments"), required=False, help_text=_("Up to 50 MB each, encrypted on disk."))

    field_order = ("once", "happened_at", "direction", "minutes", "counterpart", "subject", "body", "chosen")

    def __init__(self, *args: Any, user: User, kind: Kind, contacts: Iterable[Contact], **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        self.fields["once"] = OnceField(user.pk)
        self.fields["counterpart"] = ContactField(contacts, label=_("With"), empty_label=_("Somebody else"))
        if kind is Kind.LETTER:
            del self.fields["minutes"]
            self.fields["body"].label = _("What it says")
        else:
            del self.fields["direction"]
        add_confidentiality(self)
        self.order_fields(list(self.field_order))

    def exchange(self) -> Exchange:
        values = self.cleaned_data
        return Exchange(
            once=values["once"],
            kind=self.kind,
            happened_at=values["happened_at"],
            subject=values["subject"],
            body=values["body"],
            direction=Communication.Direction(values.get("direction") or Communication.Direction.NONE),
            minutes=values.get("minutes"),
            counterpart=values["counterpart"],
            confidentiality=values.get("confidentiality", Confidentiality.ORDINARY),
            incoming=tuple(values["chosen"]),
        )


class MailForm(forms.Form):
    """A mail saved by the mail program as a file."""

    mail = forms.FileField(
        label=_("E-mail"),
        widget=forms.FileInput(attrs={"accept": ".eml,message/rfc822"}),
        help_text=_("An .eml file, as mail programs save it. Its attachments become documents of the matter."),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=WAYS)

    field_order = ("once", "mail", "direction", "counterpart")

    def __init__(self, *args: Any, user: User, contacts: Iterable[Contact], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["once"] = OnceField(user.pk)
        self.fields["counterpart"] = ContactField(
            contacts,
            label=_("From or to"),
            empty_label=_("Somebody else"),
            help_text=_("You decide: what a mail says about its sender can be forged."),
        )
        add_confidentiality(self)
        self.order_fields(list(self.field_order))

    def incoming(self) -> Any:
        return incoming(cast("UploadedFile[Any]", self.cleaned_data["mail"]))


class DocumentsForm(forms.Form):
    chosen = FilesField(label=_("Files"), help_text=_("Up to 50 MB each, encrypted on disk."))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["once"] = OnceField(user.pk)
        add_confidentiality(self)


class ConfidentialityForm(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["confidentiality"] = ConfidentialityField(mine())
        self.fields["reason"] = reason_field()
