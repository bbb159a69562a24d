"""Points at which the driver holds the product's processes: whoever comes there waits until it lets go, or is killed.

They wait in the database, in a trigger, because that is where a transaction is half done.
"""

import contextlib
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any

import psycopg


class Gate(IntEnum):
    ENTRY_MADE = 1  # the deadline is written and its reminders are not
    ENTRY_COMMITS = 2  # everything is written, and the server commits whatever becomes of who asked
    MAIL_QUEUED = 3  # the reminders are chosen and their mails are not yet in the outbox


CLASS = 4711
SETUP = f"""
create function public.gate() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared({CLASS}, tg_argv[0]::int);
  return new;
end $$;
create trigger gate before insert on deadlines_reminder
  for each row when (new.level = 0) execute function public.gate({Gate.ENTRY_MADE:d});
create constraint trigger gate after insert on deadlines_deadline deferrable initially deferred
  for each row execute function public.gate({Gate.ENTRY_COMMITS:d});
create trigger gate before insert on lawcrm_outboxmessage
  for each row execute function public.gate({Gate.MAIL_QUEUED:d});
"""
WAITING = """
select count(distinct pid) from pg_locks join pg_stat_activity using (pid)
where locktype = 'advisory' and classid = %s and objid = %s and not granted
  and application_name = coalesce(%s, application_name)
"""


@contextlib.contextmanager
def closed(server: "psycopg.Connection[Any]", gate: Gate) -> Iterator[Callable[..., int]]:
    """Answers how many wait at it: all, or those of one role."""

    def waiting(role: str | None = None) -> int:
        row = server.execute(WAITING, (CLASS, gate, role)).fetchone()
        return int(row[0]) if row else 0

    server.execute("select pg_advisory_lock(%s, %s)", (CLASS, gate))
    try:
        yield waiting
    finally:
        server.execute("select pg_advisory_unlock(%s, %s)", (CLASS, gate))
