"""Sessions in a table of our own: hashed keys, an idle and an absolute limit, ended by deleting the row."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from lawcrm.prepared import Prepared

SIGNED_IN_AT = "signed_in_at"
DEVICE = "device"
# Time to type a code, or to set up the second factor for the first time.
HALF_SIGNED_IN = timedelta(minutes=15)
TOUCH_EVERY = timedelta(minutes=1)


def hashed(session_key: str) -> str:
    """Session keys have over 128 bits of chance, so a plain hash is enough."""
    return sha256(session_key.encode()).hexdigest()


class SessionStore(DatabaseStore):
    """Keeps the hash of the key; the row's end date is the nearer of the two limits."""

    row: Any = None
    # Of the untyped base class.
    _session: dict[str, Any]
    _get_or_create_session_key: Callable[[], str]

    @classmethod
    def get_model_class(cls) -> Any:
        from lawcrm.accounts.models import DeviceSession

        return DeviceSession

    def load(self) -> dict[str, Any]:
        self.row = _AT.first(key=hashed(self.session_key or ""), now=timezone.now())
        if self.row is None:
            self._session_key = None
            return {}
        return self.decode(self.row.session_data)

    def exists(self, session_key: str | None) -> bool:
        return bool(self.get_model_class().objects.filter(session_key=hashed(session_key or "")).exists())

    def create_model_instance(self, data: Any) -> Any:
        now = timezone.now()
        return self.get_model_class()(
            session_key=hashed(self._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=end_of(data, now),
            user_id=data.get(SESSION_KEY),
            device=data.get(DEVICE, ""),
            verified=DEVICE_ID_SESSION_KEY in data,
            created_at=began(data, now),
            last_seen_at=now,
        )

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            self.get_model_class().objects.filter(session_key=hashed(key)).delete()

    def get_expiry_date(self, **_kwargs: Any) -> datetime:
        return end_of(self._session, timezone.now())

    def get_expiry_age(self, **_kwargs: Any) -> int:
        """Seconds left if nothing more is done."""
        return int((self.get_expiry_date() - timezone.now()).total_seconds())

    def take(self, name: str) -> Any:
        """Remove a value for good and answer it; of several requests at once only one gets it."""
        self.pop(name, None)
        with transaction.atomic():
            row = self.get_model_class().objects.select_for_update().filter(pk=hashed(self.session_key or "")).first()
            if row is None:
                return None
            stored = self.decode(row.session_data)
            value = stored.pop(name, None)
            row.session_data = self.encode(stored)
            row.save(update_fields=["session_data"])
        return value

    def touch(self, now: datetime) -> None:
        """Note the use, at most once a minute."""
        if self.row is not None and now - self.row.last_seen_at >= TOUCH_EVERY:
            end = end_of(self._session, now)
            self.get_model_class().objects.filter(pk=self.row.pk).update(last_seen_at=now, expire_date=end)


def _at(*, key: str, now: datetime) -> Any:
    return SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)


_AT: Prepared[Any, Any] = Prepared(_at)


def began(data: dict[str, Any], now: datetime) -> datetime:
    at = data.get(SIGNED_IN_AT)
    return now if at is None else datetime.fromtimestamp(at, UTC)


def end_of(data: dict[str, Any], now: datetime) -> datetime:
    """When a session used now ends by itself: idle, absolute, or before the second factor was given."""
    if SESSION_KEY in data and DEVICE_ID_SESSION_KEY not in data:
        return began(data, now) + HALF_SIGNED_IN
    idle, absolute = timedelta(seconds=settings.SESSION_IDLE_AGE), timedelta(seconds=settings.SESSION_ABSOLUTE_AGE)
    return min(now + idle, began(data, now) + absolute)
