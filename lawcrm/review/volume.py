"""How much people read: figures per person and day, and days that are unlike the person's own and everybody else's."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from lawcrm.models import ReadingDay
from lawcrm.review.asking import FIRST_HOUR, LAST_HOUR, LAST_WORKDAY
from lawcrm.review.kinds import EXPORTS

# A day is unusual from this many readings on, and this many times the person's own and the others' usual day.
LEAST = 30
TIMES = 3
USUAL_OVER = timedelta(weeks=8)
BEFORE_EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)
FEWEST_DAYS = 5  # of the person's own, below which there is no usual day yet

COUNT = """
insert into lawcrm_readingday (user_id, day, readings, matters, exports, out_of_hours)
select user_id, day, count(*), count(distinct matter_id), count(*) filter (where what = any(%(exports)s)),
  count(*) filter (where hour < %(first)s or hour >= %(last)s or weekday > %(workday)s)
from (select user_id, matter_id, what, at, (at at time zone %(zone)s)::date as day,
    extract(hour from at at time zone %(zone)s) as hour, extract(isodow from at at time zone %(zone)s) as weekday
  from lawcrm_readentry
  where at >= %(start)s) r
group by user_id, day
on conflict (day, user_id) do update set readings = excluded.readings, matters = excluded.matters,
  exports = excluded.exports, out_of_hours = excluded.out_of_hours
"""


USUAL = """
select user_id, percentile_disc(0.5) within group (order by readings), count(*) from lawcrm_readingday
where day >= %s and day <= %s group by grouping sets ((user_id), ())
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What a person read on a day."""

    user_id: int
    day: date
    readings: int
    matters: int
    exports: int
    out_of_hours: int


COLUMNS = tuple(column.name for column in fields(Day))


def count_readings() -> int:
    """Count the last two days again and whatever was never counted. Needs system scope."""
    last = ReadingDay.objects.aggregate(last=Max("day"))["last"]
    zone = timezone.get_default_timezone()
    values: dict[str, Any] = {
        # A value of its own: the planner must see that it is late, or it reads the whole log.
        "start": datetime.combine(last - timedelta(days=1), time.min, zone) if last else BEFORE_EVERYTHING,
        "exports": list(EXPORTS),
        "first": FIRST_HOUR,
        "last": LAST_HOUR,
        "workday": LAST_WORKDAY,
        "zone": str(zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        return int(cursor.rowcount)


def forget_days(before: datetime) -> int:
    """The figures go with the readings they were counted from."""
    return ReadingDay.objects.filter(day__lt=timezone.localdate(before)).delete()[0]


@dataclass(frozen=True)
class Reader:
    """A person's reading in a period; `usual` is the median of their own days before and in it."""

    user_id: int
    usual: int
    days: list[Day]
    unusual: list[Day]

    @property
    def readings(self) -> int:
        return sum(day.readings for day in self.days)

    @property
    def most(self) -> Day:
        return max(self.days, key=lambda day: day.readings)

    @property
    def out_of_hours(self) -> int:
        return sum(day.out_of_hours for day in self.days)

    @property
    def exports(self) -> int:
        return sum(day.exports for day in self.days)


@dataclass(frozen=True)
class Volume:
    """Readers of a period, those with unusual days first; `usual` is the median day of everybody."""

    readers: list[Reader]
    usual: int


def volume(since: date, until: date) -> Volume:
    """Days without readings are no days: a holiday makes nobody's usual day smaller."""
    usual = _usual(since - USUAL_OVER, until)
    everybody, _days = usual.get(None, (0, 0))
    rows = ReadingDay.objects.filter(day__gte=since, day__lte=until).order_by("user_id", "day")
    found = groupby((Day(*row) for row in rows.values_list(*COLUMNS)), key=lambda day: day.user_id)
    readers = [_reader(user_id, list(days), *usual[user_id], everybody) for user_id, days in found]
    return Volume(sorted(readers, key=lambda reader: (-len(reader.unusual), -reader.readings)), everybody)


def _usual(since: date, until: date) -> dict[int | None, tuple[int, int]]:
    """The median day and the number of days of each person; of everybody under None."""
    with connection.cursor() as cursor:
        cursor.execute(USUAL, [since, until])
        return {user_id: (usual or 0, days) for user_id, usual, days in cursor.fetchall()}


def _reader(user_id: int, days: list[Day], own: int, many: int, everybody: int) -> Reader:
    usual = own if many >= FEWEST_DAYS else everybody
    limit = max(LEAST, TIMES * usual, TIMES * everybody)
    return Reader(user_id, usual, days, [day for day in days if day.readings > limit])
