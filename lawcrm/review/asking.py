"""A question to the trail: what is asked for, and the rows of journal, read log and refusals that answer it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from heapq import merge
from itertools import islice
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from lawcrm.models import JournalEntry, ReadEntry, RefusedRequest
from lawcrm.review.kinds import EXPORTS, SEALED, Part, kinds_of

PAGE = 50
MOST_COUNTED = 1000
# Outside of these hours, and on Saturday and Sunday, hardly anybody has a reason to read.
FIRST_HOUR, LAST_HOUR = 6, 21
LAST_WORKDAY = 5
# Which readings belong to a part; one by break-glass belongs to that too.
READ_AS = {
    Part.READING: ~Q(what__in=(*EXPORTS, *SEALED)),
    Part.EXPORT: Q(what__in=EXPORTS),
    Part.SEALED: Q(what__in=SEALED),
    Part.GLASS: Q(break_glass_id__isnull=False),
}
SOURCES = (JournalEntry, ReadEntry, RefusedRequest)

type Entry = JournalEntry | ReadEntry | RefusedRequest


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Days are the firm's, both included; no parts means all of them."""

    since: date
    until: date
    person: int | None = None
    matter: int | None = None
    parts: frozenset[str] = frozenset()
    out_of_hours: bool = False


@dataclass(frozen=True)
class Mark:
    """The last row of a page, from which the next one goes on."""

    at: datetime
    source: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.timestamp():.6f}-{self.source}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        try:
            at, source, pk = text.split("-")
            return cls(datetime.fromtimestamp(float(at), timezone.get_default_timezone()), int(source), int(pk))
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    count: int  # one more than MOST_COUNTED where there are more
    after: Mark | None


def page(asked: Asked, after: Mark | None = None) -> Page:
    """The latest entries of all three sources in one order; counted as far as anybody would read."""
    found = list(islice(_merged(asked, after), PAGE + 1))
    last = mark_of(found[PAGE - 1]) if len(found) > PAGE else None
    return Page(found[:PAGE], counted(asked), last)


def mark_of(entry: Entry) -> Mark:
    return Mark(entry.at, SOURCES.index(type(entry)), entry.pk)


def _merged(asked: Asked, after: Mark | None) -> Iterator[Entry]:
    rows = (_latest(source, place, after) for place, source in enumerate(sources(asked)) if source is not None)
    return merge(*rows, key=lambda entry: (-entry.at.timestamp(), SOURCES.index(type(entry)), -entry.pk))


def _latest(rows: QuerySet[Any], place: int, after: Mark | None) -> list[Entry]:
    if after is not None:
        same = Q(at=after.at) if place > after.source else Q(at=after.at, pk__lt=after.pk)
        later = Q(at__lt=after.at) if place < after.source else Q(at__lt=after.at) | same
        rows = rows.filter(later, at__lte=after.at)
    return list(rows.order_by("-at", "-pk")[: PAGE + 1])


def counted(asked: Asked) -> int:
    """In one query, and no further than anybody would read."""
    found = [rows.order_by().values("pk")[: MOST_COUNTED + 1] for rows in sources(asked) if rows is not None]
    if not found:
        return 0
    first, *others = found
    return min(first.union(*others, all=True).count() if others else first.count(), MOST_COUNTED + 1)


def sources(asked: Asked) -> list[QuerySet[Any] | None]:
    """The rows of each source in the order of SOURCES; None where it has nothing to say."""
    wanted: list[QuerySet[Any] | None] = [_events(asked), _readings(asked), _refusals(asked)]
    return [_in_time(rows, asked) if rows is not None else None for rows in wanted]


def _in_time(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    zone = timezone.get_default_timezone()
    start = datetime.combine(asked.since, time.min, zone)
    end = datetime.combine(asked.until + timedelta(days=1), time.min, zone)
    rows = rows.filter(at__gte=start, at__lt=end)
    return _late(rows) if asked.out_of_hours else rows


def _late(rows: QuerySet[Any]) -> QuerySet[Any]:
    zone = timezone.get_default_timezone()
    timed: QuerySet[Any] = rows.annotate(
        hour=ExtractHour("at", tzinfo=zone), weekday=ExtractIsoWeekDay("at", tzinfo=zone)
    )
    return timed.filter(Q(hour__lt=FIRST_HOUR) | Q(hour__gte=LAST_HOUR) | Q(weekday__gt=LAST_WORKDAY))


def _events(asked: Asked) -> QuerySet[Any] | None:
    rows = JournalEntry.objects.all()
    if asked.parts:
        kinds = kinds_of(asked.parts)
        if not kinds:
            return None
        rows = rows.filter(kind__in=kinds)
    return _about(rows, asked, "actor_id")


def _readings(asked: Asked) -> QuerySet[Any] | None:
    rows = ReadEntry.objects.all()
    if asked.parts:
        ways = [READ_AS[part] for part in READ_AS if part in asked.parts]
        if not ways:
            return None
        rows = rows.filter(reduce(or_, ways))
    return _about(rows, asked, "user_id")


def _refusals(asked: Asked) -> QuerySet[Any] | None:
    """What was asked for is not kept, so that no refusal is known to be about a matter."""
    if asked.matter or (asked.parts and Part.REFUSED not in asked.parts):
        return None
    return _about(RefusedRequest.objects.all(), asked, "user_id")


def _about(rows: QuerySet[Any], asked: Asked, who: str) -> QuerySet[Any]:
    if asked.person:
        rows = rows.filter(**{who: asked.person})
    return rows.filter(matter_id=asked.matter) if asked.matter else rows
