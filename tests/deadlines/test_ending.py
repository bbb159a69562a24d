"""How a critical deadline ends: with evidence, checked by a second person; and more time, once granted."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from deadlines.actions import ending, extending
from deadlines.actions.refused import ForeignEvidence, NothingToCheck, WithoutEvidence
from deadlines.models import Deadline, Extension
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit import Refused
from matters.models import Document
from tests import factories
from tests.deadlines.office import NOW, TODAY, Office, again, entered, steps

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=20)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def text(response: Any) -> str:
    return str(response.content.decode())


def by[**P, R](person: User, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    with access.as_user(person):
        return act(*args, **kwargs, actor=person, now=NOW)  # type: ignore[arg-type]


def marked(office: Office, by_whom: User | None = None, **fields: Any) -> Deadline:
    person = by_whom or office.assistant
    deadline = entered(office, **fields)
    return by(person, ending.mark_done, deadline=deadline, seen=TODAY, reason="sent", receipt="beA 14:02")


def document(office: Office, matter: Any = None) -> Document:
    matter = matter or office.matter
    with access.as_system("test"):
        return Document.objects.create(
            matter=matter,
            sealed_for=matter.public_id,
            name="out.pdf",
            size=1,
            media_type="x",
            added_by=office.lawyer,
            stored_name=f"{matter.pk}",
        )


@pytest.mark.parametrize("receipt", ["", "   "])
def test_a_critical_deadline_is_not_done_without_something_to_show(receipt: str, office: Office) -> None:
    deadline = entered(office)
    with pytest.raises(WithoutEvidence):
        by(office.assistant, ending.mark_done, deadline=deadline, seen=TODAY, reason="sent", receipt=receipt)
    assert again(deadline).state == "open"
    url = reverse("deadlines:done", args=[deadline.public_id])
    browser = office.browser(office.assistant)
    answer = browser.post(url, {"seen": TODAY.isoformat(), "reason": "sent"})
    assert (answer.status_code, "write down the receipt" in text(answer)) == (422, True)
    assert browser.post(url, {"seen": TODAY.isoformat(), "reason": "sent", "receipt": "x"}).status_code == 302


def test_evidence_is_of_the_same_matter(office: Office) -> None:
    deadline, own = entered(office), document(office)
    other = document(office, factories.matter("Other", responsible=office.lawyer))
    with pytest.raises(ForeignEvidence):
        by(office.lawyer, ending.mark_done, deadline=deadline, seen=TODAY, reason="sent", evidence=other)
    by(office.lawyer, ending.mark_done, deadline=deadline, seen=TODAY, reason="sent", evidence=own)
    assert again(deadline).evidence_id == own.pk


def test_a_normal_one_is_simply_done(office: Office) -> None:
    deadline = entered(office, criticality=Deadline.Criticality.NORMAL)
    by(office.assistant, ending.mark_done, deadline=deadline, seen=TODAY, reason="sent")
    assert not again(deadline).awaits_check


def test_it_stays_to_be_checked_until_a_second_person_has(office: Office) -> None:
    deadline = marked(office)
    ida, karin = office.browser(office.assistant), office.browser(office.lawyer)
    url = reverse("deadlines:detail", args=[deadline.public_id])
    listed = reverse("deadlines:list") + "?state=unchecked"
    assert "marked as done by Ida Berg, waits for your check" in text(karin.get("/"))
    assert "waits for your check" not in text(ida.get("/"))
    assert "Done, to be checked" in text(karin.get(listed))
    assert "It was met" not in text(ida.get(url))
    assert "Somebody else has to check it" in text(ida.post(f"{url}check/", follow=True))
    assert again(deadline).awaits_check
    page = text(karin.post(f"{url}check/", follow=True))
    assert "Two people answer for it" in page
    assert "Checked that the deadline was met" in page
    assert again(deadline).checked_by == office.lawyer
    assert "Berufung Nordbau" not in text(karin.get(listed))
    with pytest.raises(NothingToCheck):
        by(office.lawyer, ending.check_done, deadline=deadline)


def test_who_may_not_confirm_or_see_is_refused_the_check(office: Office) -> None:
    url = reverse("deadlines:check", args=[marked(office).public_id])
    assert [office.browser(person).post(url).status_code for person in (office.reader, office.outsider)] == [403, 404]


def test_what_was_not_met_after_all_is_open_and_reminds_again(office: Office) -> None:
    deadline = marked(office)
    url = reverse("deadlines:reopen", args=[deadline.public_id])
    karin = office.browser(office.lawyer)
    assert karin.post(url, {"reason": ""}).status_code == 422
    karin.post(url, {"reason": "the fax did not go through"})
    opened = again(deadline)
    assert (opened.state, opened.ended_by, opened.receipt) == ("open", None, "")
    assert [(step, state) for step, _at, state in steps(deadline) if state == "waiting"] == [
        ("0d.2", "waiting"),
        ("0d-pm.2", "waiting"),
    ]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"receipt": ""}, "deadlines_done_with_evidence"),
        ({"checked_by": "ended_by", "checked_at": NOW}, "deadlines_done_two_people"),
        ({"checked_at": NOW}, "deadlines_done_two_people"),
    ],
)
def test_the_database_refuses_what_an_action_would(change: dict[str, Any], constraint: str, office: Office) -> None:
    deadline = marked(office)
    for name, value in change.items():
        setattr(deadline, name, office.assistant if value == "ended_by" else value)
    with access.as_system("test"), transaction.atomic(), pytest.raises(IntegrityError, match=constraint):
        deadline.save()


def test_a_matter_with_something_unchecked_is_not_closed(office: Office) -> None:
    from matters.actions.closing import close_matter

    deadline = marked(office)
    with access.as_user(office.lawyer), pytest.raises(ending.MatterHasUnchecked, match="1 critical deadline"):
        close_matter(actor=office.lawyer, matter=office.matter, closed_on=TODAY, reason="", now=NOW)
    by(office.lawyer, ending.check_done, deadline=deadline)
    with access.as_user(office.lawyer):
        close_matter(actor=office.lawyer, matter=office.matter, closed_on=TODAY, reason="", now=NOW)


def asked(office: Office, **fields: Any) -> Deadline:
    deadline = entered(office, **fields)
    by(office.assistant, extending.ask_extension, deadline=deadline, seen=TODAY, until_on=LATER, reason="ill")
    return deadline


def test_an_extension_asked_for_changes_neither_date_nor_reminders(office: Office) -> None:
    plain = steps(entered(office))
    deadline = asked(office)
    assert (again(deadline).due_on, steps(deadline)) == (TODAY, plain)
    page = text(office.browser(office.lawyer).get(reverse("deadlines:detail", args=[deadline.public_id])))
    assert "An extension until Thu 10 Dec was asked for" in page


@pytest.mark.parametrize(
    ("until_on", "reason", "refusal"),
    [(TODAY, "ill", extending.NotLater), (LATER, " ", None), (LATER, "ill", extending.AskedAlready)],
)
def test_what_is_no_extension_is_refused(
    until_on: date, reason: str, refusal: type[Refused] | None, office: Office
) -> None:
    deadline = asked(office) if refusal is extending.AskedAlready else entered(office)
    with pytest.raises(refusal or Refused):
        by(
            office.assistant,
            extending.ask_extension,
            deadline=deadline,
            seen=TODAY,
            until_on=until_on,
            reason=reason,
        )


def test_granted_with_evidence_it_moves_and_is_confirmed_anew(office: Office) -> None:
    deadline = asked(office)
    browser = office.browser(office.assistant)
    url = reverse("deadlines:answer_extension", args=[deadline.public_id])
    said = {"seen": TODAY.isoformat(), "granted": "yes", "until_on": "8.12.2026", "answer": ""}
    assert "Show it" in text(browser.post(url, said))
    assert "Say until when" in text(browser.post(url, {**said, "until_on": "", "answer": "order"}))
    assert again(deadline).due_on == TODAY
    assert browser.post(url, {**said, "answer": "order of 19 Nov"}).status_code == 302
    moved = again(deadline)
    assert (moved.due_on, moved.is_confirmed, moved.entered_by) == (date(2026, 12, 8), False, office.assistant)
    waiting = [step for step, _at, state in steps(deadline) if state == "waiting"]
    assert waiting == ["14d.2", "7d.2", "3d.2", "1d.2", "0d.2", "0d-pm.2"]
    assert "No extension waits" in text(browser.post(url, {**said, "seen": "2026-12-08", "answer": "again"}))


def test_declined_the_old_date_stays(office: Office) -> None:
    deadline = asked(office)
    by(office.lawyer, extending.decline_extension, deadline=deadline, seen=TODAY, answer="no reason shown")
    assert again(deadline).due_on == TODAY
    with access.as_system("test"):
        assert Extension.objects.get().state == "declined"
        kinds = [entry.kind for entry in audit.events_of(office.matter)]
    assert kinds[:2] == ["deadline.extension_declined", "deadline.extension_asked"]


def test_the_database_wants_evidence_for_what_was_granted(office: Office) -> None:
    asked(office)
    with access.as_system("test"), transaction.atomic():
        extension = Extension.objects.get()
        extension.state = "granted"
        with pytest.raises(IntegrityError, match="deadlines_extension_with_evidence"):
            extension.save()


def test_who_does_not_see_the_matter_sees_no_extension(office: Office) -> None:
    asked(office)
    with access.as_user(office.outsider):
        assert not Extension.objects.exists()
    with access.as_user(office.reader):
        assert Extension.objects.count() == 1
