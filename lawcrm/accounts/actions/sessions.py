"""Ending sessions."""

from django.db import transaction

from lawcrm import audit
from lawcrm.accounts.models import DeviceSession, User


def end_sessions(*, user: User, keep: str = "") -> int:
    """End all of a person's sessions but the one whose hashed key is given; answers how many."""
    count, _per_model = user.sessions.exclude(session_key=keep).delete()
    return count


def end_session(*, actor: User, session_key: str) -> int:
    """End one of one's own sessions by its hashed key."""
    with transaction.atomic():
        count, _per_model = DeviceSession.objects.filter(user=actor, session_key=session_key).delete()
        audit.record("accounts.session_ended", actor, count=count)
    return count
