"""The shipped rules: whole, cited, computable, and honest about what they are."""

import json
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from deadlines.engine import packs, rules
from deadlines.engine.errors import BadPack, FixedByCourt, RuleNotInForce, UnknownRule

RULES = packs.shipped_rules()
COMPUTED = [rule for rule in RULES if rule.amount is not None]
SET_BY_COURT = [rule for rule in RULES if rule.amount is None]
PLACE = rules.Place(zone="Europe/Copenhagen")


def name(rule: rules.Rule) -> str:
    return f"{rule.code}@{rule.valid_from or '-'}"


def named(code: str, day: date = date(2026, 6, 1)) -> rules.Rule:
    return rules.in_force(RULES, code, day)


def test_every_jurisdiction_is_there() -> None:
    counts = Counter(rule.jurisdiction for rule in RULES)
    assert counts == {"de": 60, "dk": 19, "se": 22, "tr": 34, "at": 11, "ch": 8, "gb": 18, "us": 24, "eu": 18}


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_a_rule_is_cited_and_a_draft(rule: rules.Rule) -> None:
    assert rule.statute
    assert rule.code.startswith(f"{rule.jurisdiction}.")
    assert (rule.status, rule.reviewer) == ("draft", None)
    assert rule.criticality == "critical" or not rule.notfrist


@pytest.mark.parametrize("rule", COMPUTED, ids=name)
def test_a_rule_computes(rule: rules.Rule) -> None:
    day = rule.valid_to or date(2026, 6, 3)
    trigger = datetime.combine(day, time(10)) if rule.profile == "hours" else day
    done = rules.apply(rule, trigger, PLACE, second=day if rule.second else None)
    assert (done.result.due > trigger) is (rule.direction == "after")
    assert done.result.trace[0].citation == rule.statute
    assert any("draft" in notice for notice in done.result.notices)
    assert done.pre_deadline is None or done.pre_deadline < done.result.due_safe


@pytest.mark.parametrize("rule", SET_BY_COURT, ids=name)
def test_a_date_set_by_a_court_is_not_computed(rule: rules.Rule) -> None:
    with pytest.raises(FixedByCourt, match="enter the date"):
        rules.apply(rule, date(2026, 6, 3), PLACE)


def due(code: str, trigger: date, calendar: str | None = None, second: date | None = None) -> date:
    done = rules.apply(named(code, trigger), trigger, rules.Place(calendar), second)
    assert isinstance(done.result.due, date)
    return done.result.due


@pytest.mark.parametrize(
    ("code", "trigger", "second", "expected"),
    [
        # Five months after 5 January the month starts, however late the judgment is served.
        ("de.zpo.517", date(2026, 8, 3), date(2026, 1, 5), date(2026, 7, 6)),
        ("de.zpo.517", date(2026, 2, 3), date(2026, 1, 5), date(2026, 3, 3)),
        # A year after the missed period nothing is restored.
        ("de.zpo.234", date(2026, 12, 28), date(2026, 1, 5), date(2027, 1, 5)),
        ("de.zpo.234", date(2026, 3, 2), date(2026, 1, 5), date(2026, 3, 16)),
        # Between the act and the hearing the whole period lies free.
        ("de.zpo.132", date(2022, 8, 18), None, date(2022, 8, 10)),
        ("de.zpo.217", date(2026, 6, 18), None, date(2026, 6, 10)),
        ("de.zpo.217-short", date(2026, 6, 18), None, date(2026, 6, 12)),
        ("de.zpo.274", date(2026, 6, 18), None, date(2026, 6, 3)),
        ("de.bgb.195", date(2026, 2, 3), None, date(2029, 12, 31)),
        ("gb.et.3m", date(2026, 2, 3), None, date(2026, 5, 2)),
        ("tr.hmk.345", date(2017, 7, 17), None, date(2017, 9, 8)),
        ("tr.iik.62", date(2026, 8, 3), None, date(2026, 8, 10)),
        ("dk.rpl.372", date(2026, 3, 3), None, date(2026, 3, 31)),
        ("eu.tfeu.263", date(2026, 1, 15), None, date(2026, 3, 25)),
    ],
)
def test_dates(code: str, trigger: date, second: date | None, expected: date) -> None:
    assert due(code, trigger, second=second) == expected


def test_periods_that_nothing_extends_are_named_as_such() -> None:
    """Of the German catalogue, as domain/deadlines.md 2.1 has them."""
    named_so = {rule.code.removeprefix("de.") for rule in RULES if rule.jurisdiction == "de" and rule.notfrist}
    assert named_so == {
        *("zpo.517", "zpo.548", "zpo.544-3", "zpo.569", "zpo.575-1", "zpo.339", "zpo.339-abroad", "zpo.700"),
        *("zpo.276-1", "zpo.321a", "arbgg.66-1", "arbgg.59"),
    }
    assert {rule.extendable for rule in RULES if rule.notfrist} == {False}


def test_the_calendar_is_that_of_the_court() -> None:
    assert due("de.zpo.517", date(2025, 4, 8), "de-be") == date(2025, 5, 9)
    assert due("de.zpo.517", date(2025, 4, 8), "de-nw") == date(2025, 5, 8)


def test_the_version_goes_by_the_trigger() -> None:
    old, new = (named("de.ao.355", date(2024, 12, 31)), named("de.ao.355", date(2025, 1, 1)))
    assert (old.profile, new.profile) == ("de-3day", "de-4day")
    with pytest.raises(RuleNotInForce):
        named("tr.cmk.273", date(2024, 5, 31))
    with pytest.raises(RuleNotInForce):
        rules.apply(old, date(2025, 1, 1), PLACE)
    with pytest.raises(UnknownRule):
        named("de.nothing")


def test_a_missing_second_trigger_is_said() -> None:
    done = rules.apply(named("de.zpo.517"), date(2026, 6, 1), PLACE)
    assert "The limit by pronouncement was not checked: give its date too." in done.result.notices
    assert done.pre_deadline == date(2026, 6, 24)
    assert done.result.due_safe == done.pre_deadline + timedelta(days=7)


def test_a_pack_survives_being_written_and_read() -> None:
    for pack in packs.shipped():
        assert packs.load(packs.dump(pack)) == pack
        assert packs.dump(pack) == (packs.SHIPPED / f"{pack.name}.json").read_text(encoding="utf-8")
        assert packs.compare(pack, pack) == []


def changed(*, sealed: bool = True, **fields: Any) -> str:
    data = json.loads(packs.dump(packs.shipped()[0]))
    data["rules"][0].update(fields)
    if sealed:
        data["sha256"] = packs.checksum(data)
    return json.dumps(data)


def test_what_was_changed_without_a_new_checksum_is_refused() -> None:
    with pytest.raises(BadPack, match="checksum"):
        packs.load(changed(sealed=False, amount=5))
    assert packs.load(changed(amount=5)).rules[0].amount == 5


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"extra": 1}, "the fields must be exactly"),
        ({"amount": 0}, "amount in this|does not count"),
        ({"amount": "4"}, "does not count"),
        ({"amount": None}, "an amount needs a unit"),
        ({"unit": "moons"}, "moons"),
        ({"unit": "months"}, "does not count"),
        ({"profile": "nothing"}, "no profile"),
        ({"calendar": "nowhere"}, "no calendar"),
        ({"statute": " "}, "are texts"),
        ({"criticality": "huge"}, "criticality"),
        ({"confidence": "sure"}, "confidence"),
        ({"status": "final"}, "status"),
        ({"status": "approved"}, "names its reviewer"),
        ({"valid_from": "yesterday"}, "yesterday"),
        ({"valid_from": "2026-01-01", "valid_to": "2025-01-01"}, "ends before"),
        ({"pre_deadline": {"amount": -1, "unit": "days"}}, "makes no sense"),
        ({"second": {"trigger": "", "amount": 1, "unit": "days", "effect": "ends_by"}}, "second trigger"),
        ({"code": "at.zpo.505"}, "same day"),
    ],
)
def test_a_wrong_field_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(BadPack, match=why):
        packs.load(changed(**fields))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pack": 1, "version": "1", "rules": [], "sha256": "x"}'])
def test_what_is_no_pack_is_refused(text: str) -> None:
    with pytest.raises(BadPack):
        packs.load(text)


def test_packs_are_compared_field_by_field() -> None:
    pack = packs.shipped()[0]
    other = packs.load(changed(amount=5))
    difference = packs.Difference(pack.rules[0].code, "amount", 4, 5)
    assert packs.compare(pack, other) == [difference]
    shorter = packs.Pack(pack.name, pack.version, pack.rules[1:])
    assert packs.compare(pack, shorter) == [packs.Difference(pack.rules[0].code, "rule", pack.rules[0].title, None)]
