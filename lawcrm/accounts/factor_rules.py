"""Which second factor a person's roles ask for, and from when on nothing else opens a page."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest
from django.utils import timezone

from lawcrm import audit
from lawcrm.accounts.models import FactorRule, Passkey, TotpDevice, User

# Whoever holds these could take over others' accounts; the page of rules says so.
RECOMMENDED = frozenset({"administrator"})


def register() -> None:
    audit.subscribe("accounts.role_given", _note_role)


def _note_role(event: audit.Event) -> None:
    """The days to set a factor up are counted anew from here."""
    User.objects.filter(pk=event.object.pk).update(role_given_at=timezone.now())


def due() -> Subquery:
    """When the first of a person's roles wants a passkey, for User rows; nothing if none does."""
    counted_from = Greatest("since", Coalesce(OuterRef("role_given_at"), OuterRef("joined_at")))
    day = F("grace_days") * Value(timedelta(days=1))
    rules = FactorRule.objects.filter(wanted=FactorRule.Wanted.PASSKEY, role__user=OuterRef("pk"))
    dated = rules.annotate(due=ExpressionWrapper(counted_from + day, output_field=DateTimeField()))
    return Subquery(dated.order_by("due").values("due")[:1])


def due_of(user: Any) -> datetime | None:
    """The same for one person; people of requests have been asked as they were loaded (RoleBackend.get_user)."""
    if not hasattr(user, "passkey_due"):
        user.passkey_due = User.objects.filter(pk=user.pk).values_list(due(), flat=True).get()
    found: datetime | None = user.passkey_due
    return found


def wants_passkey(user: Any, now: datetime) -> bool:
    """Whether the days to set one up are over."""
    when = due_of(user)
    return when is not None and when <= now


def takes_codes(user: Any, now: datetime) -> bool:
    """One-time codes no longer let in who has the passkey the role wants."""
    return (
        not wants_passkey(user, now) or not Passkey.objects.filter(user=user, confirmed=True, copied_at=None).exists()
    )


def blocks(request: HttpRequest) -> bool:
    """Whether this session was opened with less than the person's roles want by now."""
    user: Any = request.user
    is_in = user.is_authenticated and user.is_verified()
    return is_in and wants_passkey(user, timezone.now()) and not isinstance(user.otp_device, Passkey)


def must_give_passkey(request: HttpRequest) -> bool:
    """Whether such a person has a passkey and came in with a code of the app, which therefore does not count."""
    user: Any = request.user
    return isinstance(user.otp_device, TotpDevice) and not takes_codes(user, timezone.now())
