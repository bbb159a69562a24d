"""Deciding which second factor a role needs."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import queries
from lawcrm.accounts.models import FactorRule, User


class NoPasskeyOfOwn(audit.Refused):
    """Who asks others for a passkey has seen it work here."""

    def __init__(self) -> None:
        super().__init__(_("Add a passkey to your own account first: it shows that passkeys work in your firm."))


@audit.attempt("accounts.factor_rule_changed", on="role")
def set_factor_rule(*, actor: User, role: Group, wanted: str, grace_days: int, now: datetime) -> None:
    """The days are counted from now when a passkey is newly wanted, else as before."""
    rule = FactorRule.objects.select_for_update(of=("self",)).filter(role=role).first()
    before = (rule.wanted, rule.grace_days) if rule else (FactorRule.Wanted.ANY, None)
    if before == (wanted, grace_days) or (rule is None and wanted == FactorRule.Wanted.ANY):
        return
    if wanted == FactorRule.Wanted.PASSKEY and not queries.passkeys_of(actor):
        raise NoPasskeyOfOwn
    rule = rule or FactorRule(role=role)
    rule.since = now if before[0] != wanted else rule.since
    rule.wanted, rule.grace_days = wanted, grace_days
    rule.save()
    audit.record("accounts.factor_rule_changed", rule, group_id=role.pk, wanted=wanted, grace_days=grace_days)
