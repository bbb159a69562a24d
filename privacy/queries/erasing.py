"""What the privacy office looks at: the plan, holds, certificates, and what a matter's erasure takes along."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from clients.models import Contact
from consent.models import Consent
from lawcrm import access
from matters.models import Matter, Party
from privacy.models import Certificate, ErasureItem, Hold, RetentionRule


@dataclass(frozen=True)
class Period:
    """When a closed matter may go and when it must have gone."""

    rule: RetentionRule
    may_go_on: date
    must_go_on: date


def plan() -> QuerySet[ErasureItem]:
    open_states = [ErasureItem.State.PROPOSED, ErasureItem.State.RELEASED, ErasureItem.State.HELD]
    return ErasureItem.objects.filter(state__in=open_states).order_by("due_on", "pk")


def holds_in_force() -> QuerySet[Hold]:
    return Hold.objects.filter(released_at__isnull=True).order_by("-placed_at", "-pk")


def is_held(matter_id: int) -> bool:
    return Hold.objects.filter(matter_id=matter_id, released_at__isnull=True).exists()


def certificates() -> QuerySet[Certificate]:
    return Certificate.objects.order_by("-erased_at", "-pk")


def closed_without_item() -> QuerySet[Matter]:
    """Closed matters the schedule has not yet looked at with success."""
    return Matter.objects.filter(state=Matter.State.CLOSED).exclude(pk__in=ErasureItem.objects.values("matter_ref"))


def retention_of(matter: Matter) -> Period | None:
    """The rule in force when the matter was closed, of its jurisdiction; None where the schedule has none."""
    if matter.closed_on is None:
        return None
    in_force = Q(valid_from__lte=matter.closed_on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=matter.closed_on))
    rules = RetentionRule.objects.filter(
        in_force, code=matter.matter_type.retention_code, jurisdiction=matter.jurisdiction
    )
    rule = rules.order_by("-valid_from").first()
    if rule is None:
        return None
    start = matter.closed_on
    if rule.starts == RetentionRule.Start.YEAR_END:
        start = date(start.year, 12, 31)
    return Period(rule, years_after(start, rule.floor_years), years_after(start, rule.ceiling_years))


def years_after(start: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March, never a day too early."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def contacts_only_of(matter: Matter) -> QuerySet[Contact]:
    """Parties nothing else keeps: no other matter, no consent in force, no hold, no directory entry."""
    elsewhere = Party.objects.exclude(matter=matter).values("contact_id")
    agreed = Consent.objects.filter(state=Consent.State.GIVEN).values("contact_id")
    own = Party.objects.filter(matter=matter).values("contact_id")
    return Contact.objects.filter(pk__in=own, is_directory=False, hold_count=0, restricted_at__isnull=True).exclude(
        Q(pk__in=elsewhere) | Q(pk__in=agreed)
    )


def what_goes(item: ErasureItem) -> dict[str, int]:
    """How much would be erased with a matter: numbers only, the officer need not see the matter."""
    with access.as_system("retention plan"):
        matter = Matter.objects.filter(pk=item.matter_ref).first()
        if matter is None:
            return {}
        return {
            "communications": matter.communications.count(),
            "documents": matter.documents.count(),
            "parties": matter.parties.count(),
            "contacts": contacts_only_of(matter).count(),
        }


def with_numbers(holds: list[Hold]) -> list[tuple[Hold, str]]:
    """Holds with the numbers of their matters, which the officer need not see otherwise."""
    with access.as_system("holds"):
        numbers = dict(Matter.objects.filter(pk__in=[hold.matter_id for hold in holds]).values_list("pk", "number"))
    return [(hold, numbers.get(hold.matter_id or 0, "")) for hold in holds]


def waiting_for(user_id: int) -> QuerySet[ErasureItem]:
    """Entries of the plan this person can move on: all proposed ones but those they put forward."""
    return plan().filter(state=ErasureItem.State.PROPOSED).exclude(proposed_by=user_id)
