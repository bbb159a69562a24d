"""What beat and worker do with reminders, and whom their mails reach."""

from datetime import UTC, date, datetime, timedelta

import time_machine

from lawcrm import access, jobs, outbox
from lawcrm.accounts.models import User
from tests.lawcrm.mail_server import Post

HOUR = timedelta(hours=1)


def run(now: datetime) -> None:
    """What beat and worker do within the minute."""
    with time_machine.travel(now, tick=False):
        for job in ("deadlines.remind_daily", "deadlines.remind"):
            assert jobs.run(job, now) in {"done", ""}
        with access.as_system("test"):
            outbox.send_due(now)


def whole_day(day: date) -> None:
    """Before the office opens, as long as it works, and after."""
    for hour in (1, *range(7, 14), 17):
        run(datetime.combine(day, datetime.min.time(), UTC) + hour * HOUR)


def told(post: Post) -> list[str]:
    """Who got mail since last asked, in order of address."""
    found = sorted(envelope.rcpt_tos[0] for envelope in post.envelopes)
    post.envelopes.clear()
    return found


def naming(post: Post, number: str) -> list[str]:
    """Who got a mail that names this matter, as often as they did."""
    found = [mail for mail in post.mails if number in mail.get_body().get_content()]  # type: ignore[union-attr]
    return sorted(mail["To"].addresses[0].addr_spec for mail in found)


def emails(*people: User) -> list[str]:
    return sorted(person.email for person in people)
