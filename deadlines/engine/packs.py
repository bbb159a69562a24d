"""Rule packs: versioned data with a checksum, of which no field is taken on trust."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from deadlines.engine import published
from deadlines.engine.errors import BadPack, CannotCompute
from deadlines.engine.periods import Direction, Period, Unit
from deadlines.engine.profiles import PROFILES
from deadlines.engine.rules import APPROVED, DRAFT, ENDS_BY, STARTS_BY, Rule, Second, Span

SHIPPED = Path(__file__).parents[1] / "packs"
FIELDS = frozenset(Rule.__dataclass_fields__)
CRITICALITIES = {"critical", "normal", "limitation"}
CONFIDENCES = {"verified", "secondary", "to_confirm"}
REQUIRED_TEXTS = ("code", "jurisdiction", "title", "trigger", "statute", "source")


@dataclass(frozen=True, slots=True)
class Pack:
    name: str
    version: str
    rules: tuple[Rule, ...]

    @property
    def checksum(self) -> str:
        return checksum(as_data(self))


def checksum(data: dict[str, Any]) -> str:
    """SHA-256 over everything but itself, keys sorted, without white space."""
    body = {key: value for key, value in data.items() if key != "sha256"}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def as_data(pack: Pack) -> dict[str, Any]:
    return {"pack": pack.name, "version": pack.version, "rules": [rule_data(rule) for rule in pack.rules]}


def rule_data(rule: Rule) -> dict[str, Any]:
    days = {name: day.isoformat() for name, day in asdict(rule).items() if isinstance(day, date)}
    return {**asdict(rule), **days}


@lru_cache(maxsize=4096)
def rule_checksum(rule: Rule) -> str:
    """Of what a rule says, whoever has approved it; an approval is bound to it."""
    return checksum(rule_data(replace(rule, status=DRAFT, reviewer=None, reviewed_on=None)))


def dump(pack: Pack) -> str:
    data = {**as_data(pack), "sha256": pack.checksum}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def load(text: str) -> Pack:
    data = _parsed(text)
    if data["sha256"] != checksum(data):
        raise BadPack(f"The checksum of the pack {data['pack']!r} does not fit its content.")
    found = tuple(rule_of(item, f"{data['pack']}, rule {number}") for number, item in enumerate(data["rules"], 1))
    _require_distinct(found)
    return Pack(data["pack"], data["version"], found)


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as why:
        raise BadPack("The pack is not JSON.") from why
    if not isinstance(data, dict) or set(data) != {"pack", "version", "rules", "sha256"}:
        raise BadPack("A pack has exactly: pack, version, rules, sha256.")
    if not all(isinstance(data[key], str) and data[key] for key in ("pack", "version", "sha256")):
        raise BadPack("The name, version and checksum of a pack are texts.")
    if not isinstance(data["rules"], list):
        raise BadPack("The rules of a pack are a list.")
    return data


def rule_of(item: Any, where: str) -> Rule:
    if not isinstance(item, dict) or set(item) != FIELDS:
        raise BadPack(f"{where}: the fields must be exactly {', '.join(sorted(FIELDS))}.")
    try:
        rule = _built(item)
    except (CannotCompute, ValueError, TypeError, KeyError) as why:
        raise BadPack(f"{where}: {why}") from why
    _check(rule, where)
    return rule


def _built(item: dict[str, Any]) -> Rule:
    return Rule(
        **{
            **item,
            "unit": Unit(item["unit"]) if item["unit"] else None,
            "direction": Direction(item["direction"]),
            "pre_deadline": _span(item["pre_deadline"]),
            "second": _second(item["second"]),
            **{name: _day(item[name]) for name in ("valid_from", "valid_to", "reviewed_on")},
        }
    )


def _span(item: dict[str, Any] | None) -> Span | None:
    if item is None:
        return None
    span = Span(item["amount"], Unit(item["unit"]))
    Period(span.amount, span.unit)
    return span


def _second(item: dict[str, Any] | None) -> Second | None:
    if item is None:
        return None
    span = _span(item)
    if span is None or item["effect"] not in (STARTS_BY, ENDS_BY) or not item["trigger"]:
        raise BadPack("a second trigger needs a name and an effect")
    return Second(item["trigger"], span.amount, span.unit, item["effect"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _check(rule: Rule, where: str) -> None:
    for wrong, words in _faults(rule):
        if wrong:
            raise BadPack(f"{where} ({rule.code}): {words}.")


def _faults(rule: Rule) -> list[tuple[bool, str]]:
    texts = [getattr(rule, name) for name in REQUIRED_TEXTS]
    return [
        (not all(isinstance(text, str) and text.strip() for text in texts), f"{', '.join(REQUIRED_TEXTS)} are texts"),
        (rule.profile not in PROFILES, f"there is no profile {rule.profile!r}"),
        (rule.calendar is not None and rule.calendar not in published.CODES, f"there is no calendar {rule.calendar!r}"),
        (rule.criticality not in CRITICALITIES, f"the criticality is one of {sorted(CRITICALITIES)}"),
        (rule.confidence not in CONFIDENCES, f"the confidence is one of {sorted(CONFIDENCES)}"),
        (rule.status not in (DRAFT, APPROVED), "the status is draft or approved"),
        (rule.status == APPROVED and not rule.reviewer, "an approved rule names its reviewer"),
        ((rule.amount is None) != (rule.unit is None), "an amount needs a unit"),
        (not _fits(rule), "the profile does not count in this unit or direction"),
        (bool(rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from), "it ends before it begins"),
    ]


def _fits(rule: Rule) -> bool:
    """A rule without an amount is not computed, so any profile fits it."""
    if rule.amount is None or rule.profile not in PROFILES:
        return True
    try:
        PROFILES[rule.profile].require(rule.period)
    except (CannotCompute, TypeError):
        return False
    return True


def _require_distinct(rules: tuple[Rule, ...]) -> None:
    """Of two versions of one rule at most one is in force on any day."""
    for number, one in enumerate(rules):
        for other in rules[:number]:
            if one.code == other.code and _overlap(one, other):
                raise BadPack(f"Two versions of {one.code} are in force on the same day.")


def _overlap(one: Rule, other: Rule) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    return start <= min(one.valid_to or date.max, other.valid_to or date.max)


@cache
def shipped() -> tuple[Pack, ...]:
    return tuple(load(path.read_text(encoding="utf-8")) for path in sorted(SHIPPED.glob("*.json")))


def shipped_rules() -> tuple[Rule, ...]:
    return tuple(rule for pack in shipped() for rule in pack.rules)


@dataclass(frozen=True, slots=True)
class Difference:
    code: str
    field: str
    old: Any
    new: Any


def compare(old: Pack, new: Pack) -> list[Difference]:
    """Field by field; a rule that only one of them has differs as a whole."""
    olds, news = _by_version(old), _by_version(new)
    found = []
    for key in sorted(olds.keys() | news.keys()):
        before, after = olds.get(key), news.get(key)
        if before is None or after is None:
            found.append(Difference(key[0], "rule", before and before["title"], after and after["title"]))
            continue
        found += [Difference(key[0], name, before[name], after[name]) for name in before if before[name] != after[name]]
    return found


def _by_version(pack: Pack) -> dict[tuple[str, str], dict[str, Any]]:
    return {(rule.code, str(rule.valid_from)): rule_data(rule) for rule in pack.rules}
