"""What was refused leaves nothing behind but that it was tried: by whom, on what, and why not, as a code."""

import inspect
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from clients.actions import contacts
from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.actions import account_changes, staff
from lawcrm.accounts.models import AccountChange, User
from lawcrm.models import JournalEntry
from matters.actions import closing, conflicts, opening, parties, team, walls
from matters.models import ConflictCheck, Matter, Party, Wall
from matters.models.levels import Level
from privacy.actions import holds, retention
from privacy.models import ErasureItem
from tests import factories, personas

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)

type Case = Callable[[User, Matter], tuple[Callable[..., Any], dict[str, Any], Any]]


class NotToday(audit.Refused):
    pass


@pytest.fixture
def karin() -> User:
    return personas.user_for("partner", full_name="Karin Vestergaard")


@pytest.fixture
def matter(karin: User) -> Matter:
    matter = factories.matter(responsible=karin)
    for level in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(matter, karin, level)
    return matter


def events(kind: str = "") -> list[JournalEntry]:
    with access.as_system("test"):
        rows = JournalEntry.objects.filter(kind__contains=kind).order_by("pk")
        return list(rows)


@pytest.fixture
def contact(karin: User) -> Contact:
    contact = factories.contact("Mehmet Yıldız")
    with access.as_system("test"):
        contacts.give_sight(karin, [contact])
    return contact


@audit.attempt("contact.renamed", on="contact")
def rename(*, actor: User, contact: Contact, name: str, refuse: bool = True) -> str:
    contact.name = name
    contact.save()
    audit.record("contact.renamed", contact)
    if refuse:
        raise NotToday("Not today, Mrs Smith.")
    return name


def test_a_refused_action_is_undone_and_the_try_is_kept(karin: User, contact: Contact) -> None:
    with access.as_user(karin), pytest.raises(NotToday):
        rename(actor=karin, contact=contact, name="Elif")
    with access.as_system("test"):
        assert Contact.objects.get().name == "Mehmet Yıldız"
    (entry,) = events()
    assert (entry.kind, entry.object_type, entry.object_id, entry.contact_id, entry.actor_id, entry.payload) == (
        "contact.renamed_refused",
        "clients.contact",
        contact.pk,
        contact.pk,
        karin.pk,
        {"reason": "", "facts": {"refusal": "not_today"}},
    )


def test_what_succeeds_or_fails_otherwise_is_no_refused_attempt(karin: User, contact: Contact) -> None:
    with access.as_user(karin):
        assert rename(actor=karin, contact=contact, name="Elif", refuse=False) == "Elif"
        with pytest.raises(AttributeError):
            rename(actor=karin, contact=None, name="Elif")  # type: ignore[arg-type]
    assert [entry.kind for entry in events()] == ["contact.renamed"]


@audit.attempt("contact.moved", on="contact")
def move(*, actor: User, contact: Contact) -> None:
    rename(actor=actor, contact=contact, name="Elif")


def test_of_an_action_within_an_action_what_the_person_tried_is_kept(karin: User, contact: Contact) -> None:
    with access.as_user(karin), pytest.raises(NotToday):
        move(actor=karin, contact=contact)
    assert [entry.kind for entry in events()] == ["contact.moved_refused"]


@pytest.mark.django_db(transaction=True)
def test_the_try_is_committed_with_a_request_that_answers_in_words(karin: User, contact: Contact) -> None:
    """As in production, where a transaction lies around each request."""

    def page(_request: HttpRequest) -> HttpResponse:
        with access.as_user(karin):
            try:
                rename(actor=karin, contact=contact, name="Elif")
            except NotToday as refusal:
                return HttpResponse(str(refusal), status=422)
        return HttpResponse()

    assert transaction.atomic(page)(RequestFactory().post("/")).status_code == 422
    assert [entry.kind for entry in events()] == ["contact.renamed_refused"]


def inactive(_karin: User, matter: Matter) -> Any:
    gone = factories.user(is_active=False)
    return team.grant_access, {"matter": matter, "to": gone, "level": Level.VIEW, "reason": "x"}, matter


def last_manager(karin: User, matter: Matter) -> Any:
    other = factories.matter()
    for level in ("view_matter", "manage_matter"):
        factories.grant(other, karin, level)
    return team.withdraw_access, {"matter": other, "to": karin, "reason": "x"}, other


def wall_without_reason(_karin: User, matter: Matter) -> Any:
    return walls.raise_wall, {"matter": matter, "against": [factories.user()], "reason": " "}, matter


def wall_against_responsible(karin: User, matter: Matter) -> Any:
    with access.as_system("test"):
        matter.responsible = factories.user()
        matter.save()
    return walls.raise_wall, {"matter": matter, "against": [matter.responsible], "reason": "x"}, matter


def walls_that_overlap(karin: User, matter: Matter) -> Any:
    given = {"matter": matter, "against": [personas.user_for("lawyer")], "reason": "former client"}
    with access.as_user(karin), transaction.atomic():
        walls.raise_wall(actor=karin, **given, now=NOW)
    return walls.raise_wall, given, matter


def wall_lowered_twice(karin: User, matter: Matter) -> Any:
    with access.as_system("test"):
        wall = Wall.objects.create(matter=matter, reason="x", raised_by=karin, raised_at=NOW, lowered_at=NOW)
    return walls.lower_wall, {"wall": wall, "reason": "x"}, wall


def party_twice(_karin: User, matter: Matter) -> Any:
    contact = factories.contact()
    factories.party(matter, contact)
    given = {"matter": matter, "contact": contact, "role": Party.Role.CLIENT, "since": date(2026, 1, 1)}
    return parties.add_party, given, matter


def last_client(_karin: User, matter: Matter) -> Any:
    party = factories.party(matter, factories.contact())
    return parties.end_party, {"party": party, "until": date(2026, 1, 1)}, party


def closed_too_early(_karin: User, matter: Matter) -> Any:
    return closing.close_matter, {"matter": matter, "closed_on": date(2020, 1, 1), "reason": "x"}, matter


def not_closed(_karin: User, matter: Matter) -> Any:
    return closing.reopen_matter, {"matter": matter, "reason": "x"}, matter


def stale_form(_karin: User, matter: Matter) -> Any:
    wanted = closing.Details(
        title="x",
        matter_type=factories.matter_type(),
        jurisdiction="DE",
        court_reference="",
        summary="",
        version=0,
    )
    return closing.change_matter, {"matter": matter, "wanted": wanted}, matter


def one_party_on_both_sides(karin: User, _matter: Matter) -> Any:
    person = factories.show(factories.contact(), karin)
    wanted = opening.Opening(
        once=uuid4(),
        title="x",
        matter_type=factories.matter_type(),
        jurisdiction="DE",
        opened_on=date(2026, 1, 1),
        responsible=karin,
        client=person,
        adverse=(person,),
    )
    return opening.open_matter, {"wanted": wanted}, karin


def own_check(karin: User, _matter: Matter) -> Any:
    with access.as_user(karin):
        check = ConflictCheck.objects.create(
            terms=["x"], asked_by=karin, asked_at=NOW, searched_at=NOW, matcher_version=1
        )
    return conflicts.decide, {"check": check, "state": "clear", "reason": "x"}, check


def hold_without_reason(_karin: User, matter: Matter) -> Any:
    return holds.place_hold, {"matter": matter, "reason": ""}, matter


def own_proposal(karin: User, matter: Matter) -> Any:
    with access.as_system("test"):
        item = ErasureItem.objects.create(
            matter_ref=matter.pk,
            matter_number="x",
            rule="x",
            due_on=date(2026, 1, 1),
            proposed_at=NOW,
            proposed_by=karin,
        )
    return retention.release, {"item": item}, item


def own_roles(karin: User, _matter: Matter) -> Any:
    return staff.give_roles, {"user": karin, "roles": [], "reason": "x"}, karin


def own_end(karin: User, _matter: Matter) -> Any:
    return staff.end_access, {"user": karin, "reason": "x"}, karin


def own_reset(karin: User, _matter: Matter) -> Any:
    return account_changes.ask, {"user": karin, "reason": "x", "kind": "factor"}, karin


def own_confirmation(karin: User, _matter: Matter) -> Any:
    karin.groups.add(Group.objects.get(name="administrator"))
    reset = AccountChange.objects.create(user=factories.user(), asked_by=karin, reason="x", asked_at=NOW)
    return account_changes.confirm, {"change": reset}, reset


def restricted(_karin: User, matter: Matter) -> Any:
    contact = factories.contact()
    factories.party(matter, contact)
    with access.as_system("test"):
        contact.restricted_at = NOW
        contact.save()
    return contacts.change_contact, {"contact": contact, "version": 0, "values": {}}, contact


CASES: dict[Case, tuple[str, str]] = {
    inactive: ("matter.access_granted_refused", "not_active"),
    last_manager: ("matter.access_withdrawn_refused", "last_manager"),
    wall_without_reason: ("matter.wall_raised_refused", "reason_missing"),
    wall_against_responsible: ("matter.wall_raised_refused", "keeps_out_responsible"),
    walls_that_overlap: ("matter.wall_raised_refused", "already_kept_out"),
    wall_lowered_twice: ("wall.lowered_refused", "already_lowered"),
    party_twice: ("matter.party_added_refused", "already_party"),
    last_client: ("matter.party_ended_refused", "last_client"),
    closed_too_early: ("matter.closed_refused", "closed_before_opened"),
    not_closed: ("matter.reopened_refused", "not_closed"),
    stale_form: ("matter.changed_refused", "changed_meanwhile"),
    one_party_on_both_sides: ("matter.opened_refused", "same_party_twice"),
    own_check: ("conflict.decided_refused", "own_check"),
    hold_without_reason: ("hold.placed_refused", "hold_refused"),
    own_proposal: ("retention.released_refused", "own_proposal"),
    own_roles: ("accounts.role_given_refused", "own_account"),
    own_end: ("accounts.access_ended_refused", "own_account"),
    own_reset: ("accounts.change_asked_refused", "change_refused"),
    own_confirmation: ("accounts.change_confirmed_refused", "change_refused"),
    restricted: ("contact.changed_refused", "contact_restricted"),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_journal_shows_who_tried(case: Case, karin: User, matter: Matter) -> None:
    karin.groups.add(factories.role_with("clients.see_restricted"))
    karin = User.objects.get(pk=karin.pk)
    action, given, thing = case(karin, matter)
    clocked = {"now": NOW} if "now" in inspect.signature(action).parameters else {}
    with access.as_user(karin), pytest.raises(audit.Refused):
        action(actor=karin, **given, **clocked)
    (entry,) = events("_refused")
    assert (entry.kind, entry.facts) == (CASES[case][0], {"refusal": CASES[case][1]})
    assert (entry.actor_id, entry.object_type, entry.object_id) == (karin.pk, thing._meta.label_lower, thing.pk)
