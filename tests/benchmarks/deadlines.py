"""Measures the deadline book with a million open deadlines: `python -m tests.benchmarks.deadlines`.

A small generated firm whose open deadlines, with their reminders, are copied until there are enough; then the scan
for due reminders and the page of the day. Same words as `tests.benchmarks.pages`; figures are printed, not judged.
"""

import sys
import time
from datetime import timedelta
from typing import Any

from tests.benchmarks import pages

COPIES = """
insert into {table} ({names}) select {values} from {table} t cross join generate_series(1, %(copies)s) k
where t.id <= %(last)s and {chosen}
"""


def main() -> None:
    parser = pages.firm_arguments(__doc__)
    parser.set_defaults(contacts=5000, matters=5000, grants=25000)
    parser.add_argument("--open", type=int, default=1_000_000)
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()
    pages.prepare(options)
    fill(options.open)
    scan(explain=options.explain)
    options.only, options.viewers = "today", pages.VIEWERS
    pages.run(options)


def fill(wanted: int) -> None:
    """Copies bear ids far above the first ones; nothing is derived anew, since matter and people stay the same."""
    import psycopg

    from lawcrm import engines

    with psycopg.connect(engines.superuser_url("lawcrm"), autocommit=True) as server:
        server.execute("set session_replication_role = replica")
        (have,) = server.execute("select count(*) from deadlines_deadline where state = 'open'").fetchone() or (0,)
        if have >= wanted:
            return
        (last,) = server.execute("select max(id) from deadlines_deadline").fetchone() or (0,)
        (reminder,) = server.execute("select max(id) from deadlines_reminder").fetchone() or (0,)
        copies = -(-wanted // have) - 1
        new_id = f"t.id + k * {last}"
        _copy(server, "deadlines_deadline", copies, last, {"id": new_id, "public_id": "gen_random_uuid()"})
        moved = {"id": f"t.id + k * {reminder}", "deadline_id": f"t.deadline_id + k * {last}"}
        _copy(server, "deadlines_reminder", copies, reminder, moved)
        server.execute("vacuum analyze deadlines_deadline, deadlines_reminder")


def _copy(server: Any, table: str, copies: int, last: int, changed: dict[str, str]) -> None:
    columns = "select column_name from information_schema.columns where table_name = %s and is_generated = 'NEVER'"
    names = [name for (name,) in server.execute(columns, [table])]
    values = ", ".join(changed.get(name, f't."{name}"') for name in names)
    chosen = "t.state = 'open'" if table == "deadlines_deadline" else "t.state = 'waiting'"
    quoted = ", ".join(f'"{name}"' for name in names)
    statement = COPIES.format(table=table, names=quoted, values=values, chosen=chosen)
    server.execute(statement, {"copies": copies, "last": last})


def scan(*, explain: bool) -> None:
    """A batch of what has just become due, found and locked among all that waits; then nothing is changed."""
    from django.db import transaction
    from django.utils import timezone

    from deadlines.actions.reminding import BATCH
    from deadlines.models import Deadline, Reminder
    from lawcrm import access

    with access.as_system("benchmark"):
        first = Reminder.objects.filter(state="waiting").earliest("due_at").due_at
        out = sys.stdout.write
        out(f"{Deadline.objects.filter(state='open').count():,} open deadlines, ")
        out(f"{Reminder.objects.filter(state='waiting').count():,} reminders waiting\n\n")
        out("| scan | rows | ms |\n|---|---|---|\n")
        moments = {
            "nothing due": first - timedelta(1),
            "a batch due": first,
            "all due": timezone.now() + timedelta(999),
        }
        for name, now in moments.items():
            due = Reminder.objects.filter(state="waiting", due_at__lte=now).order_by("due_at", "pk")
            with transaction.atomic():
                began = time.perf_counter()
                rows = len(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
                out(f"| {name} | {rows} | {(time.perf_counter() - began) * 1000:.1f} |\n")
                if explain:
                    out(due[:BATCH].explain(analyze=True) + "\n")
        out("\n")


if __name__ == "__main__":
    main()
