"""Reminders from the ladder to the mailbox: made with the deadline, handed over once, checked as they are sent."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlines import ladder
from deadlines.actions import reminding
from deadlines.actions.ending import mark_done, strike_deadline
from deadlines.actions.entering import move_deadline
from deadlines.models import Deadline, Reminder
from lawcrm import access, jobs, outbox
from lawcrm.models.outbox import OutboxMessage
from tests.deadlines.office import NOW, TODAY, Office, entered, steps, wall_off
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def tick(now: datetime = NOW) -> int:
    """What beat and worker do: the job hands over, the outbox sends."""
    assert jobs.run("deadlines.remind", now) == "done"
    with access.as_system("test"):
        return outbox.send_due(now)


def outcome() -> list[tuple[str, str]]:
    with access.as_system("test"):
        return list(OutboxMessage.objects.order_by("pk").values_list("state", "reason"))


def plain(due_on: date, **fields: object) -> Deadline:
    return Deadline(due_on=due_on, time_zone="Europe/Copenhagen", **fields)


@pytest.mark.parametrize(
    ("fields", "due_on", "expected"),
    [
        # Wednesday 16 December; the 3d and 14d steps lie on working days.
        (
            {"criticality": "critical"},
            date(2026, 12, 16),
            (
                "14d 2026-12-02 08, 7d 2026-12-09 08, 3d 2026-12-11 08, 1d 2026-12-15 08, 0d 2026-12-16 08, "
                "0d-pm 2026-12-16 14"
            ),
        ),
        # Monday: one and three days before lie on the weekend or its Friday; one Friday morning reminds once.
        (
            {"criticality": "normal"},
            date(2026, 12, 14),
            "7d 2026-12-07 08, 1d 2026-12-11 08, 0d 2026-12-14 08",
        ),
        # Sunday: the day itself goes back to Friday.
        ({"criticality": "normal"}, date(2026, 12, 13), "7d 2026-12-04 08, 3d 2026-12-10 08, 0d 2026-12-11 08"),
        (
            {"criticality": "critical", "kind": "limitation"},
            date(2026, 12, 31),
            (
                "180d 2026-07-03 08, 90d 2026-10-02 08, 30d 2026-12-01 08, 7d 2026-12-24 08, 1d 2026-12-30 08, "
                "0d 2026-12-31 08, 0d-pm 2026-12-31 14"
            ),
        ),
    ],
)
def test_the_ladder(fields: dict[str, str], due_on: date, expected: str) -> None:
    found = ladder.steps(plain(due_on, **fields))
    assert ", ".join(f"{step.name} {step.at:%Y-%m-%d %H}" for step in found) == expected


@pytest.mark.parametrize(
    ("due_time", "last"),
    [
        (None, "1d 12-11 08, 0d 12-14 08, 0d-pm 12-14 14"),
        (time(15), "1d 12-11 08, 0d 12-14 08, 0d-pm 12-14 14"),
        (time(14), "1d 12-11 08, 0d 12-14 08, 0d-pm 12-14 13"),
        (time(9, 30), "1d 12-11 08, 0d 12-14 08, 0d-pm 12-14 08"),
        (time(9), "1d 12-11 08, 0d-pm 12-11 14, 0d 12-14 08"),
        (time(8), "7d 12-07 08, 1d 12-11 08, 0d 12-11 14"),
    ],
)
def test_no_step_comes_after_the_hour_it_is_due_at(due_time: time | None, last: str) -> None:
    """Monday 14 December."""
    deadline = plain(date(2026, 12, 14), criticality="critical", due_time=due_time)
    assert ", ".join(f"{step.name} {step.at:%m-%d %H}" for step in ladder.steps(deadline)[-3:]) == last


def test_the_ladder_keeps_local_time_across_the_change_of_clocks() -> None:
    found = ladder.steps(plain(date(2026, 10, 28), criticality="normal"))
    assert [step.at.astimezone(UTC).hour for step in found] == [6, 6, 7, 7]


def test_of_steps_missed_only_the_last_is_made_up_for(office: Office) -> None:
    deadline = entered(office, due_on=date(2026, 11, 24))
    assert steps(deadline)[0] == ("3d.1", "2026-11-20 11:00", "waiting")
    assert [step for step, _at, _state in steps(deadline)] == ["3d.1", "1d.1", "0d.1", "0d-pm.1"]


def test_a_deadline_due_today_is_in_the_mailbox_after_one_tick(office: Office, post: Post) -> None:
    deadline = entered(office, deputy=office.assistant, due_time=time(23, 59))
    assert tick() == 2
    assert sorted(e.rcpt_tos[0] for e in post.envelopes) == sorted([office.lawyer.email, office.assistant.email])
    mail = post.mails[0]
    assert mail["Subject"] == f"{office.matter.number}: Statutory deadline, Friday 20 November 2026"
    body = mail.get_body().get_content()  # type: ignore[union-attr]
    assert f"http://localhost:8000/deadlines/{deadline.public_id}/" in body
    assert "Nobody has confirmed this entry yet" in body
    assert "Friday 20 November 2026, 23:59" in body
    assert "Nordbau" not in body + str(mail["Subject"])
    assert tick(NOW + timedelta(minutes=1)) == 0
    assert len(post.mails) == 2
    tick(NOW + timedelta(hours=3))  # the afternoon of the day
    assert [state for step, _at, state in steps(deadline) if step == "0d-pm.1"] == ["handed"] * 2


@pytest.mark.parametrize(
    ("mode", "word"),
    [
        ("accept", "Sent"),
        ("rcpt-550", "Mail failed"),
        ("drop-after", "Mail unconfirmed"),
        ("rcpt-450", "Being sent"),
    ],
)
def test_the_page_says_what_became_of_the_mail(mode: str, word: str, office: Office, post: Post) -> None:
    deadline = entered(office, due_time=time(13))
    post.modes = [mode]
    tick()
    assert became_of_it(office, deadline) == word


def test_the_page_says_that_a_mail_was_not_sent(office: Office, post: Post) -> None:
    deadline = entered(office, due_time=time(13))
    jobs.run("deadlines.remind", NOW)
    wall_off(office.matter, office.lawyer)
    with access.as_system("test"):
        outbox.send_due(NOW)
    assert became_of_it(office, deadline) == "Not sent"


def became_of_it(office: Office, deadline: Deadline) -> str:
    """The word in the row of the one reminder there is."""
    page = office.browser(office.assistant).get(reverse("deadlines:detail", args=[deadline.public_id]))
    (word,) = re.findall(r"<td>Karin Vestergaard</td><td><span[^>]*>(.*?)</span></td>", page.content.decode())
    return str(word)


def test_mail_speaks_the_language_of_its_reader(office: Office, post: Post, settings: Any) -> None:
    settings.LANGUAGES = settings.SPOKEN_LANGUAGES
    office.lawyer.language = "de"
    office.lawyer.save()
    entered(office)
    tick()
    assert "Freitag 20 November 2026" in str(post.mails[0]["Subject"])


def test_a_wall_between_queue_and_sending_keeps_the_mail_in(office: Office, post: Post) -> None:
    entered(office, deputy=office.assistant)
    jobs.run("deadlines.remind", NOW)
    wall_off(office.matter, office.lawyer)
    with access.as_system("test"):
        outbox.send_due(NOW)
    assert [e.rcpt_tos for e in post.envelopes] == [[office.assistant.email]]
    assert sorted(outcome()) == [("cancelled", "not-visible"), ("sent", "")]


@pytest.mark.parametrize("fields", [{"is_active": False}, {"ends_on": date(2020, 1, 1)}])
def test_who_has_left_is_not_reminded(fields: dict[str, object], office: Office, post: Post) -> None:
    entered(office)
    for name, value in fields.items():
        setattr(office.lawyer, name, value)
    office.lawyer.save()
    tick()
    assert outcome()[0] == ("cancelled", "not-at-work")
    assert [e.rcpt_tos for e in post.envelopes] == [[office.outsider.email]]  # a partner hears that somebody is needed


@pytest.mark.parametrize("act", [mark_done, strike_deadline])
def test_what_has_ended_reminds_nobody_even_from_the_outbox(act: object, office: Office, post: Post) -> None:
    deadline = entered(office, criticality=Deadline.Criticality.NORMAL)
    jobs.run("deadlines.remind", NOW)
    with access.as_user(office.lawyer):
        act(actor=office.lawyer, deadline=deadline, seen=TODAY, reason="sent", now=NOW)  # type: ignore[operator]
    with access.as_system("test"):
        outbox.send_due(NOW)
    tick(NOW + DAY)
    assert post.mails == []
    assert {state for _step, _at, state in steps(deadline)} == {"cancelled"}


def test_a_moved_deadline_reminds_anew_and_of_the_new_date_only(office: Office, post: Post) -> None:
    deadline = entered(office)
    tick()
    for due_on in (TODAY + 5 * DAY, TODAY):  # and back again: the same steps, a new round
        with access.as_user(office.lawyer):
            deadline = move_deadline(
                actor=office.lawyer,
                deadline=deadline,
                seen=deadline.due_on,
                due_on=due_on,
                due_time=None,
                reason="extended",
                now=NOW,
            )
    waiting = [(step, state) for step, _at, state in steps(deadline) if state == "waiting"]
    assert waiting == [("0d.3", "waiting"), ("0d-pm.3", "waiting")]
    tick(NOW + timedelta(minutes=2))
    assert len(post.mails) == 2


def test_who_said_so_is_asked_no_more(office: Office, post: Post) -> None:
    deadline = entered(office, deputy=office.assistant)
    jobs.run("deadlines.remind", NOW)
    with access.as_user(office.lawyer):
        assert reminding.acknowledge(actor=office.lawyer, deadline=deadline, now=NOW) == 1
    browser = office.browser(office.assistant)
    page = browser.get("/").content.decode()
    assert "Got it" in page
    browser.post(f"/deadlines/{deadline.public_id}/acknowledge/")
    assert "Got it" not in browser.get("/").content.decode()
    with access.as_system("test"):
        outbox.send_due(NOW)
    assert {reason for _state, reason in outcome()} == {"acknowledged"}


def test_a_thousand_due_reminders_go_over_in_batches(office: Office) -> None:
    deadline = entered(office)
    with access.as_system("test"):
        Reminder.objects.all().delete()
        Reminder.objects.bulk_create(
            Reminder(deadline=deadline, matter=office.matter, recipient=office.lawyer, step=f"x.{n}", due_at=NOW)
            for n in range(1000)
        )
        assert reminding.hand_over(now=NOW - DAY) == 0
        assert reminding.hand_over(now=NOW) == 1000
        assert reminding.hand_over(now=NOW) == 0
        assert OutboxMessage.objects.count() == 1000


def night(now: datetime = NOW) -> str:
    return jobs.run("deadlines.check_reminders", now)


def test_what_was_entered_by_a_clock_that_was_ahead_reminds_on_the_right_days(office: Office) -> None:
    due_on = TODAY + 20 * DAY
    entered(office, due_on=due_on, title="as usual")
    deadline = entered(office, due_on=due_on, now=NOW + 40 * DAY)
    assert [state for _step, _at, state in steps(deadline)] == ["waiting"]
    assert night() == night(NOW + DAY) == "done"  # and once only
    wanted = [(f"{step.name}.2", step.at) for step in ladder.steps(deadline)]
    with access.as_system("test"):
        waiting = Reminder.objects.filter(state="waiting").order_by("deadline", "due_at")
        found = list(waiting.values_list("step", "due_at"))
    assert found == [*((name.replace(".2", ".1"), at) for name, at in wanted), *wanted]


def test_what_a_clock_that_was_ahead_handed_over_comes_again_in_time(office: Office, post: Post) -> None:
    deadline = entered(office, due_on=TODAY + 20 * DAY)
    tick(NOW + 15 * DAY)
    before = steps(deadline)
    assert [row[2] for row in before] == ["handed"] * 2 + ["waiting"] * 4
    assert night(NOW + DAY) == "done"
    waiting = [(step, at) for step, at, state in steps(deadline) if state == "waiting"]
    assert waiting == [(step.replace(".1", ".2"), at) for step, at, _state in before]
    assert night(NOW + 2 * DAY) == "done"  # and once only
    assert [(step, at) for step, at, state in steps(deadline) if state == "waiting"] == waiting


def test_what_a_clock_an_hour_ahead_was_to_tell_at_once_is_told_now(office: Office, post: Post) -> None:
    """Entered between two steps: the one that has passed is made up for at once, and is no step to come."""
    deadline = entered(office, due_on=TODAY + 4 * DAY, now=NOW + timedelta(hours=1))
    made_up, *to_come = steps(deadline)
    assert made_up[1:] == (f"{NOW + timedelta(hours=1):%Y-%m-%d %H:%M}", "waiting")
    assert night() == "done"
    tick(NOW)
    assert len(post.mails) == 1
    assert steps(deadline)[0] == (made_up[0], f"{NOW:%Y-%m-%d %H:%M}", "handed")
    waiting = [(step, at) for step, at, state in steps(deadline) if state == "waiting"]
    assert waiting == [(step.replace(".1", ".2"), at) for step, at, _state in to_come]


def test_what_is_due_and_not_yet_handed_over_is_left_as_it_stands(office: Office, post: Post) -> None:
    """As after an hour in which nothing ran: the night may come before what hands over."""
    deadline = entered(office, due_on=TODAY + 20 * DAY, now=NOW + 10 * DAY)
    assert night(NOW + DAY) == "done"
    first = ladder.steps(deadline)[0]
    assert night(first.at + timedelta(minutes=1)) == "done"
    tick(first.at + timedelta(minutes=2))
    assert len(post.mails) == 1
    assert [step for step, _at, state in steps(deadline) if state == "handed"] == [f"{first.name}.2"]


def test_of_what_reminds_as_it_should_the_night_changes_nothing(office: Office) -> None:
    """Nor of a deadline whose last step lies behind it, of one done, or of one past."""
    sunday, past = TODAY + 2 * DAY, TODAY - DAY
    rows = [entered(office, due_on=day, title=f"{day}") for day in (TODAY + 9 * DAY, sunday, TODAY, past)]
    done = entered(office, due_on=TODAY + 9 * DAY, criticality="normal", title="done")
    with access.as_user(office.lawyer):
        mark_done(actor=office.lawyer, deadline=done, seen=done.due, reason="sent", now=NOW)
    tick(NOW + timedelta(hours=9))
    before = [steps(row) for row in [*rows, done]]
    assert night(NOW + timedelta(hours=9)) == "done"
    assert [steps(row) for row in [*rows, done]] == before


def test_a_failed_entry_leaves_no_reminder(office: Office) -> None:
    from deadlines.actions.refused import NotOnTeam

    with pytest.raises(NotOnTeam):
        entered(office, assignee=office.outsider)
    with access.as_system("test"):
        assert (Deadline.objects.count(), Reminder.objects.count()) == (0, 0)


def test_the_clock_of_the_test_lies_on_a_working_day() -> None:
    assert timezone.localtime(NOW).date() == TODAY
    assert TODAY.weekday() == 4
