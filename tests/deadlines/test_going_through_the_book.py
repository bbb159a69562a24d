"""A book of any size is computed again a batch at a time, from where the last run stopped, and only what may differ."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Court
from deadlines.actions import recomputing, rulebook
from deadlines.actions.holidays import How, enter_holiday
from deadlines.engine import CannotCompute, rules
from deadlines.engine.calendars import Calendar
from deadlines.models import Basis, Deadline, HolidayCalendar, Proposal, Recalculation, Source
from deadlines.queries import basis, computing
from deadlines.queries.calendars import Book
from deadlines.queries.rulebook import entries
from lawcrm import access, audit, jobs
from matters.models import Matter
from tests import factories, personas
from tests.deadlines.office import NOW, Office, open_office
from tests.deadlines.test_reminder_runs import together
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
APPEAL, OPPOSITION = "de.zpo.517", "de.zpo.339"
TRIGGER, DUE = date(2026, 10, 30), date(2026, 11, 30)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WORKER = """
import django
django.setup()
from deadlines.actions import recomputing
from lawcrm import jobs
from tests.deadlines.office import NOW
recomputing.BATCH = 20
jobs.run("deadlines.check_dates", NOW)
"""


def fill(office: Office, count: int, **fields: Any) -> list[int]:
    """So many appeals of the matter, as they stand in the book; their ids."""
    said: dict[str, Any] = {
        "matter": office.matter,
        "kind": "statutory",
        "title": "Berufung",
        "time_zone": "Europe/Berlin",
        "rule_code": APPEAL,
        "trigger_on": TRIGGER,
        "due_on": DUE,
        "computed_on": DUE,
        "assignee": office.lawyer,
        "entered_by": office.assistant,
        **fields,
    }
    with access.as_system("test"):
        rows = audit.bulk_create(Deadline, (Deadline(sealed_for=uuid.uuid4(), **said) for _ in range(count)))
        return [row.pk for row in rows]


def looked_at() -> dict[int, str]:
    with access.as_system("test"):
        return dict(Basis.objects.values_list("deadline_id", "sha256"))


def asked_about() -> list[int]:
    with access.as_system("test"):
        return sorted(Proposal.objects.values_list("deadline_id", flat=True))


def carry_out(**said: Any) -> int:
    with access.as_system("test"):
        return recomputing.carry_out(now=NOW, **said)


def sits_in(matter: Matter, part: str, country: str = "DE") -> Court:
    court = factories.contact(f"Gericht {part}", kind="organisation", is_directory=True, directory_reason="court")
    with access.as_system("test"):
        made = Court.objects.create(contact=court, country=country, subdivision=f"{country}-{part}", seat=part)
        audit.update(Matter.objects.filter(pk=matter.pk), court=made)
    return made


def close(calendar: str, day: date = DUE) -> None:
    keeper = personas.user_for("docket desk")
    with access.as_user(keeper):
        said = {"day": day, "how": How.CLOSED, "kind": "court", "name": "Court moves", "reason": "Notice 7/26"}
        enter_holiday(actor=keeper, calendar=HolidayCalendar.objects.get(code=calendar), **said, now=NOW)


def start_night() -> "subprocess.Popen[bytes]":
    from tests.conftest import urls

    environment = {
        **os.environ,
        **urls("default", str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=ROOT)  # noqa: S603


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_a_night_that_is_killed_goes_on_where_it_stopped_and_looks_at_every_deadline_once() -> None:
    """Every hundredth has another date than the rule gives; each of these is asked about, and once."""
    office, entered, wrong = open_office(), [], []
    for _ in range(20):
        wrong += fill(office, 1, due_on=DUE - DAY, computed_on=DUE - DAY)
        entered += [wrong[-1], *fill(office, 99)]
    worker = start_night()
    with worker:
        passed = Recalculation.objects.filter(reached__gt=entered[150])
        wait_for(lambda: passed.exists() or worker.poll() is not None)
        worker.kill()
    wait_for(lambda: not _others())
    (stopped,) = Recalculation.objects.all()
    assert stopped.reached is not None
    assert entered[150] < stopped.reached < entered[-1], "killed too late to show anything"
    assert stopped.done_at is None
    assert sorted(looked_at()) == entered[: stopped.looked_at] == [pk for pk in entered if pk <= stopped.reached]
    assert asked_about() == [pk for pk in wrong if pk <= stopped.reached]
    assert jobs.run("deadlines.recompute", NOW + MINUTE) == "done"
    (ended,) = Recalculation.objects.all()
    assert (ended.looked_at, ended.found, ended.done_at is not None) == (len(entered), len(wrong), True)
    assert (sorted(looked_at()), asked_about()) == (entered, wrong)


def _others() -> int:
    """Sessions of the killed process that the server has not given up yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_look_at_each_deadline_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recomputing, "BATCH", 5)
    office = open_office()
    entered = fill(office, 99)
    wrong = fill(office, 1, due_on=DUE - DAY, computed_on=DUE - DAY)
    with access.as_system("test"):
        recomputing.ask(source=Source.RULE, code=APPEAL, why="x", actor=None, now=NOW)
    assert sorted(map(str, together(carry_out, carry_out))) == ["0", "1"]
    (row,) = Recalculation.objects.all()
    assert (row.looked_at, row.found, asked_about()) == (100, 1, wrong)
    assert sorted(looked_at()) == entered + wrong


@pytest.mark.django_db
def test_a_slot_whose_time_is_over_leaves_the_rest_to_the_next(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recomputing, "BATCH", 2)
    entered = fill(office, 5)
    with access.as_system("test"):
        recomputing.ask(source=Source.RULE, code=APPEAL, why="x", actor=None, now=NOW)
    for seen in (2, 4, 5):
        carry_out(seconds=0)
        assert sorted(looked_at()) == entered[:seen]
        assert Recalculation.objects.filter(done_at=None).count() == 1
    carry_out(seconds=0)
    assert Recalculation.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db
def test_what_is_asked_on_the_way_has_its_own_turn(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holiday is entered when the first deadline has been passed already."""
    monkeypatch.setattr(recomputing, "BATCH", 1)
    sits_in(office.matter, "NW")
    entered = fill(office, 2)
    with access.as_system("test"):
        recomputing.ask(source=Source.RULE, code=OPPOSITION, why="x", actor=None, now=NOW)
    carry_out(seconds=0)
    close("de-nw")
    assert jobs.run("deadlines.recompute", NOW) == "done"
    assert asked_about() == entered
    assert list(Recalculation.objects.order_by("pk").values_list("looked_at", "found")) == [(2, 1), (2, 1)]
    with access.as_system("test"):
        assert set(Proposal.objects.values_list("source", flat=True)) == {"holiday"}


@pytest.mark.django_db
def test_a_quiet_night_computes_nothing_and_costs_the_same_for_one_and_three(office: Office) -> None:
    def cost(night: int) -> int:
        assert jobs.run("deadlines.check_dates", NOW + night * DAY) == "done"
        with CaptureQueriesContext(connection) as asked:
            assert jobs.run("deadlines.check_dates", NOW + (night + 1) * DAY) == "done"
        assert not any('INTO "deadlines_basis"' in query["sql"] for query in asked)
        return len(asked)

    fill(office, 1)
    one = cost(0)
    fill(office, 2)
    assert (one, cost(2)) == (35, 35)


@pytest.mark.django_db
def test_a_holiday_is_computed_for_those_who_count_on_its_calendar(office: Office) -> None:
    sits_in(office.matter, "NW")
    elsewhere = factories.matter("Bayern", responsible=office.lawyer)
    sits_in(elsewhere, "BY")
    with access.as_system("test"):
        here = fill(office, 2)
        fill(office, 2, matter=Matter.objects.get(pk=elsewhere.pk))
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    before = looked_at()
    close("de-nw", date(2027, 3, 1))
    assert jobs.run("deadlines.recompute", NOW) == "done"
    assert [pk for pk, sha256 in looked_at().items() if sha256 != before[pk]] == here


@pytest.mark.django_db
def test_a_rule_is_computed_for_those_it_was_used_for(office: Office) -> None:
    (appeal, _other) = fill(office, 1) + fill(office, 1, rule_code=OPPOSITION, due_on=date(2026, 11, 13))
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    before, partner = looked_at(), personas.user_for("partner")
    with access.as_user(partner):
        (rule,) = [entry for entry in entries(APPEAL) if entry.rule.is_in_force(TRIGGER)]
        rulebook.override_rule(
            actor=partner, code=APPEAL, sha256=rule.sha256, changes={"amount": 2}, reason="a test", now=NOW
        )
    assert jobs.run("deadlines.recompute", NOW) == "done"
    assert [pk for pk, sha256 in looked_at().items() if sha256 != before[pk]] == [appeal]
    assert appeal in asked_about()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"trigger_on": TRIGGER + DAY},
        {"second_on": TRIGGER},
        {"due_on": DUE + DAY},
        {"computed_on": None, "due_on": DUE + DAY},
        {"kind": "pre_deadline"},
        {"rule_code": OPPOSITION},
    ],
)
def test_what_was_changed_in_the_entry_is_looked_at_again(office: Office, changes: dict[str, Any]) -> None:
    (pk,) = fill(office, 1)
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    before = looked_at()
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=pk), **changes)
    assert jobs.run("deadlines.check_dates", NOW + DAY) == "done"
    assert looked_at().keys() == before.keys()
    assert looked_at() != before


class Watched(Book):
    """Says which calendars were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, code: str) -> Calendar:
        self.asked.add(code)
        return super().get(code)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("country", "part"), [("", ""), ("DE", "NW"), ("DE", "XX"), ("DK", "84"), ("AT", "9"), ("US", "")]
)
def test_every_calendar_that_a_computation_asks_for_is_part_of_its_basis(
    office: Office, country: str, part: str
) -> None:
    if country:
        sits_in(office.matter, part, country)
    with access.as_system("test"):
        matter = Matter.objects.get(pk=office.matter.pk)
        ground = computing.Ground(calendars=Watched())
        for rule in ground.computable:
            asked = _asked(rule, matter, ground)
            assert asked <= basis.calendars_of([rule], country.lower(), part.lower()), rule.code


def _asked(rule: rules.Rule, matter: Matter, ground: computing.Ground) -> Iterable[str]:
    assert isinstance(ground.calendars, Watched)
    ground.calendars.asked = set()
    trigger = max(rule.valid_from or TRIGGER, TRIGGER)
    try:
        noon = computing.trigger(trigger, time(12))
        computing.computed(matter, rule.code, noon, trigger if rule.second else None, ground)
    except CannotCompute:
        assert rule.valid_to is not None or ground.calendars.asked
    return ground.calendars.asked
