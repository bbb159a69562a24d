"""Marks stand for inner ids: they lead back to the row, and say nothing of how many there are."""

from itertools import pairwise

import pytest
from django.contrib.auth.models import Group
from hypothesis import given
from hypothesis import strategies as st

from lawcrm.accounts.models import User
from lawcrm.crypto import marks

IDS = st.integers(min_value=1, max_value=2**63 - 1)


@given(IDS)
def test_a_mark_leads_back_to_its_id_and_to_none_of_another_kind(pk: int) -> None:
    text = marks.mark(Group(pk=pk))
    assert (marks.marked(Group, text), marks.marked(User, text)) == (pk, 0)


def test_marks_of_ids_in_a_row_are_in_no_order() -> None:
    found = [marks.mark(Group(pk=pk)) for pk in range(1, 200)]
    assert (len({*found}), {len(text) for text in found}) == (199, {32})
    assert found != sorted(found)
    shared = max(sum(a == b for a, b in zip(one, other, strict=True)) for one, other in pairwise(found))
    assert shared < 12  # of 32 letters, by chance two


@pytest.mark.parametrize("text", ["", "1", "x" * 32, "0" * 32, "ff" * 16, "9" * 30, "a" * 33, "é" * 32])
def test_what_is_no_mark_leads_nowhere(text: str) -> None:
    assert marks.marked(Group, text) == 0


def test_another_secret_makes_other_marks(settings: pytest.FixtureRequest) -> None:
    before = marks.mark(Group(pk=7))
    settings.SECRET_KEY = "another" * 10  # type: ignore[attr-defined]
    assert marks.mark(Group(pk=7)) != before
    assert marks.marked(Group, before) == 0
