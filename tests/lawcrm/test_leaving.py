"""Leaving: every right ends in one action, duties wait in the open, and coming back revives nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from clients.models import ContactUserObjectPermission
from deadlines.models import CalendarFeed, Deadline, Task
from lawcrm import access, audit
from lawcrm.accounts import leaving, notices
from lawcrm.accounts.actions import account_changes, second_factor, staff
from lawcrm.accounts.models import Passkey, User
from lawcrm.models import JournalEntry
from matters.actions.walls import raise_wall
from matters.models import BreakGlassRequest, Matter
from privacy.models import MatterReview
from tests import factories, personas

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture
def boss() -> User:
    return personas.user_for("administrator")


def count(user: User) -> dict[str, int]:
    return {line.burden.code: line.count for line in leaving.lines_of(User.objects.get(pk=user.pk)) if line.count}


def laden() -> User:
    """A lawyer with one of everything that can belong to somebody."""
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    personas.practice_group("Disputes", user)
    personas.signed_in(user)
    with access.as_user(user):
        second_factor.install_device(user=user, secret=SECRET)
        second_factor.renew_recovery_codes(actor=user)
        Passkey.objects.create(user=user, name="key", credential_id=b"1", public_key=b"1", created_at=NOW)
        account_changes.ask(
            actor=personas.user_for("administrator"),
            user=user,
            kind=account_changes.Kind.FACTOR,
            reason="x",
            now=NOW,
        )
        notices.password_link(user, NOW)
        account_changes.ask(
            actor=user, user=personas.user_for("lawyer"), kind=account_changes.Kind.FACTOR, reason="x", now=NOW
        )
    user.user_permissions.add(Permission.objects.get(codename="view_plan"))
    matter = factories.matter(responsible=user)
    for level in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(matter, user, level)
    contact = factories.contact(created_by=user)
    seen = Permission.objects.get(content_type__app_label="clients", codename="view_contact")
    other = personas.user_for("lawyer")
    with access.as_system("test"):
        ContactUserObjectPermission.objects.create(content_object=contact, user=user, permission=seen)
        deadline(matter, user, None)
        deadline(matter, other, user)
        Task.objects.create(matter=matter, title="x", assignee=user, created_by=other)
        CalendarFeed.objects.create(user=user, digest="x", name="x", made_at=NOW)
        hours = {"hours": 1, "asked_at": NOW, "closes_at": NOW}
        BreakGlassRequest.objects.create(asker=user, confirmer=other, number="1", reason="x", **hours)
        MatterReview.objects.create(matter=matter, owner=user, slot=date(2026, 11, 20), opened_at=NOW)
        walled = factories.matter(responsible=other)
        for level in ("view_matter", "manage_matter"):
            factories.grant(walled, other, level)
        raise_wall(actor=other, matter=walled, against=[user], reason="x", now=NOW)
    return user


def deadline(matter: Matter, assignee: User, deputy: User | None) -> Deadline:
    return Deadline.objects.create(
        matter=matter,
        sealed_for=matter.public_id,
        kind="statutory",
        title="x",
        due_on=date(2026, 12, 1),
        time_zone="Europe/Berlin",
        assignee=assignee,
        deputy=deputy,
        entered_by=assignee,
    )


HAD = {
    "matters": 1,
    "deadlines": 1,
    "tasks": 1,
    "access_reviews": 1,
    "contacts": 1,
    "sessions": 1,
    "factors": 1,
    "passkeys": 1,
    "recovery_codes": 10,
    "recovery_sheets": 1,
    "resets": 1,
    "changes_asked": 1,
    "password": 1,
    "flags": 2,
    "mails": 1,
    "managing": 1,
    "matter_grants": 1,
    "break_glass": 1,
    "contact_grants": 1,
    "deputyships": 1,
    "feeds": 1,
    "roles": 1,
    "practice_groups": 1,
    "wall_notices": 1,
}
DUTIES = {"matters", "deadlines", "tasks", "access_reviews", "contacts"}
# One mail more: that what they had asked for is stopped.
ENDED = {code: number for code, number in {**HAD, "mails": 2}.items() if code not in DUTIES}


def test_the_laden_person_has_one_of_everything_that_is_registered() -> None:
    """Whoever registers something new gives it to this person, so that the tests below are about it too."""
    assert {*count(laden()), "own_grants", "imports"} == {burden.code for burden in leaving.burdens()}


def test_every_right_ends_and_duties_stay_for_all_to_see(boss: User) -> None:
    user = laden()
    assert count(user) == HAD
    with access.as_user(boss):
        ended = staff.end_access(actor=boss, user=user, reason="left", now=NOW)
    assert ended == ENDED
    assert count(user) == dict.fromkeys(DUTIES, 1)
    assert not User.objects.get(pk=user.pk).is_active


def test_the_journal_keeps_who_when_why_and_the_counts(boss: User) -> None:
    user = laden()
    with access.as_user(boss):
        staff.end_access(actor=boss, user=user, reason="retires", now=NOW)
    with access.as_system("test"):
        entry = JournalEntry.objects.get(kind="accounts.access_ended")
        assert (entry.object_id, entry.actor_id, entry.reason) == (user.pk, boss.pk, "retires")
        counts = {name: number for name, number in entry.facts.items() if name in HAD}
        assert counts == ENDED
        assert audit.verify() == []


def test_two_open_clients_are_out_at_the_next_request(boss: User) -> None:
    user = laden()
    clients = [personas.signed_in(user), personas.signed_in(user)]
    pages = [reverse("today"), reverse("matters:list"), reverse("accounts:profile")]
    assert [client.get(page).status_code for client in clients for page in pages] == [200] * 6
    with access.as_user(boss):
        staff.end_access(actor=boss, user=user, reason="left", now=NOW)
    answers: list[Any] = [client.get(page) for client in clients for page in pages]
    assert [answer["Location"].split("?")[0] for answer in answers] == [reverse("accounts:sign_in")] * 6


def test_coming_back_brings_nothing_back(boss: User) -> None:
    """Not even what was written for the person while they were gone."""
    user = laden()
    with access.as_user(boss):
        staff.end_access(actor=boss, user=user, reason="left", now=NOW)
        user.groups.add(Group.objects.get(name="partner"))
        staff.reactivate(actor=boss, user=user, reason="came back", now=NOW)
    # The link to choose a password is on its way: that is all there is.
    assert count(user) == {**dict.fromkeys(DUTIES, 1), "mails": 1}
