"""One administrator alone is never two people: accounts they opened wait for what reaches beyond their own matters."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse

from lawcrm import access, outbox
from lawcrm.accounts.actions import account_changes, staff, waiting
from lawcrm.accounts.models import AccountChange, User
from lawcrm.accounts.reach import FAR_REACHING
from lawcrm.accounts.roles import ROLES
from lawcrm.firm import FirmFacts, establish
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from matters.actions import break_glass, takeover
from matters.models import ConflictCheck, Matter
from matters.queries.break_glass import second_people
from tests import factories, personas
from tests.matters import glass
from tests.matters.conftest import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Kind = AccountChange.Kind


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def boss() -> User:
    return personas.user_for("administrator")


@pytest.fixture
def karin() -> User:
    return personas.user_for("partner", full_name="Karin Vestergaard")


@pytest.fixture
def matter(karin: User) -> Matter:
    return factories.matter(responsible=karin)


def invited(by: User, name: str, *roles: str) -> User:
    with access.as_user(by):
        user = staff.invite(
            actor=by, user=User(email=f"{name.replace(' ', '.').lower()}@firm.example", full_name=name), now=NOW
        )
    given(by, user, *roles)
    return User.objects.get(pk=user.pk)


def given(by: User, user: User, *roles: str) -> None:
    groups = list(Group.objects.filter(name__in=roles))
    with access.as_user(by):
        staff.give_roles(actor=by, user=user, roles=groups, reason="joins us", now=NOW)


def changed(by: User, second: User, user: User, kind: Kind) -> User:
    with access.as_user(by):
        change = account_changes.ask(actor=by, user=user, kind=kind, reason="lost it", now=NOW)
    with access.as_user(second):
        account_changes.confirm(actor=second, change=change, now=NOW)
    return User.objects.get(pk=user.pk)


def mailed(kind: str) -> set[int]:
    return set(OutboxMessage.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_two_accounts_of_one_administrator_break_no_glass(matter: Matter, boss: User, clock: Any) -> None:
    first, second = invited(boss, "Sock One", "lawyer"), invited(boss, "Sock Two", "partner")
    settled = personas.user_for("lawyer")
    with pytest.raises(break_glass.NotEntitled):
        glass.ask(first, second, matter.number)
    with pytest.raises(break_glass.UnfitSecond):
        glass.ask(settled, second, matter.number)
    assert not second_people(settled).filter(pk__in=[first.pk, second.pk]).exists()
    clock.move_to(NOW + 14 * DAY)
    first, second = (User.objects.get(pk=user.pk) for user in (first, second))
    with pytest.raises(break_glass.SameHand):
        glass.ask(first, second, matter.number, now=NOW + 14 * DAY)
    assert glass.ask(first, settled, matter.number, now=NOW + 14 * DAY).pk


@pytest.mark.parametrize("kind", [Kind.PASSWORD, Kind.FACTOR])
def test_an_account_taken_over_breaks_no_glass_and_loses_what_runs(
    matter: Matter, boss: User, karin: User, kind: Kind
) -> None:
    ida, erik, other = (personas.user_for(role) for role in ("lawyer", "lawyer", "administrator"))
    assert glass.broken(ida, erik, matter)
    assert glass.sees(ida, matter)
    ida = changed(boss, other, ida, kind)
    assert not glass.sees(ida, matter)
    with pytest.raises(break_glass.NotEntitled):
        glass.ask(ida, erik, matter.number)
    assert mailed("accounts.signs_in_anew") == {karin.pk}


def test_an_account_opened_again_or_given_a_role_lately_waits_too(matter: Matter, boss: User) -> None:
    ida, clerk, erik = (personas.user_for(role) for role in ("lawyer", "assistant", "lawyer"))
    with access.as_user(boss):
        staff.end_access(actor=boss, user=ida, reason="left", now=NOW)
        staff.reactivate(actor=boss, user=ida, reason="is back", now=NOW)
    given(boss, ida, "lawyer")
    given(boss, clerk, "lawyer")
    for user in (ida, clerk):
        with pytest.raises(break_glass.NotEntitled):
            glass.ask(User.objects.get(pk=user.pk), erik, matter.number)


def test_two_partners_of_one_administrator_take_nothing_over(boss: User, karin: User) -> None:
    matter = factories.matter(responsible=karin)
    first, second = invited(boss, "Sock One", "partner"), invited(boss, "Sock Two", "partner")
    heir = personas.user_for("lawyer")
    with access.as_user(boss):
        staff.end_access(actor=boss, user=karin, reason="left", now=NOW)
    with access.as_user(first), pytest.raises(takeover.NotPartner):
        takeover.ask(actor=first, leaver=karin, matter=matter, successor=heir, reason="mine", now=NOW)
    old = personas.user_for("partner")
    with access.as_user(old), pytest.raises(takeover.NobodyConfirms):
        takeover.ask(actor=old, leaver=karin, matter=matter, successor=heir, reason="ours", now=NOW)
    assert User.objects.filter(pk=second.pk, is_active=True).exists()


def test_an_invited_conflicts_officer_reads_no_check_yet(boss: User, karin: User, clock: Any) -> None:
    officer = invited(boss, "Sock One", "conflicts officer")
    with access.as_system("test"):
        ConflictCheck.objects.create(asked_by=karin, asked_at=NOW, terms=["Nordbau"], matcher_version="x")
    with access.as_user(officer):
        assert not ConflictCheck.objects.exists()
    clock.move_to(NOW + 14 * DAY)
    with access.as_user(User.objects.get(pk=officer.pk)):
        assert ConflictCheck.objects.exists()


def test_the_roles_far_reach_is_what_waits_and_the_rest_does_not(boss: User) -> None:
    held = invited(boss, "Sock One", *(name for name, role in ROLES.items() if not role.for_externals))
    every = {code for role in ROLES.values() if not role.for_externals for code in role.permissions}
    assert every >= FAR_REACHING
    assert held.role_permissions() == every - FAR_REACHING


def test_a_partner_of_long_standing_vouches(matter: Matter, boss: User, karin: User) -> None:
    new, other = invited(boss, "Newcomer", "lawyer"), invited(boss, "Sock Two", "partner")
    erik = personas.user_for("lawyer")
    for actor in (new, other, erik, boss):
        with access.as_user(actor), pytest.raises(waiting.CannotVouch):
            waiting.vouch(actor=actor, user=new, now=NOW)
    browser = personas.signed_in(karin)
    page = browser.get(reverse("accounts:newcomers")).content.decode()
    assert ("Newcomer" in page, "Sock Two" in page, erik.full_name in page) == (True, True, False)
    browser.post(reverse("accounts:vouch", args=[new.public_id]))
    assert glass.ask(User.objects.get(pk=new.pk), erik, matter.number).pk
    with access.as_user(karin), pytest.raises(waiting.WaitsNoMore):
        waiting.vouch(actor=karin, user=new, now=NOW)


def tried(user: User) -> list[str]:
    with access.as_system("test"):
        entries = JournalEntry.objects.filter(actor_id=user.pk, kind__endswith="_refused")
        return list(entries.values_list("kind", flat=True))


def rested(*people: User) -> list[User]:
    """Their fourteen quiet days are over."""
    User.objects.filter(pk__in=[person.pk for person in people]).update(powers_from=NOW)
    return [User.objects.get(pk=person.pk) for person in people]


def test_two_accounts_of_one_administrator_are_never_two_people(matter: Matter, boss: User, karin: User) -> None:
    """However long they lie still, until a partner knows one of them."""
    one, two = rested(invited(boss, "Sock One", "lawyer"), invited(boss, "Sock Two", "lawyer"))
    assert list(second_people(one)) == [karin], "nobody is offered who would be refused"
    with pytest.raises(break_glass.SameHand):
        glass.ask(one, two, matter.number)
    assert tried(one) == ["break_glass.asked_refused"]
    with access.as_user(karin):
        waiting.vouch(actor=karin, user=two, now=NOW)
    assert set(second_people(one)) == {karin, two}
    assert glass.broken(one, User.objects.get(pk=two.pk), matter)


def test_another_administrator_s_account_may_confirm_until_it_owes_the_same(matter: Matter, boss: User) -> None:
    other = personas.user_for("administrator")
    one, two = rested(invited(boss, "Lawyer One", "lawyer"), invited(other, "Lawyer Two", "lawyer"))
    assert two in second_people(one)
    asked, confirmed = (glass.ask(one, two, matter.number) for _each in range(2))
    glass.confirm(confirmed, two)
    (two,) = rested(changed(boss, other, two, Kind.FACTOR))
    assert two not in second_people(one)
    with pytest.raises(break_glass.SameHand):
        glass.confirm(asked, two)
    break_glass.settle_confirmed(now=NOW)
    assert glass.effect(confirmed) is None


def test_partners_of_one_administrator_do_not_confirm_a_takeover_either(boss: User, karin: User) -> None:
    matter, heir = factories.matter(responsible=karin), personas.user_for("lawyer")
    first, second = rested(invited(boss, "Sock One", "partner"), invited(boss, "Sock Two", "partner"))
    with access.as_user(boss):
        staff.end_access(actor=boss, user=karin, reason="left", now=NOW)
    asking = {"actor": first, "leaver": karin, "matter": matter, "successor": heir, "reason": "mine", "now": NOW}
    with access.as_user(first), pytest.raises(takeover.NobodyConfirms):
        takeover.ask(**asking)
    other = personas.user_for("partner")
    with access.as_user(first):
        assert list(takeover.queries.seconds(first, heir, matter)) == [other]
        asked = takeover.ask(**asking)
    with access.as_user(second), pytest.raises(takeover.SameHand):
        takeover.confirm(actor=second, takeover=asked, reason="ours", now=NOW)
    assert tried(second) == ["matter.taken_over_refused"]


def test_a_firm_that_has_just_moved_in_waits_for_nobody(boss: User) -> None:
    facts = FirmFacts(name="Nordlicht", country="DK", languages=["en"], time_zone="Europe/Copenhagen")
    with access.as_system("test"):
        establish(facts=facts, now=NOW - 13 * DAY)
    assert not invited(boss, "First Lawyer", "lawyer").waits
    assert waiting.from_when(NOW + DAY) == NOW + 15 * DAY


def test_partners_hear_of_every_new_role_and_administrators_of_a_new_administrator(boss: User, karin: User) -> None:
    lawyer, other = personas.user_for("lawyer"), personas.user_for("administrator")
    new = invited(boss, "Sock One", "lawyer")
    assert mailed("accounts.more_rights") == {karin.pk}
    message = OutboxMessage.objects.get(kind="accounts.more_rights")
    text = outbox.kind_of(message.kind).compose(message).text
    assert ("Sock One" in text, "Lawyer" in text, "/staff/new/" in text) == (True, True, True)
    OutboxMessage.objects.all().delete()
    given(boss, lawyer, "lawyer", "administrator")
    assert mailed("accounts.more_rights") == {karin.pk, boss.pk, other.pk}
    assert new.waits
