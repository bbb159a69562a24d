"""What administrators manage: staff, roles, resets of second factors; content is not registered."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcrm import audit
from lawcrm.accounts import queries
from lawcrm.accounts.actions import account_changes, staff
from lawcrm.accounts.actions.sessions import end_sessions_of
from lawcrm.accounts.forms import ProfileForm
from lawcrm.accounts.models import AccountChange, GroupKind, Passkey, TotpDevice, User
from lawcrm.accounts.roles import ROLES
from lawcrm.sign_in import needs_step_up_to_send


class Unlogged(admin.ModelAdmin):  # type: ignore[type-arg]
    """Our own journal records what happened; Django's log would keep a second account of it."""

    def log_addition(self, *_facts: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, *_facts: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, *_facts: Any) -> None:  # type: ignore[override]
        pass

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class Sensitive(Unlogged):
    """Sending anything from these pages asks for the second factor again when it was given a while ago."""

    @needs_step_up_to_send
    def add_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().add_view(*args, **kwargs)

    @needs_step_up_to_send
    def change_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().change_view(*args, **kwargs)

    @needs_step_up_to_send
    def changelist_view(self, *args: Any, **kwargs: Any) -> Any:
        return super().changelist_view(*args, **kwargs)


class ReasonedAction(ActionForm):
    """Why something is done to the people chosen."""

    reason = forms.CharField(label=gettext_lazy("Reason:"), max_length=200, required=False)


class StaffForm(ProfileForm):
    """Roles are a field of their own, so that saving cannot touch practice groups."""

    roles = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Roles"),
        queryset=Group.objects.filter(kind__kind=GroupKind.Kind.ROLE).select_related("kind").order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta(ProfileForm.Meta):
        fields: tuple[str, ...] = ("email", "full_name", "initials", "language", "time_zone", "is_external", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["roles"] = self.instance.groups.filter(kind__kind=GroupKind.Kind.ROLE)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is an account with this address already."))
        return email

    def clean(self) -> dict[str, Any]:
        """People from outside have an end and the roles made for them; a later end is not the administrator's."""
        values: dict[str, Any] = super().clean() or {}
        outside = self.instance.is_external if self.instance.pk else bool(values.get("is_external"))
        if any(group.kind.for_externals is not outside for group in values.get("roles", ())):
            self.add_error(
                "roles", _("People from outside hold the roles made for them, the firm's people the others.")
            )
        if outside and "ends_on" not in self.errors:
            self._check_end(values.get("ends_on"))
        return values

    def _check_end(self, ends_on: date | None) -> None:
        before = self.initial.get("ends_on") if self.instance.pk else None
        if before and ends_on and ends_on > before:
            self.add_error(
                "ends_on", _("The responsible partner of a matter extends it, with a reason, on the matter.")
            )
        elif ends_on != before:
            try:
                staff.check_end(ends_on, timezone.now())
            except staff.EndTooFar as refusal:
                self.add_error("ends_on", str(refusal))


@admin.register(User)
class StaffAdmin(Sensitive):
    """Accounts. Passwords and second factors are the person's own; no form here shows or sets them."""

    form = StaffForm
    list_display = ("full_name", "email", "roles", "is_active", "has_factor", "last_login", "ends_on")
    list_filter = ("is_active", "is_external")
    search_fields = ("full_name", "email")
    ordering = ("full_name",)
    action_form = ReasonedAction
    actions = ("send_password_link", "sign_out", "ask_factor_reset", "end_access", "reactivate")
    readonly_fields = ("is_active", "has_factor", "last_login", "joined_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        app = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        passkey = Passkey.objects.filter(user=OuterRef("pk"), confirmed=True, copied_at=None)
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(factor=Exists(app) | Exists(passkey)).prefetch_related("groups")

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        written = ("email", "full_name", "initials", "language", "time_zone", "is_external", "ends_on", "roles")
        return (*written, *self.readonly_fields) if obj else written

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The sign-in address stays once it is given: whoever could change it could take the account."""
        return ("email", "is_external", *self.readonly_fields) if obj else ()

    @admin.display(description=gettext_lazy("Roles"))
    def roles(self, user: User) -> str:
        return queries.role_names(user)

    @admin.display(description=gettext_lazy("Second factor"), boolean=True)
    def has_factor(self, user: User) -> bool:
        return bool(getattr(user, "factor", False))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        actor: Any = request.user
        if change:
            staff.change_facts(actor=actor, user=obj, fields=[name for name in form.changed_data if name != "roles"])
        else:
            staff.invite(actor=actor, user=obj, now=timezone.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        actor: Any = request.user
        try:
            roles = list(form.cleaned_data["roles"])
            staff.give_roles(
                actor=actor, user=form.instance, roles=roles, reason="changed in the administration", now=timezone.now()
            )
        except staff.OwnAccount as refusal:
            messages.error(request, str(refusal))

    @admin.action(permissions=["change"], description=gettext_lazy("Ask for a link for a new password"))
    def send_password_link(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, account_changes.ask, kind=AccountChange.Kind.PASSWORD)

    @admin.action(permissions=["change"], description=gettext_lazy("Sign out on all devices"))
    def sign_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor: Any = request.user
        for user in users:
            end_sessions_of(actor=actor, user=user)
        messages.success(request, _("Signed out. They can sign in again."))

    @admin.action(permissions=["change"], description=gettext_lazy("Ask for the reset of a second factor"))
    def ask_factor_reset(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, account_changes.ask, kind=AccountChange.Kind.FACTOR)

    @admin.action(permissions=["change"], description=gettext_lazy("End access"))
    def end_access(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users, staff.end_access)

    @admin.action(permissions=["change"], description=gettext_lazy("Open the account again"))
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._each(request, users.filter(is_active=False), staff.reactivate)

    def _each(self, request: HttpRequest, users: QuerySet[User], act: Any, **facts: Any) -> None:
        """The reason stands beside the action; without one nothing is done."""
        actor: Any = request.user
        reason = request.POST.get("reason", "").strip()
        done = 0
        for user in users:
            try:
                act(actor=actor, user=user, reason=reason, now=timezone.now(), **facts)
            except audit.Refused as refusal:
                messages.error(request, str(refusal))
            else:
                done += 1
        if done:
            messages.success(request, _("Done."))


def _sentences(said: Iterable[Any]) -> str:
    return ". ".join(map(str, said)) + "."


@admin.register(Group)
class GroupAdmin(Unlogged):
    """Roles and practice groups, to read. Roles are given on the person; sight is given on the matter."""

    list_display = ("label", "kind", "members")
    fields = readonly_fields = ("label", "kind", "about", "members", "may", "may_not", "rights")
    ordering = ("kind__kind", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).select_related("kind").prefetch_related("user_set")

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("Name"))
    def label(self, group: Group) -> str:
        return str(ROLES[group.name].name) if group.name in ROLES else group.name

    @admin.display(description=gettext_lazy("Kind"))
    def kind(self, group: Group) -> str:
        return str(group.kind.get_kind_display()) if hasattr(group, "kind") else ""

    @admin.display(description=gettext_lazy("Members"))
    def members(self, group: Group) -> str:
        return ", ".join(user.full_name for user in group.user_set.all() if user.is_active)

    @admin.display(description=gettext_lazy("What it is for"))
    def about(self, group: Group) -> str:
        return str(ROLES[group.name].about) if group.name in ROLES else ""

    @admin.display(description=gettext_lazy("What it may do"))
    def may(self, group: Group) -> str:
        return _sentences(ROLES[group.name].may) if group.name in ROLES else ""

    @admin.display(description=gettext_lazy("What it may not do"))
    def may_not(self, group: Group) -> str:
        return _sentences(ROLES[group.name].may_not) if group.name in ROLES else ""

    @admin.display(description=gettext_lazy("Permissions"))
    def rights(self, group: Group) -> str:
        """As the program calls them, for whoever compares."""
        held = group.permissions.order_by("content_type__app_label", "codename")
        return ", ".join(f"{app}.{code}" for app, code in held.values_list("content_type__app_label", "codename"))


@admin.register(AccountChange)
class AccountChangeAdmin(Sensitive):
    """Changes that wait for a second administrator, and those that were."""

    list_display = (
        "person",
        "kind",
        "asked_by_name",
        "asked_at",
        "confirmed_by_name",
        "confirmed_at",
        "due_at",
        "done_at",
        "stopped_at",
    )
    list_select_related = ("user", "asked_by", "confirmed_by")
    ordering = ("-asked_at",)
    actions = ("confirm",)
    list_display_links = None

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Confirmed from the list, never edited."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description=gettext_lazy("Person"))
    def person(self, reset: AccountChange) -> str:
        return reset.user.full_name

    @admin.display(description=gettext_lazy("Asked by"))
    def asked_by_name(self, reset: AccountChange) -> str:
        return reset.asked_by.full_name

    @admin.display(description=gettext_lazy("Confirmed by"))
    def confirmed_by_name(self, reset: AccountChange) -> str:
        return reset.confirmed_by.full_name if reset.confirmed_by else ""

    @admin.action(permissions=["change"], description=gettext_lazy("Confirm as the second administrator"))
    def confirm(self, request: HttpRequest, resets: QuerySet[AccountChange]) -> None:
        actor: Any = request.user
        for reset in resets:
            try:
                account_changes.confirm(actor=actor, change=reset, now=timezone.now())
            except audit.Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Confirmed. It goes to the person alone."))
