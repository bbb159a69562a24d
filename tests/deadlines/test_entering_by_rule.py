"""A deadline by a rule of the catalogue: the arithmetic is seen first, and a date of one's own says why."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine

from clients.models import Court
from deadlines.actions import rulebook
from deadlines.actions.entering import move_deadline
from deadlines.engine import packs
from deadlines.models import Deadline
from deadlines.queries import computing
from lawcrm import access, audit
from tests import factories
from tests.deadlines.office import NOW, Office, enter_url, entered, fresh, typed

pytestmark = pytest.mark.django_db
APPEAL = "de.zpo.517"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def by_rule(office: Office, **fields: str) -> dict[str, str]:
    return typed(office, **{"due_on": "", "rule": APPEAL, "trigger_on": "30.10.2026", **fields})


def send(office: Office, **fields: str) -> Any:
    return office.browser(office.assistant).post(enter_url(office.matter), by_rule(office, **fields))


def entries() -> list[Deadline]:
    with access.as_system("test"):
        return list(Deadline.objects.order_by("-due_on"))


def test_the_arithmetic_is_shown_before_anything_is_entered(office: Office) -> None:
    entered(office, title="Another one", due_on=date(2026, 11, 30))
    page = send(office)
    text = page.content.decode()
    assert page.status_code == 200
    before = "Its pre-deadline: Monday 23 November 2026."
    for words in ("Monday 30 November 2026", "§ 517 ZPO", "Draft rule", "§ 222(2) ZPO", "Another one", before):
        assert words in text, words
    assert page.context["form"]["with_pre_deadline"].value()
    assert 'value="2026-11-30"' in text or 'value="30.11.2026"' in text or 'value="30/11/2026"' in text
    assert len(entries()) == 1


def test_what_was_seen_is_entered_with_its_arithmetic_and_its_pre_deadline(office: Office) -> None:
    assert send(office, due_on="30.11.2026", with_pre_deadline="on").status_code == 302
    deadline, before = entries()
    assert (deadline.rule_code, deadline.due_on, deadline.is_confirmed) == (APPEAL, date(2026, 11, 30), False)
    assert any("§ 517 ZPO" in line["right"] for line in deadline.trace)
    assert (before.kind, before.due_on, before.title) == ("pre_deadline", date(2026, 11, 23), "Pre-deadline: Berufung")
    page = office.browser(office.lawyer).get(f"/deadlines/{deadline.public_id}/").content.decode()
    assert "the first day is not counted" in page


def test_service_on_29_february_and_an_end_on_good_friday(office: Office) -> None:
    """A month from 29 February 2024 is 29 March, Good Friday; after Easter Monday comes Tuesday."""
    assert "Tuesday 2 April 2024" in send(office, trigger_on="29.2.2024").content.decode()


def test_the_same_form_sent_twice_enters_once(office: Office) -> None:
    data = by_rule(office, due_on="30.11.2026", with_pre_deadline="on")
    browser = office.browser(office.assistant)
    assert [browser.post(enter_url(office.matter), data).status_code for _time in range(2)] == [302, 302]
    assert len(entries()) == 2


def test_another_date_than_the_rule_s_needs_a_reason_which_is_kept(office: Office) -> None:
    refused = send(office, due_on="27.11.2026")
    assert (refused.status_code, "The rule gives 30 November 2026" in refused.content.decode()) == (422, True)
    assert send(office, due_on="27.11.2026", other_reason="court closes at noon").status_code == 302
    (deadline,) = entries()
    assert deadline.trace[-1]["right"] == "entered instead: court closes at noon"


def test_the_arithmetic_of_a_moved_deadline_says_that_it_was_moved(office: Office) -> None:
    send(office, due_on="30.11.2026")
    (deadline,) = entries()
    computed = deadline.trace
    with access.as_user(office.lawyer):
        said: dict[str, Any] = {"due_on": date(2026, 12, 7), "due_time": None, "reason": "extended"}
        move_deadline(actor=office.lawyer, deadline=deadline, seen=deadline.due_on, **said, now=NOW)
    (moved,) = entries()
    assert (moved.trace[:-1], moved.trace[-1]["left"], moved.latest_on) == (computed, "7 Dec 2026, Mon", None)


def test_to_compute_again_takes_the_date_of_the_rule(office: Office) -> None:
    page = send(office, due_on="27.11.2026", other_reason="x", compute="1")
    assert (page.status_code, page.context["form"].data["due_on"]) == (200, "2026-11-30")
    assert entries() == []


def test_another_trigger_is_computed_anew_although_the_old_date_stands_in_the_form(office: Office) -> None:
    page = send(office, due_on="30.11.2026", trigger_on="02.11.2026", compute="1")
    assert (page.status_code, page.context["form"].data["due_on"]) == (200, "2026-12-02")


def test_a_rule_may_count_back_from_a_hearing(office: Office) -> None:
    page = send(office, rule="de.zpo.132", trigger_on="15.12.2026")
    day = page.context["form"].data["due_on"]
    assert (page.status_code, day < "2026-12-15") == (200, True)
    assert send(office, rule="de.zpo.132", trigger_on="15.12.2026", due_on=day).status_code == 302
    (deadline,) = entries()
    assert deadline.due_on < date(2026, 12, 15)


@pytest.mark.parametrize(("trigger", "said"), [("20.11.2026", False), ("23.11.2026", True)])
def test_a_trigger_to_come_is_said_and_kept(office: Office, trigger: str, *, said: bool) -> None:
    page = send(office, trigger_on=trigger)
    assert ("lies in the future" in page.content.decode()) is said
    assert send(office, trigger_on=trigger, due_on=page.context["form"].data["due_on"]).status_code == 302
    (deadline,) = entries()
    assert any("lies in the future" in line["right"] for line in deadline.trace) is said


def in_force_from(day: date) -> None:
    """The office imports the German pack with the rule of appeals in force from a day on."""
    pack = next(pack for pack in packs.shipped() if pack.name == "de")
    rules = tuple(replace(rule, valid_from=day) if rule.code == APPEAL else rule for rule in pack.rules)
    with access.as_system("test"):
        rulebook.import_pack(text=packs.dump(replace(pack, rules=rules)), now=NOW)


def test_a_trigger_before_the_rule_existed_is_refused_in_words(office: Office) -> None:
    """Well within what the calendar covers: the day before and the first day."""
    in_force_from(date(2026, 9, 1))
    early = send(office, trigger_on="31.08.2026")
    words = "The rule de.zpo.517 was not in force on 2026-08-31."
    assert (early.status_code, early.context["form"].errors) == (422, {"rule": [words]})
    assert words in early.text
    late = send(office, trigger_on="31.08.2026", due_on="30.09.2026")
    assert (late.status_code, entries()) == (422, [])
    assert send(office, trigger_on="01.09.2026", due_on="01.10.2026").status_code == 302


def test_a_limitation_period_is_entered_as_one(office: Office) -> None:
    given = {"rule": "de.bgb.195", "trigger_on": "03.02.2026"}
    page = send(office, kind="statutory", criticality="normal", **given)
    shown = page.context["form"].data
    assert (shown["due_on"], shown["kind"], shown["criticality"]) == ("2029-12-31", "limitation", "critical")
    refused = send(office, due_on="31.12.2029", kind="statutory", **given)
    assert (refused.status_code, "one of limitation" in refused.content.decode()) == (422, True)
    assert send(office, due_on="31.12.2029", kind="limitation", **given).status_code == 302
    (deadline,) = entries()
    with access.as_system("test"):
        assert next(row.step for row in deadline.reminders.order_by("due_at")) == "180d.1"


def test_nobody_makes_light_of_a_critical_rule(office: Office) -> None:
    refused = send(office, due_on="30.11.2026", criticality="normal", with_pre_deadline="on")
    assert (refused.status_code, "can cost the case" in refused.content.decode()) == (422, True)
    assert entries() == []
    assert send(office, due_on="30.11.2026", with_pre_deadline="on").status_code == 302
    assert [row.criticality for row in entries()] == ["critical", "normal"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"trigger_on": ""}, "trigger_on"),
        ({"rule": "de.nothing"}, "rule"),
        ({"trigger_on": "30.10.1951"}, "rule"),  # beyond what the calendar covers
        ({"trigger_on": "nonsense"}, "trigger_on"),
        ({"rule": ""}, "due_on"),
    ],
)
def test_what_cannot_be_computed_is_said_in_words(office: Office, fields: dict[str, str], field: str) -> None:
    page = send(office, **fields)
    assert (page.status_code, field in page.context["form"].errors) == (422, True)
    assert entries() == []


def test_rules_are_those_of_the_jurisdiction_and_of_the_union(office: Office) -> None:
    places = {code.split(".")[0] for code, _label in computing.offered(office.matter)}
    assert places == {"de", "eu"}


@pytest.mark.parametrize(("part", "due"), [("BE", date(2027, 3, 8)), ("BY", date(2027, 3, 8)), ("", date(2027, 3, 8))])
def test_the_calendar_is_that_of_the_court_s_seat(office: Office, part: str, due: date) -> None:
    """One month after 6 February 2027 is a Saturday; 8 March is a holiday in Berlin alone."""
    court = factories.contact("Landgericht", kind="organisation", is_directory=True, directory_reason="court")
    with access.as_system("test"):
        seat = Court.objects.create(contact=court, country="DE", subdivision=part, seat="Seat")
        office.matter.court = seat
        audit.update(type(office.matter).objects.filter(pk=office.matter.pk), court=seat)
    expected = date(2027, 3, 9) if part == "BE" else due
    with access.as_user(office.lawyer):
        assert computing.computed(fresh(office.matter), APPEAL, date(2027, 2, 6)).due_on == expected
