"""Querysets whose SQL is written once per process: for long ones writing takes several times as long as running."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Model, QuerySet
from psycopg.adapt import Transformer
from psycopg.types.numeric import Int4, Int8

from lawcrm import access
from lawcrm.db.base import PlannedOnce

type Value = int | str | date | datetime | UUID
type Given = Value | tuple[Value, ...]
# The name of a value, and which of several it is.
type Place = tuple[str, int]

# What stands in the place of a value while the SQL is written; nothing else in a query is as large, or as late.
FIRST_NUMBER, FIRST_DAY, FIRST_ID = 2_147_400_000, date(9900, 1, 1), UUID("ffffffff-ffff-ffff-ffff-fffffff00000").int
USER, PRINCIPAL = 2_147_300_001, 2_147_300_002
_OF_VIEWER = re.compile(rf"\b(?:{USER}|{PRINCIPAL})\b")
_APART = re.compile(rf"%s|%%|\b{USER}\b|ARRAY\[(?:{access.WHOLE_FIRM},)?{PRINCIPAL}\]::int\[\]")
FIRST_WORD = "\ue000 in the place of a word "
# How the viewer's own values are named beside those that are given.
OWN_NUMBER, OWN_PRINCIPALS = "viewer's number", "viewer's principals"


class NotPrepared(TypeError):
    """A value has no place in the query, is of a kind that none can be found for, or is not what was given."""


@dataclass(frozen=True, slots=True)
class Written:
    """The SQL with the places of the values among its parameters, which go by number, or by name if it is planned once.

    Unless it is, the viewer's own values stand in the text.
    """

    rows: QuerySet[Any, Any]
    compiler: Any
    sql: str
    params: list[Any] | dict[str, Any]
    places: Mapping[Any, Place]


@dataclass(slots=True)
class Prepared[M: Model, Row]:
    """`write` builds the queryset from the values given by name; a tuple may hold any number of them.

    It must ask nothing and decide nothing by a value: it is called once for each number of values and each set of
    the viewer's flags, with placeholders for values, user and principals; of these rules of sight may decide by
    whether the viewer belongs to the firm, and by nothing else. What decides is given in `shape`.

    The database plans it once a connection, and not for these values and this viewer, which is right for what is
    found by the same index whoever asks; a list of all that somebody sees is not: `one_plan=False`.
    """

    write: Callable[..., QuerySet[M, Row]]
    one_plan: bool = True
    _known: dict[Any, Written] = field(default_factory=dict)

    def ask(self, *shape: Any, **values: Given) -> list[Row]:
        """The rows, as the viewer of this moment sees them."""
        viewer = access.current()
        sizes = tuple((name, len(value) if isinstance(value, tuple) else -1) for name, value in values.items())
        key = shape, sizes, viewer and (viewer.flags, _firm_of(viewer), bool(viewer.system))
        if key not in self._known:
            written = _written(self.write, shape, values, viewer)
            self._known[key] = _apart(written) if self.one_plan else written
        return list(_bound(self._known[key], values, viewer))

    def first(self, *shape: Any, **values: Given) -> Row | None:
        """For a queryset of one row at most."""
        return next(iter(self.ask(*shape, **values)), None)


def padded(values: Iterable[int], step: int) -> tuple[int, ...]:
    """The last one over and over until there are a multiple of `step`: each number of values is another question."""
    found = (*values,)
    return (*found, *found[-1:] * (-len(found) % step))


def _written(write: Any, shape: tuple[Any, ...], values: dict[str, Given], viewer: access.Viewer | None) -> Written:
    placeholders = _placeholders(values)
    stand_in = viewer and access.Viewer(USER, (*_firm_of(viewer), PRINCIPAL), viewer.flags, viewer.system)
    with access.as_viewer(stand_in) if stand_in else nullcontext():
        rows = write(*shape, **placeholders)
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
    places = _places(params, placeholders)
    missing = {*_each(placeholders)} - {*places.values()}
    if missing:
        raise NotPrepared(", ".join(sorted({name for name, _index in missing})))
    if any(_is_placeholder(value) for at, value in enumerate(params) if at not in places):
        raise NotPrepared("a value worked out from another one: give it by its own name")
    return Written(rows, compiler, sql, list(params), places)


def _apart(written: Written) -> Written:
    """Only what differs from one question to the next stays apart: partial indexes are found by constants."""
    params: dict[str, Any] = {}
    places: dict[str, Place] = {}
    given = enumerate(written.params)
    literal = Transformer(connections[written.compiler.using].connection).as_literal

    def apart(value: Any, place: Place) -> str:
        """The same value is the same parameter everywhere: GROUP BY must name what SELECT names."""
        name = f"{place[1]} {type(value).__name__} {place[0]}"
        params[name], places[name] = value, place
        return f"%({name})s"

    def put(found: re.Match[str]) -> str:
        match found.group():
            case "%%":
                return "%%"
            case "%s":
                at, value = next(given)
                if at in written.places:
                    return apart(value, written.places[at])
                return literal(value).decode().replace("%", "%%")
            case own if own == str(USER):
                return apart(Int4(0), (OWN_NUMBER, 0)) + "::int"
            case _:
                return apart("", (OWN_PRINCIPALS, 0)) + "::int[]"

    sql = _APART.sub(put, written.sql)
    if _OF_VIEWER.search(sql):
        raise NotPrepared("a rule that asks for principals in a way of its own")
    return Written(written.rows, written.compiler, PlannedOnce(sql), params, places)


def _placeholders(values: dict[str, Given]) -> dict[str, Given]:
    """As many as there are values, each of its kind and all different."""
    numbers = iter(range(10_000))
    return {
        name: tuple(_placeholder(one, next(numbers)) for one in value)
        if isinstance(value, tuple)
        else _placeholder(value, next(numbers))
        for name, value in values.items()
    }


def _placeholder(value: Value, number: int) -> Value:
    if isinstance(value, datetime):
        return datetime.combine(FIRST_DAY + timedelta(days=number), value.timetz().replace(hour=0, minute=0))
    if isinstance(value, date):
        return FIRST_DAY + timedelta(days=number)
    if isinstance(value, UUID):
        return UUID(int=FIRST_ID + number)
    if isinstance(value, str):
        return f"{FIRST_WORD}{number}"
    if isinstance(value, int) and not isinstance(value, bool):
        return FIRST_NUMBER + number
    raise NotPrepared(type(value).__name__)


def _is_placeholder(value: Any) -> bool:
    """Or something near one, as the day before it is."""
    if isinstance(value, date):
        return value.year >= FIRST_DAY.year - 1
    if isinstance(value, UUID):
        return value.int >= FIRST_ID
    if isinstance(value, str):
        return FIRST_WORD in value
    if isinstance(value, list):
        return any(map(_is_placeholder, value))
    return isinstance(value, int) and value >= FIRST_NUMBER - 1


def _each(values: dict[str, Given]) -> Iterator[Place]:
    for name, value in values.items():
        yield from ((name, index) for index in range(len(value) if isinstance(value, tuple) else 1))


def _one(values: dict[str, Given], name: str, index: int) -> Value:
    value = values[name]
    return value[index] if isinstance(value, tuple) else value


def _places(params: tuple[Any, ...], placeholders: dict[str, Given]) -> dict[int, Place]:
    meant = {_one(placeholders, *place): place for place in _each(placeholders)}
    found = (
        (at, value[0] if isinstance(value, list) and len(value) == 1 else value) for at, value in enumerate(params)
    )
    return {at: meant[value] for at, value in found if isinstance(value, Value.__value__) and value in meant}


def _bound(written: Written, values: dict[str, Given], viewer: access.Viewer | None) -> QuerySet[Any, Any]:
    """The queryset with a compiler that answers this SQL instead of writing it again."""
    params: Any = copy(written.params)
    sql = written.sql
    given = values | _own(viewer) if viewer else values
    for at, place in written.places.items():
        params[at] = _like(params[at], _one(given, *place))
    if viewer and not isinstance(sql, PlannedOnce):
        sql = _for_viewer(sql, viewer)
    compiler = copy(written.compiler)
    compiler.connection = connections[compiler.using]
    compiler.as_sql = lambda *_args, **_options: (sql, params)
    rows: Any = written.rows.all()
    rows.query.get_compiler = lambda *_args, **_options: compiler
    return rows  # type: ignore[no-any-return]


def _firm_of(viewer: access.Viewer) -> tuple[int, ...]:
    return tuple(principal for principal in viewer.principals if principal == access.WHOLE_FIRM)


def _like(placeholder: Any, value: Value) -> Any:
    """In the form in which its place was written; a plain number always of one type, for there is a plan for each."""
    if isinstance(placeholder, list):
        return [_like(placeholder[0], value)]
    kind = type(placeholder)
    return (Int8 if kind is int else kind)(value) if isinstance(value, int) else value


def _own(viewer: access.Viewer) -> dict[str, Any]:
    return {OWN_NUMBER: viewer.user_id or 0, OWN_PRINCIPALS: f"{{{','.join(map(str, viewer.principals))}}}"}


def _for_viewer(sql: str, viewer: access.Viewer) -> str:
    """Both go in as constants (see `access.Sight`)."""
    own = [principal for principal in viewer.principals if principal != access.WHOLE_FIRM]
    ours = {str(USER): str(viewer.user_id or 0), str(PRINCIPAL): ",".join(map(str, own))}
    return _OF_VIEWER.sub(lambda found: ours[found.group()], sql)
