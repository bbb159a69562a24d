"""Who answers for an entry of the book: one person or one practice group."""

from django.contrib.auth.models import Group

from lawcrm.accounts.models import User


def name_of(person: User | None, group: Group | None) -> str:
    if person is not None:
        return person.full_name
    return group.name if group is not None else ""


def held_by(*people: int | None) -> str:
    """As a form carries it, so that nobody passes on what somebody else passed on meanwhile."""
    return ".".join(str(key or "") for key in people)
