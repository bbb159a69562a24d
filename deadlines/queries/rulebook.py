"""The rules by which the book computes: shipped or imported packs, the firm's changes, and who approved what."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.utils import timezone

from deadlines.engine import packs, rules
from deadlines.models import RuleApproval, RuleOverride, RulePack


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule in use; `base` is the one of the pack, another where the firm changed it."""

    pack: str
    version: str
    base: rules.Rule
    rule: rules.Rule
    approval: RuleApproval | None
    override: RuleOverride | None

    @property
    def sha256(self) -> str:
        return packs.rule_checksum(self.rule)

    @property
    def base_changed(self) -> bool:
        """The pack has another wording since the firm changed the rule."""
        return self.override is not None and self.override.base != packs.rule_checksum(self.base)


def packs_in_use() -> list[packs.Pack]:
    """What was imported goes before what was shipped under the same name."""
    found = {pack.name: pack for pack in packs.shipped()}
    for row in RulePack.objects.filter(replaced_at=None).defer("text"):
        found[row.name] = _loaded(row.pk, row.sha256)
    return [found[name] for name in sorted(found)]


@lru_cache(maxsize=64)
def _loaded(pk: int, sha256: str) -> packs.Pack:  # noqa: ARG001 - the checksum names the content
    return packs.load(RulePack.objects.get(pk=pk).text)


def entries(code: str = "") -> list[Entry]:
    """All of them or the versions of one, in the order of the packs; a change whose rule is gone is left out."""
    overrides = RuleOverride.objects.filter(withdrawn_at=None).select_related("made_by")
    approvals = RuleApproval.objects.filter(withdrawn_at=None).select_related("approved_by")
    if code:
        overrides, approvals = overrides.filter(code=code), approvals.filter(code=code)
    changed = {(row.code, row.valid_from): row for row in overrides}
    approved = {row.sha256: row for row in approvals}
    return [
        _entry(pack, rule, changed.get((rule.code, rule.valid_from)), approved)
        for pack in packs_in_use()
        for rule in pack.rules
        if code in ("", rule.code)
    ]


def _entry(
    pack: packs.Pack, base: rules.Rule, override: RuleOverride | None, approved: dict[str, RuleApproval]
) -> Entry:
    """A pack may call its rules approved: by whom in this firm is what counts."""
    rule = packs.rule_of(override.data, base.code) if override else base
    approval = approved.get(packs.rule_checksum(rule))
    if approval is None:
        rule = replace(rule, status=rules.DRAFT, reviewer=None, reviewed_on=None)
    else:
        on = timezone.localdate(approval.approved_at)
        rule = replace(rule, status=rules.APPROVED, reviewer=approval.approved_by.full_name, reviewed_on=on)
    return Entry(pack.name, pack.version, base, rule, approval, override)


def packs_of_the_firm() -> list[packs.Pack]:
    """The packs in use with the firm's changes in them. As drafts: who stands by a rule is no part of a pack."""
    found: dict[tuple[str, str], list[rules.Rule]] = {}
    for entry in entries():
        as_draft = replace(entry.rule, status=rules.DRAFT, reviewer=None, reviewed_on=None)
        found.setdefault((entry.pack, entry.version), []).append(as_draft)
    return [packs.Pack(name, version, tuple(kept)) for (name, version), kept in found.items()]


def in_use() -> tuple[rules.Rule, ...]:
    return tuple(entry.rule for entry in entries())


def is_draft(code: str, day: date) -> bool:
    """Of the version by the day of the trigger; a rule that is not there any more is nobody's."""
    found = [entry.rule for entry in entries(code) if entry.rule.is_in_force(day)]
    return not found or found[0].status == rules.DRAFT
