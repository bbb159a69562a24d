"""A period in hours: from a time by the firm's clocks, to a time, and another time is another date."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from deadlines.engine import packs
from deadlines.forms import plan
from deadlines.models import Deadline, Proposal, Reminder
from deadlines.queries import computing
from lawcrm import access, audit, jobs
from tests.deadlines.office import NOW, Office, again, enter_url, typed
from tests.deadlines.running import run
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db
BREACH = "eu.gdpr.33"
DUE = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def send(office: Office, **fields: str) -> Any:
    standard = {"due_on": "", "rule": BREACH, "trigger_on": "19.11.2026", "trigger_time": "16:30"}
    data = typed(office, **{**standard, **fields})
    return office.browser(office.assistant).post(enter_url(office.matter), data)


def entries() -> list[Deadline]:
    with access.as_system("test"):
        return list(Deadline.objects.order_by("pk"))


def proposals() -> list[Proposal]:
    with access.as_system("test"):
        return list(Proposal.objects.order_by("pk"))


@pytest.fixture
def deadline(office: Office) -> Deadline:
    assert send(office, due_on="22.11.2026", due_time="16:30").status_code == 302
    (made,) = entries()
    return made


def test_every_rule_that_counts_hours_is_offered(office: Office) -> None:
    offered = {code for code, _label in computing.offered(office.matter)}
    assert {rule.code for rule in packs.shipped_rules() if rule.unit == "hours"} - offered == set()


def test_the_arithmetic_and_the_time_are_shown_and_kept(office: Office) -> None:
    page = send(office)
    text = page.content.decode()
    assert page.status_code == 200
    for words in ("Sunday 22 November 2026 16:30", "72 elapsed hours", "19 Nov 2026, Thu 16:30", "do not rely on it"):
        assert words in text, words
    shown = page.context["form"].data
    assert (shown["due_on"], shown["due_time"], shown["criticality"]) == ("2026-11-22", "16:30", "critical")
    assert send(office, due_on=shown["due_on"], due_time=shown["due_time"]).status_code == 302
    (made,) = entries()
    assert (made.due_on, made.due_time, made.time_zone) == (DUE, time(16, 30), "Europe/Copenhagen")
    assert (made.trigger_on, made.trigger_time) == (date(2026, 11, 19), time(16, 30))
    assert (made.computed_on, made.computed_time) == (DUE, time(16, 30))
    page = office.browser(office.lawyer).get(reverse("deadlines:detail", args=[made.public_id])).content.decode()
    assert "22 Nov 2026, Sun 16:30" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"trigger_time": ""}, "counts hours: give the time"),
        ({"trigger_time": "noon"}, "Enter a valid time"),
        ({"trigger_on": "28.3.2027", "trigger_time": "2:30"}, "the clocks leapt over it"),
    ],
)
def test_a_time_that_is_missing_or_never_was_is_said_beside_it(
    office: Office, fields: dict[str, str], words: str
) -> None:
    page = send(office, **fields)
    assert page.status_code == 422
    assert words in " ".join(page.context["form"].errors["trigger_time"])
    assert list(page.context["form"].errors) == ["trigger_time"]
    assert entries() == []


@pytest.mark.parametrize(
    ("on", "at", "due"),
    [
        ("23.10.2026", "16:00", ("2026-10-26", "15:00")),  # the clocks go back on the 25th
        ("26.3.2027", "16:00", ("2027-03-29", "17:00")),  # and forward on the 28th
        ("25.10.2026", "2:30", ("2026-10-28", "01:30")),  # twice that night: the first one is safe
    ],
)
def test_hours_elapse_whatever_the_clocks_do(office: Office, on: str, at: str, due: tuple[str, str]) -> None:
    page = send(office, trigger_on=on, trigger_time=at)
    shown = page.context["form"].data
    assert (page.status_code, (shown["due_on"], shown["due_time"])) == (200, due)
    assert ("happens twice" in page.content.decode()) is (at == "2:30")


def test_another_time_than_the_rule_s_needs_a_reason_which_is_kept(office: Office) -> None:
    refused = send(office, due_on="22.11.2026", due_time="12:00")
    assert (refused.status_code, "gives 22 November 2026 16:30" in refused.content.decode()) == (422, True)
    refused = send(office, due_on="22.11.2026")
    assert refused.status_code == 422
    assert send(office, due_on="22.11.2026", due_time="12:00", other_reason="a Sunday").status_code == 302
    (made,) = entries()
    assert made.trace[-1] == {"left": "22 Nov 2026, Sun 12:00", "right": "entered instead: a Sunday"}
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    assert proposals() == []


def change(office: Office, deadline: Deadline, **fields: str) -> Any:
    said = {"seen": again(deadline).due.isoformat(), "trigger_on": "19.11.2026", "reason": "by the log", **fields}
    return office.browser(office.assistant).post(reverse("deadlines:change_trigger", args=[deadline.public_id]), said)


def test_another_time_of_the_trigger_proposes_another_time(office: Office, deadline: Deadline) -> None:
    asked = office.browser(office.assistant).get(reverse("deadlines:change_trigger", args=[deadline.public_id]))
    assert 'value="16:30"' in asked.content.decode()
    refused = change(office, deadline, trigger_time="")
    assert (refused.status_code, "give the time" in refused.content.decode()) == (422, True)
    assert change(office, deadline, trigger_time="9:15").status_code == 302
    found = again(deadline)
    assert (found.due_time, found.trigger_time) == (time(16, 30), time(9, 15))
    (proposal,) = proposals()
    assert (proposal.new_on, proposal.new_time) == (DUE, time(9, 15))
    url = reverse("deadlines:detail", args=[deadline.public_id])
    page = office.browser(office.assistant).get(url).content.decode()
    assert "Sunday 22 November 2026, 09:15 instead of Sunday 22 November 2026, 16:30" in page
    accepting = reverse("deadlines:accept_proposal", args=[deadline.public_id])
    seen = {"seen": "2026-11-22T16:30:00", "proposed": "2026-11-22"}
    for at, due in (("10:00", time(16, 30)), ("09:15", time(9, 15))):  # the first is not what waits
        office.browser(office.assistant).post(accepting, {**seen, "proposed_time": at})
        assert again(deadline).due_time == due
    assert again(deadline).computed_time == time(9, 15)
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    assert len(proposals()) == 1


def told_on(deadline: Deadline, day: date) -> list[str]:
    """The steps that wait for that day, by the clocks of the deadline."""
    with access.as_system("test"):
        rows = Reminder.objects.filter(deadline=deadline, state="waiting", due_at__date=day).order_by("due_at")
        return [f"{row.step.partition('.')[0]} {timezone.localtime(row.due_at):%H:%M}" for row in rows]


def test_no_step_comes_after_an_earlier_hour_that_is_proposed(office: Office, post: Post) -> None:
    """Until somebody decides; taken back, the steps stand as before."""
    day = date(2026, 11, 26)
    assert send(office, trigger_on="23.11.2026", due_on="26.11.2026", due_time="16:30").status_code == 302
    (deadline,) = entries()
    assert told_on(deadline, day) == ["0d 08:00", "0d-pm 14:00"]
    change(office, deadline, trigger_on="23.11.2026", trigger_time="9:15")
    assert told_on(deadline, day) == ["0d 08:00", "0d-pm 08:15"]
    run(datetime(2026, 11, 26, 7, tzinfo=UTC))
    text = next(mail for mail in post.mails if "26 November" in mail["Subject"]).get_body().get_content()  # type: ignore[union-attr]
    assert "it would be due on Thursday 26 November 2026, 09:15" in text
    change(office, deadline, trigger_on="23.11.2026", trigger_time="16:30")
    assert (again(deadline).proposed_time, proposals()[-1].state) == (None, "lapsed")


def test_an_earlier_hour_on_an_earlier_day_is_not_lost(office: Office) -> None:
    """Seven in the morning comes before the step of that morning: it comes on the afternoon before."""
    assert send(office, trigger_on="24.11.2026", due_on="27.11.2026", due_time="16:30").status_code == 302
    (deadline,) = entries()
    change(office, deadline, trigger_on="23.11.2026", trigger_time="7:00")
    assert again(deadline).reminds_by_time == time(7)
    assert told_on(deadline, date(2026, 11, 26)) == []
    assert "0d 14:00" in told_on(deadline, date(2026, 11, 25))


def test_declining_an_earlier_time_takes_a_second_person(office: Office, deadline: Deadline) -> None:
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=deadline.pk), confirmed_by=office.lawyer, confirmed_at=NOW)
    declining = reverse("deadlines:decline_proposal", args=[deadline.public_id])
    said = {"seen": "2026-11-22T16:30:00", "reason": "the log is wrong"}
    for at, stands in (("18:00", True), ("9:15", False)):
        change(office, deadline, trigger_time=at)
        assert office.browser(office.assistant).post(declining, said).status_code == 302
        found = again(deadline)
        assert (found.due_time, found.is_confirmed) == (time(16, 30), stands)
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    assert [row.state for row in proposals()] == ["declined", "declined"]


def test_a_page_that_shows_another_time_of_that_day_decides_nothing(office: Office, deadline: Deadline) -> None:
    lawyer, names = office.browser(office.lawyer), ("done", "strike", "move")
    urls = {name: reverse(f"deadlines:{name}", args=[deadline.public_id]) for name in names}
    shown = {name: lawyer.get(url).context["form"]["seen"].value() for name, url in urls.items()}
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=deadline.pk), due_time=time(9, 15))
    said = {"reason": "x", "receipt": "x", "due_on": "25.11.2026"}
    for name, url in urls.items():
        answer = lawyer.post(url, {**said, "seen": shown[name]})
        assert (answer.status_code, "moved while you looked" in answer.content.decode()) == (422, True), name
    confirming = reverse("deadlines:confirm", args=[deadline.public_id])
    for seen, confirmed in ((shown["done"], False), ("2026-11-22", False), ("2026-11-22T09:15:00", True)):
        lawyer.post(confirming, {"seen": seen, "checked_statute": "on"})
        assert again(deadline).is_confirmed is confirmed, seen


def test_one_date_over_which_the_program_fails_keeps_no_other_from_being_computed(
    office: Office, deadline: Deadline, caplog: pytest.LogCaptureFixture
) -> None:
    """A zone that a later table of zones knows no more."""
    assert send(office, due_on="22.11.2026", due_time="16:30").status_code == 302
    _first, other = entries()
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=deadline.pk), time_zone="Mars/Olympus_Mons")
        audit.update(Deadline.objects.filter(pk=other.pk), trigger_time=time(9, 15))
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    failed, found = proposals()
    assert (failed.deadline_id, failed.new_on) == (deadline.pk, None)
    assert "Count it by hand" in failed.why
    assert (found.deadline_id, found.new_time) == (other.pk, time(9, 15))
    assert "ZoneInfoNotFoundError" in caplog.text
    assert again(deadline).due_on == DUE
    assert jobs.run("deadlines.check_dates", NOW + timedelta(days=1)) == "done"
    assert len(proposals()) == 2


def test_the_clocks_a_deadline_goes_by_stay_when_the_firm_moves(deadline: Deadline, settings: Any) -> None:
    """Across the end of summer time, which another zone does not have."""
    with access.as_system("test"):
        noted = {"trigger_on": date(2026, 10, 23), "due_on": date(2026, 10, 26), "computed_on": date(2026, 10, 26)}
        times = {"due_time": time(15, 30), "computed_time": time(15, 30)}
        audit.update(Deadline.objects.filter(pk=deadline.pk), **noted, **times)
    settings.TIME_ZONE = "Europe/Istanbul"
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    assert proposals() == []


def test_a_plan_knows_no_time_and_takes_no_such_rule() -> None:
    assert BREACH not in plan._codes()
