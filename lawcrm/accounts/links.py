"""Signed links for setting a password: one purpose, an end, a single use."""

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from lawcrm.accounts.models import User

LIFETIMES = {"reset": 3600, "invitation": 7 * 24 * 3600}  # seconds
SALT = "lawcrm.accounts.password-link"


def make(user: User, purpose: str) -> str:
    return signing.dumps([user.public_id.hex, _state(user, purpose)], salt=f"{SALT}.{purpose}", compress=False)


def user_of(token: str, *, lock: bool = False) -> User | None:
    """Whose link this is, or None when it is used up, too old or forged."""
    for purpose, seconds in LIFETIMES.items():
        try:
            public_id, state = signing.loads(token, salt=f"{SALT}.{purpose}", max_age=seconds)
        except (signing.BadSignature, ValueError, TypeError):
            continue
        people = User.objects.select_for_update(of=("self",)) if lock else User.objects.all()
        user = people.filter(public_id=public_id, is_active=True).first()
        if user is not None and constant_time_compare(state, _state(user, purpose)):
            return user
    return None


def _state(user: User, purpose: str) -> str:
    """Changes with the password and the last sign-in, which makes the link good for one use."""
    facts = f"{user.password}{user.last_login}{user.email}"
    return salted_hmac(f"{SALT}.{purpose}", facts, algorithm="sha256").hexdigest()[:32]
