"""Break-glass: who may, who confirms, how long it lasts, what a wall does to it, and that it is for reading."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit.glass import ForReadingOnly
from matters.actions import break_glass as actions
from matters.actions import parties, team, walls
from matters.models import BreakGlass, BreakGlassRequest, Matter, Party
from matters.queries.break_glass import SOURCE, second_people
from tests import factories, personas
from tests.matters import glass
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def erik() -> User:
    """The second person."""
    return personas.user_for("lawyer", full_name="Erik Sandström")


def raise_wall(matter: Matter, against: User | Group) -> walls.Wall:
    by = matter.responsible
    with access.as_user(by):
        return walls.raise_wall(actor=by, matter=matter, against=[against], reason="former client", now=NOW)


def lower_wall(wall: walls.Wall, by: User) -> None:
    with access.as_user(by):
        walls.lower_wall(actor=by, wall=wall, reason="consent", now=NOW)


def test_asked_and_confirmed_it_opens_one_matter_for_one_person(opened: Opener, ida: User, erik: User) -> None:
    matter, other = opened(), opened("Another")
    asked = glass.ask(ida, erik, matter.number)
    assert not glass.sees(ida, matter)
    glass.confirm(asked, erik)
    assert actions.settle_confirmed(now=NOW) == 1
    assert actions.settle_confirmed(now=NOW) == 0
    assert [glass.sees(person, row) for person in (ida, erik) for row in (matter, other)] == [True, False, False, False]
    assert glass.truth_is_kept()


def test_it_ends_to_the_second_and_without_any_job(matter: Matter, ida: User, erik: User, clock: Any) -> None:
    glass.broken(ida, erik, matter, hours=4)
    seen = {}
    for at in (NOW + timedelta(hours=4) - SECOND, NOW + timedelta(hours=4)):
        clock.move_to(at)
        seen[at] = glass.sees(ida, matter)
    assert list(seen.values()) == [True, False]


def test_a_request_that_runs_on_loses_it_in_the_middle(matter: Matter, ida: User, erik: User, clock: Any) -> None:
    glass.broken(ida, erik, matter, hours=1)
    with access.as_user(ida):
        assert Matter.objects.filter(pk=matter.pk).exists()
        clock.move_to(NOW + timedelta(hours=1))
        assert not Matter.objects.filter(pk=matter.pk).exists()
        assert glass.fetched("select 1 from matters_matter where id = %s", [matter.pk]) == []


def test_time_runs_from_the_confirmation_also_when_the_job_is_late(matter: Matter, ida: User, erik: User) -> None:
    early, late = (glass.ask(ida, erik, matter.number, hours=1) for _ in range(2))
    for asked in (early, late):
        glass.confirm(asked, erik)
    with access.as_system("test"), transaction.atomic():
        early.refresh_from_db()
        early.answered_at = NOW - timedelta(hours=1)
        early.save()
    actions.settle_confirmed(now=NOW + timedelta(minutes=20))
    found = glass.effect(late)
    assert glass.effect(early) is None
    assert found is not None
    assert (found.began_at, found.ends_at) == (NOW + timedelta(minutes=20), NOW + timedelta(hours=1))


def test_no_row_lasts_longer_than_a_day(matter: Matter, ida: User, erik: User) -> None:
    found = glass.broken(ida, erik, matter, hours=24)
    assert found is not None
    assert found.ends_at == NOW + timedelta(hours=24)
    found.ends_at += SECOND
    with access.as_system("test"), pytest.raises(IntegrityError, match="at_most_a_day"), transaction.atomic():
        found.save()


@pytest.mark.parametrize("kept_out", ["asker", "confirmer", "group of the asker", "group of the confirmer"])
def test_through_a_wall_it_never_takes_effect(matter: Matter, ida: User, erik: User, kept_out: str) -> None:
    group = personas.practice_group("Banking", ida if "asker" in kept_out else erik)
    wall = raise_wall(matter, {"asker": ida, "confirmer": erik}.get(kept_out, group))
    assert glass.broken(ida, erik, matter) is None
    lower_wall(wall, matter.responsible)
    assert not glass.sees(ida, matter)


@pytest.mark.parametrize("job_ran", [False, True])
@pytest.mark.parametrize("through_group", [False, True])
def test_a_wall_raised_during_it_bites_at_once_and_for_good(
    matter: Matter, ida: User, erik: User, *, through_group: bool, job_ran: bool
) -> None:
    found = glass.broken(ida, erik, matter)
    wall = raise_wall(matter, personas.practice_group("Banking", ida) if through_group else ida)
    assert not glass.sees(ida, matter)
    if job_ran:
        assert actions.end_over(now=NOW) == 1
    lower_wall(wall, matter.responsible)
    assert not glass.sees(ida, matter)
    assert found is not None
    with access.as_system("test"):
        found.refresh_from_db()
    assert (found.ending, found.ended_at) == (BreakGlass.Ending.WALLED, NOW)


def test_contacts_come_with_the_matter_and_go_with_it(opened: Opener, ida: User, erik: User, clock: Any) -> None:
    contact = factories.contact()
    matter = opened(client=contact)
    glass.broken(ida, erik, matter, hours=1)
    seen = []
    for at in (NOW, NOW + timedelta(hours=1)):
        clock.move_to(at)
        with access.as_user(ida):
            seen.append((Contact.objects.count(), Party.objects.count()))
    assert seen == [(1, 1), (0, 0)]


def never_entitled() -> dict[str, User]:
    root = personas.user_for("lawyer")
    root.is_superuser = True
    root.save()
    keeper = personas.user_for("lawyer")
    keeper.is_staff = True
    keeper.save()
    return {
        "administrator": personas.user_for("administrator"),
        "administrator who is a lawyer too": personas.user_for("administrator", "lawyer"),
        "superuser who is a lawyer too": root,
        "lawyer who opens the administration": keeper,
        "assistant": personas.user_for("assistant"),
        "data protection officer": personas.user_for("data protection officer"),
    }


def test_nobody_else_may_ask_or_confirm(matter: Matter, ida: User, erik: User) -> None:
    for name, person in never_entitled().items():
        with pytest.raises(actions.NotEntitled):
            glass.ask(person, erik, matter.number)
        with pytest.raises(actions.UnfitSecond):
            glass.ask(ida, person, matter.number)
        assert person not in second_people(ida), name
    assert list(second_people(ida)) == sorted([erik, matter.responsible], key=lambda person: person.full_name)


@pytest.mark.parametrize("becomes", ["administrator", "nobody", "inactive"])
def test_whoever_loses_the_right_loses_the_sight_with_it(matter: Matter, ida: User, erik: User, becomes: str) -> None:
    """At declaring the viewer, so from the next request on; the job writes it down."""
    glass.broken(ida, erik, matter)
    if becomes == "administrator":
        ida.groups.add(Group.objects.get(name="administrator"))
    elif becomes == "nobody":
        ida.groups.clear()
    else:
        ida.is_active = False
        ida.save()
    assert not glass.sees(ida, matter)
    assert not SOURCE.is_for(User.objects.get(pk=ida.pk))
    assert actions.end_over(now=NOW) == 1
    assert glass.truth_is_kept()


@pytest.mark.parametrize("who", ["asker", "confirmer"])
def test_a_right_lost_before_the_job_runs_makes_it_ineffective(matter: Matter, ida: User, erik: User, who: str) -> None:
    asked = glass.ask(ida, erik, matter.number)
    glass.confirm(asked, erik)
    {"asker": ida, "confirmer": erik}[who].groups.add(Group.objects.get(name="administrator"))
    actions.settle_confirmed(now=NOW)
    assert glass.effect(asked) is None


REFUSALS: list[tuple[str, type[actions.Refused]]] = [
    ("no reason", team.ReasonMissing),
    ("seen already", actions.SeesAlready),
    ("oneself as second", actions.UnfitSecond),
    ("confirmed by oneself", actions.OwnRequest),
    ("confirmed by another", actions.NotYours),
    ("confirmed twice", actions.AlreadyAnswered),
    ("confirmed too late", actions.TooLate),
    ("confirmed by an administrator", actions.NotEntitled),
    ("asker left", actions.AskerLeft),
    ("taken back by another", actions.NotYours),
    ("taken back after the answer", actions.AlreadyAnswered),
    ("too many at once", actions.TooManyRequests),
    ("ended twice", actions.AlreadyEnded),
    ("ended when over", actions.AlreadyEnded),
]


@pytest.mark.parametrize(("what", "refusal"), REFUSALS)
def test_bad_input_is_refused_in_words_and_the_journal_shows_who_tried(
    matter: Matter, ida: User, erik: User, what: str, refusal: type[actions.Refused]
) -> None:
    with pytest.raises(refusal) as refused:
        attempt(what, matter, ida, erik)
    assert str(refused.value).endswith(".")
    with access.as_system("test"):
        kinds = [
            (entry.kind, entry.facts["refusal"])
            for row in [ida, erik, matter.responsible, *BreakGlassRequest.objects.all(), *BreakGlass.objects.all()]
            for entry in audit.events_of(row)
            if entry.kind.endswith("_refused")
        ]
    assert kinds == [(kinds[0][0], audit.attempts.code_of(refusal))]


def attempt(what: str, matter: Matter, ida: User, erik: User) -> None:  # noqa: C901 - a table of steps
    if what == "no reason":
        glass.ask(ida, erik, matter.number, reason="  ")
    if what == "seen already":
        glass.ask(matter.responsible, erik, matter.number)
    if what == "oneself as second":
        glass.ask(ida, ida, matter.number)
    if what == "too many at once":
        for _ in range(actions.MOST_OPEN + 1):
            glass.ask(ida, erik, "9999-0001")
    if what.startswith("ended"):
        found = glass.broken(ida, erik, matter, hours=1)
        assert found is not None
        end(found, ida, NOW if what == "ended twice" else NOW + timedelta(hours=1))
        end(found, ida, NOW)
    asked = glass.ask(ida, erik, matter.number)
    if what == "asker left":
        ida.groups.clear()
    if what == "confirmed by an administrator":
        erik.groups.add(Group.objects.get(name="administrator"))
    if what in {"confirmed twice", "taken back after the answer"}:
        glass.confirm(asked, erik)
    if what.startswith("taken back"):
        by = matter.responsible if "another" in what else ida
        with access.as_system("the request is another's"):
            actions.take_back(actor=by, asked=asked, now=NOW)
    by = {"confirmed by oneself": ida, "confirmed by another": matter.responsible}.get(what, erik)
    now = asked.closes_at if what == "confirmed too late" else NOW
    with access.as_system("the request is another's"):
        actions.confirm(actor=User.objects.get(pk=by.pk), asked=asked, now=now)


def end(found: BreakGlass, by: User, now: datetime) -> None:
    with access.as_user(by):
        actions.end(actor=by, glass=found, ending=BreakGlass.Ending.HOLDER, now=now)


def test_at_most_ten_a_day_also_when_each_is_answered(ida: User, erik: User, clock: Any) -> None:
    for number in range(actions.MOST_A_DAY):
        glass.confirm(glass.ask(ida, erik, f"X{number}"), erik)
    with pytest.raises(actions.TooManyRequests):
        glass.ask(ida, erik, "X")
    clock.move_to(NOW + timedelta(days=1))
    glass.ask(ida, erik, "X", now=NOW + timedelta(days=1))


def test_it_is_for_reading(opened: Opener, ida: User, erik: User) -> None:
    """Whatever a room lets people do with what they see: nothing seen by break-glass alone is changed or used."""
    contact, own = factories.contact(), factories.matter("Own", number="9999-0002")
    matter = opened(client=contact)
    glass.broken(ida, erik, matter)
    factories.grant(own, ida, "view_matter")
    with access.as_user(ida):
        for row in (matter, contact, own):
            row.refresh_from_db()
        for change in changes(matter, contact, own, ida).values():
            with pytest.raises(ForReadingOnly), transaction.atomic():
                change()
        own.title = "Own, renamed"
        with transaction.atomic():
            own.save()


def changes(matter: Matter, contact: Contact, own: Matter, ida: User) -> dict[str, Callable[[], object]]:
    taking: dict[str, Any] = {"role": Party.Role.WITNESS, "reference": "", "since": NOW.date(), "now": NOW}
    rows, other = Party.objects.filter(matter=matter), factories.show(factories.contact("X"), ida)
    return {
        "the matter": matter.save,
        "its contact": contact.save,
        "a new row": lambda: parties.add_party(actor=ida, matter=matter, contact=other, **taking),
        # Else the contact would stay in sight through the own matter.
        "a lasting link": lambda: parties.add_party(actor=ida, matter=own, contact=contact, **taking),
        "many rows": lambda: audit.update(rows, reference="x"),
        "many new rows": lambda: audit.bulk_create(Party, [Party(matter=own, contact=contact, since=NOW.date())]),
        "a row less": lambda: rows.get().delete(),
    }


def test_the_second_person_and_strangers_see_no_row_of_it(matter: Matter, ida: User, erik: User, karin: User) -> None:
    found = glass.broken(ida, erik, matter)
    assert found is not None
    officer, stranger = personas.user_for("data protection officer"), personas.user_for("lawyer")
    seen = {}
    for name, person in {"ida": ida, "erik": erik, "karin": karin, "officer": officer, "stranger": stranger}.items():
        with access.as_user(person):
            rows = BreakGlassRequest.objects.count(), BreakGlass.objects.count(), BreakGlass.history.count()
            tables = ("matters_breakglassrequest", "matters_breakglass", "matters_historicalbreakglass")
            assert rows == tuple(glass.fetched(f"select count(*) from {table}", [])[0][0] for table in tables)
        seen[name] = rows
    assert seen == {
        "ida": (1, 1, 1),
        "erik": (1, 0, 0),
        "karin": (0, 1, 1),
        "officer": (1, 1, 1),
        "stranger": (0, 0, 0),
    }


def test_a_leaver_s_break_glass_ends_with_the_sessions(matter: Matter, ida: User, erik: User) -> None:
    from lawcrm.accounts import leaving

    glass.broken(ida, erik, matter)
    glass.ask(ida, erik, "9999-0001")
    burden = next(each for each in leaving.burdens() if each.code == "break_glass")
    with access.as_system("test"), transaction.atomic():
        assert leaving.settle(ida, [burden], to=None, reason="left", now=NOW) == {"break_glass": 2}
    assert not glass.sees(ida, matter)
    assert glass.truth_is_kept()
