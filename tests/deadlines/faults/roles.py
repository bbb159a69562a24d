"""What the processes of the house do until they are killed: the product's own work and, outside it, browsers."""

import contextlib
import json
import random
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import Error, connections
from django.urls import reverse
from django.utils import timezone
from gunicorn.app import wsgiapp

from deadlines.actions import reminding
from deadlines.models import Deadline, Reminder
from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.celery import app
from lawcrm.models.outbox import OutboxMessage
from matters.forms.once import token_for
from matters.models import Matter
from tests import personas
from tests.deadlines.faults import plan
from tests.deadlines.faults.browser import UNANSWERED, Browser
from tests.deadlines.office import open_office

ACKNOWLEDGED = 0.12  # the others go up the ladder
FOR_A_GROUP = 0.3


def worker(name: str) -> None:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR")
    app.worker_main(["worker", "--concurrency", "2", "-n", f"{name}@faults", *quiet])


def web(port: int) -> None:
    """As the image serves it."""
    sys.argv = ["gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "lawcrm.wsgi"]
    wsgiapp.run()


def beat() -> None:
    app.Beat(loglevel="ERROR", pidfile=None, quiet=True).run()


def open_firm(facts: str) -> None:
    """Two who work on a matter, one who reads it and is in a practice group, a partner, somebody at the docket desk."""
    office = open_office()
    desk = personas.user_for("docket desk", full_name="Dora Skov")
    group = personas.practice_group("Litigation", office.lawyer, office.reader)
    people = {"lawyer": office.lawyer, "assistant": office.assistant, "partner": office.outsider, "desk": desk}
    known: dict[str, Any] = {name: person.pk for name, person in people.items()}
    known |= {"matter": office.matter.pk, "group": group.pk, "members": [office.lawyer.pk, office.reader.pk]}
    Path(facts).write_text(json.dumps(known))


def visitor(*, told: str, port: int, facts: dict[str, int], seed: int, day: str, most: int = 0) -> None:
    """Requests of two people, one after the other; what the browser was answered is written down at once.

    A request that failed is not repeated: whoever was answered nothing does not know.
    """
    chance, done = plan.lot(seed), 0
    browsers = {name: _signed_in(facts[name], port) for name in ("lawyer", "assistant")}
    with Path(told).open("a", buffering=1) as answers:
        while not most or done < most:
            try:
                line = _request(browsers, facts, chance, date.fromisoformat(day), entering=most > 0 or done < 3)
            except (Error, *UNANSWERED):
                _start_over()
                continue
            if line:
                answers.write(json.dumps(line) + "\n")
            done += 1
            time.sleep(chance.uniform(0, 0.05))


def _start_over() -> None:
    for connection in connections.all():
        connection.close()
    time.sleep(0.2)


def _signed_in(pk: int, port: int) -> Browser:
    while True:
        try:
            return Browser(User.objects.get(pk=pk), port)
        except Error:
            _start_over()


def _request(
    browsers: dict[str, Browser], facts: dict[str, int], chance: random.Random, day: date, *, entering: bool
) -> dict[str, str] | None:
    if entering:
        return _enter(browsers["assistant"], facts, chance, day)
    return _acknowledge(browsers["lawyer"], facts["lawyer"], chance)


def _enter(browser: Browser, facts: dict[str, int], chance: random.Random, day: date) -> dict[str, str] | None:
    with access.as_system("test"):
        matter = Matter.objects.get(pk=facts["matter"])
    due = max(day + timedelta(days=chance.randint(-1, 2)), timezone.localdate() + timedelta(days=chance.randint(0, 1)))
    form = {
        "once": token_for(facts["assistant"]),
        "title": "Berufung",
        "kind": "statutory",
        "criticality": chance.choice(["critical", "normal", "normal"]),
        "due_on": f"{due:%d.%m.%Y}",
        **({"group": str(facts["group"])} if chance.random() < FOR_A_GROUP else {"assignee": str(facts["lawyer"])}),
        "deputy": chance.choice([str(facts["assistant"]), ""]),
    }
    leads_to = browser.post(f"{reverse('deadlines:enter')}?matter={matter.public_id}", form)
    return {"entered": leads_to.strip("/").rpartition("/")[2]}


def _acknowledge(browser: Browser, pk: int, chance: random.Random) -> dict[str, str] | None:
    with access.as_system("test"):
        waiting = Reminder.objects.filter(recipient=pk, state=Reminder.State.HANDED, acknowledged_at=None)
        known = list(Deadline.objects.filter(pk__in=waiting.values("deadline")).values_list("public_id", flat=True))
    if not known or chance.random() > ACKNOWLEDGED:
        return None
    chosen = chance.choice(known)
    browser.post(reverse("deadlines:acknowledge", args=[chosen]), {})
    return {"acknowledged": str(chosen)}


def hand_over() -> None:
    """What the job does, when its slot was given to more than one."""
    with access.as_system("test"):
        reminding.hand_over(now=timezone.now())


def send() -> None:
    """What worker and jobs do, one after the other."""
    hand_over()
    with access.as_system("test"):
        outbox.send_due(timezone.now())


def resend(partner: int) -> None:
    """A person looks at what waits for a person: failed for good, or unconfirmed too often."""
    states = OutboxMessage.State
    with access.as_system("test"):
        stuck = OutboxMessage.objects.filter(state=states.FAILED)
        unsure = OutboxMessage.objects.filter(state=states.UNCONFIRMED, attempts__gt=outbox.MOST_RESENDS)
        for message in [*stuck, *unsure]:
            with contextlib.suppress(outbox.AlreadySettled):
                outbox.resend(actor=User.objects.get(pk=partner), message=message, now=timezone.now())
