"""Ending sessions: the row goes, and with the next click whoever used it."""

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


def end_sessions_of(*, actor: User, user: User, keep: str = "") -> int:  # noqa: ARG001 - the journal knows who acts
    """End a person's sessions, one's own or as an administrator another's; their content is nobody's to see."""
    with transaction.atomic():
        count = end_sessions(user=user, keep=keep)
        audit.record("accounts.sessions_ended", user, count=count)
    return count
