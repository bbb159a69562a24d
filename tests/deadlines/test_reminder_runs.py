"""Several runs at once, with real transactions: each reminder is handed over once, each deadline confirmed by two."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from deadlines.actions import completing, reminding
from deadlines.actions.entering import AlreadyEntered, confirm_deadline, enter_deadline
from deadlines.models import Deadline, Reminder
from lawcrm import access
from lawcrm.models.outbox import OutboxMessage
from tests import factories, personas
from tests.deadlines.office import NOW, TODAY, Office, again, entered, entry

pytestmark = pytest.mark.django_db(transaction=True)


def together(*work: Callable[[], object]) -> list[object]:
    start, results = threading.Barrier(len(work)), []

    def go(one: Callable[[], object]) -> None:
        start.wait()
        try:
            results.append(one())
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            results.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[one]) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_runs_at_once_hand_each_reminder_over_once(office: Office) -> None:
    deadline = entered(office)
    with access.as_system("test"):
        Reminder.objects.bulk_create(
            Reminder(deadline=deadline, matter=office.matter, recipient=office.lawyer, step=f"x.{n}", due_at=NOW)
            for n in range(300)
        )

    def run() -> int:
        with access.as_system("test"):
            return reminding.hand_over(now=NOW)

    handed = together(run, run, run)
    assert sum(handed) == 301  # type: ignore[arg-type]
    with access.as_system("test"):
        assert OutboxMessage.objects.count() == 301


def test_a_night_waits_for_who_is_telling_a_group_by_a_clock_ahead(office: Office) -> None:
    """Half way there are no rows of the members yet, and then they are due when the step was."""
    group = personas.practice_group("Transport", office.lawyer, office.assistant)
    ahead, handed, nearly = NOW + timedelta(hours=1), threading.Event(), threading.Event()
    deadline = entered(office, assignee=None, group=group, due_on=TODAY + timedelta(days=4), now=ahead)

    def hand_over() -> None:
        with access.as_system("test"), transaction.atomic():
            reminding._hand_batch(ahead)
            handed.set()
            nearly.wait(1)

    def night() -> None:
        handed.wait(5)
        with access.as_system("test"):
            completing.complete(now=NOW)
        nearly.set()

    together(hand_over, night)
    with access.as_system("test"):
        told = Reminder.objects.filter(deadline=deadline, step__endswith=".1").exclude(recipient=None)
        assert {(row.recipient_id, row.state, row.due_at) for row in told.filter(due_at__lte=NOW)} == {
            (person.pk, "waiting", NOW) for person in (office.lawyer, office.assistant)
        }


def test_two_entries_of_one_form_at_once_are_one_deadline(office: Office) -> None:
    form = entry(office)

    def enter() -> str:
        with access.as_user(office.assistant):
            return str(enter_deadline(actor=office.assistant, entry=form, now=NOW).public_id)

    assert sorted(map(str, together(enter, enter))) == sorted([str(form.once), str(AlreadyEntered)])
    with access.as_system("test"):
        assert Deadline.objects.count() == 1


def test_two_confirmations_at_once_are_one(office: Office) -> None:
    deadline = entered(office)
    with access.as_system("test"), transaction.atomic():
        factories.grant(office.matter, office.reader, "work_matter")

    def confirm(person: object) -> Callable[[], object]:
        def act() -> object:
            with access.as_user(person):  # type: ignore[arg-type]
                return confirm_deadline(actor=person, deadline=deadline, seen=TODAY, now=NOW).pk  # type: ignore[arg-type]

        return act

    results = together(confirm(office.lawyer), confirm(office.reader))
    assert sum(result == deadline.pk for result in results) == 1
    assert again(deadline).is_confirmed


def test_the_database_refuses_one_person_as_two(office: Office) -> None:
    deadline = entered(office)
    deadline.confirmed_by, deadline.confirmed_at = deadline.entered_by, NOW
    with access.as_system("test"), transaction.atomic(), pytest.raises(IntegrityError, match="deadlines_two_people"):
        deadline.save()
