"""The steps of a plan: what is created, when counted from the event, and for whom."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.ladder import ONE_DAY, OpenDays, next_working_day, working_day
from deadlines.models import Deadline

TASK = "task"
Kind = Deadline.Kind
# What a plan may create beside tasks: a date fixed by a court is entered when it is known, and never computed.
COUNTED = {kind.value: kind.label for kind in Kind if kind is not Kind.COURT_FIXED}


class Role(models.TextChoices):
    """Whom a step is for, before the plan knows the matter."""

    RESPONSIBLE = "responsible", _("Responsible lawyer")
    ASSISTANT = "assistant", _("Assistant")
    DEPUTY = "deputy", _("Deputy")


class Unit(models.TextChoices):
    DAYS = "days", _("Days")
    WORKING_DAYS = "working_days", _("Working days")
    WEEKS = "weeks", _("Weeks")
    MONTHS = "months", _("Months")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A date by a rule of the catalogue, or so long after the event; before it where `amount` is negative."""

    what: str
    title: str
    owner: str
    deputy: str = ""
    rule: str = ""
    amount: int = 0
    unit: str = Unit.DAYS
    criticality: str = Deadline.Criticality.NORMAL
    hour: str = ""

    @property
    def is_task(self) -> bool:
        return self.what == TASK

    @property
    def word(self) -> str:
        return str(_("Task") if self.is_task else Kind(self.what).label)


def kept(steps: Iterable[Step]) -> list[dict[str, object]]:
    return [asdict(step) for step in steps]


def read(steps: Iterable[dict[str, object]]) -> list[Step]:
    return [Step(**step) for step in steps]  # type: ignore[arg-type]  # written by kept()


def counted(step: Step, trigger_on: date, days: OpenDays) -> date:
    """A deadline on a closed day goes back, so that it is never late; anything else is done on the next open one."""
    day = _period(step, trigger_on, days)
    is_deadline = not step.is_task and step.what not in {Kind.FOLLOW_UP, Kind.APPOINTMENT}
    return working_day(day, days) if is_deadline else next_working_day(day, days)


def _period(step: Step, trigger_on: date, days: OpenDays) -> date:
    match step.unit:
        case Unit.MONTHS:
            moved: date = trigger_on + relativedelta(months=step.amount)
            return moved
        case Unit.WEEKS:
            return trigger_on + timedelta(weeks=step.amount)
        case Unit.WORKING_DAYS:
            return _working_days(step.amount, trigger_on, days)
        case _:
            return trigger_on + timedelta(days=step.amount)


def _working_days(amount: int, day: date, days: OpenDays) -> date:
    """The day of the event is not counted."""
    sign = ONE_DAY if amount > 0 else -ONE_DAY
    for _each in range(abs(amount)):
        day += sign
        while not days.is_open(day):
            day += sign
    return day
