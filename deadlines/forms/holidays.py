"""What the firm says of a day of a court's calendar."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deadlines.actions.holidays import How
from deadlines.forms.dates import TypedDateField
from deadlines.forms.deadline import plausible
from deadlines.models import HolidayDay

Kind = HolidayDay.Kind


class HolidayForm(forms.Form):
    day = TypedDateField(label=_("Day"))
    how = forms.TypedChoiceField(
        label=_("On this day the court is"),
        choices=How,
        coerce=How,
        widget=forms.RadioSelect,
        initial=How.CLOSED,
        help_text=_("A half day moves no date; the arithmetic of one that ends on it says so."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        help_text=_("Of a day on which it is closed."),
        choices=[(kind.value, kind.label) for kind in (Kind.OWN, Kind.COURT, Kind.SPECIAL, Kind.PUBLIC)],
    )
    name = forms.CharField(label=_("What it is called"), max_length=100)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Where it is announced: the court's notice and its date."),
    )

    def clean_day(self) -> date:
        return plausible(self.cleaned_data["day"])


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


def year_of(text: str, first: int, last: int, this: int) -> int:
    """The year in the address, this year where it is none that the calendar knows."""
    found: Any = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this  # noqa: PLR2004
    return min(max(int(found), first), last)
