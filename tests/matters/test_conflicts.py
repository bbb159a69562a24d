"""Conflict checks find everything and tell the asker nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from clients.models import ContactName
from lawcrm import access
from lawcrm.accounts.models import User
from matters.actions import conflicts as actions
from matters.models import ConflictCheck, ConflictHit
from matters.queries import conflicts as queries
from tests import factories, personas

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def lawyer() -> User:
    return personas.user_for("lawyer")


@pytest.fixture
def officer() -> User:
    return personas.user_for("conflicts officer")


def asked(actor: User, *terms: str) -> ConflictCheck:
    with access.as_user(actor):
        check = actions.ask(actor=actor, terms=list(terms), note="a new case", now=NOW)
    actions.search_waiting(now=NOW)
    with access.as_user(actor):
        check.refresh_from_db()
    return check


def found(term: str) -> set[str]:
    with access.as_system("test"):
        return {match.name for match in queries.matches(term)}


@pytest.mark.parametrize(
    ("kept", "asked_for"),
    [
        ("Søren Åkjær", "Soeren Aakjaer"),
        ("Müller & Söhne GmbH", "MUELLER & SOEHNE"),
        ("Şimşek Tekstil A.Ş.", "simsek tekstil"),
        ("IŞIK Holding", "ışık holding"),
        ("Katarzyna Øresund", "Katarzyna Oresund"),
        ("Björn Lindqvist", "Bjorn Lindkvist"),
        ("Åse Nygård", "Aase Nygaard"),
    ],
)
def test_spellings_of_one_name_meet(kept: str, asked_for: str) -> None:
    factories.contact(kept)
    factories.contact("Someone Else Entirely")
    assert found(asked_for) == {kept}


def test_former_names_are_found() -> None:
    contact = factories.contact("Anna Berg")
    with access.as_system("test"):
        ContactName.objects.create(contact=contact, kind="birth", name="Anna Zöllner", valid_to=date(2020, 1, 1))
    assert found("Anna Zoellner") == {"Anna Zöllner"}


def test_a_hidden_matter_is_found_and_only_the_officer_learns_it(lawyer: User, officer: User) -> None:
    matter = factories.matter("Secret ./. Hidden")
    factories.party(matter, factories.contact("Verborgene Holding SE"), "adverse")
    check = asked(lawyer, "Verborgene Holding")
    with access.as_user(lawyer):
        assert ConflictHit.objects.count() == 0
    with access.as_user(officer):
        hit = ConflictHit.objects.get()
        assert hit.found == {
            "name": "Verborgene Holding SE",
            "via": "name",
            "roles": [{"matter": matter.number, "role": "adverse"}],
        }
    url = reverse("conflicts:detail", args=[check.public_id])
    page = personas.signed_in(lawyer).get(url).content.decode()
    assert matter.number not in page
    assert "Holding SE" not in page
    assert matter.number in personas.signed_in(officer).get(url).content.decode()


def test_a_check_is_searched_once_and_not_decided_before(lawyer: User, officer: User) -> None:
    factories.contact("Nordbau GmbH")
    with access.as_user(lawyer):
        check = actions.ask(actor=lawyer, terms=["Nordbau"], note="", now=NOW)
    with access.as_user(officer), pytest.raises(actions.NotSearchedYet):
        actions.decide(actor=officer, check=check, state="clear", reason="x", now=NOW)
    assert [actions.search_waiting(now=NOW) for _time in range(2)] == [1, 0]
    with access.as_user(officer):
        assert ConflictHit.objects.count() == 1


def test_the_asker_gets_the_same_answer_whatever_is_found(lawyer: User) -> None:
    factories.contact("Verborgene Holding SE")
    client = personas.signed_in(lawyer)
    pages = [
        client.post(reverse("conflicts:ask"), {"names": name}, follow=True)
        for name in ("Verborgene Holding", "Niemand AG")
    ]
    texts = [page.content.decode().replace("Verborgene Holding", "X").replace("Niemand AG", "X") for page in pages]
    assert all("Sent for review" in text for text in texts)
    assert len({len(page.redirect_chain) for page in pages}) == 1


def test_the_officer_decides_and_the_asker_learns_the_decision_without_the_reason(lawyer: User, officer: User) -> None:
    check = asked(lawyer, "Nordbau")
    url = reverse("conflicts:detail", args=[check.public_id])
    personas.signed_in(officer).post(url, {"state": "conflict", "reason": "acts against our client"})
    page = personas.signed_in(lawyer).get(url).content.decode()
    assert "There is a conflict" in page
    assert "acts against our client" not in page


def test_nobody_decides_their_own_check_nor_twice(lawyer: User, officer: User) -> None:
    own = asked(officer, "Nordbau")
    with access.as_user(officer), pytest.raises(actions.OwnCheck):
        actions.decide(actor=officer, check=own, state="clear", reason="x", now=NOW)
    check = asked(lawyer, "Nordbau")
    with access.as_user(officer):
        actions.decide(actor=officer, check=check, state="clear", reason="x", now=NOW)
        with pytest.raises(actions.AlreadyDecided):
            actions.decide(actor=officer, check=check, state="clear", reason="x", now=NOW)


def test_another_lawyer_does_not_see_the_check(lawyer: User) -> None:
    check = asked(lawyer, "Nordbau")
    other = personas.client_for("lawyer")
    assert other.get(reverse("conflicts:detail", args=[check.public_id])).status_code == 404
    assert "Nordbau" not in other.get(reverse("conflicts:list")).content.decode()


def test_trying_out_names_is_limited(lawyer: User) -> None:
    with access.as_user(lawyer):
        for number in range(actions.MOST_PER_HOUR):
            actions.ask(actor=lawyer, terms=[f"Name {number}"], note="", now=NOW)
        with pytest.raises(actions.TooManyChecks):
            actions.ask(actor=lawyer, terms=["One More"], note="", now=NOW)
        actions.ask(actor=lawyer, terms=["Later"], note="", now=NOW + timedelta(hours=1, minutes=1))


def test_a_search_as_a_person_is_refused(lawyer: User) -> None:
    with access.as_user(lawyer), pytest.raises(queries.NotTheSystem):
        queries.matches("Nordbau")


@pytest.mark.parametrize("names", ["", "x", "\n".join(f"Name {n}" for n in range(21))])
def test_nonsense_is_refused_in_words(lawyer: User, names: str) -> None:
    page = personas.signed_in(lawyer).post(reverse("conflicts:ask"), {"names": names})
    assert page.status_code == 200
    assert "error" in page.content.decode()
    with access.as_system("test"):
        assert not ConflictCheck.objects.exists()
