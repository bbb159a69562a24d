"""Dates as people of the firm's countries type them."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

APART = re.compile(r"[./\-\s]+")
CENTURY = 2000


def read_date(text: str) -> date | None:
    """Day, month, year in all five languages, or year first when it has four digits; never month first.

    The page's script reads the same way and says the date in words beside the field.
    """
    parts = APART.split(text.strip())
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):  # noqa: PLR2004
        return None
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)  # noqa: PLR2004
    if len(year) == 3:  # noqa: PLR2004
        return None
    try:
        return date(int(year) + (CENTURY if len(year) < 4 else 0), int(month), int(day))  # noqa: PLR2004
    except ValueError:
        return None


class TypedDateField(forms.DateField):
    """A date field that does not depend on the formats of one language."""

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        found = read_date(str(value))
        if found is None:
            raise ValidationError(_("There is no such date. Write day, month and year: 21.11.2026 or 2026-11-21."))
        return found
