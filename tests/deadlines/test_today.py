"""Today: its sentence for every state of a day, and the cards other rooms add."""

from collections.abc import Iterator
from copy import copy
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.http import HttpRequest
from django.urls import reverse

from deadlines.actions.entering import confirm_deadline
from deadlines.models import Deadline
from deadlines.queries import mine
from lawcrm import access, audit
from lawcrm import today as front
from tests.deadlines.office import NOW, TODAY, Office, entered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def registry() -> Iterator[None]:
    before = dict(front._cards)
    yield
    front._cards.clear()
    front._cards.update(before)


@pytest.mark.parametrize(
    ("days", "confirmed", "sentence"),
    [
        ([], 0, "Nothing is due in the next 14 days."),
        ([20], 0, "Nothing is due in the next 14 days."),
        ([3], 0, "Nothing is due today, the next is on Monday 23 November."),
        ([0], 1, "One deadline today, confirmed."),
        ([0], 0, "One deadline today, still unconfirmed."),
        ([0, 0], 1, "Two deadlines today, one still unconfirmed."),
        ([0, 0], 0, "Two deadlines today, all still unconfirmed."),
        ([0, 0, 0], 1, "Three deadlines today, two still unconfirmed."),
        ([-1, 0], 0, "One deadline is overdue. One deadline today, still unconfirmed."),
        ([-9, -1], 0, "Two deadlines are overdue. Nothing else is due in the next 14 days."),
        ([0] * 13, 0, "13 deadlines today, all still unconfirmed."),
    ],
)
def test_the_day_in_a_sentence(days: list[int], confirmed: int, sentence: str, office: Office) -> None:
    made = [entered(office, due_on=TODAY + timedelta(days=ahead)) for ahead in days]
    for deadline in made[:confirmed]:
        with access.as_user(office.lawyer):
            confirm_deadline(actor=office.lawyer, deadline=deadline, seen=deadline.due_on, now=NOW)
    page = office.browser(office.lawyer).get(reverse("today"))
    assert page.context["lede"] == sentence


def test_the_title_is_the_date_in_words(office: Office) -> None:
    page = office.browser(office.lawyer).get(reverse("today")).content.decode()
    assert "<h1>Friday 20 November</h1>" in page


def test_counts_are_whole_even_when_more_is_due_than_is_shown(office: Office) -> None:
    for _ in range(25):
        entered(office)
    page = office.browser(office.lawyer).get(reverse("today"))
    assert page.context["lede"] == "25 deadlines today, all still unconfirmed."
    assert len(page.context["rows"]) == 20


def test_more_than_is_counted_is_told_as_more(office: Office) -> None:
    first = entered(office, due_time=time(9), due_on=TODAY - timedelta(days=1))
    with access.as_system("test"):
        copies = [copy(first) for _number in range(mine.MOST_COUNTED)]
        for deadline in copies:
            deadline.pk, deadline.public_id, deadline.due_on = None, uuid4(), TODAY
        audit.bulk_create(Deadline, copies)
    page = office.browser(office.lawyer).get(reverse("today"))
    assert page.context["lede"] == "More than 1,000 deadlines are overdue or due in the next 14 days."
    assert (page.context["chart"], len(page.context["rows"])) == (None, 20)
    assert page.context["rows"][0] == first


def test_the_chart_counts_days_of_this_person_only(office: Office) -> None:
    entered(office, due_on=TODAY + timedelta(days=13))
    entered(office, due_on=TODAY + timedelta(days=14))
    entered(office, due_on=TODAY + timedelta(days=13), assignee=office.assistant)
    page = office.browser(office.lawyer).get(reverse("today"))
    assert [bar.value for bar in page.context["chart"].bars] == [0] * 13 + [1]


def test_rooms_add_cards_in_order_and_none_shows_nothing(office: Office, registry: None) -> None:
    def card(words: str) -> Any:
        def load(request: HttpRequest) -> dict[str, Any] | None:
            return {"deadline": None, "may_enter": words == "shown"} if words else None

        return load

    front._cards.clear()
    front.add(20, card("shown"), "second.html")
    front.add(10, card("x"), "first.html")
    front.add(5, card(""), "nothing.html")
    front.add(20, card("again"), "second.html")
    assert [loaded.template for loaded in front.cards(HttpRequest())] == ["first.html", "second.html"]
