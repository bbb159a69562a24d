"""Who may do what by role; whether a row is seen at all is never decided here."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied

from lawcrm import access


class WallBackend:
    """Stands first: a wall against the person beats every grant another backend knows of."""

    def authenticate(self, _request: Any, **_credentials: object) -> None:
        return None

    def has_perm(self, user: Any, _permission: str, obj: Any = None) -> bool:
        walled = getattr(obj, "deny", None) or ()
        if walled and set(walled) & set(access.viewer_of(user).principals):
            raise PermissionDenied
        return False


class RoleBackend(ModelBackend):
    """Sign-in by e-mail address, permissions by role."""
