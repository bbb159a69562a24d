"""Practice groups that walls keep out: whoever leaves stays out, and nobody joins whom a matter cannot do without."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from lawcrm import access, audit, outbox
from lawcrm.accounts.actions import practice
from lawcrm.accounts.models import User
from lawcrm.db import sight
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from matters.actions import group_walls, walls
from matters.models import Matter, Wall, WallBar, WallNotice
from matters.models.levels import Level
from tests import factories, personas
from tests.access.test_sight import sees
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> User:
    return personas.user_for("partner", full_name="Anders Holm")


@pytest.fixture
def energy(keeper: User, ida: User) -> Group:
    return personas.practice_group("Energy", ida, keeper=keeper)


@pytest.fixture
def matter(opened: Opener, ida: User) -> Matter:
    return opened("Nordlys ./. Bygg", people=(ida,))


def wall_off(actor: User, matter: Matter, *against: User | Group, **terms: Any) -> Wall:
    with access.as_user(actor):
        return walls.raise_wall(
            actor=actor, matter=matter, against=against, reason="rival", now=NOW, terms=walls.Terms(**terms)
        )


def wall_off_client(actor: User, matter: Matter, *against: User | Group) -> Wall:
    with access.as_user(actor):
        client = matter.parties.get(role="client").contact
        return walls.raise_client_wall(actor=actor, contact=client, against=against, reason="rival", now=NOW)


def lower(actor: User, wall: Wall) -> None:
    with access.as_user(actor):
        walls.lower_wall(actor=actor, wall=wall, reason="over", now=NOW)


def leave(actor: User, group: Group, user: User) -> None:
    with access.as_user(actor):
        practice.remove_member(actor=actor, group=group, user=user, reason="moved", now=NOW)


def dissolve(actor: User, group: Group) -> None:
    with access.as_user(actor):
        practice.dissolve_group(actor=actor, group=group, reason="merged", now=NOW)


def open_bars(wall: Wall) -> set[tuple[int | None, int | None, str]]:
    with access.as_system("test"):
        rows = WallBar.objects.filter(wall=wall).exclude(state="lifted")
        return set(rows.values_list("user_id", "group_id", "state"))


def test_who_leaves_a_barred_group_stays_out(matter: Matter, karin: User, ida: User, energy: Group) -> None:
    wall = wall_off(karin, matter, energy)
    assert not sees(ida, matter)
    leave(ida, energy, ida)
    assert not sees(ida, matter)
    assert open_bars(wall) == {(None, energy.pk, "standing"), (ida.pk, None, "standing")}
    with access.as_user(karin):
        entry = JournalEntry.objects.get(kind="wall.member_kept_out", matter_id=matter.pk)
        assert (entry.reason, entry.facts) == ("moved", {"user_id": ida.pk, "group_id": energy.pk})
        assert list(WallNotice.objects.values_list("user_id", "withdrawn_at").filter(user=ida)) == [(ida.pk, None)]
    lower(karin, wall)
    assert sees(ida, matter)
    assert sight.wrong() == []


def test_who_is_removed_stays_out_of_the_client_too(
    matter: Matter, karin: User, ida: User, energy: Group, keeper: User
) -> None:
    wall = wall_off_client(karin, matter, energy)
    leave(keeper, energy, ida)
    assert not sees(ida, matter)
    assert (ida.pk, None, "standing") in open_bars(wall)
    assert sight.wrong() == []


def test_a_planned_wall_waits_for_who_left(matter: Matter, karin: User, ida: User, energy: Group) -> None:
    wall = wall_off(karin, matter, energy, starts_at=NOW + walls.notices.REMIND_AFTER)
    leave(ida, energy, ida)
    assert sees(ida, matter)
    assert (ida.pk, None, "planned") in open_bars(wall)


def test_a_dissolved_group_leaves_its_members_outside(
    matter: Matter, karin: User, ida: User, energy: Group, keeper: User
) -> None:
    wall = wall_off(karin, matter, energy)
    dissolve(keeper, energy)
    assert not sees(ida, matter)
    assert open_bars(wall) == {(None, energy.pk, "standing"), (ida.pk, None, "standing"), (keeper.pk, None, "standing")}


def test_who_is_kept_out_of_the_same_by_another_wall_stays_out_when_that_is_lowered(
    matter: Matter, karin: User, ida: User, energy: Group
) -> None:
    wall_off(karin, matter, energy)
    own = wall_off(karin, matter, ida)
    leave(ida, energy, ida)
    lower(karin, own)
    assert not sees(ida, matter)


def test_who_is_named_by_the_same_wall_is_named_once(matter: Matter, karin: User, ida: User, energy: Group) -> None:
    wall = wall_off(karin, matter, energy, ida)
    leave(ida, energy, ida)
    assert open_bars(wall) == {(None, energy.pk, "standing"), (ida.pk, None, "standing")}
    assert not OutboxMessage.objects.filter(kind=group_walls.KIND).exists()


def test_raiser_and_responsible_are_told_nothing_but_that(  # noqa: PLR0917
    opened: Opener, karin: User, ida: User, outsider: User, energy: Group, keeper: User
) -> None:
    matter = opened("Nordlys ./. Bygg", people=(ida,), responsible=outsider)
    wall = wall_off(karin, matter, energy)
    leave(keeper, energy, ida)
    told = OutboxMessage.objects.filter(kind=group_walls.KIND).order_by("recipient_id")
    assert [(row.recipient_id, row.thing_id) for row in told] == sorted([(karin.pk, wall.pk), (outsider.pk, wall.pk)])
    kind = outbox.kind_of(group_walls.KIND)
    message = told.get(recipient_id=karin.pk)
    mail = kind.compose(message)
    hidden = ("Energy", "Ida Berg", "Nordlys", "rival")
    assert [word in mail.text + mail.subject for word in hidden] == [False] * 4
    assert str(matter.public_id) in mail.text
    assert kind.may_send(message) is True
    with access.as_user(karin):
        walls.lower_wall(actor=karin, wall=wall, reason="over", now=NOW)
    assert kind.may_send(message) is False


def test_whoever_answers_for_a_walled_matter_does_not_join(
    opened: Opener, karin: User, ida: User, outsider: User, keeper: User
) -> None:
    energy = personas.practice_group("Energy", keeper=keeper)
    led, helped = opened("Nordlys, lease", responsible=ida), opened("Nordlys, tax", people=(outsider,))
    wall_off(karin, led, energy)
    wall_off(karin, helped, energy)
    with access.as_user(keeper):
        with pytest.raises(group_walls.CannotJoin) as refusal:
            practice.add_members(actor=keeper, group=energy, users=[outsider, ida], reason="joins", now=NOW)
        assert [word in str(refusal.value) for word in ("2026", "Nordlys", "wall")] == [False] * 3
        practice.add_members(actor=keeper, group=energy, users=[outsider], reason="joins", now=NOW)
    assert [sees(ida, led), sees(outsider, helped)] == [True, False]
    with access.as_system("test"):
        entry = JournalEntry.objects.get(kind="accounts.group_joined_refused")
    assert (entry.actor_id, entry.facts) == (keeper.pk, {"refusal": "cannot_join"})


def test_the_last_manager_does_not_join_a_group_barred_from_the_client(
    opened: Opener, karin: User, ida: User, keeper: User
) -> None:
    """Karin answers for the matter no more, and nobody at work but her manages it."""
    energy = personas.practice_group("Energy", keeper=keeper)
    matter = opened("Nordlys, lease")
    wall_off_client(karin, matter, energy)
    with access.as_system("test"), transaction.atomic():
        audit.update(Matter.objects.filter(pk=matter.pk), responsible=ida)
    with access.as_user(keeper), pytest.raises(group_walls.CannotJoin):
        practice.add_members(actor=keeper, group=energy, users=[karin], reason="joins", now=NOW)
    for level in Level:
        factories.grant(matter, ida, level)
    with access.as_user(keeper):
        practice.add_members(actor=keeper, group=energy, users=[karin], reason="joins", now=NOW)
    assert (sees(karin, matter), sees(ida, matter)) == (False, True)
