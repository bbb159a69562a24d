"""The profiles: which steps a period goes through under which law, and which readings of it there are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deadlines.engine import law, periods, recess, steps
from deadlines.engine.calendars import Calendar, Calendars, together
from deadlines.engine.errors import BadPeriod, CalendarNeeded, UnknownProfile
from deadlines.engine.periods import Direction, Period, Unit
from deadlines.engine.published import LAENDER
from deadlines.engine.trace import Run, Step

AFTER, BEFORE = Direction.AFTER, Direction.BEFORE
BOTH = (AFTER, BEFORE)
CALENDAR_UNITS = frozenset({Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS})
DAYS_AND_WEEKS = frozenset({Unit.DAYS, Unit.WEEKS})
SHORT_CPR_DAYS = 5
HMK_104 = "HMK art. 104; HGK 29.11.2017, 2017/20-2873 E., 2017/1449 K."
HMK_104_MINORITY = "HMK art. 104; 15. HD 2018/2122 E., 2018/1173 K."


class Reading(NamedTuple):
    """One way to understand the law; the first of a profile is the prevailing one."""

    steps: tuple[Step, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a profile is applied to."""

    period: Period
    calendar: Calendar | None
    calendars: Calendars
    zone: ZoneInfo | None = None

    @property
    def place(self) -> Calendar:
        if self.calendar is None:
            raise CalendarNeeded("This needs the calendar of the court's seat, as in --calendar de-be.")
        return self.calendar

    @property
    def code(self) -> str | None:
        return self.calendar.code if self.calendar else None


Build = Callable[[Setting], tuple[Reading, ...]]


@dataclass(frozen=True, slots=True)
class Profile:
    """`fixed` is a calendar that belongs to the law itself; `needs` one that comes from the court's seat."""

    name: str
    build: Build
    fixed: str | None = None
    needs: bool = False
    units: frozenset[Unit] = CALENDAR_UNITS
    directions: tuple[Direction, ...] = (AFTER,)
    notices: tuple[str, ...] = field(default=())

    def require(self, period: Period) -> None:
        if period.unit not in self.units:
            known = ", ".join(sorted(self.units))
            raise BadPeriod(f"The profile {self.name} does not count in {period.unit}; it counts in {known}.")
        if period.direction not in self.directions:
            raise BadPeriod(f"The profile {self.name} does not count {period.direction} the trigger.")


def _one(*chain: Step) -> tuple[Reading, ...]:
    return (Reading(chain),)


def _counted(setting: Setting, citation: str | None = None) -> Step:
    citation = citation or law.counting(setting.code)
    if setting.period.unit is Unit.WORKING_DAYS:
        return steps.count_open(setting.place, citation)
    return steps.count(citation)


def _rolled(setting: Setting, towards: Direction | None = None, citation: str | None = None) -> Step:
    return steps.roll(setting.place, citation or law.moving(setting.code), towards)


def _noroll(setting: Setting) -> tuple[Reading, ...]:
    return _one(_counted(setting), steps.not_moved(law.ARITHMETIC))


def _danish_court(setting: Setting) -> tuple[Reading, ...]:
    counted = _counted(setting, "Procesbevillingsnævnet, guidance on periods")
    return _one(counted, steps.not_moved("Højesteret 10.01.2012 (293/2011), 24.03.2017 (311/2016)"))


def _danish_administrative(setting: Setting) -> tuple[Reading, ...]:
    """Danish complaints move off the eves as limitation does, but no statute says so of all of them."""
    plain = setting.calendars.get("dk-public") if setting.code == "dk" else setting.place
    counted, cited = _counted(setting), "JM vejl. 9533/2018"
    return (
        Reading((counted, steps.roll(setting.place, cited))),
        Reading(
            (counted, steps.roll(plain, cited)),
            "whether 5 June, 24 and 31 December move a complaint without a statute that says so is unsettled",
        ),
    )


def _swedish_limitation(setting: Setting) -> tuple[Reading, ...]:
    return _one(_counted(setting, "Lag (1930:173) § 1"), steps.not_moved("NJA 1948 s. 550; NJA 1974 s. 173"))


def _roll(setting: Setting) -> tuple[Reading, ...]:
    return (*_one(_counted(setting), _rolled(setting)), *_before_any_rest(setting, _counted(setting)))


def _before_any_rest(setting: Setting, *counted: Step) -> tuple[Reading, ...]:
    """Counted back in a Land that is not known, the last day may be one of rest: the day before it is safe."""
    if setting.code != "de" or setting.period.direction is AFTER:
        return ()
    everywhere = together("de-*", (setting.calendars.get(f"de-{land}") for land in LAENDER))
    why = "which Land's days of rest count is not known; give the calendar of the court's seat"
    return (Reading((*counted, steps.roll(everywhere, law.moving("de"))), why),)


def _roll_eu(setting: Setting) -> tuple[Reading, ...]:
    """Counted backwards, Art. 3(4) second sentence moves nothing."""
    cited = "Reg. (EEC, Euratom) 1182/71 Art. 3"
    moved = _rolled(setting, citation=f"{cited}(4)")
    backward = steps.not_moved(f"{cited}(4) second sentence")
    return _one(_counted(setting, f"{cited}(1), (2)"), moved if setting.period.direction is AFTER else backward)


def _eom(setting: Setting) -> tuple[Reading, ...]:
    sticky = steps.count("Art. 56(4) CDIR (Reg. (EC) 2245/2002)", periods.sticky_end_of)
    return _one(sticky, _rolled(setting, AFTER))


def _euipo(setting: Setting) -> tuple[Reading, ...]:
    """Sticky by the wording for designs of 2002; that of the EUTMDR is not confirmed, and the number is safe."""
    (sticky,) = _eom(setting)
    numbered = (_counted(setting, "EUTMDR, wording to be confirmed"), _rolled(setting, AFTER))
    return (
        sticky,
        Reading(numbered, "whether a period from the last day of a month always ends on one is to be confirmed"),
    )


def _clear_before(_setting: Setting) -> tuple[Reading, ...]:
    return _one(
        steps.count("§ 123(1) AktG"),
        steps.add_days(-1, "§ 121(7) AktG", "both ends are clear"),
        steps.not_moved("§ 121(7) AktG"),
    )


def _german_clear(setting: Setting) -> tuple[Reading, ...]:
    """The whole period lies between the act and the hearing: a week before Thursday the 18th is done by the 10th."""
    cited = "§§ 132, 217, 274(3) ZPO; § 187(1) BGB"
    counted = (_counted(setting), steps.add_days(-1, cited, "the days of the act and of the hearing are not counted"))
    return (
        Reading((*counted, _rolled(setting, citation="§ 222(2) ZPO by analogy, on the safe side"))),
        Reading(
            (*counted, steps.not_moved(cited)),
            "whether a period counted back moves to the working day before is decided case by case",
        ),
        *_before_any_rest(setting, *counted),
    )


def _clear_earliest(_setting: Setting) -> tuple[Reading, ...]:
    clear = steps.add_days(1, law.ARITHMETIC, "the last day is clear")
    return _one(steps.count(law.ARITHMETIC), clear, steps.not_moved(law.ARITHMETIC))


def _hours(setting: Setting) -> tuple[Reading, ...]:
    zone = setting.zone
    if zone is None:
        raise UnknownProfile("A period in hours needs a time zone, as in hours@Europe/Copenhagen.")
    cited = "Elapsed hours: Reg. (EEC, Euratom) 1182/71 Art. 3(1), 3(4); FRCP 6(a)(2)"
    first, second = (Reading((steps.count_hours(zone, cited, fold),)) for fold in (0, 1))
    return (first, Reading(second.steps, "the hour happens twice as the clocks go back"))


def _austrian_appeal(setting: Setting) -> tuple[Reading, ...]:
    return _one(recess.suspend(recess.austrian, "§ 222 ZPO; OGH 7 Ob 1/12s"), _rolled(setting))


def _swiss(setting: Setting) -> tuple[Reading, ...]:
    by_month = setting.period.unit in (Unit.MONTHS, Unit.YEARS)
    cited = "Art. 145(1) ZPO; BGE 150 III 367" if by_month else "Art. 145(1), 146 ZPO"
    count = recess.prolong if by_month else recess.suspend
    return _one(count(recess.swiss, cited), _rolled(setting))


def _hmk(setting: Setting, *before: Step) -> tuple[Reading, ...]:
    counted, rolled = _counted(setting), _rolled(setting)
    prevailing = recess.extend_to(8, HMK_104)
    return (
        Reading((*before, counted, prevailing, rolled)),
        Reading(
            (*before, counted, recess.extend_to(7, HMK_104_MINORITY), rolled),
            "whether a week from 1 September ends on the 7th or the 8th is disputed",
        ),
        Reading(
            (*before, counted, rolled, prevailing, rolled),
            "whether a period that is only moved into the recess is extended is unsettled",
        ),
    )


def _hmk_minority(setting: Setting) -> tuple[Reading, ...]:
    extended = recess.extend_to(7, HMK_104_MINORITY)
    return _one(_counted(setting), extended, _rolled(setting))


def _iyuk(setting: Setting) -> tuple[Reading, ...]:
    extended = recess.extend_to(7, "İYUK art. 8(3)")
    return _one(_counted(setting, "İYUK art. 8(1)"), extended, _rolled(setting, citation="İYUK art. 8(2)"))


def _cmk(setting: Setting) -> tuple[Reading, ...]:
    extended = recess.extend_to(3, "CMK art. 331(4)")
    return _one(_counted(setting, "CMK art. 39"), extended, _rolled(setting, citation="CMK art. 39(4)"))


def _enotice(setting: Setting) -> tuple[Reading, ...]:
    return _hmk(setting, steps.shift(5, "Tebligat Kanunu (7201) art. 7/a"))


def _cpr(setting: Setting) -> tuple[Reading, ...]:
    """Clear days; up to five of them are working days (CPR 2.8)."""
    period = setting.period
    if period.unit is not Unit.DAYS:
        return _one(steps.count("CPR 2.10"))
    before = period.direction is BEFORE
    if period.amount <= SHORT_CPR_DAYS:
        return _one(steps.count_open(setting.place, "CPR 2.8(2)-(4)", extra=int(before)))
    counted = steps.count("CPR 2.8(2), (3)")
    clear = steps.add_days(-1, "CPR 2.8(3)", "the day of the event and the last day are clear")
    return _one(counted, clear) if before else _one(counted)


def _is_ordinary_cpr(period: Period) -> bool:
    return period.unit is not Unit.DAYS or (period.amount > SHORT_CPR_DAYS and period.direction is AFTER)


def _cpr_court(setting: Setting, *before: Step) -> tuple[Reading, ...]:
    (reading,) = _cpr(setting)
    if not _is_ordinary_cpr(setting.period):
        return _one(*before, *reading.steps)
    return _one(*before, *reading.steps, _rolled(setting, AFTER))


def _claim_form(setting: Setting) -> tuple[Reading, ...]:
    def deemed(run: Run) -> Run:
        served = setting.place.count_open(steps.day_of(run.start), 2, 1)
        return run.starting(served, f"second working day after {run.start}: deemed served on {served}", "CPR 6.14")

    return _cpr_court(setting, deemed)


def _cpr_earliest(_setting: Setting) -> tuple[Reading, ...]:
    return _one(steps.count("CPR 2.8(2), (3)"), steps.add_days(1, "CPR 2.8(3)", "the earliest day of the event"))


def _federal(setting: Setting) -> tuple[Reading, ...]:
    plain = setting.calendars.get("us-unobserved") if setting.code == "us" else setting.place
    counted, cited = _counted(setting), law.moving("us")
    return (
        Reading((counted, steps.roll(setting.place, cited))),
        Reading(
            (counted, steps.roll(plain, cited)),
            "whether the Friday on which a holiday is observed is a legal holiday is unsettled",
        ),
    )


def _federal_mail(setting: Setting) -> tuple[Reading, ...]:
    added = steps.add_days(3, "FRCP 6(d)", "service by mail")
    return tuple(Reading((counted, rolled, added, rolled), why) for (counted, rolled), why in _federal(setting))


def _court_of_justice(setting: Setting, *before: Step) -> tuple[Reading, ...]:
    counted = _counted(setting)
    distance = steps.add_days(10, "Art. 51 RP CJ, Art. 60 RP GC", "extension on account of distance")
    return _one(*before, counted, distance, _rolled(setting))


def _published_in_journal(setting: Setting) -> tuple[Reading, ...]:
    published = steps.shift(14, "Art. 50 RP CJ, Art. 59 RP GC", what="publication in the Official Journal")
    return _court_of_justice(setting, published)


def _old_distance(setting: Setting) -> tuple[Reading, ...]:
    counted = _counted(setting, "Art. 80 RP CJ (1991)")
    return _one(counted, steps.add_days(2, "Art. 81(2) RP CJ (1991)", "distance"), _rolled(setting))


def _pre_deadline(setting: Setting) -> tuple[Reading, ...]:
    cited = "Office rule; BGH XII ZB 418/22, VI ZB 17/22"
    return _one(_counted(setting, cited), _rolled(setting, citation=cited))


def _four_days(setting: Setting) -> tuple[Reading, ...]:
    posted = steps.shift(4, "§ 122(2) Nr. 1 AO, § 41(2) VwVfG, § 37(2) SGB X")
    moved = steps.shift_to_open(setting.place, "§ 108(3) AO; BFH IX R 68/98")
    counted, rolled = _counted(setting), _rolled(setting)
    return (
        Reading((posted, moved, counted, rolled)),
        Reading((posted, counted, rolled), "outside the AO it is disputed whether the fourth day itself moves"),
    )


def _three_days(setting: Setting) -> tuple[Reading, ...]:
    posted = steps.shift(3, "§ 122(2) Nr. 1 AO, § 41(2) VwVfG, § 37(2) SGB X in the version before 2025")
    return _one(posted, _counted(setting), _rolled(setting))


def _year_end(setting: Setting) -> tuple[Reading, ...]:
    def closed(run: Run) -> Run:
        end = steps.day_of(run.start).replace(month=12, day=31)
        return run.starting(end, f"{run.start}: counted from the end of the year, {end}", "§ 199(1) BGB")

    return _one(closed, _counted(setting), _rolled(setting))


def _less_a_day(_setting: Setting) -> tuple[Reading, ...]:
    less = steps.add_days(-1, "Beginning with the day itself", "less a day")
    return _one(steps.count(law.ARITHMETIC), less, steps.not_moved(law.ARITHMETIC))


NO_ROLL_IN_DK = "Danish court periods are not moved off days of rest; file on the last working day before."
HMK_NOTICE = (
    "HMK art. 104 extends only periods set by the HMK in matters subject to the recess:"
    " not matters of art. 103, periods set by the court or periods of substantive law."
)
TWO_WORKING_DAYS = (
    "Weekends do not extend hours. That Reg. 1182/71 Art. 3(5) always leaves two working days is contested:"
    " do not rely on it."
)
AT_NOTICE = "Suspension under § 222 ZPO is for appeals only, and not in Ferialsachen or enforcement."
CH_NOTICE = "No recess in conciliation and summary proceedings (Art. 145(2) ZPO)."
CPR_NOTICE = "Court offices close on further days at Christmas that are not in this calendar (PD 2A)."
FRCP_NOTICE = "State holidays count for forward periods too (FRCP 6(a)(6)(C)) and are not in this calendar."
STATUTORY_SE = "Moved only where law or regulation sets the period; contracts and dates set by a court stand."

WITH_WORKING_DAYS = CALENDAR_UNITS | {Unit.WORKING_DAYS}
_ALL = (
    Profile("noroll", _noroll, units=WITH_WORKING_DAYS, directions=BOTH),
    Profile("roll", _roll, needs=True, units=WITH_WORKING_DAYS, directions=BOTH),
    Profile("eom", _eom, needs=True, directions=BOTH),
    Profile("eu/euipo", _euipo, needs=True),
    Profile("clear_before", _clear_before, units=DAYS_AND_WEEKS, directions=(BEFORE,)),
    Profile("de-clear-before", _german_clear, needs=True, units=DAYS_AND_WEEKS, directions=(BEFORE,)),
    Profile("clear_earliest", _clear_earliest, units=DAYS_AND_WEEKS),
    Profile("hours", _hours, units=frozenset({Unit.HOURS}), directions=BOTH, notices=(TWO_WORKING_DAYS,)),
    Profile("dk/court", _danish_court, "dk-public", directions=BOTH, notices=(NO_ROLL_IN_DK,)),
    Profile("dk/administrative", _danish_administrative, "dk", directions=BOTH),
    Profile("dk/limitation", _roll, "dk"),
    Profile("se/national", _roll, "se", directions=BOTH, notices=(STATUTORY_SE,)),
    Profile("se/limitation", _swedish_limitation, "se", notices=("The rule on Sundays may not apply: not moved.",)),
    Profile("eu/1182-71", _roll_eu, needs=True, units=WITH_WORKING_DAYS, directions=BOTH),
    Profile("at-222", _austrian_appeal, "at", units=DAYS_AND_WEEKS, notices=(AT_NOTICE,)),
    Profile("ch-145", _swiss, needs=True, notices=(CH_NOTICE,)),
    Profile("tr-hmk", _hmk, "tr", notices=(HMK_NOTICE,)),
    Profile("tr-hmk-7sep", _hmk_minority, "tr", notices=(HMK_NOTICE,)),
    Profile("tr-iyuk", _iyuk, "tr"),
    Profile("tr-cmk", _cmk, "tr"),
    Profile("tr-enotice", _enotice, "tr", notices=(HMK_NOTICE,)),
    Profile("gb", _cpr, "gb", directions=BOTH),
    Profile("gb:court", _cpr_court, "gb", directions=BOTH, notices=(CPR_NOTICE,)),
    Profile("gb-claimform", _claim_form, "gb", notices=(CPR_NOTICE,)),
    Profile("gb-earliest", _cpr_earliest, "gb", units=DAYS_AND_WEEKS),
    Profile("us", _federal, "us", directions=BOTH, notices=(FRCP_NOTICE,)),
    Profile("us-mail", _federal_mail, "us", notices=(FRCP_NOTICE,)),
    Profile("eu-cj", _court_of_justice, "eu-cj"),
    Profile("eu-cj-oj", _published_in_journal, "eu-cj"),
    Profile("eu-cj-2d", _old_distance, "weekend"),
    Profile("de-vorfrist", _pre_deadline, needs=True, units=DAYS_AND_WEEKS, directions=(BEFORE,)),
    Profile("de-4day", _four_days, needs=True),
    Profile("de-3day", _three_days, needs=True),
    Profile("year-end", _year_end, needs=True),
    Profile("less-a-day", _less_a_day, "gb"),
)
PROFILES = {profile.name: profile for profile in _ALL}

__all__ = ["PROFILES", "Profile", "Reading", "Setting"]
