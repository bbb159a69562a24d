"""What people are told about accounts: each role in words, and who asked what one would see."""

from dataclasses import dataclass
from datetime import datetime

from lawcrm import access
from lawcrm.accounts import queries
from lawcrm.accounts.models import GroupKind, User
from lawcrm.models import JournalEntry


@dataclass(frozen=True)
class Described:
    """A role with the rule for its second factor, and who holds it."""

    row: queries.RuleRow
    is_own: bool
    holders: list[str]


@dataclass(frozen=True)
class Look:
    """Somebody asked what this person would see."""

    by: str
    at: datetime


def described_roles(user: User) -> list[Described]:
    """All roles for the firm's people; for somebody from outside their own, and nobody's name."""
    held = set(user.groups.values_list("name", flat=True))
    rows = queries.factor_rules()
    if user.is_external:
        return [Described(row, is_own=True, holders=[]) for row in rows if row.name in held]
    people = User.objects.filter(is_active=True, groups__kind__kind=GroupKind.Kind.ROLE).order_by("full_name", "pk")
    holders: dict[str, list[str]] = {}
    for name, person in people.values_list("groups__name", "full_name"):
        holders.setdefault(name, []).append(person)
    return [Described(row, row.name in held, holders.get(row.name, [])) for row in rows]


def looks_at(user: User) -> list[Look]:
    """The latest twenty; the entries are about the account and in no file."""
    with access.as_system("who looked at one's own account"):
        entries = JournalEntry.objects.filter(object_type="accounts.user", object_id=user.pk, kind="accounts.seen_as")
        found = list(entries.order_by("-pk").values_list("actor_id", "at")[:20])
    names = dict(User.objects.filter(pk__in=[actor for actor, _at in found]).values_list("pk", "full_name"))
    return [Look(names.get(actor, ""), at) for actor, at in found]
