"""What a person should know beside the date."""

from datetime import date

from deadlines.engine.calendars import Calendar
from deadlines.engine.law import ARITHMETIC

Notice = tuple[str, str]
SUSPENDED_IN_TR = (
    (date(2020, 3, 13), date(2020, 6, 15), "Law 7226, provisional art. 1"),
    (date(2023, 2, 6), date(2023, 4, 6), "Presidential Decree 120"),
)

# The fiction of service by post grew from three days to four (PostModG).
LONGER_POST = date(2025, 1, 1)


def of_post(profile: str, posted: date) -> list[Notice]:
    cited = "§ 122(2) Nr. 1 AO, § 41(2) VwVfG"
    if profile == "de-4day" and posted < LONGER_POST:
        return [("What was posted before 2025 counts as served on the third day: use de-3day.", cited)]
    if profile == "de-3day" and posted >= LONGER_POST:
        return [("What was posted since 2025 counts as served on the fourth day: use de-4day.", cited)]
    return []


def of(fixed: tuple[str, ...], start: date, end: date, place: Calendar | None, disputed: list[str]) -> list[Notice]:
    found = [(text, ARITHMETIC) for text in fixed]
    found += [(f"Disputed: {why}. Act by the safe date.", ARITHMETIC) for why in dict.fromkeys(disputed)]
    if place is not None:
        found += [*_closed(end, place), *_half_day(end, place), *_suspended(start, end, place)]
    return found


def _closed(end: date, place: Calendar) -> list[Notice]:
    why = place.why_closed(end)
    if why is None:
        return []
    last = place.next_open(end, -1)
    return [(f"{end} is a day of rest ({why}) and was not moved. The last safe working day is {last}.", ARITHMETIC)]


def _half_day(end: date, place: Calendar) -> list[Notice]:
    if end in place.short_days:
        name = place.short_days[end]
        return [(f"{end} is a half day ({name}): see until when the court is open.", ARITHMETIC)]
    if end not in place.half_days:
        return []
    return [(f"{end} is a half day: on paper until 13:00 only.", "Law 2429 art. 1, 2; 12. HD 2016/29555 E.")]


def _suspended(start: date, end: date, place: Calendar) -> list[Notice]:
    if place.code != "tr":
        return []
    low, high = min(start, end), max(start, end)
    return [
        (f"Periods stood still in Türkiye from {first} to {last}; this is not computed here.", cited)
        for first, last, cited in SUSPENDED_IN_TR
        if low <= last and first <= high
    ]
