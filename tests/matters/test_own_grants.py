"""Whoever entered a client holds an own grant on it, which ends where its matter is closed to them."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from clients.actions.contacts import enter_contact
from clients.models import Contact, ContactUserObjectPermission
from lawcrm import access, jobs
from lawcrm.accounts.actions import practice
from lawcrm.accounts.models import User
from lawcrm.db import sight
from lawcrm.models import JournalEntry
from matters.actions import parties, team, walls
from matters.models import Matter, Party
from tests import factories, personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def entered(ida: User) -> Contact:
    """By Ida, who sees it by her own grant."""
    values = {"kind": "person", "name": "Mehmet Yıldız", "source": "client", "collected_on": NOW.date()}
    with access.as_user(ida):
        return enter_contact(actor=ida, public_id=uuid4(), values=values)


@pytest.fixture
def matter(opened: Opener, entered: Contact, ida: User) -> Matter:
    return opened(client=entered, people=(ida,))


def granted(contact: Contact) -> set[int]:
    with access.as_system("test"):
        return {*ContactUserObjectPermission.objects.filter(content_object=contact).values_list("user_id", flat=True)}


def sees(person: User, contact: Contact) -> bool:
    assert sight.wrong() == []
    with access.as_user(User.objects.get(pk=person.pk)):
        return Contact.objects.filter(pk=contact.pk).exists()


def withdraw(karin: User, matter: Matter, to: team.Principal) -> None:
    with access.as_user(karin):
        team.withdraw_access(actor=karin, matter=matter, to=to, reason="left the case", now=NOW)


def wall_off(karin: User, around: Matter | Contact, *against: team.Principal, terms: walls.Terms = walls.PLAIN) -> None:
    with access.as_user(karin):
        common = {"actor": karin, "against": against, "reason": "former client", "now": NOW, "terms": terms}
        if isinstance(around, Matter):
            walls.raise_wall(matter=around, **common)
        else:
            walls.raise_client_wall(contact=around, **common)


def test_a_former_member_sees_no_party_they_entered(matter: Matter, entered: Contact, karin: User, ida: User) -> None:
    assert (granted(entered), sees(ida, entered)) == ({ida.pk}, True)
    withdraw(karin, matter, ida)
    assert (granted(entered), sees(ida, entered), sees(karin, entered)) == (set(), False, True)
    with access.as_user(karin):
        entry = JournalEntry.objects.get(matter_id=matter.pk, kind="matter.contact_grants_ended")
    assert (entry.actor_id, entry.reason, entry.facts) == (
        karin.pk,
        "left the case",
        {"user_id": ida.pk, "contacts": 1},
    )
    assert personas.signed_in(ida).get(f"/contacts/{entered.public_id}/").status_code == 404


def test_another_matter_goes_on_showing_it(
    opened: Opener, matter: Matter, entered: Contact, karin: User, ida: User
) -> None:
    opened("Yıldız, lease", client=entered, people=(ida,))
    withdraw(karin, matter, ida)
    assert (granted(entered), sees(ida, entered)) == (set(), True)


def test_what_others_hold_and_what_is_in_other_matters_stays(
    matter: Matter, entered: Contact, karin: User, ida: User, outsider: User
) -> None:
    with access.as_user(ida):
        values = {"kind": "person", "name": "Elsewhere", "source": "client", "collected_on": NOW.date()}
        elsewhere = enter_contact(actor=ida, public_id=uuid4(), values=values)
    with access.as_user(karin):
        team.grant_access(actor=karin, matter=matter, to=outsider, level=team.Level.VIEW, reason="helps", now=NOW)
    withdraw(karin, matter, outsider)
    assert (granted(entered), granted(elsewhere)) == ({ida.pk}, {ida.pk})
    with access.as_system("test"):
        assert not JournalEntry.objects.filter(kind="matter.contact_grants_ended").exists()


@pytest.mark.parametrize("also_alone", [True, False])
def test_a_group_taken_off_takes_those_along_whom_it_let_in_alone(
    opened: Opener, entered: Contact, karin: User, ida: User, *, also_alone: bool
) -> None:
    energy = personas.practice_group("Energy", ida)
    matter = opened(client=entered, people=(ida,) if also_alone else (), groups=(energy,))
    withdraw(karin, matter, energy)
    assert (ida.pk in granted(entered), sees(ida, entered)) == (also_alone, also_alone)


@pytest.mark.parametrize("around", ["matter", "client"])
@pytest.mark.parametrize("by_group", [True, False])
def test_whom_a_wall_keeps_out_sees_no_party_they_entered(  # noqa: PLR0917
    opened: Opener,
    entered: Contact,
    karin: User,
    ida: User,
    around: str,
    by_group: bool,  # noqa: FBT001
) -> None:
    """The adverse party too, which a wall around the client itself does not close."""
    client = factories.contact("Nordbau")
    matter = opened(client=client, adverse=(entered,), people=(ida,))
    against = personas.practice_group("Energy", ida) if by_group else ida
    wall_off(karin, matter if around == "matter" else client, against)
    assert (granted(entered), sees(ida, entered), sees(karin, entered)) == (set(), False, True)
    with access.as_user(karin):
        (entry,) = JournalEntry.objects.filter(kind="wall.contact_grants_ended")
    assert (entry.actor_id, entry.reason, entry.facts) == (karin.pk, "former client", {"contacts": 1})


def changed(karin: User, matter: Matter, ida: User) -> None:
    wall_off(karin, matter, personas.user_for("lawyer"))
    with access.as_user(karin):
        wall = matter.walls.get()
        people = [bar.user for bar in wall.bars.all()]
        walls.change_wall(actor=karin, wall=wall, against=[*people, ida], ends_at=None, reason="too", now=NOW)


def begun(karin: User, matter: Matter, ida: User) -> None:
    wall_off(karin, matter, ida, terms=walls.Terms(starts_at=NOW + DAY))
    with access.as_system("test"):
        assert ContactUserObjectPermission.objects.filter(user=ida).exists()
    assert jobs.run("matters.keep_walls", NOW + DAY) == "done"


def joined(karin: User, matter: Matter, ida: User) -> None:
    keeper = personas.user_for("lawyer")
    energy = personas.practice_group("Energy", keeper=keeper)
    wall_off(karin, matter, energy)
    with access.as_user(keeper):
        practice.add_members(actor=keeper, group=energy, users=[ida], reason="new work", now=NOW)


@pytest.mark.parametrize("later", [changed, begun, joined])
def test_a_wall_that_reaches_somebody_later_does_the_same(
    matter: Matter, entered: Contact, karin: User, ida: User, later: Callable[[User, Matter, User], None]
) -> None:
    later(karin, matter, ida)
    assert (granted(entered), sees(ida, entered)) == (set(), False)


def ended_by(event: str) -> list[tuple[str, dict[str, object]]]:
    with access.as_system("test"):
        return [(row.reason, row.facts) for row in JournalEntry.objects.filter(kind=event)]


@pytest.mark.parametrize("already", ["matter", "client"])
def test_a_party_that_joins_behind_a_wall_is_closed_to_whom_it_keeps_out(
    opened: Opener, entered: Contact, karin: User, ida: User, already: str
) -> None:
    client = factories.contact("Nordbau")
    matter = opened(client=client, people=(ida,))
    wall_off(karin, matter if already == "matter" else client, ida)
    assert sees(ida, entered)
    with factories.shown(karin, entered), access.as_user(karin):
        since = NOW.date()
        parties.add_party(actor=karin, matter=matter, contact=entered, role=Party.Role.ADVERSE, since=since, now=NOW)
    assert (granted(entered), sees(ida, entered), sees(karin, entered)) == (set(), False, True)
    ended = ended_by("matter.contact_grants_ended")
    assert ended == [("A party of a matter behind a wall", {"contacts": 1})]


def test_a_matter_opened_behind_a_wall_around_its_client_closes_the_adverse_party_too(
    opened: Opener, entered: Contact, karin: User, ida: User
) -> None:
    client = factories.contact("Nordbau")
    opened(client=client)
    wall_off(karin, client, ida)
    opened("Nordbau ./. Yıldız", client=client, adverse=(entered,))
    assert (granted(entered), sees(ida, entered), sees(karin, entered)) == (set(), False, True)


@pytest.mark.parametrize("how", ["left", "dissolved"])
@pytest.mark.parametrize("otherwise", ["", "alone", "another group"])
def test_who_leaves_the_group_that_let_them_in_loses_what_they_entered_there(  # noqa: PLR0917
    opened: Opener, entered: Contact, karin: User, ida: User, how: str, otherwise: str
) -> None:
    keeper = personas.user_for("lawyer")
    energy = personas.practice_group("Energy", ida, keeper=keeper)
    banking = personas.practice_group("Banking", *([ida] if otherwise == "another group" else []))
    elsewhere = factories.show(factories.contact("Elsewhere"), ida)
    opened(client=entered, people=(ida,) if otherwise == "alone" else (), groups=(energy, banking))
    with access.as_user(keeper):
        if how == "left":
            practice.remove_member(actor=keeper, group=energy, user=ida, reason="moves", now=NOW)
        else:
            practice.dissolve_group(actor=keeper, group=energy, reason="moves", now=NOW)
    stays = bool(otherwise)
    assert (ida.pk in granted(entered), sees(ida, entered), sees(ida, elsewhere)) == (stays, stays, True)
    told = [] if stays else [("moves", {"contacts": 1, "user_id": ida.pk})]
    assert ended_by("matter.contact_grants_ended") == told
