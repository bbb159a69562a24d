"""Mail to staff about their own accounts, through the outbox."""

from datetime import datetime

from lawcrm.accounts.models import User


def invitation(user: User, now: datetime) -> None:
    pass


def password_link(user: User, now: datetime) -> None:
    pass


def changed(user: User, what: str, now: datetime) -> None:
    pass
