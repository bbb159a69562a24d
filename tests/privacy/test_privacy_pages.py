"""The pages of the privacy office, by the people who use them."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from lawcrm import access
from matters.models import Matter
from privacy.actions import retention
from privacy.models import ErasureItem, Hold
from tests import factories, personas

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGES = ("privacy:plan", "privacy:holds", "privacy:new_hold", "privacy:certificates", "privacy:schedule")


@pytest.fixture
def item() -> ErasureItem:
    factories.matter("Secret title", state="closed", closed_on=datetime(2010, 1, 1, tzinfo=UTC).date())
    retention.propose_due(now=NOW)
    with access.as_system("test"):
        return ErasureItem.objects.get()


@pytest.mark.parametrize("name", PAGES)
def test_the_officer_sees_every_page_and_an_assistant_none(name: str) -> None:
    assert personas.client_for("data protection officer").get(reverse(name)).status_code == 200
    assert personas.client_for("assistant").get(reverse(name)).status_code == 403


def test_two_people_release_in_the_browser(item: ErasureItem) -> None:
    officer, partner = personas.client_for("data protection officer"), personas.client_for("partner")
    officer.post(reverse("privacy:put_forward", args=[item.public_id]))
    refused = officer.post(reverse("privacy:release", args=[item.public_id]), follow=True)
    assert "second person" in refused.content.decode()
    url = reverse("privacy:release", args=[item.public_id])
    assert partner.post(url).status_code == 404  # not on the matter's team, so that it does not exist
    assert item.matter_number not in partner.get(reverse("privacy:plan")).content.decode()
    with access.as_system("test"):
        factories.grant(Matter.objects.get(), partner.user)  # type: ignore[attr-defined]
    partner.post(url)
    with access.as_system("test"):
        item.refresh_from_db()
    assert item.state == ErasureItem.State.RELEASED


def test_the_plan_names_numbers_and_never_titles(item: ErasureItem) -> None:
    officer = personas.client_for("data protection officer")
    for url in (reverse("privacy:plan"), reverse("privacy:item", args=[item.public_id])):
        page = officer.get(url).content.decode()
        assert item.matter_number in page
        assert "Secret title" not in page


def test_a_hold_is_placed_by_number_and_released_with_a_reason(item: ErasureItem) -> None:
    officer = personas.client_for("data protection officer")
    unknown = officer.post(reverse("privacy:new_hold"), {"matter_number": "1999-0001", "reason": "x"})
    assert "no matter with this number" in unknown.content.decode()
    officer.post(reverse("privacy:new_hold"), {"matter_number": item.matter_number, "reason": "appeal"})
    with access.as_system("test"):
        hold = Hold.objects.get()
        item.refresh_from_db()
        assert item.state == ErasureItem.State.HELD
    assert item.matter_number in officer.get(reverse("privacy:holds")).content.decode()
    officer.post(reverse("privacy:release_hold", args=[hold.public_id]), {"reason": "over"})
    with access.as_system("test"):
        hold.refresh_from_db()
    assert hold.released_at is not None


def test_restriction_hides_a_contact_and_is_lifted_only_after_telling() -> None:
    officer = personas.client_for("data protection officer")
    contact, matter = factories.contact(), factories.matter()
    factories.party(matter, contact)
    factories.grant(matter, officer.user)  # type: ignore[attr-defined]
    url = reverse("privacy:restriction", args=[contact.public_id])
    officer.post(url, {"reason": "accuracy contested"})
    with access.as_system("test"):
        contact.refresh_from_db()
        assert contact.is_restricted
    assert "Tell the person first" in officer.post(url, {"reason": "verified"}).content.decode()
    officer.post(url, {"reason": "verified", "person_told": "on"})
    with access.as_system("test"):
        contact.refresh_from_db()
    assert not contact.is_restricted


def test_the_front_page_says_what_waits_for_a_second_person(item: ErasureItem) -> None:
    officer = personas.client_for("data protection officer")
    assert item.matter_number in officer.get(reverse("today")).content.decode()
    officer.post(reverse("privacy:put_forward", args=[item.public_id]), follow=True)
    assert item.matter_number not in officer.get(reverse("today")).content.decode()
    assert item.matter_number not in personas.client_for("partner").get(reverse("today")).content.decode()


def test_the_team_is_told_that_a_matter_is_held_and_not_why(item: ErasureItem) -> None:
    lawyer, officer = personas.client_for("lawyer"), personas.client_for("data protection officer")
    with access.as_system("test"):
        matter = Matter.objects.get()
        factories.grant(matter, lawyer.user)  # type: ignore[attr-defined]
    officer.post(reverse("privacy:new_hold"), {"matter_number": item.matter_number, "reason": "police inquiry"})
    page = lawyer.get(reverse("matters:detail", args=[matter.public_id])).content.decode()
    assert "under a legal hold" in page
    assert "police inquiry" not in page


def test_only_who_may_restrict_is_offered_to_restrict() -> None:
    lawyer, officer = personas.client_for("lawyer"), personas.client_for("data protection officer")
    contact, matter = factories.contact(), factories.matter()
    factories.party(matter, contact)
    for client in (lawyer, officer):
        factories.grant(matter, client.user)  # type: ignore[attr-defined]
    url = reverse("clients:detail", args=[contact.public_id])
    assert "Restrict processing" in officer.get(url).content.decode()
    assert "Restrict processing" not in lawyer.get(url).content.decode()
