"""A form's own id, so that a form sent twice does its work once."""

import uuid
from typing import Any, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from matters.actions.refused import FormUsed, Refused

SALT = "matters.once"


class OnceField(forms.CharField):
    """An id made here, signed for one person; the row made from the form bears it as its public id.

    Signed, because a row may be sealed under its public id: nobody may choose another's.
    """

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        super().__init__(widget=forms.HiddenInput, initial=lambda: token_for(user_id))

    def clean(self, value: Any) -> uuid.UUID:
        try:
            user_id, made = signing.loads(str(value), salt=SALT)
        except signing.BadSignature as error:
            raise ValidationError(_("This form is stale. Open the page again; what you typed is kept here.")) from error
        if user_id != self.user_id:
            raise ValidationError(_("This form was opened by someone else. Open the page again."))
        return uuid.UUID(made)


def tell_refused(form: forms.Form, refusal: Refused, user_id: int, field: str | None = None) -> None:
    """The refusal in words on the form; one that was used already can be sent again as a new one."""
    form.add_error(field, str(refusal))
    if isinstance(refusal, FormUsed):
        renew(form, user_id)


def renew(form: forms.Form, user_id: int) -> None:
    """After `FormUsed`: what was typed stays, and the next press of the button is a new thing."""
    data = cast("QueryDict", form.data).copy()
    data["once"] = token_for(user_id)
    form.data = data


def token_for(user_id: int) -> str:
    return signing.dumps([user_id, str(uuid.uuid4())], salt=SALT)
