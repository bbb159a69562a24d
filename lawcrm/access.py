"""Need to know: who is looking, and the one expression that decides which rows they see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcrm import joins

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.backends.base.base import BaseDatabaseWrapper

    from lawcrm.accounts.models import User

WHOLE_FIRM = 0
# A break-glass is a principal of its own, above every user's id: BREAK_GLASS + its id.
BREAK_GLASS = 1_000_000_000
# States of a contact that hide it from everyone but holders of the flag's permission.
STATE_FLAGS = {"restricted": "clients.see_restricted", "quarantined": "clients.see_quarantined"}
# Values of a narrowing column other than "": a row so marked wants the flag of that name beside sight.
CONFIDENTIAL = ("special", "kyc")
# Every permission of a role that decides about rows; the database session carries the flags held.
FLAGS = {
    **STATE_FLAGS,
    "docket": "deadlines.keep_docket",
    "break_glass": "matters.review_break_glass",
    "id_numbers": "clients.see_id_numbers",
    "kyc": "matters.see_kyc_papers",
    "special": "clients.see_special_notes",
    "conflict_reasons": "matters.see_conflict_reasons",
    "conflicts": "matters.review_conflicts",
    "journal": "lawcrm.view_journal",
    "privacy": "privacy.view_plan",
    "takeovers": "matters.confirm_takeover",
}


class NoViewer(RuntimeError):
    """A guarded table was asked with nobody declared as looking."""


@dataclass(frozen=True)
class Viewer:
    """Who is looking. Principals: 0 for the whole firm, the user's id, minus each group's id, and those of sources.

    `lapses` names principals held for a time only, with the moment from which they no longer count.
    """

    user_id: int | None
    principals: tuple[int, ...] = ()
    flags: frozenset[str] = frozenset()
    system: str = ""
    source: str = "web"
    request_id: str = ""
    lapses: tuple[tuple[int, datetime], ...] = ()

    def lasting(self, *kept: int) -> "Viewer":
        """The same person without what they hold for a time only, but for those kept."""
        return self._without({principal for principal, _until in self.lapses if principal not in kept})

    def at(self, now: datetime) -> "Viewer":
        """The viewer that this one is at that moment: a long request loses in the middle what lapses then."""
        over = {principal for principal, until in self.lapses if until <= now}
        return self._without(over) if over else self

    def _without(self, gone: set[int]) -> "Viewer":
        principals = tuple(principal for principal in self.principals if principal not in gone)
        lapses = tuple(lapse for lapse in self.lapses if lapse[0] not in gone)
        return replace(self, principals=principals, lapses=lapses)


_current: ContextVar[Viewer | None] = ContextVar("viewer", default=None)


def current() -> Viewer | None:
    viewer = _current.get()
    return viewer.at(timezone.now()) if viewer is not None and viewer.lapses else viewer


def required() -> Viewer:
    if (viewer := current()) is None:
        message = "no viewer declared: use access.as_user or access.as_system"
        raise NoViewer(message)
    return viewer


def viewer_of(user: "User | AnonymousUser", *, source: str = "web", request_id: str = "") -> Viewer:
    """The viewer a person is now; whoever is not signed in, not active or past their end sees nothing.

    Somebody from outside is neither "the whole firm" nor in a group, and no flag opens rows to them.
    """
    if not user.is_authenticated or not user.is_active or user.has_ended:
        return Viewer(None, source=source, request_id=request_id)
    if user.is_external:
        return Viewer(user.pk, (user.pk,), source=source, request_id=request_id)
    from lawcrm.principals import of as principals_of

    held = user.role_permissions()
    flags = frozenset(flag for flag, permission in FLAGS.items() if permission in held)
    found = principals_of(user)
    principals = (WHOLE_FIRM, user.pk, *(principal for principal, _until in found))
    lapses = tuple((principal, until) for principal, until in found if until is not None)
    return Viewer(user.pk, principals, flags, source=source, request_id=request_id, lapses=lapses)


def renewed(viewer: Viewer) -> Viewer:
    """The same person as of this moment, for answers that stream long: groups change, accounts end."""
    from lawcrm.accounts.models import User

    if viewer.user_id is None:
        return viewer
    user = User.objects.get(pk=viewer.user_id)
    fresh = viewer_of(user, source=viewer.source, request_id=viewer.request_id)
    return fresh if viewer.lapses else fresh.lasting()


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
    viewer = current()
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
    """Rows that the person named in one of the columns sees, and holders of one permission if there is one."""

    def __init__(self, *columns: str, flag: str = "") -> None:
        self.columns = columns
        self.flag = flag

    def predicate(self, table: str, viewer: Viewer) -> str:
        if self.flag in viewer.flags:
            return "TRUE"
        return f"{viewer.user_id or 0} IN ({', '.join(f'{table}.{column}' for column in self.columns)})"


class EitherSight(Sight):
    """Rows that one of several rules shows."""

    def __init__(self, *rules: Sight) -> None:
        self.rules = rules

    def predicate(self, table: str, viewer: Viewer) -> str:
        return f"({' OR '.join(rule.predicate(table, viewer) for rule in self.rules)})"


class ReferenceSight(Sight):
    """Rows that whoever sees the row they refer to sees, and holders of one permission if there is one."""

    def __init__(self, model: str, column: str, *, flag: str = "") -> None:
        self.model = model
        self.column = column
        self.flag = flag

    def predicate(self, table: str, viewer: Viewer) -> str:
        if self.flag in viewer.flags:
            return "TRUE"
        root: Any = apps.get_model(self.model)
        alias = f"r_{self.column}"  # references may lie in one another
        found = f"{alias}.id = {table}.{self.column} AND {root.sight.predicate(alias, viewer)}"
        return f'EXISTS (SELECT 1 FROM "{root._meta.db_table}" {alias} WHERE {found})'


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


def narrowing_of(model: type[models.Model]) -> str:
    """The column of a live model that names the flag a row needs beyond sight, or ""; see CONFIDENTIAL."""
    return str(getattr(model, "narrowed_by", ""))


def within_rights(column: str, viewer: Viewer) -> str:
    """SQL over such a column: rows that need no flag, and those of flags the viewer holds."""
    held = ["", *(flag for flag in CONFIDENTIAL if flag in viewer.flags)]
    return f"{column} IN ({', '.join(f"'{flag}'" for flag in held)})"


def live_row_within_rights(model: type[models.Model], column: str, viewer: Viewer) -> str:
    """SQL: the present row whose id stands in the column is within the viewer's rights."""
    narrow = within_rights(f"n.{narrowing_of(model)}", viewer)
    return f'EXISTS (SELECT 1 FROM "{model._meta.db_table}" n WHERE n.id = {column} AND {narrow})'


class VisibleNow(models.Expression):
    """True for rows that lead to something the viewer of this moment may see, and that need no right they lack.

    The viewer is asked when the SQL is written, so that a query kept from another
    request cannot carry that request's rights.
    """

    conditional = True

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(output_field=models.BooleanField())
        self.model = model
        self.key: Any = models.F(rule_of(model).column)
        # A past row is as confidential as the present one.
        self.live: Any = getattr(model, "instance_type", model)
        column = narrowing_of(self.live)
        self.narrow: Any = models.F(column if model is self.live else "id") if column else None

    def get_source_expressions(self) -> list[Any]:
        return [self.key, self.narrow]

    def set_source_expressions(self, exprs: Any) -> None:
        self.key, self.narrow = exprs

    def as_sql(self, compiler: SQLCompiler, connection: "BaseDatabaseWrapper") -> Any:  # noqa: ARG002
        viewer = current()
        if viewer is None:
            message = f"no viewer declared for {self.model._meta.label}"
            raise NoViewer(message)
        if viewer.system:
            return "TRUE", []
        rule = rule_of(self.model)
        joins.refuse_leaky(self.model, rule.root, rule.column, compiler)
        seen, parameters = self._seen(compiler, viewer)
        if self.narrow is None:
            return seen, parameters
        column, _none = compiler.compile(self.narrow)
        is_past = self.model is not self.live
        narrow = live_row_within_rights(self.live, column, viewer) if is_past else within_rights(column, viewer)
        return f"({seen} AND {narrow})", parameters

    def _seen(self, compiler: SQLCompiler, viewer: Viewer) -> tuple[str, list[Any]]:
        rule = rule_of(self.model)
        sight: Sight = rule.root.sight  # type: ignore[attr-defined]
        column, parameters = compiler.compile(self.key)
        if rule.column == "pk":
            return sight.predicate(column.rsplit(".", 1)[0], viewer), []
        if joined := joins.along(self.key, rule.root, compiler):
            return sight.predicate(compiler.quote_name(joined), viewer), []
        root = rule.root._meta.db_table
        inner = sight.predicate("s", viewer)
        return f'EXISTS (SELECT 1 FROM "{root}" s WHERE s.id = {column} AND {inner})', list(parameters)


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

        guarded.wants_one_of = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate
