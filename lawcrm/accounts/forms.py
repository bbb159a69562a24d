"""What people type about their accounts."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts import leaving
from lawcrm.accounts.models import AccountChange, FactorRule, GroupKind, User
from lawcrm.accounts.roles import ROLES

PASSWORD_LENGTH = 256


def rules() -> str:
    return " ".join(password_validators_help_texts())


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("One-time code"),
        max_length=30,
        help_text=_("Six digits from the authenticator app on your phone."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class EitherField(forms.CharField):
    """Not marked optional, though a passkey does instead: the form sees that one of both was given."""

    def validate(self, value: Any) -> None:
        pass


class Answer(forms.JSONField):
    """A browser's answer to a challenge for a passkey, put in by js/passkey.js."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dict[str, Any]:
        answer = super().clean(value)
        return answer if isinstance(answer, dict) and isinstance(answer.get("response"), dict) else {}


class FactorForm(forms.Form):
    """A one-time code or a passkey; which of them the person has decides what is shown."""

    code = EitherField(
        label=_("One-time code"),
        max_length=30,
        help_text=_("Six digits from the authenticator app on your phone."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )
    passkey = Answer(required=False)

    use_required_attribute = False

    def __init__(self, *args: Any, has_app: bool, has_passkey: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_app, self.has_passkey = has_app, has_passkey
        if not has_app:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not given.get("code") and not given.get("passkey"):
            raise forms.ValidationError(_("Give your second factor."))
        return given


class StepUpForm(FactorForm):
    """Its names stand among the fields of whatever is being sent, so they are nobody else's (see `prefix`)."""

    prefix = "step_up"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "has_app": True})
        code: Any = self.fields["code"]
        code.help_text = _("Six digits from the authenticator app on your phone, or a code from your printed sheet.")
        code.widget.attrs.pop("inputmode")


class NewPasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=64, help_text=_("So that you know it again: the laptop, the blue key.")
    )
    passkey = Answer()


class PasskeyNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64)


class RecoveryCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Recovery code"),
        max_length=30,
        help_text=_("One of the codes on your printed sheet, with its leading number. Each works once."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class ForgottenForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    """One field that can be shown and pasted into; a second one would only be pasted into as well."""

    password = forms.CharField(
        label=_("New password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        help_text=lazy(rules, str)(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class ConfirmPasswordForm(forms.Form):
    """Asks once more who is there, before something that matters."""

    current = forms.CharField(
        label=_("Your password"),
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ChangePasswordForm(NewPasswordForm, ConfirmPasswordForm):
    field_order = ("current", "password")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name) for name in sorted(available_timezones()) if "/" in name]
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ("full_name", "initials", "language", "time_zone")


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Staff by name; the value is the public id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(User.objects.none(), to_field_name="public_id", **options)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class SuccessorForm(forms.Form):
    """Why, and who takes over; nobody need be named."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Stays with the record and in the journal.")
    )
    successor = PersonChoice(
        label=_("Successor"),
        required=False,
        help_text=_("Takes over in matters they see already. The rest is handed over by those who manage it."),
    )

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = [person.pk for person in leaving.candidates(leaver)]
        field: Any = self.fields["successor"]
        field.queryset = User.objects.filter(pk__in=able).order_by("full_name", "pk")


class FunctionForm(SuccessorForm):
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Group.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )
    field_order = ("roles", "reason", "successor")

    def __init__(self, *args: Any, leaver: User, **kwargs: Any) -> None:
        super().__init__(*args, leaver=leaver, **kwargs)
        field: Any = self.fields["roles"]
        kind = {"kind__kind": GroupKind.Kind.ROLE, "kind__for_externals": leaver.is_external}
        field.queryset = Group.objects.filter(**kind).order_by("pk")
        field.label_from_instance = lambda group: str(ROLES[group.name].name) if group.name in ROLES else group.name
        field.initial = leaver.groups.filter(kind__kind=GroupKind.Kind.ROLE)

    def clean_roles(self) -> list[Group]:
        return list(self.cleaned_data["roles"])


class FactorRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = FactorRule
        fields: tuple[str, ...] = ("wanted", "grace_days")
        help_texts: ClassVar[dict[str, Any]] = {
            "grace_days": _("Until then people are reminded; afterwards only the page to add a passkey opens for them.")
        }


class AskChangeForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=AccountChange.Kind.choices, widget=forms.RadioSelect)
    new_email = forms.EmailField(
        label=_("New address"),
        required=False,
        help_text=_("For a new sign-in address: the person's own, not a shared one."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("How you know that the person wants it."))


class SealedCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the sealed envelope"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only where no second administrator is left. Every partner is told."),
    )
