"""A task becomes a deadline and the other way, with a reason and with both to be seen afterwards."""

import uuid
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from deadlines.models import Deadline, Reminder, Task
from lawcrm import access
from lawcrm.models import JournalEntry
from matters.forms.once import token_for
from tests.deadlines.office import NOW, TODAY, Office, again, entered, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def task(office: Office) -> Task:
    with access.as_system("test"):
        people = {"assignee": office.lawyer, "created_by": office.assistant}
        return Task.objects.create(matter=office.matter, title="Look at the appeal", **people)


def fresh(task: Task) -> Task:
    with access.as_system("test"):
        return Task.objects.get(pk=task.pk)


def kinds() -> list[str]:
    with access.as_system("test"):
        wanted = JournalEntry.objects.exclude(kind__startswith="accounts").filter(kind__regex="became")
        return list(wanted.order_by("pk").values_list("kind", flat=True))


def to_deadline(task: Task) -> str:
    return reverse("deadlines:task_to_deadline", args=[task.public_id])


def to_task(deadline: Deadline) -> str:
    return reverse("deadlines:to_task", args=[deadline.public_id])


def said(office: Office, **fields: str) -> dict[str, str]:
    standard = {"seen": TODAY.isoformat(), "reason": "no period runs", "assignee": str(office.lawyer.pk)}
    return {**standard, "once": token_for(office.lawyer.pk), **fields}


def test_a_task_becomes_an_unconfirmed_deadline_that_reminds(office: Office, task: Task) -> None:
    ida = office.browser(office.assistant)
    assert 'value="Look at the appeal"' in ida.get(to_deadline(task)).content.decode()
    answer = ida.post(to_deadline(task), typed(office, reason="the appeal has a period"))
    assert answer.status_code == 302
    with access.as_system("test"):
        deadline = Deadline.objects.get()
        assert (deadline.is_confirmed, Reminder.objects.filter(deadline=deadline).exists()) == (False, True)
    assert fresh(task).done_at == NOW
    assert kinds() == ["task.became_deadline"]


def test_neither_happens_without_a_reason(office: Office, task: Task) -> None:
    deadline = entered(office)
    ida, karin = office.browser(office.assistant), office.browser(office.lawyer)
    assert ida.post(to_deadline(task), typed(office, reason=" ")).status_code == 422
    assert karin.post(to_task(deadline), said(office, reason="")).status_code == 422
    assert (fresh(task).done_at, again(deadline).state, kinds()) == (None, "open", [])


def test_a_deadline_becomes_a_task_and_stays_in_the_book_as_struck(office: Office) -> None:
    deadline = entered(office)
    assert office.browser(office.lawyer).post(to_task(deadline), said(office)).status_code == 302
    with access.as_system("test"):
        task = Task.objects.get()
        waiting = Reminder.objects.filter(deadline=deadline, state=Reminder.State.WAITING)
        assert (task.title, task.assignee, waiting.exists()) == (deadline.title, office.lawyer, False)
    assert (again(deadline).state, again(deadline).ended_reason) == ("struck", "no period runs")
    assert kinds() == ["deadline.became_task"]


def test_what_was_moved_meanwhile_stays_a_deadline(office: Office) -> None:
    deadline = entered(office)
    answer = office.browser(office.lawyer).post(to_task(deadline), said(office, seen="2026-11-19"))
    assert "was moved while you looked" in answer.content.decode()
    assert again(deadline).state == "open"
    with access.as_system("test"):
        assert not Task.objects.exists()


def test_a_task_that_is_done_becomes_nothing(office: Office, task: Task) -> None:
    ida = office.browser(office.assistant)
    ida.post(reverse("deadlines:finish_task", args=[task.public_id]))
    answer = ida.post(to_deadline(task), typed(office, reason="x"))
    assert (answer.status_code, "done already" in answer.content.decode()) == (422, True)
    assert kinds() == ["task.became_deadline_refused"]


def test_sent_twice_it_happens_once(office: Office, task: Task) -> None:
    ida = office.browser(office.assistant)
    data = typed(office, reason="the appeal has a period")
    assert [ida.post(to_deadline(task), data).status_code for _time in range(2)] == [302, 422]
    with access.as_system("test"):
        assert Deadline.objects.count() == 1


@pytest.mark.parametrize("who", ["outsider", "reader"])
def test_who_may_not_work_on_the_matter_changes_nothing(office: Office, task: Task, who: str) -> None:
    deadline, client = entered(office), office.browser(getattr(office, who))
    expected = {"outsider": 404, "reader": 403}[who]
    for url in (to_deadline(task), to_task(deadline)):
        assert (client.get(url).status_code, client.post(url, said(office)).status_code) == (expected, expected)


def test_a_task_that_is_not_there_is_not_found(office: Office) -> None:
    url = reverse("deadlines:task_to_deadline", args=[uuid.uuid4()])
    assert office.browser(office.lawyer).get(url).status_code == 404
