"""Every text of a matter is marked; whoever has no sight of it meets none of the marks, and no channel carries one."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from tests.access import canary, cast, filling, world
from tests.access.canary import HIDDEN, NOT_SIGNED_IN, OWN, Place, place
from tests.access.two_worlds import SEARCHES

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
# Roles that open no file, a grant or none.
WITHOUT_FILES = {"administrator", "auditor", "walled docket desk", *NOT_SIGNED_IN}
# What an office is told of every matter: numbers, and of texts only those written to the office itself.
PLAN = {"matter.number", "erasureitem.matter_number", "hold.reason", "certificate.counts"}
LOGS = {"logreviewanswer.comment", "logreviewanswer.name", "refusedrequest.url_name"}
TAKEOVERS = {"matter.number", "takeover.answer_reason", "takeover.reason"}
GLASS = {"breakglassrequest.number", "breakglassrequest.reason"}
BY_OFFICE = {
    "partner": TAKEOVERS,
    "conflicts officer": {"conflictcheck.decision_reason", "conflictcheck.note", "conflictcheck.terms"},
    "data protection officer": PLAN | LOGS | TAKEOVERS | GLASS | {"matterreview.record"},
    "auditor": PLAN | LOGS,
}
# Of what has a right of its own, nothing stands on the pages of whoever has sight.
RIGHTS_OF_THEIR_OWN = {
    *("contact.special_note", "contact.national_id", "conflicthit.found", "takeover.reason"),
    *("conflictcheck.decision_reason", "conflictcheck.terms", "breakglassrequest.reason", "hold.reason"),
}


@pytest.fixture
def lines() -> Iterator[list[str]]:
    with canary.logged() as heard:
        yield heard


def asked(client: Client) -> Iterator[tuple[str, str]]:
    """Searches for the word that all marks begin with, and exports of everything."""
    typed = dict.fromkeys(("q", "names", "terms"), filling.CANARY)
    everything = {"reason": "x", "since": "2020-01-01"}
    wanted = [(name, typed) for name in sorted(SEARCHES)]
    wanted += [("clients:export", everything | {"kind": kind}) for kind in ("", "person")]
    wanted += [("privacy:export_reviews", everything | {"kind": kind}) for kind in ("csv", "json")]
    for name, data in wanted:
        for method in ("get", "post"):
            with world.undone():
                yield f"{method} {name}", canary.said(getattr(client, method)(reverse(name), data))


def pages_of(there: Place) -> list[tuple[str, str]]:
    return [*canary.crawled(there.client, there.starts), *asked(there.client)]


@pytest.mark.parametrize("person", [*canary.STRANGERS, *cast.OFFICES])
def test_whoever_has_no_sight_meets_no_word_of_the_matter(person: str, lines: list[str]) -> None:
    there = place(person)
    pages = pages_of(there)
    assert len(pages) > 150
    allowed = BY_OFFICE.get(person, set())
    found = canary.found_in(pages, HIDDEN)
    assert {page: said - allowed for page, said in found.items() if not said <= allowed} == {}
    assert ({"matter.number", "matter.title"} <= canary.fields_in(pages, OWN)) == (person not in WITHOUT_FILES)
    assert [line for line in lines if filling.CANARY in line] == []


@pytest.mark.parametrize("person", cast.INSIDERS)
def test_whoever_has_sight_meets_the_words(person: str, lines: list[str]) -> None:
    """Else the crawl would be blind, and the test above prove nothing."""
    pages = pages_of(place(person))
    found = canary.fields_in(pages, HIDDEN)
    assert canary.OF_A_FILE - found == set()
    assert found & RIGHTS_OF_THEIR_OWN == set()
    assert lines
    assert [line for line in lines if filling.CANARY in line] == []
