"""English dates are the European ones: what is shown cannot be misread, what is typed is day first."""

from datetime import date, datetime

import pytest
from django import forms
from django.utils import formats, translation


@pytest.fixture(autouse=True)
def in_english() -> object:
    formats.reset_format_cache()
    with translation.override("en"):
        yield
    formats.reset_format_cache()


def test_dates_are_shown_with_the_month_in_words() -> None:
    assert formats.date_format(date(2026, 4, 3), "DATE_FORMAT") == "3 April 2026"
    assert formats.date_format(date(2026, 4, 3), "SHORT_DATE_FORMAT") == "3 Apr 2026"
    assert formats.date_format(datetime(2026, 4, 3, 16, 5), "SHORT_DATETIME_FORMAT") == "3 Apr 2026, 16:05"  # noqa: DTZ001


@pytest.mark.parametrize("typed", ["2026-04-03", "03.04.2026", "03/04/2026", "3-4-2026", "3 April 2026"])
def test_the_day_is_typed_before_the_month(typed: str) -> None:
    assert forms.DateField().clean(typed) == date(2026, 4, 3)


def test_a_date_with_the_month_first_is_refused() -> None:
    with pytest.raises(forms.ValidationError):
        forms.DateField().clean("04/13/2026")
