"""A pre-deadline follows its deadline, and an extension that is only hoped for shows as such."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from deadlines.actions import extending
from deadlines.actions.entering import confirm_deadline, move_deadline
from deadlines.models import Deadline
from lawcrm import access, audit, jobs
from tests.deadlines.office import NOW, Office, again, enter_url, entered, sit_in_cologne, steps, typed

pytestmark = pytest.mark.django_db
DUE, PRE = date(2026, 11, 30), date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def deadline(office: Office) -> Deadline:
    """An appeal by rule in Cologne, confirmed, with its pre-deadline a week before."""
    sit_in_cologne(office)
    data = typed(office, due_on="30.11.2026", rule="de.zpo.517", trigger_on="30.10.2026", with_pre_deadline="on")
    assert office.browser(office.assistant).post(enter_url(office.matter), data).status_code == 302
    with access.as_system("test"):
        made = Deadline.objects.get(due_on=DUE)
    with access.as_user(office.lawyer):
        confirm_deadline(actor=office.lawyer, deadline=made, seen=DUE, now=NOW, checked_statute=True)
    return again(made)


def pre_deadlines() -> list[tuple[str, str, str]]:
    with access.as_system("test"):
        rows = Deadline.objects.filter(kind="pre_deadline").order_by("pk")
        return [(row.due_on.isoformat(), row.state, row.ended_reason) for row in rows]


def move(office: Office, deadline: Deadline, due_on: date) -> None:
    with access.as_user(office.lawyer):
        move_deadline(
            actor=office.lawyer,
            deadline=deadline,
            seen=again(deadline).due_on,
            due_on=due_on,
            due_time=None,
            reason="served again",
            now=NOW,
        )


STRUCK = (PRE.isoformat(), "struck", "Its deadline has another date.")


def test_granted_the_pre_deadline_is_renewed_before_the_new_date(office: Office, deadline: Deadline) -> None:
    until = date(2027, 1, 8)
    with access.as_user(office.assistant):
        common = {"actor": office.assistant, "deadline": deadline, "seen": DUE, "until_on": until, "now": NOW}
        extending.ask_extension(**common, reason="ill")
        assert pre_deadlines() == [(PRE.isoformat(), "open", "")]
        extending.grant_extension(**common, answer="order of 19 Nov")
    # A week before is New Year's Day, on which the court rests: back to the last working day.
    assert pre_deadlines() == [STRUCK, ("2026-12-31", "open", "")]
    with access.as_system("test"):
        old, new = Deadline.objects.filter(kind="pre_deadline").order_by("pk")
        kinds = [(entry.kind, entry.object_id, entry.reason) for entry in audit.events_of(office.matter)[:3]]
    assert kinds == [
        ("deadline.extension_granted", deadline.pk, "order of 19 Nov"),
        ("deadline.entered", new.pk, ""),
        ("deadline.struck", old.pk, "Its deadline has another date."),
    ]
    assert (new.entered_by, new.is_confirmed, new.title) == (office.assistant, False, "Pre-deadline: Berufung")
    assert {state for _step, _at, state in steps(old)} == {"cancelled"}
    assert "2026-12-31 07:00" in {at for _step, at, state in steps(new) if state == "waiting"}
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    with access.as_system("test"):
        assert not Deadline.objects.exclude(proposed_on=None).exists()


def test_moved_again_and_again_there_is_one_before_the_date(office: Office, deadline: Deadline) -> None:
    for due_on in (date(2027, 2, 1), date(2026, 12, 14), DUE):
        move(office, deadline, due_on)
    assert [row[:2] for row in pre_deadlines()] == [
        (PRE.isoformat(), "struck"),
        ("2027-01-25", "struck"),
        ("2026-12-07", "struck"),
        (PRE.isoformat(), "open"),
    ]


def test_moved_too_near_for_one_none_is_entered(office: Office, deadline: Deadline) -> None:
    move(office, deadline, date(2026, 11, 24))
    assert pre_deadlines() == [STRUCK]
    move(office, deadline, date(2027, 2, 1))
    assert pre_deadlines() == [STRUCK]


def test_where_no_rule_gives_one_the_distance_stays(office: Office, deadline: Deadline) -> None:
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(kind="pre_deadline"), rule_code="")
        audit.update(Deadline.objects.filter(pk=deadline.pk), rule_code="")
    move(office, deadline, date(2027, 2, 7))
    assert pre_deadlines() == [STRUCK, ("2027-01-29", "open", "")]  # the 31st is a Sunday


def test_what_was_done_or_the_same_date_renews_nothing(office: Office, deadline: Deadline) -> None:
    move(office, deadline, DUE)
    assert pre_deadlines() == [(PRE.isoformat(), "open", "")]
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(kind="pre_deadline"), state="done", ended_by=office.lawyer, ended_at=NOW)
    move(office, deadline, date(2027, 2, 1))
    assert [row[:2] for row in pre_deadlines()] == [(PRE.isoformat(), "done")]


def test_another_trigger_after_a_move_reaches_the_pre_deadline_that_is_open(office: Office, deadline: Deadline) -> None:
    move(office, deadline, date(2027, 2, 1))
    url = reverse("deadlines:change_trigger", args=[deadline.public_id])
    said = {"seen": "2027-02-01", "trigger_on": "2.11.2026", "reason": "served later"}
    assert office.browser(office.assistant).post(url, said).status_code == 302
    with access.as_system("test"):
        assert Deadline.objects.get(kind="pre_deadline", state="open").trigger_on == date(2026, 11, 2)


@pytest.mark.parametrize("name", ["list", "week", "month", "of_matter", "today"])
def test_an_extension_hoped_for_stands_in_every_list_as_provisional(name: str, office: Office) -> None:
    deadline = entered(office, due_on=DUE)
    entered(office, due_on=DUE)
    with access.as_user(office.assistant):
        extending.ask_extension(
            actor=office.assistant, deadline=deadline, seen=DUE, until_on=DUE + 10 * DAY, reason="ill", now=NOW
        )
    url = {
        "of_matter": reverse("deadlines:of_matter", args=[office.matter.public_id]),
        "today": "/",
        "month": f"{reverse('deadlines:month')}?on=2026-11-30",
        "week": f"{reverse('deadlines:week')}?on=2026-11-30",
    }.get(name) or reverse("deadlines:list")
    page = office.browser(office.lawyer).get(url).content.decode()
    assert page.count("provisional: extension until Thu 10 Dec asked for") == 1
    with access.as_user(office.lawyer):
        extending.decline_extension(actor=office.lawyer, deadline=deadline, seen=DUE, answer="no", now=NOW)
    assert "provisional" not in office.browser(office.lawyer).get(url).content.decode()
