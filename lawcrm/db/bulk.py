"""Loading made-up rows by the million: COPY as the owner, triggers, foreign keys and indexes put aside."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from lawcrm.db.owner import connected_as_owner

CHUNK = 5_000
# Foreign keys and unique constraints that nothing else leans on; checks stay, they cost little.
CONSTRAINTS = """
select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype
  from pg_constraint c
 where conrelid = any(%s::regclass[]) and contype in ('u', 'f')
   and not (contype = 'u' and exists (select from pg_constraint f where f.contype = 'f' and f.conindid = c.conindid))
 order by contype desc, oid
"""
INDEXES = """
select indexrelid::regclass::text, pg_get_indexdef(indexrelid)
  from pg_index i
 where indrelid = any(%s::regclass[]) and not indisprimary
   and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
 order by indexrelid
"""
ROOM = "set local maintenance_work_mem = '768MB'; set local work_mem = '256MB'; set local synchronous_commit = off"


@dataclass
class Load:
    """An open load: what it does is seen by others when all of it is done."""

    cursor: CursorWrapper

    def stage(self, table: str) -> str:
        """An empty temporary copy of the table, for rows whose derived columns are filled on the way."""
        name = f"staged_{table}"
        self.run(f"create temporary table {name} (like {table} including defaults) on commit drop")
        return name

    def copy(self, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        r"""Lines in COPY's text format: tabs between values, \N for NULL, a newline at the end."""
        with self.cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy:
            for chunk in _chunks(lines):
                copy.write(chunk)

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self.cursor.execute(statement, parameters or None)

    def ask(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, parameters or None)
        return list(self.cursor.fetchall())

    def next_id(self, table: str) -> int:
        return int(self.ask(f"select coalesce(max(id), 0) + 1 from {table}")[0][0])

    def count_on(self, table: str) -> None:
        """The next row made by the application gets the number after the last loaded one."""
        sequence = self.ask("select pg_get_serial_sequence(%s, 'id')", [table])[0][0]
        self.run(f"select setval(%s, greatest(1, (select max(id) from {table})))", [sequence])


def _chunks(lines: Iterable[str]) -> Iterator[str]:
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        if len(waiting) == CHUNK:
            yield "".join(waiting)
            waiting.clear()
    yield "".join(waiting)


@contextmanager
def loading(tables: Sequence[str]) -> Iterator[Load]:
    """Everything or nothing; the tables are locked meanwhile and analysed afterwards."""
    with connected_as_owner("default"):
        with transaction.atomic(), connection.cursor() as cursor:
            load = Load(cursor)
            load.run(ROOM)
            put_back = _put_aside(load, tables)
            yield load
            for statement in put_back:
                load.run(statement)
            for table in tables:
                load.count_on(table)
        with connection.cursor() as cursor:
            cursor.execute(f"vacuum (analyze) {', '.join(tables)}")


def _put_aside(load: Load, tables: Sequence[str]) -> list[str]:
    """Answers the statements that bring everything back, unique before foreign keys."""
    back: list[str] = []
    constraints = load.ask(CONSTRAINTS, [list(tables)])
    for table, name, definition, _kind in constraints:
        back.append(f"alter table {table} add constraint {name} {definition}")
    indexes = load.ask(INDEXES, [list(tables)])
    for table, name, *_rest in reversed(constraints):
        load.run(f"alter table {table} drop constraint {name}")
    for name, _definition in indexes:
        load.run(f"drop index {name}")
    for table in tables:
        load.run(f"alter table {table} disable trigger user")
    enable = [f"alter table {table} enable trigger user" for table in tables]
    return [*(definition for _name, definition in indexes), *back, *enable]
