"""What a person is known by to `acl` and `deny` beside the whole firm and themselves: groups, and what sources add."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth.models import Group
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from lawcrm import access
from lawcrm.prepared import Prepared

if TYPE_CHECKING:
    from lawcrm.accounts.models import User

type Row = tuple[int, datetime | None]


class Source(NamedTuple):
    """Answers rows of (principal, until or None for as long as the row stands) of a user id, asked as that person."""

    is_for: Callable[["User"], bool]
    rows: Callable[[int, datetime], QuerySet[Any, Row]]


_sources: list[Source] = []


def register(source: Source) -> None:
    """From `apps.ready()`; registering again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def of(user: "User") -> list[Row]:
    """In one query, all sources and the groups."""
    asked = tuple(place for place, source in enumerate(_sources) if source.is_for(user))
    if not asked:
        return _GROUPS.ask(user=user.pk)
    with access.as_viewer(access.Viewer(user.pk)):
        return _PRINCIPALS.ask(asked, user=user.pk, now=timezone.now())


def _groups(*, user: int) -> QuerySet[Group, Row]:
    never = Cast(Value(None), DateTimeField())
    return Group.objects.filter(user=user).order_by().values_list(-F("pk"), never)


def _principals(asked: tuple[int, ...], *, user: int, now: datetime) -> QuerySet[Group, Row]:
    return _groups(user=user).union(*(_sources[place].rows(user, now) for place in asked), all=True)


_GROUPS, _PRINCIPALS = Prepared(_groups), Prepared(_principals)
