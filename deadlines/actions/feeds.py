"""Calendar feeds: making one, revoking it, handing out what it holds."""

import secrets
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from deadlines.models import CalendarFeed, Deadline
from deadlines.queries import feeds
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit import Event
from matters.actions.refused import Refused

MOST = 10
SESSIONS_ENDED = "accounts.sessions_ended"
SECURED = (SESSIONS_ENDED, "accounts.change_made", "accounts.passkey_copied", "accounts.password_changed")


class NotForOutsiders(Refused):
    def __init__(self) -> None:
        super().__init__(_("Calendars are for people of the firm."))


class ManyFeeds(Refused):
    def __init__(self) -> None:
        super().__init__(_("These are many calendars. Revoke one you no longer use first."))


@audit.attempt("feed.made")
def make_feed(*, actor: User, name: str, with_titles: bool, now: datetime) -> str:
    """Answers the token, which is known nowhere afterwards."""
    if not feeds.may_subscribe(actor):
        raise NotForOutsiders
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
    if feeds.live().filter(user=actor).count() >= MOST:
        raise ManyFeeds
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        user=actor, digest=feeds.digest_of(token), name=name, with_titles=with_titles, made_at=now
    )
    audit.record("feed.made", feed, with_titles=with_titles)
    return token


@audit.attempt("feed.revoked", on="feed")
def revoke_feed(*, actor: User, feed: CalendarFeed, now: datetime) -> None:
    """From the next fetch on; revoking it again changes nothing."""
    if feeds.live().filter(pk=feed.pk, user=actor).update(revoked_at=now):
        audit.record("feed.revoked", feed)


def revoke_all(user: User, _to: object, reason: str, now: datetime) -> None:
    """Of whoever leaves or no longer has the function; what made them live never comes back."""
    for feed in feeds.feeds_of(user):
        feeds.live().filter(pk=feed.pk).update(revoked_at=now)
        audit.record("feed.revoked", feed, reason=reason)


def revoke_after(event: Event) -> None:
    """Whoever secures an account anew, as after a device was lost or with a new password, closes its calendars.

    Ending one's own other sessions is no such thing.
    """
    if not isinstance(event.object, User) or (event.kind == SESSIONS_ENDED and event.actor_id == event.object.pk):
        return
    with access.as_system("the account was secured anew"):
        revoke_all(event.object, None, event.reason, timezone.now())


def hand_out(*, feed: CalendarFeed, shown: list[Deadline], mark: str, now: datetime) -> None:
    """Note the use, and as read what is new in it: each deadline once a day, however often a program asks."""
    if mark != feed.handed:
        with access.as_system("what the read log knows already"):
            known = feeds.handed_today(feed.user_id, [row.pk for row in shown], now)
        audit.read_each([row for row in shown if row.pk not in known], feeds.HANDED)
    CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=now, handed=mark)
