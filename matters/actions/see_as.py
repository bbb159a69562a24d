"""Asking what a person would see: recorded about that person, who is shown it."""

from datetime import datetime

from lawcrm import audit
from lawcrm.accounts.models import User
from matters.queries import see_as


@audit.attempt("accounts.seen_as", on="person")
def ask(*, actor: User, person: User, number: str, now: datetime) -> tuple[see_as.Seen, see_as.Answer | None]:  # noqa: ARG001
    """Counts and numbers; with a number also whether the person sees that matter and how."""
    seen = see_as.seen_by(person)
    told = see_as.answer(person, number) if number else None
    audit.record("accounts.seen_as", person, about_one_matter=told is not None)
    return seen, told
