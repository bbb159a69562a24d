"""When a follow-up comes again: a part of RFC 5545 as people of an office use it."""

import re
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

UNITS = {"days": "DAILY", "weeks": "WEEKLY", "months": "MONTHLY"}
MOST = 365
SHORTEST_MONTH = 28
KNOWN = re.compile(
    r"FREQ=(?P<freq>DAILY|WEEKLY|MONTHLY);INTERVAL=(?P<interval>[1-9][0-9]{0,2})"
    r"(;BYMONTHDAY=28(,29)?(,30)?(,31)?;BYSETPOS=-1)?(;UNTIL=(?P<until>[0-9]{8}))?"
)


class NotARule(ValueError):
    """Not of the part of RFC 5545 that is understood here."""


def rule_of(amount: int, unit: str, starts_on: date, until: date | None = None) -> str:
    """Every so many days, weeks or months.

    A month without that day has its last one instead: RFC 5545 alone would pass over the month.
    """
    if unit not in UNITS or not 1 <= amount <= MOST:
        raise NotARule
    rule = f"FREQ={UNITS[unit]};INTERVAL={amount}"
    if unit == "months" and starts_on.day > SHORTEST_MONTH:
        days = ",".join(str(day) for day in range(SHORTEST_MONTH, starts_on.day + 1))
        rule += f";BYMONTHDAY={days};BYSETPOS=-1"
    return f"{rule};UNTIL={until:%Y%m%d}" if until else rule


def parts_of(rule: str) -> tuple[int, str, date | None]:
    """Amount, unit and last day. Raises NotARule."""
    found = KNOWN.fullmatch(rule)
    if found is None or int(found["interval"]) > MOST:
        raise NotARule
    unit = next(name for name, freq in UNITS.items() if freq == found["freq"])
    until = datetime.strptime(found["until"], "%Y%m%d").date() if found["until"] else None  # noqa: DTZ007 - a day
    return int(found["interval"]), unit, until


def next_after(rule: str, starts_on: date, day: date) -> date | None:
    """The first occurrence after that day; None where the rule has ended."""
    parts_of(rule)
    found = rrulestr(rule, dtstart=datetime.combine(starts_on, time())).after(datetime.combine(day, time()))
    return found.date() if found is not None else None
