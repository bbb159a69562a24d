"""What a calendar program is handed: words of a person's own deadlines, and none of a matter hidden from them."""

import pytest
from django.test import Client
from django.urls import reverse

from deadlines.models import CalendarFeed, Deadline
from deadlines.queries.feeds import digest_of
from lawcrm import access, audit
from tests.access import canary, cast, filling
from tests.access.canary import HIDDEN, OWN, Place, place

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
FEEDS = {"numbers": False, "titles": True}
SAID = {"numbers": {"matter.number"}, "titles": {"matter.number", "deadline.title"}}
# From outside, or without deadlines among their work: a feed that is on file for them gives nothing.
WITHOUT_CALENDAR = {
    "administrator",
    "external",
    "translator",
    "intake",
    "marketing",
    "walled docket desk",
    *cast.OFFICES,
}


def answer_for_both(there: Place) -> None:
    """A deadline of either matter is the person's to keep, sight or not; two addresses of theirs are known."""
    with access.as_system("test"):
        for filled in (there.hidden, there.own):
            audit.update(Deadline.objects.filter(pk=filled.rows["deadlines.Deadline"].pk), deputy=there.user)
        for token, with_titles in FEEDS.items():
            CalendarFeed.objects.create(
                user=there.user, digest=digest_of(token), name="x", with_titles=with_titles, made_at=filling.NOON
            )


def handed_out() -> list[tuple[str, str]]:
    """As to a program, which has no session."""
    return [(token, canary.said(Client().get(reverse("deadlines:feed", args=[token])))) for token in FEEDS]


@pytest.mark.parametrize("person", [*canary.STRANGERS, *cast.OFFICES])
def test_a_calendar_carries_no_word_of_a_hidden_matter(person: str) -> None:
    there = place(person)
    answer_for_both(there)
    with canary.logged() as lines:
        handed = handed_out()
    assert canary.found_in(handed, HIDDEN) == {}
    assert canary.found_in(handed, OWN) == ({} if person in WITHOUT_CALENDAR else SAID)
    assert [line for line in lines if filling.CANARY in line] == []


@pytest.mark.parametrize("person", cast.INSIDERS)
def test_a_calendar_names_the_matter_and_what_must_be_done_only_where_chosen(person: str) -> None:
    """Else the test above would look where nothing can stand."""
    answer_for_both(place(person))
    assert canary.found_in(handed_out(), HIDDEN) == SAID
