"""What reaches beyond the matters a person was given; an account that somebody else opened waits for it.

Else one administrator could invite two lawyers and be both of the people whom break-glass asks for.
"""

from datetime import datetime

from django.db.models import Q

FAR_REACHING = frozenset(
    {
        "deadlines.keep_docket",
        "matters.break_glass",
        "matters.review_break_glass",
        "matters.ask_takeover",
        "matters.confirm_takeover",
        "matters.review_conflicts",
        "matters.see_conflict_reasons",
        "privacy.view_plan",
        "privacy.release_plan",
        "privacy.view_certificates",
        "privacy.oversee_reviews",
        "lawcrm.view_journal",
        "lawcrm.sign_review",
        "accounts.vouch_for",
    }
)


def settled(now: datetime) -> Q:
    """Of accounts: those that wait no more."""
    return Q(powers_from=None) | Q(powers_from__lte=now)
