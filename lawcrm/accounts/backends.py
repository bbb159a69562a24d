"""Who may do what by role; whether a row is seen at all is never decided here."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.utils import timezone

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
    """Sign-in by e-mail address, permissions by role and never by object."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Also asked at every request, so that an account ends on its day without a job."""
        return bool(user.is_active and (user.ends_on is None or user.ends_on >= timezone.localdate()))

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return set()
        return set(user_obj.role_permissions())

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ARG002
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)
