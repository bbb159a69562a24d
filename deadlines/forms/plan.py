"""Keeping a plan and using one."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from deadlines import planning
from deadlines.actions.kinds import BY_RULE
from deadlines.forms.answering import PersonField
from deadlines.forms.dates import TypedDateField
from deadlines.forms.deadline import plausible, time_field
from deadlines.models import Deadline
from deadlines.queries import computing, team
from lawcrm.accounts.models import User
from matters.forms.once import OnceField
from matters.models import Matter, MatterType

MOST_STEPS = 40
FARTHEST = 1200


class TypeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PlanForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    trigger = forms.CharField(label=_("What sets it off"), max_length=120, help_text=_("For example: judgment served."))
    matter_type = TypeField(
        MatterType.objects.none(), label=_("Kind of matter"), required=False, empty_label=_("Every kind")
    )
    jurisdiction = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=_("Jurisdiction"),
        required=False,
        help_text=_("Two letters, such as DE. Without it the plan is offered everywhere."),
        error_messages={"invalid": _("Two letters, such as DE.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        types = self.fields["matter_type"]
        assert isinstance(types, TypeField)  # noqa: S101 - for the types
        types.queryset = MatterType.objects.filter(is_active=True).order_by("name")


class ChangeForm(forms.Form):
    """`seen` is the version the person changes."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    is_active = forms.BooleanField(label=_("In use"), required=False)


class StepForm(forms.Form):
    what = forms.ChoiceField(
        label=_("What"), choices=[(planning.TASK, _("Task")), *planning.COUNTED.items()], initial=planning.TASK
    )
    title = forms.CharField(label=_("What must be done"), max_length=180)
    rule = forms.CharField(
        label=_("Rule"), max_length=60, required=False, help_text=_("Its code, such as de.zpo.517; else the period.")
    )
    amount = forms.IntegerField(
        label=_("So long after"),
        required=False,
        min_value=-FARTHEST,
        max_value=FARTHEST,
        help_text=_("Below zero: before."),
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=planning.Unit, initial=planning.Unit.DAYS)
    hour = time_field()
    criticality = forms.ChoiceField(
        label=_("At stake"), choices=Deadline.Criticality, initial=Deadline.Criticality.NORMAL
    )
    owner = forms.ChoiceField(label=_("For"), choices=planning.Role, initial=planning.Role.RESPONSIBLE)
    deputy = forms.ChoiceField(label=_("Deputy"), choices=[("", _("Nobody")), *planning.Role.choices], required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        what, rule = data.get("what"), data.get("rule", "").strip()
        critical = data.get("criticality") == Deadline.Criticality.CRITICAL
        if rule and what not in BY_RULE:
            self.add_error("rule", _t("Only deadlines of the law are computed by a rule."))
        elif rule and rule not in _codes():
            self.add_error("rule", _t("There is no rule of this code."))
        if not rule and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _t("Give a rule, or how long after the event."))
        if what == Deadline.Kind.APPOINTMENT and data.get("hour") is None and "hour" not in self.errors:
            self.add_error("hour", _t("An appointment has an hour."))
        if what == Deadline.Kind.FOLLOW_UP and critical:
            self.add_error("criticality", _t("A follow-up is never critical."))
        if what == Deadline.Kind.LIMITATION and not critical:
            self.add_error("criticality", _t("A limitation period is always critical."))
        return data

    def step(self) -> planning.Step:
        data = self.cleaned_data
        hour: time | None = data["hour"]
        return planning.Step(
            what=data["what"],
            title=data["title"],
            owner=data["owner"],
            deputy=data["deputy"],
            rule=data["rule"].strip(),
            amount=data["amount"] or 0,
            unit=data["unit"],
            criticality=data["criticality"],
            hour=f"{hour:%H:%M}" if hour else "",
        )


def _codes() -> set[str]:
    """A plan knows the day of its event and no time."""
    return {rule.code for rule in computing.Ground().in_days}


Steps = forms.formset_factory(
    StepForm, extra=2, can_delete=True, max_num=MOST_STEPS, validate_max=True, absolute_max=MOST_STEPS + 10
)


def steps_of(formset: Any) -> list[planning.Step]:
    """In their order, without those to be taken out and without rows left as they were."""
    return [form.step() for form in formset if form.has_changed() and not form.cleaned_data.get("DELETE")]


def _plausible(day: date) -> None:
    plausible(day)


def _limit_field(trigger: str, steps: list[str]) -> TypedDateField:
    words = _t("Sets a limit to: %(steps)s. Left empty, the limit is not checked.")
    return TypedDateField(
        label=_t("Second date: %(trigger)s") % {"trigger": trigger},
        required=False,
        validators=[_plausible],
        help_text=words % {"steps": ", ".join(steps)},
    )


class UseForm(forms.Form):
    """Asks for those people only whom the plan names, and for what sets a limit to its rules."""

    trigger_on = TypedDateField(label=_("Day of the event"))
    assistant = PersonField(User.objects.none(), label=_("Assistant"))
    deputy = PersonField(User.objects.none(), label=_("Deputy"))
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        matter: Matter,
        roles: set[str],
        seconds: Mapping[str, list[str]],
        today: date,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["once"] = OnceField(user.pk)
        self.limits = {f"second_{place}": trigger for place, trigger in enumerate(seconds)}
        for name, trigger in self.limits.items():
            self.fields[name] = _limit_field(trigger, seconds[trigger])
        people = team.team_of(matter, today)
        for name in ("assistant", "deputy"):
            if name not in roles:
                del self.fields[name]
                continue
            field = self.fields[name]
            assert isinstance(field, PersonField)  # noqa: S101 - for the types
            field.queryset = people

    def clean_trigger_on(self) -> date:
        return plausible(self.cleaned_data["trigger_on"])

    @property
    def limit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.limits]

    def seconds(self) -> dict[str, date | None]:
        return {trigger: self.cleaned_data.get(name) for name, trigger in self.limits.items()}

    def people(self) -> dict[str, User | None]:
        return {name: self.cleaned_data.get(name) for name in ("assistant", "deputy")}
