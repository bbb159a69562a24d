"""What a person saw when they decided, carried by the page."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deadlines.engine.trace import Moment


class MomentField(forms.Field):
    """A day, or a day and a time (ISO 8601), as the page has written it."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> str:
        return value.isoformat() if isinstance(value, date) else value or ""

    def to_python(self, value: Any) -> Moment | None:
        if not value:
            return None
        try:
            return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        except ValueError:
            raise ValidationError(_("This page is not complete. Load it again.")) from None


class SeenForm(forms.Form):
    """Carries when the deadline was due as the person saw it, so that nobody decides about another one."""

    seen = MomentField()
