"""The seat of a court is corrected on its page; dates that hang on it are proposed and never move."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clients.actions.contacts import give_sight
from clients.models import Court
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry
from tests import factories, personas

pytestmark = pytest.mark.django_db
GIVEN = {"country": "DE", "subdivision": "NW", "seat": "Köln", "level": ""}


@pytest.fixture
def court(db: None) -> Court:
    """Entered without its Land."""
    contact = factories.contact("Landgericht", kind="organisation", is_directory=True, directory_reason="court")
    with access.as_system("test"):
        return Court.objects.create(contact=contact, country="DE", seat="Köln")


@pytest.fixture
def lawyer(db: None) -> User:
    return personas.user_for("lawyer")


@pytest.fixture
def browser(lawyer: User) -> Client:
    return personas.signed_in(lawyer)


def url_of(court: Court) -> str:
    return reverse("clients:correct_seat", args=[court.contact.public_id])


def typed(browser: Client, court: Court, **fields: str) -> dict[str, str]:
    seen = browser.get(url_of(court)).context["form"]["seen"].value()
    return {**GIVEN, "seen": str(seen), "reason": "entered without its Land", **fields}


def again(court: Court) -> Court:
    with access.as_system("test"):
        return Court.objects.select_related("contact").get(pk=court.pk)


def journal() -> list[tuple[str, Any]]:
    with access.as_system("test"):
        rows = JournalEntry.objects.filter(kind__startswith="court.").order_by("pk")
        return [(row.kind, row.facts) for row in rows]


def test_it_is_corrected_and_the_journal_says_from_where_to_where(browser: Client, court: Court) -> None:
    detail = reverse("clients:detail", args=[court.contact.public_id])
    assert url_of(court) in browser.get(detail).text
    assert browser.post(url_of(court), typed(browser, court)).status_code == 302
    assert (again(court).subdivision, "DE-NW" in browser.get(detail).text) == ("NW", True)
    assert journal() == [("court.changed", {"before": "de", "after": "de-nw"})]
    with access.as_system("test"):
        assert Court.history.filter(id=court.pk).count() == 2


def test_another_country_is_that_of_the_entry_as_well(browser: Client, court: Court) -> None:
    browser.post(url_of(court), typed(browser, court, country="AT", subdivision="", seat="Wien"))
    assert (again(court).country, again(court).contact.country) == ("AT", "AT")


def test_the_same_again_changes_nothing(browser: Client, court: Court) -> None:
    assert browser.post(url_of(court), typed(browser, court, subdivision="")).status_code == 302
    assert journal() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": " "}, "This field is required"),
        ({"subdivision": "N-W"}, "One to three letters or digits"),
        ({"country": "XX"}, "Select a valid choice"),
        ({"seat": ""}, "This field is required"),
        ({"seen": "0"}, "Somebody changed the seat meanwhile"),
    ],
)
def test_what_makes_no_sense_is_answered_in_words(
    browser: Client, court: Court, fields: dict[str, str], words: str
) -> None:
    answer = browser.post(url_of(court), typed(browser, court, **fields))
    assert (answer.status_code, words in answer.text) == (422, True)
    assert again(court).subdivision == ""


def test_a_contact_that_is_no_court_has_no_such_page(browser: Client, lawyer: User) -> None:
    person = factories.contact("Greta Lind")
    with access.as_system("test"), transaction.atomic():
        give_sight(lawyer, [person])
    assert browser.get(reverse("clients:detail", args=[person.public_id])).status_code == 200
    assert browser.get(reverse("clients:correct_seat", args=[person.public_id])).status_code == 404


def test_who_changes_no_contacts_corrects_no_seat(court: Court) -> None:
    client = personas.client_for("data protection officer")
    assert (client.get(url_of(court)).status_code, client.post(url_of(court), GIVEN).status_code) == (403, 403)
