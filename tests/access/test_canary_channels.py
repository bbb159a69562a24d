"""What leaves the firm beside its pages: mails, log lines, the broker's keys and the arguments of jobs."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import redis
from django import forms
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lawcrm import access, engines, jobs, outbox
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from matters.models import Matter
from tests import personas
from tests.access import canary, cast, filling
from tests.access.canary import HIDDEN
from tests.access.two_worlds import filled_in, forms_of
from tests.lawcrm.mail_server import Post, mail_server, options
from tests.lawcrm.test_celery_processes import worker
from tests.waiting import wait_while_it_falls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
TYPED = f"{filling.CANARY}-{HIDDEN}-typed"
# What a mail about a matter may say to whoever sees it, or is told of it by office.
IN_MAIL = {"matter.number"}
TOLD_BY_OFFICE = ("data protection officer", "partner")


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with mail_server() as post:
        settings.MAILERS = options(post.port)
        yield post


@pytest.fixture
def broker(valkey: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Empty, and rung at whatever failed at it before: on a busy machine, or in the test before this one."""
    monkeypatch.setattr(jobs.doorbell, "silent_until", 0.0)
    monkeypatch.setattr(jobs.doorbell, "rest", 0.0)
    with redis.Redis.from_url(valkey) as server:
        server.flushall()
        yield valkey
        server.flushall()


@dataclass
class Firm:
    """A marked matter, its keeper, everybody around it, and who saw it at any time or is told its number."""

    keeper: User
    hidden: filling.Filling
    people: list[User]
    saw: set[str] = field(default_factory=set)

    def look(self) -> None:
        for user in [self.keeper, *self.people]:
            with access.as_user(User.objects.get(pk=user.pk)):
                if Matter.objects.filter(pk=self.hidden.matter.pk).exists():
                    self.saw.add(user.email)


@pytest.fixture
def firm() -> Firm:
    with transaction.atomic():
        keeper = personas.user_for("lawyer", "partner")
        hidden = filling.fill(HIDDEN, keeper)
        firm = Firm(keeper, hidden, [cast.around(hidden.matter, name) for name in cast.EVERYBODY])
    firm.saw = set(User.objects.filter(groups__name__in=TOLD_BY_OFFICE).values_list("email", flat=True))
    firm.look()
    return firm


def send_every_form(firm: Firm) -> int:
    """The keeper fills in what every page of the matter offers, once plausibly and once with marked texts."""
    client, sent = personas.signed_in(firm.keeper), 0
    for url in canary.addresses(firm.hidden):
        with access.as_user(firm.keeper):
            filled = [data for form in forms_of(client, url) for data in (filled_in(form), marked(form))]
        for data in filled:
            answer = client.post(url, data)
            list(getattr(answer, "streaming_content", ()))
            sent += answer.status_code == 302
    return sent


def marked(form: forms.BaseForm) -> dict[str, Any]:
    visible = [
        name
        for name, column in form.fields.items()
        if isinstance(column, forms.CharField) and not isinstance(column.widget, forms.HiddenInput)
    ]
    return filled_in(form) | {form.add_prefix(name): TYPED for name in visible}


def work_through(firm: Firm, days: tuple[int, ...]) -> None:
    """Every scheduled job, on these days from now."""
    for day in days:
        outcomes = jobs.run_due(timezone.now() + timedelta(days=day))
        assert set(outcomes.values()) == {"done"}, outcomes
        firm.look()


def queue_every_mail(firm: Firm) -> None:
    """Each kind of message about each row of the matter, to everybody: whether it may go is asked as it is sent."""
    rows = {row.pk for row in firm.hidden.rows.values() if not isinstance(row.pk, UUID)}
    with access.as_system("test"), transaction.atomic():
        for kind in outbox._kinds:
            for user in [firm.keeper, *firm.people]:
                for row in rows:
                    to = outbox.staff(user.pk)
                    outbox.put(kind=kind, recipient=to, thing_id=row, matter_id=firm.hidden.matter.pk, dedupe="canary")


def waiting_mails(now: datetime) -> int:
    with access.as_system("test"):
        return OutboxMessage.objects.filter(state__in=["queued", "claimed"], not_before__lte=now).count()


def fail_in_the_database(firm: Firm) -> None:
    """What a server would write of a statement that collides or takes too long."""
    title = firm.hidden.text(Matter._meta.get_field("title"))
    for statement in (
        "update accounts_user set email = %s where full_name <> %s",
        "select set_config('statement_timeout', '20', true), pg_sleep(1) from accounts_user where %s <> %s",
        "select nothing.at_all, %s, %s",
    ):
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [title, title])
            cursor.execute(statement, [title, title])


def test_mails_logs_broker_and_jobs_carry_no_word_of_the_matter(
    firm: Firm, post: Post, broker: str, tmp_path: Path
) -> None:
    of_server, of_worker = engines.state_dir() / "postgres" / "log", tmp_path / "worker"
    start = of_server.stat().st_size
    with canary.logged() as lines:
        work_through(firm, (0, 1, 8))
        assert send_every_form(firm) > 5
        work_through(firm, (20, 50))
        queue_every_mail(firm)
        fail_in_the_database(firm)
        waiting = canary.job_arguments(broker)
        assert canary.found_in(canary.in_broker(broker), HIDDEN) == {}
        now = timezone.now()
        with of_worker.open("wb") as output, worker(post, "INFO", output):
            wait_while_it_falls(lambda: waiting_mails(now))  # some thousands, asked one by one whether they may go
    assert {name for name, _arguments in waiting} > {"lawcrm.send_outbox"}
    assert [job for job in waiting if not all(is_id(argument) for argument in job[1])] == []
    assert mails_gone_wrong(post, firm) == []
    written = {"log": "\n".join(lines), "worker": of_worker.read_text(), "server": of_server.read_text()[start:]}
    assert all(written.values())
    assert canary.found_in(written.items(), HIDDEN) == {}


def is_id(argument: Any) -> bool:
    with suppress(ValueError):
        return isinstance(argument, int) or bool(UUID(argument))
    return False


def mails_gone_wrong(post: Post, firm: Firm) -> list[tuple[str, set[str]]]:
    """Recipient and words of mails that say more than a number, or that to somebody without sight."""
    said = [(mail["To"].addresses[0].addr_spec, canary.words(as_text(mail), HIDDEN)) for mail in post.mails]
    assert any(words for _recipient, words in said)
    return [(to, words) for to, words in said if words and (to not in firm.saw or not words <= IN_MAIL)]


def as_text(mail: Any) -> str:
    """Headers and decoded parts."""
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*map(str, mail.values()), *map(str, parts)])
