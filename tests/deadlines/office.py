"""A small office: a matter, two who work on it, one who only reads it, one outside."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from clients.models import Court
from deadlines.actions.entering import Entry, enter_deadline
from deadlines.models import Deadline, Proposal, Reminder
from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.forms.once import token_for
from matters.models import Matter, Wall, WallBar
from tests import factories, personas

# Friday noon in Copenhagen.
NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@dataclass
class Office:
    matter: Matter
    lawyer: User
    assistant: User
    reader: User
    outsider: User

    def browser(self, person: User) -> Client:
        return personas.signed_in(person)


def open_office() -> Office:
    lawyer = personas.user_for("lawyer", full_name="Karin Vestergaard")
    assistant = personas.user_for("assistant", full_name="Ida Berg")
    reader = personas.user_for("lawyer", full_name="Tomas Lind")
    outsider = personas.user_for("partner", full_name="Otto Aussen")
    matter = factories.matter("Yıldız ./. Nordbau", responsible=lawyer)
    for person in (lawyer, assistant):
        work_on(matter, person)
    factories.grant(matter, reader)
    return Office(fresh(matter), lawyer, assistant, reader, outsider)


def work_on(matter: Matter, person: User) -> None:
    factories.grant(matter, person)
    factories.grant(matter, person, "work_matter")


def sit_in_cologne(office: Office) -> Court:
    """The office's matter is before a court in North Rhine-Westphalia."""
    court = factories.contact("Landgericht", kind="organisation", is_directory=True, directory_reason="court")
    with access.as_system("test"):
        made = Court.objects.create(contact=court, country="DE", subdivision="DE-NW", seat="Köln")
        audit.update(type(office.matter).objects.filter(pk=office.matter.pk), court=made)
    office.matter = fresh(office.matter)
    return made


def fresh(matter: Matter) -> Matter:
    with access.as_system("test"):
        return Matter.objects.get(pk=matter.pk)


def entry(office: Office, **fields: Any) -> Entry:
    standard: dict[str, Any] = {
        "once": uuid.uuid4(),
        "matter": office.matter,
        "kind": Deadline.Kind.STATUTORY,
        "criticality": Deadline.Criticality.CRITICAL,
        "title": "Berufung Nordbau",
        "due_on": TODAY,
        "assignee": office.lawyer,
    }
    return Entry(**{**standard, **fields})


def entered(office: Office, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Deadline:
    actor = by or office.assistant
    with access.as_user(actor):
        return enter_deadline(actor=actor, entry=entry(office, **fields), now=now)


def again(deadline: Deadline) -> Deadline:
    with access.as_system("test"):
        return Deadline.objects.get(pk=deadline.pk)


def proposed(deadline: Deadline, new_on: date) -> Deadline:
    """Computed again it would be due on another day."""
    with access.as_system("test"):
        audit.update(Deadline.objects.filter(pk=deadline.pk), proposed_on=new_on)
        question = Proposal(deadline=deadline, matter_id=deadline.matter_id, source="check", why="a holiday")
        question.old_on, question.new_on, question.made_at = deadline.due_on, new_on, NOW
        question.save()
    return again(deadline)


def steps(deadline: Deadline) -> list[tuple[str, str, str]]:
    """Step, local time and state of each reminder, in order."""
    with access.as_system("test"):
        rows = Reminder.objects.filter(deadline=deadline).order_by("due_at", "recipient_id", "pk")
        return [(row.step, f"{row.due_at:%Y-%m-%d %H:%M}", row.state) for row in rows]


def wall_off(matter: Matter, person: User) -> None:
    with access.as_system("test"), transaction.atomic():
        wall = Wall.objects.create(matter=matter, reason="conflict", raised_by=matter.responsible, raised_at=NOW)
        WallBar.objects.create(wall=wall, matter=matter, user=person)


def enter_url(matter: Matter) -> str:
    return f"{reverse('deadlines:enter')}?matter={matter.public_id}"


def typed(office: Office, **fields: str) -> dict[str, str]:
    standard = {
        "once": token_for(office.assistant.pk),
        "title": "Berufung",
        "kind": "statutory",
        "criticality": "critical",
        "due_on": "30.11.2026",
        "assignee": str(office.lawyer.pk),
    }
    return {**standard, **fields}
