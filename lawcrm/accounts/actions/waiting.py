"""The time an account that somebody else opened waits for what reaches beyond its own matters."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts import queries
from lawcrm.accounts.models import User
from lawcrm.accounts.reach import FAR_REACHING
from lawcrm.models.firm import Firm


class CannotVouch(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("A partner of long standing vouches, never for themselves, never an administrator."))


class WaitsNoMore(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("This account does not wait any more."))


def from_when(now: datetime) -> datetime | None:
    """A firm that has just moved in has nobody of long standing, and waits for nobody."""
    wait = timedelta(days=settings.NEW_ACCOUNT_DAYS)
    firm = Firm.current()
    return None if firm is not None and now < firm.set_up_at + wait else now + wait


def begin(user: User, now: datetime) -> None:
    """The caller holds the row's lock."""
    user.powers_from = from_when(now)
    user.save(update_fields=["powers_from"])


def reach_of(groups: Collection[Group]) -> frozenset[str]:
    return FAR_REACHING & queries.permissions_of(groups)


@audit.attempt("accounts.vouched_for", on="user")
def vouch(*, actor: User, user: User, now: datetime) -> None:  # noqa: ARG001
    """A partner knows who uses the account: it waits no more, and is owed to no administrator alone."""
    if actor == user or actor.keeps_accounts or "accounts.vouch_for" not in actor.role_permissions():
        raise CannotVouch
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if user.powers_from is None:
        raise WaitsNoMore
    user.powers_from = None
    user.save(update_fields=["powers_from"])
    audit.record("accounts.vouched_for", user)
