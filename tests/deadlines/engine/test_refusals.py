"""What the engine refuses, in the words a person reads."""

from datetime import UTC, date, datetime

import pytest

from deadlines.engine import CannotCompute, Period, Unit, compute, packs, rules

HOURS = Period(72, Unit.HOURS)
ZONE = "hours@Europe/Copenhagen"


@pytest.mark.parametrize(
    ("profile", "trigger", "words"),
    [
        (ZONE, date(2026, 3, 27), "A period in hours needs the time of day, as in 2026-03-27T16:00."),
        (
            ZONE,
            datetime(2026, 3, 27, 16, tzinfo=UTC),
            "Give the local time of the place without an offset; the profile names the zone.",
        ),
        (
            ZONE,
            datetime.fromisoformat("2026-03-29T02:30"),
            "2026-03-29T02:30 does not exist in Europe/Copenhagen: the clocks leapt over it.",
        ),
        ("hours@Nowhere/Else", datetime.fromisoformat("2026-03-27T16:00"), "There is no time zone 'Nowhere/Else'."),
    ],
)
def test_hours(profile: str, trigger: date, words: str) -> None:
    with pytest.raises(CannotCompute) as refused:
        compute(profile, trigger, HOURS)
    assert str(refused.value) == words


def test_a_day_outside_of_all_that_is_computed() -> None:
    with pytest.raises(CannotCompute) as refused:
        compute("noroll", date(1949, 12, 31), Period(1, Unit.DAYS))
    assert str(refused.value) == "1949-12-31 lies outside 1950-01-01 to 2150-12-31, beyond which nothing is computed."


def test_a_rule_that_counts_hours_without_a_zone() -> None:
    rule = next(rule for rule in packs.shipped_rules() if rule.profile == "hours")
    with pytest.raises(CannotCompute) as refused:
        rules.apply(rule, datetime.fromisoformat("2026-03-27T16:00"), rules.Place())
    assert str(refused.value) == f"The rule {rule.code} runs in hours and needs the time zone of the trigger."


def test_a_rule_applied_before_its_time() -> None:
    dated = next(rule for rule in packs.shipped_rules() if rule.valid_from and rule.profile != "hours")
    with pytest.raises(CannotCompute) as refused:
        rules.apply(dated, date(1960, 1, 1), rules.Place(calendar="de-be"))
    assert str(refused.value) == f"The rule {dated.code} was not in force on 1960-01-01."


def test_a_rule_before_its_time() -> None:
    dated = next(rule for rule in packs.shipped_rules() if rule.valid_from)
    with pytest.raises(CannotCompute) as refused:
        rules.in_force([dated], dated.code, date(1960, 1, 1))
    assert str(refused.value) == f"The rule {dated.code} was not in force on 1960-01-01."
