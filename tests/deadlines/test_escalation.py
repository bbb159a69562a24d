"""A reminder nobody acknowledges goes up, step by step, past who is away and never to whom a wall keeps out."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from deadlines import ladder
from deadlines.actions import escalating, reminding
from deadlines.actions.absences import NotYours, OwnDeputy, WrongWayRound, enter_absence
from deadlines.actions.entering import confirm_deadline
from deadlines.models import Absence, Deadline, Reminder
from lawcrm import access, audit, jobs, outbox
from lawcrm.accounts.models import User
from lawcrm.audit import Refused
from lawcrm.models.outbox import OutboxMessage
from tests import personas
from tests.deadlines.office import NOW, TODAY, Office, entered, wall_off
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db
COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MONDAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 7, tzinfo=UTC)  # at eight in Copenhagen


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(EIGHT, tick=False):
        yield


def run(now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        assert jobs.run("deadlines.remind", now) == "done"
        with access.as_system("test"):
            outbox.send_due(now)


def told(post: Post) -> list[str]:
    """Who got mail since last asked, in order of address."""
    found = sorted(envelope.rcpt_tos[0] for envelope in post.envelopes)
    post.envelopes.clear()
    return found


def emails(*people: User) -> list[str]:
    return sorted(person.email for person in people)


@pytest.fixture
def desk() -> User:
    return personas.user_for("docket desk", full_name="Dora Desk")


def due_today(office: Office, **fields: Any) -> Deadline:
    return entered(office, now=EIGHT, due_on=MONDAY, **{"deputy": office.assistant, **fields})


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20 08:00", 4, "2026-11-20 12:00"),
        ("2026-11-20 15:00", 4, "2026-11-23 10:00"),  # over a weekend
        ("2026-11-21 10:00", 4, "2026-11-23 12:00"),
        ("2026-11-20 06:00", 1, "2026-11-20 09:00"),
        ("2026-11-20 17:00", 1, "2026-11-23 09:00"),
        ("2026-11-20 16:30", 0.5, "2026-11-20 17:00"),
        ("2026-11-20 16:00", 20, "2026-11-25 09:00"),
        ("2026-10-23 16:00", 4, "2026-10-26 11:00"),  # the clocks change in between
    ],
)
def test_waiting_is_counted_in_working_hours(start: str, hours: float, end: str) -> None:
    at = datetime.fromisoformat(start).replace(tzinfo=COPENHAGEN)
    found = ladder.after_working_hours(at, hours * HOUR, COPENHAGEN)
    assert f"{found:%Y-%m-%d %H:%M}" == end


@pytest.mark.parametrize(
    ("criticality", "confirmed", "expected"),
    [
        ("critical", True, {"7d": None, "1d": 4 * HOUR, "0d": HOUR, "0d-pm": HOUR / 2}),
        ("critical", False, {"7d": 4 * HOUR, "1d": 4 * HOUR, "0d": HOUR, "0d-pm": HOUR / 2}),
        ("normal", False, {"7d": None, "1d": 4 * HOUR, "0d": 4 * HOUR}),
    ],
)
def test_patience_by_what_is_at_stake(criticality: str, *, confirmed: bool, expected: dict[str, Any]) -> None:
    deadline = Deadline(criticality=criticality, confirmed_at=NOW if confirmed else None)
    assert {step: ladder.patience(deadline, f"{step}.3") for step in expected} == expected


def test_it_goes_up_one_level_after_the_other(office: Office, boss: User, desk: User, post: Post) -> None:
    deadline = due_today(office)
    other = personas.user_for("partner", full_name="Paula Partner")
    run(EIGHT)
    assert told(post) == emails(office.lawyer, office.assistant)
    run(EIGHT + HOUR - MINUTE)
    assert told(post) == []
    run(EIGHT + HOUR)
    page = office.browser(office.assistant).get("/").content.decode()
    assert "nobody has seen it, you are told as deputy" in page
    (mail,) = post.mails
    assert "You are told as deputy." in mail.get_body().get_content()  # type: ignore[union-attr]
    assert told(post) == emails(office.assistant)
    run(EIGHT + 2 * HOUR)
    (mail,) = post.mails
    assert "lawyer responsible for the matter" in mail.get_body().get_content()  # type: ignore[union-attr]
    assert told(post) == emails(boss)
    run(EIGHT + 3 * HOUR)
    (mail,) = post.mails
    text = mail.get_body().get_content()  # type: ignore[union-attr]
    assert mail["Subject"] == f"{office.matter.number}: Critical, Monday 23 November 2026"
    assert "Statutory" not in text + mail["Subject"]
    assert re.findall(r"http\S+", text) == ["http://localhost:8000/deadlines/docket/"]
    assert told(post) == emails(desk)
    run(EIGHT + 4 * HOUR)
    assert {str(mail["Subject"]) for mail in post.mails} == {"A critical deadline needs someone"}
    assert all(office.matter.number not in str(mail) for mail in post.mails)
    assert told(post) == emails(office.outsider, other)
    run(EIGHT + 5 * HOUR)
    assert told(post) == []
    levels = [(row.step, row.level) for row in rows(deadline) if row.step.startswith("0d.")]
    assert levels == [
        *([("0d.1", 0)] * 2),
        ("0d.1^1", 1),
        ("0d.1^2", 2),
        ("0d.1^3", 3),
        *([("0d.1^4", 4)] * 2),
    ]


def rows(deadline: Deadline) -> list[Reminder]:
    with access.as_system("test"):
        return list(Reminder.objects.filter(deadline=deadline).order_by("level", "pk"))


@pytest.mark.parametrize("by", ["owner", "deputy"])
def test_it_goes_no_further_once_anybody_has_seen_it(by: str, office: Office, boss: User, post: Post) -> None:
    deadline = due_today(office)
    run(EIGHT)
    told(post)
    person = office.lawyer if by == "owner" else office.assistant
    with access.as_user(person):
        reminding.acknowledge(actor=person, deadline=deadline, now=EIGHT)
    run(EIGHT + HOUR)
    run(EIGHT + 2 * HOUR)
    assert told(post) == []
    with access.as_system("test"):
        kinds = [entry.kind for entry in audit.events_of(office.matter)]
        actors = [entry.actor_id for entry in audit.events_of(office.matter)]
    assert (kinds[0], actors[0]) == ("deadline.acknowledged", person.pk)


def test_seen_between_queueing_and_sending_nobody_else_is_told(office: Office, boss: User, post: Post) -> None:
    deadline = due_today(office)
    run(EIGHT)
    told(post)
    with time_machine.travel(EIGHT + HOUR, tick=False):
        jobs.run("deadlines.remind", EIGHT + HOUR)
        with access.as_user(office.lawyer):
            reminding.acknowledge(actor=office.lawyer, deadline=deadline, now=EIGHT + HOUR)
        with access.as_system("test"):
            outbox.send_due(EIGHT + HOUR)
    assert told(post) == []


def test_what_a_clock_that_was_ahead_handed_over_goes_up_from_now_on(office: Office, boss: User, post: Post) -> None:
    """Its steps of the morning and the afternoon wait an hour and half an hour, but not until that day in January."""
    due_today(office)
    run(EIGHT + timedelta(days=60))
    assert set(told(post)) == set(emails(office.lawyer, office.assistant))
    run(EIGHT)
    assert told(post) == []
    run(EIGHT + HOUR / 2)
    assert told(post) == emails(office.assistant)
    run(EIGHT + HOUR)
    assert told(post) == emails(office.assistant, boss)


def test_a_wall_raised_on_the_way_up_keeps_desk_and_partners_out(
    office: Office, boss: User, desk: User, post: Post
) -> None:
    due_today(office)
    run(EIGHT)
    run(EIGHT + HOUR)
    run(EIGHT + 2 * HOUR)
    told(post)
    with time_machine.travel(EIGHT + 3 * HOUR, tick=False):
        jobs.run("deadlines.remind", EIGHT + 3 * HOUR)
        wall_off(office.matter, desk)  # between queueing and sending
        wall_off(office.matter, office.outsider)
        with access.as_system("test"):
            outbox.send_due(EIGHT + 3 * HOUR)
    run(EIGHT + 4 * HOUR)
    run(EIGHT + 5 * HOUR)
    assert told(post) == []


@pytest.mark.parametrize("level", ["deputy", "lawyer"])
def test_a_wall_raised_on_the_way_up_keeps_deputy_and_lawyer_out(
    level: str, office: Office, boss: User, post: Post
) -> None:
    due_today(office, deputy=office.assistant if level == "deputy" else None)
    person = office.assistant if level == "deputy" else boss
    run(EIGHT)
    told(post)
    with time_machine.travel(EIGHT + HOUR, tick=False):
        jobs.run("deadlines.remind", EIGHT + HOUR)
        with access.as_system("test"):
            waiting = OutboxMessage.objects.get(state="queued")
            assert waiting.recipient_id == person.pk
            wall_off(office.matter, person)
            outbox.send_due(EIGHT + HOUR)
            waiting.refresh_from_db()
    assert (waiting.state, waiting.reason, told(post)) == ("cancelled", "not-visible", [])


def test_an_unconfirmed_critical_one_goes_up_days_before(office: Office, boss: User, post: Post) -> None:
    later = MONDAY + timedelta(days=7)
    deadline = entered(office, now=EIGHT, due_on=later)
    run(EIGHT)
    assert told(post) == emails(office.lawyer)
    run(EIGHT + 4 * HOUR)
    assert told(post) == emails(boss)
    confirmed = entered(office, now=EIGHT, due_on=later)
    with access.as_user(office.lawyer):
        confirm_deadline(actor=office.lawyer, deadline=confirmed, seen=later, now=EIGHT)
    run(EIGHT + 4 * HOUR + MINUTE)
    assert told(post) == emails(office.lawyer)
    run(EIGHT + 2 * timedelta(days=1))
    assert [row.level for row in rows(confirmed) if row.state == "handed"] == [0]
    assert len([row for row in rows(deadline) if row.state == "handed"]) > 1


def test_on_the_last_evening_nobody_waits_for_the_office_to_open(office: Office, boss: User, post: Post) -> None:
    evening = EIGHT + 11 * HOUR
    entered(office, now=evening, due_on=MONDAY, deputy=office.assistant)
    told_at = []
    for half_hours in range(5):
        run(evening + half_hours * HOUR / 2)
        told_at.append(told(post))
    assert told_at[:3] == [emails(office.lawyer, office.assistant), emails(office.assistant), emails(boss)]
    assert emails(office.outsider) in told_at[3:]


def test_a_normal_one_stops_at_the_desk(office: Office, boss: User, desk: User, post: Post) -> None:
    due_today(office, criticality="normal", deputy=None)
    for hours in range(30):
        run(EIGHT + hours * HOUR)
    assert told(post) == emails(office.lawyer, boss, desk)


def away(office: Office, person: User, deputy: User | None = None) -> Absence:
    with access.as_user(person):
        return enter_absence(
            actor=person, person=person, first_on=MONDAY, last_on=MONDAY + timedelta(days=4), deputy=deputy
        )


def test_the_deputy_of_who_is_away_is_told_at_once(office: Office, boss: User, post: Post) -> None:
    due_today(office, deputy=None)
    away(office, office.lawyer, office.assistant)
    run(EIGHT)
    assert told(post) == emails(office.lawyer, office.assistant)
    run(EIGHT + HOUR)
    assert told(post) == emails(boss)


@pytest.mark.parametrize("reason", ["nobody named", "deputy does not see it", "deputy away as well", "left"])
def test_without_anybody_to_stand_in_the_responsible_lawyer_is_told_at_once(
    reason: str, office: Office, boss: User, post: Post
) -> None:
    deputies = {"deputy does not see it": office.outsider, "deputy away as well": office.assistant}
    entered(office, now=EIGHT, due_on=MONDAY + timedelta(days=7), criticality="normal")
    if reason == "left":
        User.objects.filter(pk=office.lawyer.pk).update(is_active=False)
    else:
        away(office, office.lawyer, deputies.get(reason))
    if reason == "deputy away as well":
        away(office, office.assistant)
    run(EIGHT)
    assert told(post) == emails(boss) if reason == "left" else emails(office.lawyer, boss)


def test_who_is_behind_a_wall_now_is_as_good_as_away(office: Office, boss: User, post: Post) -> None:
    entered(office, now=EIGHT, due_on=MONDAY + timedelta(days=7), criticality="normal")
    wall_off(office.matter, office.lawyer)
    run(EIGHT)
    assert told(post) == emails(boss)


def test_two_runs_at_once_make_each_level_once(office: Office, boss: User) -> None:
    deadline = due_today(office)
    jobs.run("deadlines.remind", EIGHT)
    with access.as_system("test"):
        assert escalating.escalate(now=EIGHT + HOUR) == 1  # two of level 0, one deputy
        Reminder.objects.filter(deadline=deadline, level=0, state="handed").update(next_at=EIGHT)
        assert escalating.escalate(now=EIGHT + HOUR) == 0
    assert len({(row.recipient_id, row.step) for row in rows(deadline)}) == len(rows(deadline))


def test_a_person_enters_their_own_absence_and_a_partner_that_of_others(office: Office) -> None:
    url = reverse("deadlines:absences")
    days = {"first_on": "23.11.2026", "last_on": "27.11.2026"}
    karin, otto = office.browser(office.lawyer), office.browser(office.outsider)
    page = karin.get(url)
    assert "Who is away" not in page.content.decode()
    answer = karin.post(url, {**days, "person": str(office.assistant.pk), "deputy": str(office.assistant.pk)})
    assert answer.status_code == 302
    assert otto.post(url, {**days, "person": str(office.assistant.pk)}).status_code == 302
    found = {(row.person.full_name, row.deputy and row.deputy.full_name) for row in Absence.objects.all()}
    assert found == {("Karin Vestergaard", "Ida Berg"), ("Ida Berg", None)}
    own, other = (Absence.objects.get(person=person) for person in (office.lawyer, office.assistant))
    assert (
        "Only who keeps the absences"
        in karin.post(reverse("deadlines:remove_absence", args=[other.public_id]), follow=True).content.decode()
    )
    karin.post(reverse("deadlines:remove_absence", args=[own.public_id]))
    assert list(Absence.objects.all()) == [other]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("last_on", "1.11.2026", "before the first"), ("first_on", "x", "no such date"), ("deputy", "self", "stand in")],
)
def test_bad_absences_are_refused_in_words(field: str, value: str, words: str, office: Office) -> None:
    days = {"first_on": "23.11.2026", "last_on": "27.11.2026"}
    value = str(office.lawyer.pk) if value == "self" else value
    answer = office.browser(office.lawyer).post(reverse("deadlines:absences"), {**days, field: value})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"person": "other"}, NotYours),
        ({"last_on": TODAY}, WrongWayRound),
        ({"deputy": "self"}, OwnDeputy),
    ],
)
def test_the_action_refuses_them_too(fields: dict[str, Any], refusal: type[Refused], office: Office) -> None:
    people = {"other": office.assistant, "self": office.lawyer}
    wanted: dict[str, Any] = {"person": office.lawyer, "first_on": MONDAY, "last_on": MONDAY}
    wanted |= {name: people.get(value, value) for name, value in fields.items()}
    with access.as_user(office.lawyer), pytest.raises(refusal):
        enter_absence(actor=office.lawyer, **wanted)


def test_the_database_refuses_them_as_well(office: Office) -> None:
    people = {"person": office.lawyer, "entered_by": office.lawyer}
    for wrong in ({"last_on": TODAY}, {"last_on": MONDAY, "deputy": office.lawyer}):
        with access.as_system("test"), pytest.raises(IntegrityError, match="deadlines_absence"), transaction.atomic():
            Absence.objects.create(**people, first_on=MONDAY, **wrong)
