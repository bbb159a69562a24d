"""Setting, changing and resetting passwords; none of it signs anyone in."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts import links, notices
from lawcrm.accounts.actions.sessions import end_sessions
from lawcrm.accounts.models import User


class LinkExpired(Exception):
    """The link is used up, too old or not ours."""

    def __init__(self) -> None:
        super().__init__(_("This link has expired or was used before. Ask for a new one."))


def ask_password_link(*, email: str, now: datetime) -> None:
    """Send a link if the address is an account's; the caller answers the same either way."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is not None:
        with transaction.atomic():
            audit.record("accounts.password_link_asked", user)
            notices.password_link(user, now)


def set_password_by_link(*, token: str, password: str, now: datetime) -> User:
    with transaction.atomic():
        user = links.user_of(token, lock=True)
        if user is None:
            raise LinkExpired
        with access.as_user(user):
            _set(user, password)
            end_sessions(user=user)
            notices.changed(user, "password", now)
    return user


def change_password(*, actor: User, password: str, keep: str, now: datetime) -> None:
    """Change one's own password; `keep` is the hashed key of the session that stays."""
    with transaction.atomic():
        _set(actor, password)
        end_sessions(user=actor, keep=keep)
        notices.changed(actor, "password", now)


def _set(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("accounts.password_changed", user)
