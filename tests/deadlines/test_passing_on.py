"""Passing on: a deadline or a task goes to a person or a practice group, and reminds whoever has it now."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.urls import reverse

from deadlines.actions import entering, passing, refused, reminding, todo
from deadlines.actions.passing import Holders
from deadlines.models import Deadline, Reminder, Task
from deadlines.queries import book, reminders
from deadlines.queries import todo as tasks
from lawcrm import access, audit, jobs
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from matters.forms.once import token_for
from tests import personas
from tests.deadlines.office import NOW, TODAY, Office, again, entered, wall_off

pytestmark = pytest.mark.django_db
REASON = "on leave from Monday"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Firm:
    office: Office
    group: Group
    deadline: Deadline


@pytest.fixture
def firm(office: Office) -> Firm:
    """The deadline is the lawyer's; assistant and one who does not see the matter form the group."""
    group = personas.practice_group("Transport", office.assistant, office.outsider)
    return Firm(office, group, entered(office))


def passed(firm: Firm, reason: str = REASON, seen: str | None = None, **to: Any) -> Deadline:
    actor = firm.office.lawyer
    seen = again(firm.deadline).held_by if seen is None else seen
    with access.as_user(actor):
        return passing.pass_on(actor=actor, deadline=firm.deadline, seen=seen, to=Holders(**to), reason=reason, now=NOW)


def open_reminders(deadline: Deadline) -> set[int | None]:
    """Whom it still reminds; None is the group, whose members have not been told yet."""
    with access.as_system("test"):
        rows = reminders.of_deadline(deadline).filter(acknowledged_at=None).exclude(state="cancelled")
        return set(rows.values_list("recipient_id", flat=True))


def tick(now: Any = NOW) -> None:
    assert jobs.run("deadlines.remind", now) == "done"


def journal(kind: str) -> list[tuple[str, Any]]:
    with access.as_system("test"):
        rows = JournalEntry.objects.filter(kind=kind).order_by("pk")
        return [(row.reason, row.facts) for row in rows]


def test_from_a_person_to_a_group_and_back(firm: Firm) -> None:
    office = firm.office
    tick()
    passed(firm, group=firm.group)
    assert (again(firm.deadline).assignee, open_reminders(firm.deadline)) == (None, {None})
    tick(NOW + timedelta(minutes=1))
    assert open_reminders(firm.deadline) == {None, office.assistant.pk}  # None: the afternoon's step
    passed(firm, assignee=office.lawyer, deputy=office.assistant)
    assert (again(firm.deadline).group, again(firm.deadline).deputy) == (None, office.assistant)
    assert open_reminders(firm.deadline) == {office.lawyer.pk, office.assistant.pk}


def test_the_one_before_gets_no_mail_that_waited(firm: Firm) -> None:
    tick()
    passed(firm, group=firm.group)
    with access.as_system("test"):
        mails = OutboxMessage.objects.filter(kind=reminders.KIND).values_list("recipient_id", "state", "reason")
        assert list(mails) == [(firm.office.lawyer.pk, "cancelled", "passed-on")]


def test_it_leaves_one_book_and_stands_in_the_other(firm: Firm) -> None:
    passed(firm, group=firm.group)
    stands = {}
    for person in (firm.office.lawyer, firm.office.assistant, firm.office.outsider):
        with access.as_user(person):
            stands[person.full_name] = book.filtered(mine=book.is_mine(person.pk), today=TODAY).exists()
    assert stands == {"Karin Vestergaard": False, "Ida Berg": True, "Otto Aussen": False}


def test_what_the_one_before_acknowledged_is_asked_of_the_next(firm: Firm) -> None:
    office = firm.office
    tick()
    with access.as_user(office.lawyer):
        reminding.acknowledge(actor=office.lawyer, deadline=firm.deadline, now=NOW)
    passed(firm, assignee=office.reader)
    tick(NOW + timedelta(minutes=1))
    with access.as_user(office.reader):
        assert [row.pk for row, _level in reminders.unacknowledged(office.reader.pk)] == [firm.deadline.pk]
    tick(NOW + timedelta(hours=1, minutes=2))
    with access.as_system("test"):
        assert Reminder.objects.filter(deadline=firm.deadline, level__gt=0).exists()


def test_the_date_and_its_confirmation_stay(firm: Firm) -> None:
    lawyer = firm.office.lawyer
    with access.as_user(lawyer):
        entering.confirm_deadline(actor=lawyer, deadline=firm.deadline, seen=TODAY, now=NOW)
    passed(firm, group=firm.group)
    after = again(firm.deadline)
    assert (after.due_on, after.confirmed_by, after.entered_by) == (TODAY, lawyer, firm.office.assistant)


def test_the_journal_says_who_had_it_and_who_has_it(firm: Firm) -> None:
    office = firm.office
    passed(firm, group=firm.group)
    [(reason, facts)] = journal("deadline.passed_on")
    wanted = {"assignee_before": office.lawyer.pk, "assignee": None, "group": firm.group.pk, "group_before": None}
    assert (reason, {name: facts[name] for name in wanted}) == (REASON, wanted)


def leaver(office: Office) -> User:
    person = office.reader
    User.objects.filter(pk=person.pk).update(is_active=False)
    return person


@pytest.mark.parametrize("who", ["inactive", "outside", "walled", "strangers", "nobody", "both", "deputy outside"])
def test_it_is_refused_as_at_entry(firm: Firm, who: str) -> None:
    office = firm.office
    strangers = personas.practice_group("Strangers", office.outsider)
    wall_off(office.matter, office.assistant)
    to, refusal = {
        "inactive": ({"assignee": leaver(office)}, refused.NotOnTeam),
        "outside": ({"assignee": office.outsider}, refused.NotOnTeam),
        "walled": ({"assignee": office.assistant}, refused.NotOnTeam),
        "strangers": ({"group": strangers}, refused.NobodyOfGroup),
        "nobody": ({}, refused.WhoAnswers),
        "both": ({"assignee": office.lawyer, "group": strangers}, refused.WhoAnswers),
        "deputy outside": ({"assignee": office.lawyer, "deputy": office.outsider}, refused.NotOnTeam),
    }[who]
    with pytest.raises(refusal):
        passed(firm, **to)
    assert (again(firm.deadline).assignee, open_reminders(firm.deadline)) == (office.lawyer, {office.lawyer.pk})
    assert len(journal("deadline.passed_on_refused")) == 1


def test_not_without_a_reason_nor_to_who_has_it_nor_over_somebody_else(firm: Firm) -> None:
    office = firm.office
    for refusal, said in (
        (refused.WithoutReason, {"reason": " ", "group": firm.group}),
        (passing.TheirsAlready, {"assignee": office.lawyer}),
        (passing.PassedMeanwhile, {"group": firm.group, "seen": f"{office.reader.pk}.."}),
    ):
        with pytest.raises(refusal):
            passed(firm, **said)
    assert again(firm.deadline).assignee == office.lawyer


def said(entry: Deadline | Task, **fields: str) -> dict[str, str]:
    return {"seen": entry.held_by, "assignee": "", "group": "", "reason": REASON, **fields}


def url_of(entry: Deadline | Task) -> str:
    name = "pass_on" if isinstance(entry, Deadline) else "pass_task"
    return reverse(f"deadlines:{name}", args=[entry.public_id])


def test_the_page_offers_who_sees_the_matter_and_passes_it_on(firm: Firm) -> None:
    office, karin = firm.office, firm.office.browser(firm.office.lawyer)
    assert url_of(firm.deadline) in karin.get(reverse("deadlines:detail", args=[firm.deadline.public_id])).text
    page = karin.get(url_of(firm.deadline)).text
    assert ("Ida Berg" in page, "Transport" in page, "Otto Aussen" in page) == (True, True, False)
    assert karin.post(url_of(firm.deadline), said(firm.deadline, assignee=str(office.outsider.pk))).status_code == 422
    assert karin.post(url_of(firm.deadline), said(firm.deadline)).status_code == 422
    assert karin.post(url_of(firm.deadline), said(firm.deadline, group=str(firm.group.pk))).status_code == 302
    assert again(firm.deadline).group == firm.group


def test_what_ended_is_not_passed_on(firm: Firm) -> None:
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=firm.deadline.pk), state="struck")
    answer = firm.office.browser(firm.office.lawyer).post(
        url_of(firm.deadline), said(firm.deadline, group=str(firm.group.pk))
    )
    assert (answer.status_code, "has ended already" in answer.text) == (422, True)


def given(firm: Firm, **to: Any) -> Task:
    actor = firm.office.lawyer
    with access.as_user(actor):
        return todo.add_task(
            actor=actor, once=uuid.uuid4(), matter=firm.office.matter, title="Call", due_on=None, **to, now=NOW
        )


def has_to_do(person: User) -> list[str]:
    with access.as_user(person):
        return [row.title for row in tasks.open_tasks(person.pk, 10)]


def test_a_task_of_a_group_is_everybodys_who_sees_the_matter(firm: Firm) -> None:
    office = firm.office
    task = given(firm, group=firm.group)
    assert [has_to_do(person) for person in (office.assistant, office.outsider, office.lawyer)] == [["Call"], [], []]
    ida = office.browser(office.assistant)
    assert "Transport" in ida.get(reverse("deadlines:tasks")).text
    ida.post(reverse("deadlines:finish_task", args=[task.public_id]))
    assert has_to_do(office.assistant) == []


def test_a_task_is_refused_to_a_group_that_does_not_see_the_matter(firm: Firm) -> None:
    strangers = personas.practice_group("Strangers", firm.office.outsider)
    with pytest.raises(refused.NobodyOfGroup):
        given(firm, group=strangers)
    with pytest.raises(refused.WhoAnswers):
        given(firm)


def test_the_form_of_a_task_takes_a_person_or_a_group(firm: Firm) -> None:
    office, ida = firm.office, firm.office.browser(firm.office.assistant)
    page = f"{reverse('deadlines:add_task')}?matter={office.matter.public_id}"
    form = {"once": token_for(office.assistant.pk), "title": "Call", "group": str(firm.group.pk)}
    assert "choose one of both" in ida.post(page, {**form, "assignee": str(office.lawyer.pk)}).text
    assert "Somebody answers for it" in ida.post(page, {**form, "group": ""}).text
    assert ida.post(page, form).status_code == 302
    assert has_to_do(office.assistant) == ["Call"]


def test_a_task_is_passed_on_and_what_is_done_is_not(firm: Firm) -> None:
    office, karin = firm.office, firm.office.browser(firm.office.lawyer)
    task = given(firm, assignee=office.lawyer)
    assert karin.post(url_of(task), said(task, group=str(firm.group.pk))).status_code == 302
    assert (has_to_do(office.lawyer), has_to_do(office.assistant)) == ([], ["Call"])
    [(reason, facts)] = journal("task.passed_on")
    assert (reason, facts["assignee_before"], facts["group"]) == (REASON, office.lawyer.pk, firm.group.pk)
    karin.post(reverse("deadlines:finish_task", args=[task.public_id]))
    with access.as_system("test"):
        task.refresh_from_db()
    answer = karin.post(url_of(task), said(task, assignee=str(office.lawyer.pk)))
    assert (answer.status_code, "done already" in answer.text) == (422, True)


def test_a_task_of_a_group_becomes_a_deadline_of_the_group(firm: Firm) -> None:
    task = given(firm, group=firm.group)
    page = firm.office.browser(firm.office.lawyer).get(reverse("deadlines:task_to_deadline", args=[task.public_id]))
    assert f'<option value="{firm.group.pk}" selected>' in page.text


@pytest.mark.parametrize("who", ["outsider", "reader"])
def test_who_may_not_work_on_the_matter_passes_nothing_on(firm: Firm, who: str) -> None:
    client, expected = firm.office.browser(getattr(firm.office, who)), {"outsider": 404, "reader": 403}[who]
    for entry in (firm.deadline, given(firm, assignee=firm.office.lawyer)):
        sent = said(entry, group=str(firm.group.pk))
        assert (client.get(url_of(entry)).status_code, client.post(url_of(entry), sent).status_code) == (
            expected,
            expected,
        )
