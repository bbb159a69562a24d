"""Measures the deadline book with a million open deadlines: `python -m tests.benchmarks.deadlines`.

A generated firm whose open deadlines, with their reminders, are copied until there are enough; then the scan
for due reminders, some of them gone through as after a change of rules, and the page of the day. Same words as
`tests.benchmarks.pages`; figures are printed, not judged.
"""

import sys
import time
from datetime import date, timedelta
from typing import Any

from tests.benchmarks import pages

COPIES = """
insert into {table} ({names}) select {values} from {table} t cross join generate_series(1, %(copies)s) k
where t.id <= %(last)s and {chosen}
"""

RULE = "de.zpo.517"
BY_RULE = """
update deadlines_deadline d
   set rule_code = %(rule)s, kind = 'statutory', trigger_on = x.day, due_on = x.due, computed_on = x.due
  from unnest(%(days)s::date[], %(dues)s::date[]) with ordinality x(day, due, place)
 where x.place = 1 + d.id %% 700
   and d.id in (select id from deadlines_deadline where state = 'open' order by id limit %(count)s)
"""


def main() -> None:
    parser = pages.firm_arguments(__doc__)
    parser.add_argument("--open", type=int, default=1_000_000)
    parser.add_argument("--computed", type=int, default=20_000)
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()
    pages.prepare(options)
    fill(options.open)
    scan(explain=options.explain)
    go_through(options.computed)
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
    server.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}")


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


def go_through(count: int) -> None:
    """As if computed by a rule, on triggers of two years: all to be computed, then a night without a change."""
    from django.db import transaction
    from django.utils import timezone

    from deadlines.actions import recomputing
    from lawcrm import access

    out, now = sys.stdout.write, timezone.now()
    with access.as_system("benchmark"), transaction.atomic():
        entered = _by_rule(count)
        out(f"| {entered:,} computed | seconds | processor s | a million, processor min |\n|---|---|---|---|\n")
        for name in ("never looked at", "nothing changed"):
            recomputing.ask(source=recomputing.Source.CHECK, code="", why="", actor=None, now=now)
            began, processor = time.perf_counter(), time.process_time()
            recomputing.carry_out(now=now, seconds=float("inf"))
            took, used = time.perf_counter() - began, time.process_time() - processor
            out(f"| {name} | {took:.1f} | {used:.1f} | {used * 1e6 / entered / 60:.1f} |\n")
        transaction.set_rollback(True)
    out("\n")


def _by_rule(count: int) -> int:
    """Dates as the rule gives them, so that nothing is proposed."""
    from django.db import connection

    from deadlines.engine import packs, rules
    from deadlines.engine.steps import day_of

    days = [date(2026, 1, 1) + timedelta(number) for number in range(700)]
    rule = rules.in_force(packs.shipped_rules(), RULE, days[0])
    dues = [day_of(rules.apply(rule, day, rules.Place()).result.due_safe) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(BY_RULE, {"days": days, "dues": dues, "rule": RULE, "count": count})
        return cursor.rowcount


if __name__ == "__main__":
    main()
