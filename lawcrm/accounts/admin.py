"""What administrators manage: staff, roles, resets of second factors; content is not registered."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcrm.accounts import notices
from lawcrm.accounts.actions import second_factor, staff
from lawcrm.accounts.forms import ProfileForm
from lawcrm.accounts.models import FactorReset, GroupKind, TotpDevice, User
from lawcrm.accounts.roles import ROLES


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


class StaffForm(ProfileForm):
    """Roles are a field of their own, so that saving cannot touch practice groups."""

    roles = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Roles"),
        queryset=Group.objects.filter(kind__kind=GroupKind.Kind.ROLE).order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta(ProfileForm.Meta):
        fields: tuple[str, ...] = ("email", "full_name", "initials", "language", "time_zone", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["roles"] = self.instance.groups.filter(kind__kind=GroupKind.Kind.ROLE)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is an account with this address already."))
        return email


@admin.register(User)
class StaffAdmin(Unlogged):
    """Accounts. Passwords and second factors are the person's own; no form here shows or sets them."""

    form = StaffForm
    list_display = ("full_name", "email", "roles", "is_active", "has_factor", "last_login", "ends_on")
    list_filter = ("is_active",)
    search_fields = ("full_name", "email")
    ordering = ("full_name",)
    actions = ("send_password_link", "ask_factor_reset", "end_access", "reactivate")
    readonly_fields = ("is_active", "has_factor", "last_login", "joined_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factor = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(factor=Exists(factor)).prefetch_related("groups")

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        written = ("email", "full_name", "initials", "language", "time_zone", "ends_on", "roles")
        return (*written, *self.readonly_fields) if obj else written

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The sign-in address stays once it is given: whoever could change it could take the account."""
        return ("email", *self.readonly_fields) if obj else ()

    @admin.display(description=gettext_lazy("Roles"))
    def roles(self, user: User) -> str:
        names = [group.name for group in user.groups.all() if group.name in ROLES]
        return ", ".join(str(ROLES[name].name) for name in names)

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
            staff.give_roles(actor=actor, user=form.instance, roles=list(form.cleaned_data["roles"]))
        except staff.OwnAccount as refusal:
            messages.error(request, str(refusal))

    @admin.action(permissions=["change"], description=gettext_lazy("Send a link for a new password"))
    def send_password_link(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users.filter(is_active=True):
            notices.password_link(user, timezone.now())
        messages.success(request, _("The links are on their way to the people themselves."))

    @admin.action(permissions=["change"], description=gettext_lazy("Ask for the reset of a second factor"))
    def ask_factor_reset(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor: Any = request.user
        self._each(
            request,
            users,
            lambda user: second_factor.ask_reset(
                actor=actor, user=user, reason="asked in the administration", now=timezone.now()
            ),
        )

    @admin.action(permissions=["change"], description=gettext_lazy("End access"))
    def end_access(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor: Any = request.user
        self._each(
            request,
            users,
            lambda user: staff.end_access(
                actor=actor, user=user, reason="ended in the administration", now=timezone.now()
            ),
        )

    @admin.action(permissions=["change"], description=gettext_lazy("Open the account again"))
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        actor: Any = request.user
        self._each(
            request,
            users.filter(is_active=False),
            lambda user: staff.reactivate(
                actor=actor, user=user, reason="opened in the administration", now=timezone.now()
            ),
        )

    def _each(self, request: HttpRequest, users: QuerySet[User], act: Any) -> None:
        done = 0
        for user in users:
            try:
                act(user)
            except (staff.OwnAccount, second_factor.ResetRefused) as refusal:
                messages.error(request, str(refusal))
            else:
                done += 1
        if done:
            messages.success(request, _("Done."))


@admin.register(Group)
class GroupAdmin(Unlogged):
    """Roles and practice groups, to read. Roles are given on the person; sight is given on the matter."""

    list_display = ("label", "kind", "members")
    fields = readonly_fields = ("label", "kind", "members", "may")
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

    @admin.display(description=gettext_lazy("What it may do"))
    def may(self, group: Group) -> str:
        return "; ".join(map(str, ROLES[group.name].may)) if group.name in ROLES else ""


@admin.register(FactorReset)
class FactorResetAdmin(Unlogged):
    """Resets that wait for a second administrator, and those that were."""

    list_display = ("person", "asked_by_name", "asked_at", "confirmed_by_name", "confirmed_at")
    list_select_related = ("user", "asked_by", "confirmed_by")
    ordering = ("-asked_at",)
    actions = ("confirm",)
    list_display_links = None

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("Person"))
    def person(self, reset: FactorReset) -> str:
        return reset.user.full_name

    @admin.display(description=gettext_lazy("Asked by"))
    def asked_by_name(self, reset: FactorReset) -> str:
        return reset.asked_by.full_name

    @admin.display(description=gettext_lazy("Confirmed by"))
    def confirmed_by_name(self, reset: FactorReset) -> str:
        return reset.confirmed_by.full_name if reset.confirmed_by else ""

    @admin.action(permissions=["change"], description=gettext_lazy("Confirm as the second administrator"))
    def confirm(self, request: HttpRequest, resets: QuerySet[FactorReset]) -> None:
        actor: Any = request.user
        for reset in resets:
            try:
                second_factor.confirm_reset(actor=actor, reset=reset, now=timezone.now())
            except second_factor.ResetRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Reset. A link for a new password is on its way to the person."))
