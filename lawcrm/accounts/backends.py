"""Who may do what by role; whether a row is seen at all is never decided here."""

from contextlib import AbstractContextManager, nullcontext
from copy import copy
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from guardian.backends import ObjectPermissionBackend

from lawcrm import access
from lawcrm.accounts import factor_rules
from lawcrm.accounts.models import User
from lawcrm.accounts.models.people import held_by_role
from lawcrm.prepared import Prepared


class WallBackend:
    """Stands first: a row the person does not see now gives no permission, whatever grant another backend knows of."""

    def authenticate(self, _request: Any, **_credentials: object) -> None:
        return None

    def has_perm(self, user: Any, _permission: str, obj: Any = None) -> bool:
        """Asked of the database, because a wall may stand since the object was loaded."""
        if obj is None or not getattr(obj, "need_to_know", None):
            return False
        with access.as_user(user):
            if not type(obj)._default_manager.filter(pk=obj.pk).exists():
                raise PermissionDenied
        return False


class GrantBackend(ObjectPermissionBackend):
    """Grants on objects as guardian keeps them, without its shortcut that gives superusers everything.

    Read as the person they are given to: grants are as hidden as what they open.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        with _seen_by(user_obj):
            return bool(super().has_perm(_without_shortcut(user_obj), perm, obj))

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        with _seen_by(user_obj):
            return set(super().get_all_permissions(_without_shortcut(user_obj), obj))


def _seen_by(user: Any) -> AbstractContextManager[object]:
    viewer = access.current()
    is_looking = viewer is not None and viewer.user_id == user.pk and not viewer.system
    return nullcontext() if is_looking else access.as_user(user)


def _without_shortcut(user: Any) -> Any:
    plain = copy(user)
    plain.is_superuser = False
    return plain


def _of_request(*, user: int) -> QuerySet[User]:
    return User.objects.annotate(passkey_due=factor_rules.due(), held_codes=held_by_role()).filter(pk=user)


_OF_REQUEST = Prepared(_of_request)


class RoleBackend(ModelBackend):
    """Sign-in by e-mail address, permissions by role and never by object."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Also asked at every request, so that an account ends on its day without a job."""
        return bool(user.is_active and not user.has_ended)

    def get_user(self, user_id: Any) -> Any:
        """With what the person's roles hold and from when they want a passkey, so that no request asks twice."""
        found = _OF_REQUEST.first(user=int(user_id))
        return found if found is not None and self.user_can_authenticate(found) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return set()
        return set(user_obj.role_permissions())

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:  # noqa: ARG002
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)
