"""Need to know: who is looking, and the one expression that decides which rows they see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.backends.base.base import BaseDatabaseWrapper

    from lawcrm.accounts.models import User

WHOLE_FIRM = 0
# States of a contact that hide it from everyone but holders of the flag's permission.
STATE_FLAGS = {"restricted": "clients.see_restricted", "quarantined": "clients.see_quarantined"}
# Every permission of a role that decides about rows; the database session carries the flags held.
# Every permission of a role that decides about rows; the database session carries the flags held.
FLAGS = {
    **STATE_FLAGS,
    "conflicts": "matters.review_conflicts",
    "journal": "lawcrm.view_journal",
    "privacy": "privacy.view_plan",
}


class NoViewer(RuntimeError):
    """A guarded table was asked with nobody declared as looking."""


class LeakyJoin(RuntimeError):
    """A query joined a guarded relation, whose rows the joined table's own rule would not filter."""


@dataclass(frozen=True)
class Viewer:
    """Who is looking. Principals: 0 for the whole firm, the user's id, minus each group's id."""

    user_id: int | None
    principals: tuple[int, ...] = ()
    flags: frozenset[str] = frozenset()
    system: str = ""
    source: str = "web"
    request_id: str = ""


_current: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def current() -> Viewer | None:
    return _current.get()


def required() -> Viewer:
    if (viewer := _current.get()) is None:
        message = "no viewer declared: use access.as_user or access.as_system"
        raise NoViewer(message)
    return viewer


def viewer_of(user: "User | AnonymousUser", *, source: str = "web", request_id: str = "") -> Viewer:
    """The viewer a person is now; whoever is not signed in or not active sees nothing."""
    if not user.is_authenticated or not user.is_active:
        return Viewer(None, source=source, request_id=request_id)
    groups = user.groups.values_list("pk", flat=True)
    held = user.role_permissions()
    flags = frozenset(flag for flag, permission in FLAGS.items() if permission in held)
    return Viewer(user.pk, (WHOLE_FIRM, user.pk, *(-pk for pk in groups)), flags, source=source, request_id=request_id)


@contextmanager
def as_viewer(viewer: Viewer) -> Iterator[Viewer]:
    token = _current.set(viewer)
    try:
        yield viewer
    finally:
        _current.reset(token)


@contextmanager
def as_user(user: "User | AnonymousUser", *, source: str = "web") -> Iterator[Viewer]:
    with as_viewer(viewer_of(user, source=source)) as viewer:
        yield viewer


@contextmanager
def as_system(reason: str, *, source: str = "system") -> Iterator[Viewer]:
    """See and do everything, for a stated reason; the person behind it, if any, stays the actor."""
    if not reason:
        message = "as_system needs a reason"
        raise ValueError(message)
    before = current() or Viewer(None, source=source)
    with as_viewer(replace(before, system=reason)) as viewer:
        yield viewer


def session_state() -> tuple[str, str, str, str]:
    """What a database session must carry: kind, user id, principals, flags (see lawcrm/db)."""
    viewer = _current.get()
    if viewer is None:
        return "nobody", "0", "{}", ""
    principals = ",".join(map(str, viewer.principals))
    kind = "system" if viewer.system else "user"
    return kind, str(viewer.user_id or 0), f"{{{principals}}}", ",".join(sorted(viewer.flags))


class Sight:
    """The rule of a root model whose table carries `acl` and `deny` arrays kept by triggers."""

    def predicate(self, table: str, viewer: Viewer) -> str:
        """SQL over the quoted table or alias; principals are integers and go in as a literal array.

        The planner must see the constant: hidden in a subquery or parameter it guesses badly.
        """
        principals = f"ARRAY[{','.join(map(str, viewer.principals))}]::int[]"
        return f"({table}.acl && {principals} AND NOT {table}.deny && {principals})"


class ContactSight(Sight):
    """A contact: own grant or visible matter; matters behind a wall are looked at again row by row."""

    def predicate(self, table: str, viewer: Viewer) -> str:
        principals = f"ARRAY[{','.join(map(str, viewer.principals))}]::int[]"
        # A function, so that the planner knows its cost: see matters/migrations/0005_sight_costs.py.
        rechecked = f"app_sees_one_of({table}.walled, {principals})"
        states = "".join(f" AND {table}.{flag}_at IS NULL" for flag in STATE_FLAGS if flag not in viewer.flags)
        return (
            f"(({table}.acl && {principals} OR {table}.acl_walled && {principals} AND {rechecked})"
            f" AND NOT {table}.deny && {principals}{states})"
        )


class FlagSight(Sight):
    """Rows that only holders of one permission see, whatever they are about."""

    def __init__(self, flag: str) -> None:
        self.flag = flag

    def predicate(self, table: str, viewer: Viewer) -> str:  # noqa: ARG002 - a flag knows no columns
        return "TRUE" if self.flag in viewer.flags else "FALSE"


class OwnSight(Sight):
    """Rows that the person named in a column sees, and holders of one permission."""

    def __init__(self, column: str, *, flag: str) -> None:
        self.column = column
        self.flag = flag

    def predicate(self, table: str, viewer: Viewer) -> str:
        if self.flag in viewer.flags:
            return "TRUE"
        return f"{table}.{self.column} = {viewer.user_id or 0}"


class ReferenceSight(Sight):
    """Rows that holders of one permission see, and whoever sees the row they refer to by a plain id."""

    def __init__(self, model: str, column: str, *, flag: str) -> None:
        self.model = model
        self.column = column
        self.flag = flag

    def predicate(self, table: str, viewer: Viewer) -> str:
        if self.flag in viewer.flags:
            return "TRUE"
        root: Any = apps.get_model(self.model)
        inner = root.sight.predicate("r", viewer)
        return f'EXISTS (SELECT 1 FROM "{root._meta.db_table}" r WHERE r.id = {table}.{self.column} AND {inner})'


@dataclass(frozen=True)
class Rule:
    """How rows of a model are judged: the root whose sight decides, and the column that leads there."""

    root: type[models.Model]
    column: str  # "pk" when the model is the root itself


def rule_of(model: type[models.Model]) -> Rule:
    """The declared rule of a guarded model or of its history."""
    live: Any = getattr(model, "instance_type", model)
    path = live.need_to_know
    if path == "self":
        return Rule(live, "pk" if model is live else live._meta.pk.attname)
    root = live._meta.get_field(path).remote_field.model
    return Rule(root, live._meta.get_field(path).attname)


class VisibleNow(models.Expression):
    """True for rows that lead to something the viewer of this moment may see.

    The viewer is asked when the SQL is written, so that a query kept from another
    request cannot carry that request's rights.
    """

    conditional = True

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(output_field=models.BooleanField())
        self.model = model
        self.key: Any = models.F(rule_of(model).column)

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.key,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: "BaseDatabaseWrapper") -> Any:  # noqa: ARG002
        viewer = _current.get()
        if viewer is None:
            message = f"no viewer declared for {self.model._meta.label}"
            raise NoViewer(message)
        if viewer.system:
            return "TRUE", []
        refuse_leaky_joins(self.model, compiler)
        rule = rule_of(self.model)
        sight: Sight = rule.root.sight  # type: ignore[attr-defined]
        column, parameters = compiler.compile(self.key)
        if rule.column == "pk":
            return sight.predicate(column.rsplit(".", 1)[0], viewer), []
        root = rule.root._meta.db_table
        inner = sight.predicate("s", viewer)
        return f'EXISTS (SELECT 1 FROM "{root}" s WHERE s.id = {column} AND {inner})', list(parameters)


def refuse_leaky_joins(model: type[models.Model], compiler: SQLCompiler) -> None:
    """Only the join along the declared path is safe: its rows were judged with the row itself."""
    own = rule_of(model)
    for alias, joined in compiler.query.alias_map.items():
        field = getattr(joined, "join_field", None)
        if field is None or not compiler.query.alias_refcount[alias]:  # a trimmed join stays in the map
            continue
        target = field.related_model
        along_path = own.column != "pk" and target is own.root and getattr(field, "attname", "") == own.column
        if getattr(target, "need_to_know", None) and not along_path:
            message = f"{model._meta.label} joined into {target._meta.label}: ask through Exists over its manager"
            raise LeakyJoin(message)


class GuardedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows of a guarded model; related rows of a page are fetched together, never one by one."""


class GuardedManager[M: models.Model](models.Manager[M]):
    """The default manager of every guarded model: it knows no way to ask for hidden rows."""

    _queryset_class: ClassVar[type[models.QuerySet[Any]]] = GuardedQuerySet

    def get_queryset(self) -> models.QuerySet[M]:
        rows = super().get_queryset().filter(VisibleNow(self.model))
        return rows.fetch_mode(models.FETCH_PEERS)


type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def requires[**P](*permissions: str) -> Callable[[View[P]], View[P]]:
    """Guard a view by a role's permission ("clients.add_contact"), one of several; refused is 403 in words."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.role_permissions().intersection(permissions):  # type: ignore[union-attr]
                raise PermissionDenied(
                    _("Your role does not include this. An administrator can tell you who may do it.")
                )
            return view(request, *args, **kwargs)

        return guarded

    return decorate
