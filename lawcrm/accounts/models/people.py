"""Staff accounts: people who sign in by e-mail address."""

import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Permission, PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import OuterRef, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.reach import FAR_REACHING
from lawcrm.personal_data import PersonalData


def may(user: "User", permission: str, obj: Any = None) -> bool:
    """Whether a backend says yes before one refuses for good (a wall does)."""
    try:
        return any(backend.has_perm(user, permission, obj=obj) for backend in get_backends())
    except PermissionDenied:
        return False


def held_by_role() -> ArraySubquery:
    """The permissions ("app.codename") of a person's role groups, for User rows."""
    held = Permission.objects.filter(group__user=OuterRef("pk")).order_by().distinct()
    return ArraySubquery(held.values(code=Concat("content_type__app_label", Value("."), "codename")))


class UserManager(BaseUserManager["User"]):
    """Creates accounts; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # django-otp is untyped
    """A member of staff. Superuser rights open no matter: sight comes from grants alone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("name"), max_length=150)
    initials = models.CharField(_("initials"), max_length=5, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Copenhagen")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    ends_on = models.DateField(_("account ends on"), null=True, blank=True)
    # Counsel, translators, auditors: never in a practice group, never managing, never "the whole firm".
    is_external = models.BooleanField(_("from outside the firm"), default=False, db_default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    # The days somebody has to set up the second factor a role needs are counted from here.
    role_given_at = models.DateTimeField(null=True, editable=False)
    # Until then the roles hold nothing that reaches beyond the matters the person was given: see accounts/reach.py.
    powers_from = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    personal_data = PersonalData(
        subject="staff",
        fields={
            "email": "contact",
            "full_name": "identity",
            "initials": "identity",
            "password": "credential",
            "language": "technical",
            "time_zone": "technical",
            "last_login": "technical",
            "joined_at": "technical",
            "role_given_at": "technical",
            "powers_from": "technical",
            "ends_on": "technical",
        },
        none=["public_id", "is_active", "is_staff", "is_superuser", "is_external"],
        purpose="staff_administration",
        retention="staff",
        erase="blank",
    )

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        permissions: ClassVar[list[tuple[str, Any]]] = [
            ("see_as", "Ask what a person would see, in counts and numbers"),
            ("extend_externals", "Extend the account of somebody from outside"),
            ("vouch_for", "Vouch for a new account, which then waits no more"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Two spellings of one address would be two accounts for one mailbox.
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
            # Somebody from outside has an end, and administers nothing.
            models.CheckConstraint(
                condition=models.Q(is_external=False)
                | models.Q(ends_on__isnull=False, is_staff=False, is_superuser=False),
                name="accounts_external_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"staff {self.pk}"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """By role, and for an object as the backends say; without the shortcut that gives superusers everything.

        A page asks some eighty times without an object, of which no backend but that of the roles says anything.
        """
        if obj is None:
            return self.is_active and perm in self.role_permissions()
        return self.is_active and may(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(held.startswith(f"{app_label}.") for held in self.role_permissions())

    @property
    def has_ended(self) -> bool:
        """The account's last day is over; asked at every request, so that no job is needed."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def waits(self) -> bool:
        """Somebody else opened the account or changed how it signs in a short while ago."""
        return self.powers_from is not None and timezone.now() < self.powers_from

    @property
    def keeps_accounts(self) -> bool:
        """An administrator, whatever else they are: who can change accounts never opens what is closed."""
        return self.is_superuser or self.is_staff or "accounts.change_user" in self.role_permissions()

    @property
    def interface_language(self) -> str:
        """The person's language where pages can be shown in it, else English."""
        return self.language if self.language in dict(settings.LANGUAGES) else "en"

    def get_full_name(self) -> str:
        return self.full_name

    def role_permissions(self) -> frozenset[str]:
        """Permissions ("app.codename") of the person's role groups, without any superuser shortcut."""
        return self._role_permissions

    @cached_property
    def _role_permissions(self) -> frozenset[str]:
        known: list[str] | None = getattr(self, "held_codes", None)
        if known is None:
            known = User.objects.filter(pk=self.pk).values_list(held_by_role(), flat=True).get()
        codes = frozenset(known)
        return codes - FAR_REACHING if self.waits else codes
