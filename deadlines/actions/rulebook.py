"""Standing by a rule, changing it for the firm, and importing packs."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deadlines.actions import recomputing
from deadlines.actions.refused import require_reason
from deadlines.engine import packs
from deadlines.engine.errors import BadPack
from deadlines.models import RuleApproval, RuleOverride, RulePack, Source
from deadlines.queries import rulebook
from lawcrm import audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused

APPROVING, KEEPING = "deadlines.approve_rule", "deadlines.keep_rules"


class NotALawyer(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only a lawyer of the firm stands by a rule."))


class NotTheKeeper(Refused):
    def __init__(self) -> None:
        super().__init__(_("Only a partner changes the rules of the firm."))


class RuleChanged(Refused):
    def __init__(self) -> None:
        super().__init__(_("This rule was changed while you looked at it. Read it as it is now, then try again."))


class OwnChange(Refused):
    def __init__(self) -> None:
        super().__init__(_("You changed this rule yourself. Another lawyer has to check and approve it."))


class SettledAlready(Refused):
    def __init__(self) -> None:
        super().__init__(_("Somebody has done that already."))


class ChangesNothing(Refused):
    def __init__(self) -> None:
        super().__init__(_("The rule says so already."))


class Unfit(Refused):
    """What the engine says of the rule, in its words."""


@audit.attempt("rule.approved")
def approve_rule(*, actor: User, code: str, sha256: str, note: str, now: datetime) -> RuleApproval:
    """By name, for the wording the person saw; who changed the rule does not approve it alone."""
    if APPROVING not in actor.role_permissions():
        raise NotALawyer
    entry = _seen(code, sha256)
    if entry.approval is not None:
        raise SettledAlready
    if entry.override is not None and entry.override.made_by_id == actor.pk:
        raise OwnChange
    approval = RuleApproval(code=code, sha256=sha256, note=require_reason(note))
    approval.approved_by, approval.approved_at = actor, now
    approval.save()
    audit.record("rule.approved", approval, reason=approval.note, code=code)
    return approval


@audit.attempt("rule.approval_withdrawn")
def withdraw_approval(*, actor: User, approval: RuleApproval, reason: str, now: datetime) -> None:
    """The rule is a draft again; dates computed with it stay as they are."""
    if APPROVING not in actor.role_permissions():
        raise NotALawyer
    _withdraw(approval, actor, reason, now)
    audit.record("rule.approval_withdrawn", approval, reason=reason, code=approval.code)


@audit.attempt("rule.overridden")
def override_rule(  # noqa: PLR0913 - what a person says of it
    *, actor: User, code: str, sha256: str, changes: dict[str, Any], reason: str, now: datetime
) -> RuleOverride:
    """The firm computes with its own wording from now on, as a draft until another lawyer approves it."""
    if KEEPING not in actor.role_permissions():
        raise NotTheKeeper
    reason, entry = require_reason(reason), _seen(code, sha256)
    data = packs.rule_data(entry.rule) | changes | {"status": "draft", "reviewer": None, "reviewed_on": None}
    try:
        rule = packs.rule_of(data, entry.pack)
    except BadPack as why:
        raise Unfit(str(why)) from why
    if packs.rule_checksum(rule) == entry.sha256:
        raise ChangesNothing
    if entry.override is not None:
        _withdraw(entry.override, actor, reason, now)
    base = packs.rule_checksum(entry.base)
    made = RuleOverride(code=code, valid_from=rule.valid_from, base=base, data=data, reason=reason)
    made.made_by, made.made_at = actor, now
    made.save()
    _ask(code, reason, actor, now)
    audit.record("rule.overridden", made, reason=reason, code=code)
    return made


@audit.attempt("rule.override_withdrawn")
def withdraw_override(*, actor: User, override: RuleOverride, reason: str, now: datetime) -> None:
    """The pack's wording counts again, with the approval it had."""
    if KEEPING not in actor.role_permissions():
        raise NotTheKeeper
    _withdraw(override, actor, reason, now)
    _ask(override.code, reason, actor, now)
    audit.record("rule.override_withdrawn", override, reason=reason, code=override.code)


@transaction.atomic
def import_pack(*, text: str, now: datetime) -> list[packs.Difference]:
    """Puts a pack in the place of the one of its name, as drafts; what differs from that one. Raises BadPack."""
    pack = packs.load(text)
    used = {known.name: known for known in rulebook.packs_in_use()}
    _require_own_codes(pack, list(used.values()))
    before = used.get(pack.name, packs.Pack(pack.name, "", ()))
    if before.checksum == pack.checksum:
        return []
    RulePack.objects.select_for_update().filter(name=pack.name, replaced_at=None).update(replaced_at=now)
    row = RulePack.objects.create(
        name=pack.name, version=pack.version, sha256=pack.checksum, text=text, imported_at=now
    )
    found = packs.compare(before, pack)
    for code in dict.fromkeys(one.code for one in found):
        _ask(code, _("Rule pack %(pack)s, %(version)s") % {"pack": pack.name, "version": pack.version}, None, now)
    audit.record("pack.imported", row, differences=len(found))
    return found


def _require_own_codes(pack: packs.Pack, used: list[packs.Pack]) -> None:
    others = {rule.code for known in used if known.name != pack.name for rule in known.rules}
    if taken := sorted(others.intersection(rule.code for rule in pack.rules)):
        message = f"Another pack has the rule {taken[0]!r} already."
        raise BadPack(message)


def _seen(code: str, sha256: str) -> rulebook.Entry:
    for entry in rulebook.entries(code):
        if entry.sha256 == sha256:
            return entry
    raise RuleChanged


def _withdraw(row: RuleApproval | RuleOverride, actor: User, reason: str, now: datetime) -> None:
    row.withdrawn_reason = require_reason(reason)
    if row.withdrawn_at is not None:
        raise SettledAlready
    row.withdrawn_by, row.withdrawn_at = actor, now
    row.save()


def _ask(code: str, why: str, actor: User | None, now: datetime) -> None:
    recomputing.ask(source=Source.RULE, code=code, why=f"{code}: {why}", actor=actor, now=now)
