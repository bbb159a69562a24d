"""The shipped rules: whole, cited, computable, and honest about what they are."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from deadlines.engine import packs, published, rules
from deadlines.engine.calendars import Calendar
from deadlines.engine.errors import BadPack, FixedByCourt, RuleNotInForce, UnknownRule

RULES = packs.shipped_rules()
COMPUTED = [rule for rule in RULES if rule.amount is not None]
SET_BY_COURT = [rule for rule in RULES if rule.amount is None]
PLACE = rules.Place(zone="Europe/Copenhagen")
BY_POST = ("de.vwgo.70-post", "de.sgg.84-post", "de.sgg.87-post")


def name(rule: rules.Rule) -> str:
    return f"{rule.code}@{rule.valid_from or '-'}"


def named(code: str, day: date = date(2026, 6, 1)) -> rules.Rule:
    return rules.in_force(RULES, code, day)


def test_every_jurisdiction_is_there() -> None:
    counts = Counter(rule.jurisdiction for rule in RULES)
    assert counts == {"de": 66, "dk": 19, "se": 22, "tr": 34, "at": 11, "ch": 8, "gb": 18, "us": 24, "eu": 18}


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


class Moved:
    """The firm's own calendars: one more closed day in each."""

    def __init__(self, *days: date) -> None:
        self.days = dict.fromkeys(days, "the court moves")

    def get(self, code: str) -> Calendar:
        known = published.calendar(code)
        return replace(known, closed={**known.closed, **self.days})


def test_the_firm_s_own_days_move_the_date_the_pre_deadline_and_the_limit() -> None:
    rule = named("de.zpo.517")
    place = replace(PLACE, calendar="de-be")
    plain = rules.apply(rule, date(2026, 6, 3), place)
    assert (plain.rule, plain.result.due, plain.pre_deadline) == (rule, date(2026, 7, 3), date(2026, 6, 26))
    moved = rules.apply(rule, date(2026, 6, 3), replace(place, calendars=Moved(date(2026, 7, 3), date(2026, 6, 29))))
    assert (moved.result.due, moved.pre_deadline) == (date(2026, 7, 6), date(2026, 6, 26))
    limited = replace(place, calendars=Moved(date(2026, 6, 1)))
    by_limit = rules.apply(rule, date(2026, 6, 3), limited, second=date(2025, 12, 1))
    assert by_limit.result.due == date(2026, 6, 2)


def test_the_version_goes_by_the_trigger() -> None:
    old, new = (named("de.ao.355", date(2024, 12, 31)), named("de.ao.355", date(2025, 1, 1)))
    assert (old.profile, new.profile) == ("de-3day", "de-4day")
    with pytest.raises(RuleNotInForce):
        named("tr.cmk.273", date(2024, 5, 31))
    with pytest.raises(RuleNotInForce):
        named("tr.iik.363", date(2024, 5, 31))
    assert named("tr.iik.363", date(2024, 6, 1)).confidence == "to_confirm"
    with pytest.raises(RuleNotInForce):
        rules.apply(old, date(2025, 1, 1), PLACE)
    with pytest.raises(UnknownRule):
        named("de.nothing")


@pytest.mark.parametrize(
    ("code", "posted", "calendar", "safe", "latest"),
    [
        # The fourth day, Sunday 4 January, moves under the AO and perhaps not elsewhere.
        *((code, date(2025, 12, 31), "de-be", date(2026, 2, 4), date(2026, 2, 5)) for code in BY_POST),
        # Before 2025 it was the third: Friday 6 December, and a month from it is Monday 6 January.
        *((code, date(2024, 12, 3), "de-be", date(2025, 1, 6), date(2025, 1, 6)) for code in BY_POST),
        # Twenty days to 28 July, whatever the recess of the ZPO or debt enforcement holidays may add.
        ("ch.schkg.83", date(2026, 7, 8), "ch-zh", date(2026, 7, 28), date(2026, 7, 28)),
        # From the last day of February to the number or to the last day of the month.
        ("eu.eutmr.46", date(2026, 2, 28), None, date(2026, 5, 28), date(2026, 6, 1)),
        ("eu.eutmr.68", date(2026, 2, 28), None, date(2026, 4, 28), date(2026, 4, 30)),
        ("eu.eutmr.68-grounds", date(2026, 2, 28), None, date(2026, 6, 29), date(2026, 6, 30)),
    ],
)
def test_what_is_not_settled_has_a_safe_date(
    code: str, posted: date, calendar: str | None, safe: date, latest: date
) -> None:
    result = rules.apply(named(code, posted), posted, rules.Place(calendar)).result
    assert (result.due_safe, result.due_latest) == (safe, latest)


def test_debt_enforcement_holidays_are_said() -> None:
    for code in ("ch.schkg.74", "ch.schkg.83"):
        notices = rules.apply(named(code), date(2026, 7, 8), PLACE).result.notices
        assert any("This is the earliest date" in notice for notice in notices), code


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


SECOND_TRIGGER = "at, rule 1: a second trigger needs a name and an effect"
FIRST = "at, rule 1 (at.zpo.464): "
SPAN = {"amount": 1, "unit": "days"}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"extra": 1}, f"at, rule 1: the fields must be exactly {', '.join(sorted(packs.FIELDS))}."),
        ({"amount": 0}, f"{FIRST}the profile does not count in this unit or direction."),
        ({"amount": "4"}, f"{FIRST}the profile does not count in this unit or direction."),
        ({"amount": None}, f"{FIRST}an amount needs a unit."),
        ({"unit": None}, f"{FIRST}an amount needs a unit."),
        ({"unit": "moons"}, "at, rule 1: 'moons' is not a valid Unit"),
        ({"unit": "months"}, f"{FIRST}the profile does not count in this unit or direction."),
        ({"profile": "nothing"}, f"{FIRST}there is no profile 'nothing'."),
        ({"calendar": "nowhere"}, f"{FIRST}there is no calendar 'nowhere'."),
        ({"statute": " "}, f"{FIRST}code, jurisdiction, title, trigger, statute, source are texts."),
        ({"criticality": "huge"}, f"{FIRST}the criticality is one of ['critical', 'limitation', 'normal']."),
        ({"confidence": "sure"}, f"{FIRST}the confidence is one of ['secondary', 'to_confirm', 'verified']."),
        ({"status": "final"}, f"{FIRST}the status is draft or approved."),
        ({"status": "approved"}, f"{FIRST}an approved rule names its reviewer."),
        ({"valid_from": "yesterday"}, "at, rule 1: Invalid isoformat string: 'yesterday'"),
        ({"valid_from": "2026-01-01", "valid_to": "2025-12-31"}, f"{FIRST}it ends before it begins."),
        ({"pre_deadline": {"amount": -1, "unit": "days"}}, "at, rule 1: A period of -1 days makes no sense"),
        ({"second": {**SPAN, "trigger": "", "effect": "ends_by"}}, SECOND_TRIGGER),
        ({"second": {**SPAN, "trigger": "service", "effect": "sometimes"}}, SECOND_TRIGGER),
        ({"code": "at.zpo.505"}, "Two versions of at.zpo.505 are in force on the same day."),
    ],
)
def test_a_wrong_field_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(BadPack) as refused:
        packs.load(changed(**fields))
    assert str(refused.value).startswith(why)
    assert why.endswith(("days makes no sense", "'yesterday'", "Unit")) or str(refused.value) == why


def test_the_number_of_the_wrong_rule_is_said() -> None:
    data = json.loads(packs.dump(packs.shipped()[0]))
    data["rules"][1]["extra"] = 1
    with pytest.raises(BadPack, match=r"^at, rule 2: "):
        packs.load(json.dumps({**data, "sha256": packs.checksum(data)}))


def test_a_version_of_one_day_is_in_force_on_it_and_no_second_beside_it() -> None:
    one_day = {"valid_from": "2026-01-01", "valid_to": "2026-01-01"}
    assert packs.load(changed(**one_day)).rules[0].valid_to == date(2026, 1, 1)
    data = json.loads(changed(**one_day))
    data["rules"].insert(1, {**data["rules"][0], "valid_to": None})
    with pytest.raises(BadPack, match="same day"):
        packs.load(json.dumps({**data, "sha256": packs.checksum(data)}))


NO_TEXTS = "The name, version and checksum of a pack are texts."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The pack is not JSON."),
        ("[]", "A pack has exactly: pack, version, rules, sha256."),
        ("{}", "A pack has exactly: pack, version, rules, sha256."),
        ('{"pack": 1, "version": "1", "rules": [], "sha256": "x"}', NO_TEXTS),
        ('{"pack": "", "version": "1", "rules": [], "sha256": "x"}', NO_TEXTS),
        ('{"pack": "a", "version": "1", "rules": {}, "sha256": "x"}', "The rules of a pack are a list."),
    ],
)
def test_what_is_no_pack_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadPack) as refused:
        packs.load(text)
    assert str(refused.value) == why


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(UnknownRule) as refused:
        named("de.nothing")
    assert str(refused.value) == "There is no rule 'de.nothing'."


def test_a_pack_is_written_in_the_letters_of_its_language() -> None:
    pack = packs.load(changed(title="Frist für die Berufung"))
    assert "Frist für die Berufung" in packs.dump(pack)
    assert packs.load(packs.dump(pack)) == pack
    body = {"b": "ü", "a": 1}
    assert packs.checksum(body) == "1a59e522e02ce50ad2c27c11a6d30f8667489c199580627fe9e3e33e2b0e91d5"


def test_packs_are_compared_field_by_field() -> None:
    pack = packs.shipped()[0]
    other = packs.load(changed(amount=5))
    difference = packs.Difference(pack.rules[0].code, "amount", 4, 5)
    assert packs.compare(pack, other) == [difference]
    shorter = packs.Pack(pack.name, pack.version, pack.rules[1:])
    assert packs.compare(pack, shorter) == [packs.Difference(pack.rules[0].code, "rule", pack.rules[0].title, None)]
    assert packs.compare(shorter, pack) == [packs.Difference(pack.rules[0].code, "rule", None, pack.rules[0].title)]
    last = packs.shipped()[0].rules[-1]
    amended = packs.Pack(pack.name, pack.version, (*pack.rules[1:-1], replace(last, title="another")))
    assert [(found.code, found.field) for found in packs.compare(pack, amended)] == sorted(
        [(pack.rules[0].code, "rule"), (last.code, "title")]
    )


def test_each_version_of_a_rule_is_compared_with_itself() -> None:
    rule = packs.shipped()[0].rules[0]
    until, since = date(2025, 12, 31), date(2026, 1, 1)
    early, late = replace(rule, valid_from=None, valid_to=until), replace(rule, valid_from=since, valid_to=None)
    old = packs.Pack("x", "1", (early, late))
    assert packs.compare(old, packs.Pack("x", "2", (early, late))) == []
    changed_early = packs.Pack("x", "2", (replace(early, amount=9), late))
    assert packs.compare(old, changed_early) == [packs.Difference(rule.code, "amount", rule.amount, 9)]
    fewer = packs.Pack("x", "2", (replace(early, amount=9),))
    assert [found.field for found in packs.compare(old, fewer)] == ["rule", "amount"]


def test_a_half_day_of_the_firm_is_named() -> None:
    class Short:
        def get(self, code: str) -> Calendar:
            return replace(published.calendar(code), short_days={date(2026, 7, 3): "summer party"})

    done = rules.apply(named("de.zpo.517"), date(2026, 6, 3), rules.Place("de-be", calendars=Short()))
    assert "2026-07-03 is a half day (summer party): see until when the court is open." in done.result.notices


@pytest.mark.parametrize(
    ("code", "day", "kind"),
    [
        ("dk", date(2026, 12, 25), published.PUBLIC),
        ("dk", date(2026, 12, 24), published.SPECIAL),
        ("se", date(2026, 6, 19), published.SPECIAL),
        ("de-by", date(2026, 1, 6), published.PUBLIC),
        ("de-by-catholic", date(2026, 8, 15), published.SPECIAL),
        ("eu-cj", date(2026, 5, 9), published.COURT),
        ("tr", date(2032, 10, 29), published.PUBLIC),
        ("at", date(2050, 12, 26), published.PUBLIC),
        ("at", date(1975, 1, 1), published.PUBLIC),
    ],
)
def test_a_closed_day_is_of_its_kind(code: str, day: date, kind: str) -> None:
    assert published.kinds(code)[day] == kind
    assert set(published.kinds(code)) == set(published.calendar(code).closed)


def test_weekends_alone_have_no_kinds() -> None:
    assert published.kinds("weekend") == {}
