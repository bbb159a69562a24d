"""Filling the calendars from the library, and what the firm says of single days."""

import hashlib
import json
from datetime import date, datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.actions import recomputing
from deadlines.actions.refused import require_reason
from deadlines.engine import published
from deadlines.models import HolidayCalendar, HolidayDay, OwnHoliday, Source
from deadlines.queries import calendars
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused

KEEPING = "deadlines.keep_holidays"
type Row = tuple[date, str, str]


class How(TextChoices):
    """What a court is on a day, as the firm says it."""

    CLOSED = "closed", gettext_lazy("closed")
    HALF = "half", gettext_lazy("open for half the day")
    OPEN = "open", gettext_lazy("open after all")


class NotTheKeeper(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only who keeps the calendars of the firm changes a day."))


class OutsideCalendar(Refused):
    def __init__(self, calendar: HolidayCalendar) -> None:
        known = {"first": date_format(calendar.first_on), "last": date_format(calendar.last_on)}
        super().__init__(_("This calendar is known from %(first)s to %(last)s.") % known)


class SaysSoAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("The calendar says so already."))


class Withdrawn(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody has withdrawn this day already."))


@transaction.atomic
def fill(*, now: datetime) -> list[str]:
    """Bring every calendar up to the pinned library, safe to repeat; the codes of those that changed.

    Own days stay as they are: they say what the library does not know.
    """
    known = {row.code: row for row in HolidayCalendar.objects.select_for_update()}
    changed = [code for code in published.CODES if _fill_one(code, known.get(code))]
    changed = [code for code in changed if code in known]
    for code in changed:
        why = _("The published calendar %(code)s has other days now.") % {"code": code}
        recomputing.ask(source=Source.HOLIDAY, code=code, why=why, actor=None, now=now)
    return changed


def _fill_one(code: str, row: HolidayCalendar | None) -> bool:
    """Whether anything had to be written."""
    made, wanted = published.calendar(code), _published(code)
    digest = hashlib.sha256(json.dumps([(str(made.first), str(made.last)), *wanted], default=str).encode()).hexdigest()
    if row is not None and row.made_from == digest:
        return False
    facts = {"first_on": made.first, "last_on": made.last, "made_from": digest}
    row, _made = HolidayCalendar.objects.update_or_create(code=code, defaults=facts)
    held = {(day.day, day.kind, day.name): day.pk for day in row.days.all()}
    HolidayDay.objects.filter(pk__in=[held[gone] for gone in held.keys() - set(wanted)]).delete()
    missing = [said for said in wanted if said not in held]
    rows = [HolidayDay(calendar=row, day=day, kind=kind, name=name) for day, kind, name in missing]
    HolidayDay.objects.bulk_create(rows, batch_size=2000)
    return True


def _published(code: str) -> list[Row]:
    made, kinds = published.calendar(code), published.kinds(code)
    closed = [(day, kinds[day], name[:200]) for day, name in made.closed.items()]
    return sorted([*closed, *((day, "half_day", name[:200]) for day, name in made.half_days.items())])


@audit.attempt("holiday.entered")
def enter_holiday(  # noqa: PLR0913 - what is said of a day
    *,
    actor: User,
    calendar: HolidayCalendar,
    day: date,
    how: How,
    kind: str,
    name: str,
    reason: str,
    now: datetime,
) -> OwnHoliday:
    """The firm knows of a closed day that the library has not, or that a day is a working day after all."""
    require_keeper(actor)
    reason = require_reason(reason)
    calendar = HolidayCalendar.objects.select_for_update().get(pk=calendar.pk)
    if not calendar.first_on <= day <= calendar.last_on:
        raise OutsideCalendar(calendar)
    if how == _as_it_stands(calendar, day) or calendars.own_days(calendar).filter(day=day).exists():
        raise SaysSoAlready
    kind = HolidayDay.Kind.HALF_DAY if how == How.HALF else kind
    said = OwnHoliday(calendar=calendar, day=day, is_closed=how == How.CLOSED, kind=kind, name=name.strip())
    said.reason, said.entered_by, said.entered_at = reason, actor, now
    said.save()
    _ask(said, reason, actor, now)
    audit.record("holiday.entered", said, reason=reason, calendar=calendar.code, day=day, how=how.value)
    return said


def _as_it_stands(calendar: HolidayCalendar, day: date) -> How:
    known = calendars.Book().get(calendar.code)
    if day in known.closed:
        return How.CLOSED
    return How.HALF if day in known.half_days else How.OPEN


@audit.attempt("holiday.withdrawn", on="said")
def withdraw_holiday(*, actor: User, said: OwnHoliday, reason: str, now: datetime) -> None:
    """From now on the library counts again; the row stays with who said what and when."""
    require_keeper(actor)
    reason = require_reason(reason)
    said = OwnHoliday.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=said.pk)
    if said.withdrawn_at is not None:
        raise Withdrawn
    said.withdrawn_by, said.withdrawn_at, said.withdrawn_reason = actor, now, reason
    said.save()
    _ask(said, reason, actor, now)
    audit.record("holiday.withdrawn", said, reason=reason, calendar=said.calendar.code, day=said.day)


def _ask(said: OwnHoliday, reason: str, actor: User, now: datetime) -> None:
    why = f"{said.calendar.code}, {said.day}: {said.name}. {reason}"
    recomputing.ask(source=Source.HOLIDAY, code=said.calendar.code, why=why, actor=actor, now=now)


def require_keeper(actor: User) -> None:
    if KEEPING not in actor.role_permissions():
        raise NotTheKeeper
