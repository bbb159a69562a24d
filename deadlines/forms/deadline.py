"""Entering, moving and ending a deadline."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from deadlines import recurrence
from deadlines.actions.entering import Entry
from deadlines.actions.kinds import LIMITATION_RULE
from deadlines.forms.answering import WithDeputyForm
from deadlines.forms.dates import TypedDateField
from deadlines.forms.seen import SeenForm
from deadlines.models import Deadline
from deadlines.queries import computing
from lawcrm.accounts.models import User
from matters.forms.once import OnceField
from matters.models import Document, Matter

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


def time_field() -> forms.TimeField:
    """Typed, because a browser's own field follows the browser's language and may ask for AM or PM."""
    return forms.TimeField(
        label=_("Time"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "short", "autocomplete": "off"}),
        help_text=_("As in 15:00. Without one, the end of the day."),
    )


def trigger_time_field() -> forms.TimeField:
    found = time_field()
    found.label, found.help_text = _("At what time"), _("For a rule that counts hours; by the firm's clocks.")
    return found


class EntryForm(WithDeputyForm):
    """A deadline of one matter, whose team it offers."""

    field_order = (
        *("title", "rule", "trigger_on", "trigger_time", "trigger_label", "second_on"),
        *("due_on", "due_time", "kind"),
    )
    title = forms.CharField(label=_("What must be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Deadline.Kind)
    criticality = forms.ChoiceField(
        label=_("At stake"),
        choices=Deadline.Criticality,
        help_text=_("Critical: missing it can cost the case. It reminds more often."),
    )
    due_on = TypedDateField(label=_("Due on"), required=False)
    due_time = time_field()
    rule = forms.ChoiceField(
        label=_("Rule"),
        required=False,
        help_text=_("Computes the date from what set it off and shows the arithmetic. Nothing is entered yet."),
    )
    second_on = TypedDateField(
        label=_("Second date of the rule"),
        required=False,
        help_text=_("Where the rule has one, such as the day the judgment was pronounced."),
    )
    other_reason = forms.CharField(
        label=_("Why another date"), max_length=200, required=False, help_text=_("Only where it differs from the rule.")
    )
    with_pre_deadline = forms.BooleanField(label=_("Enter its pre-deadline as well"), required=False)
    trigger_on = TypedDateField(label=_("Counted from"), required=False)
    trigger_time = trigger_time_field()
    trigger_label = forms.CharField(
        label=_("What set it off"), max_length=120, required=False, help_text=_("For example: judgment served.")
    )
    repeat_unit = forms.ChoiceField(
        label=_("Comes again"),
        required=False,
        choices=[("", _("Never")), ("days", _("Days")), ("weeks", _("Weeks")), ("months", _("Months"))],
        help_text=_("Of a follow-up only. Doing one makes the next, striking one ends it."),
    )
    repeat_every = forms.IntegerField(
        label=_("Every"), required=False, min_value=1, max_value=recurrence.MOST, initial=1
    )
    repeat_until = TypedDateField(label=_("Until"), required=False, help_text=_("Else until the matter is closed."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False, max_length=5000)

    def __init__(self, *args: Any, user: User, matter: Matter, today: date, **options: Any) -> None:
        super().__init__(*args, matter=matter, today=today, **options)
        self.fields["once"] = OnceField(user.pk)
        self.today = today
        self.computed: computing.Computed | None = None
        rule = self.fields["rule"]
        assert isinstance(rule, forms.ChoiceField)  # noqa: S101 - for the types
        rule.choices = [("", _("None: the date is known")), *computing.offered(matter)]

    def clean_due_on(self) -> date | None:
        due_on = self.cleaned_data["due_on"]
        return plausible(due_on) if due_on else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("rule"):
            self._compute(data)
        elif "due_on" in data and data["due_on"] is None:
            self.add_error("due_on", _t("Give the date, or a rule and what set it off."))
        self._check_repeat(data)
        trigger, due = data.get("trigger_on"), data.get("due_on")
        # A rule may count back from a hearing.
        if trigger and due and trigger > due and not data.get("rule"):
            self.add_error("trigger_on", _t("This is after the deadline itself. Check both dates."))
        return data

    def _check_repeat(self, data: dict[str, Any]) -> None:
        if not data.get("repeat_unit") or data.get("due_on") is None:
            return
        if data.get("kind") != Deadline.Kind.FOLLOW_UP:
            self.add_error("repeat_unit", _t("Only a follow-up comes again."))
        if data.get("repeat_until") and data["repeat_until"] <= data["due_on"]:
            self.add_error("repeat_until", _t("This is not after the first day."))

    def _repeat(self, data: dict[str, Any]) -> str:
        unit, amount, until = data.pop("repeat_unit"), data.pop("repeat_every"), data.pop("repeat_until")
        return recurrence.rule_of(amount or 1, unit, data["due_on"], until) if unit else ""

    def _compute(self, data: dict[str, Any]) -> None:
        if data.get("trigger_on") is None:
            if "trigger_on" in data:
                self.add_error("trigger_on", _t("The rule counts from a date: give it."))
            return
        if "trigger_time" not in data:
            return
        counted_from = computing.trigger(data["trigger_on"], data["trigger_time"])
        try:
            ground = computing.Ground(today=self.today)
            self.computed = computing.computed(self.matter, data["rule"], counted_from, data.get("second_on"), ground)
        except computing.BadTrigger as why:
            self.add_error("trigger_time", str(why))
            return
        except computing.CannotCompute as why:
            self.add_error("rule", str(why))
            return
        if not self.asks_to_compute and data.get("due_on"):
            self._require_reason(self.computed, data)

    def _require_reason(self, found: computing.Computed, data: dict[str, Any]) -> None:
        """For a date that is not the rule's."""
        is_same = computing.is_as_computed(found, data["due_on"], data.get("due_time"))
        if is_same or data.get("other_reason", "").strip():
            return
        day = date_format(found.due_on, "j F Y")
        words = {"day": f"{day} {found.due_time:%H:%M}" if found.due_time else day}
        self.add_error("other_reason", _t("The rule gives %(day)s. Say why it is another date.") % words)

    @property
    def asks_to_compute(self) -> bool:
        return "compute" in self.data

    @property
    def wants_preview(self) -> bool:
        """A rule was chosen and its date not seen yet: it is shown before it is entered."""
        return self.computed is not None and (self.asks_to_compute or not self.cleaned_data.get("due_on"))

    def with_computed(self) -> None:
        """The date of the rule and what follows from it, in the fields they belong to."""
        assert self.computed is not None  # noqa: S101 - for the types
        said: dict[str, Any] = {
            "due_on": self.computed.due_on.isoformat(),
            "criticality": "normal" if self.computed.at_stake == Deadline.Criticality.NORMAL else "critical",
            "trigger_label": self.data.get("trigger_label") or self.computed.trigger[:120],
        }
        if self.computed.due_time:
            said["due_time"] = f"{self.computed.due_time:%H:%M}"
        if self.computed.at_stake == LIMITATION_RULE:
            said["kind"] = Deadline.Kind.LIMITATION.value
        if self.computed.pre_deadline:
            said["with_pre_deadline"] = "on"
        self.data = {**self.data.dict(), **said} if isinstance(self.data, QueryDict) else {**self.data, **said}

    def entry(self) -> Entry:
        data = dict(self.cleaned_data)
        kind, criticality = Deadline.Kind(data["kind"]), Deadline.Criticality(data["criticality"])
        wanted, reason = data.pop("with_pre_deadline"), data.pop("other_reason")
        data.pop("rule")
        second_on = data.pop("second_on")
        data["repeat"] = self._repeat(data)
        if (found := self.computed) is not None:
            data |= {
                "rule_code": found.code,
                "at_stake": found.at_stake,
                "second_on": second_on,
                "from_draft": found.is_draft,
                "computed_on": found.due_on,
                "computed_time": found.due_time,
                "latest_on": found.latest_on,
                "trace": computing.differing(found, data["due_on"], data["due_time"], reason),
                "pre_deadline": found.pre_deadline if wanted else None,
            }
        return Entry(**{**data, "matter": self.matter, "kind": kind, "criticality": criticality})


def plausible(due_on: date) -> date:
    if not EARLIEST <= due_on <= LATEST:
        raise ValidationError(_t("Check the year: %(year)d cannot be right.") % {"year": due_on.year})
    return due_on


class ConfirmForm(SeenForm):
    checked_statute = forms.BooleanField(required=False)


class MoveForm(SeenForm):
    due_on = TypedDateField(label=_("New date"))
    due_time = time_field()
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For example: extended by the court."))

    def clean_due_on(self) -> date:
        return plausible(self.cleaned_data["due_on"])


class TriggerForm(SeenForm):
    """For a date that follows from a rule."""

    trigger_on = TypedDateField(label=_("Counted from"))
    trigger_time = trigger_time_field()
    second_on = TypedDateField(label=_("Second date of the rule"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For example: served two days later."))

    def clean_trigger_on(self) -> date:
        return plausible(self.cleaned_data["trigger_on"])


class AcceptForm(SeenForm):
    """The two dates the person saw."""

    proposed = forms.DateField(widget=forms.HiddenInput(), input_formats=["%Y-%m-%d"])
    proposed_time = forms.TimeField(widget=forms.HiddenInput(), input_formats=["%H:%M"], required=False)


class DeclineForm(SeenForm):
    reason = forms.CharField(label=_("Why the date stands"), max_length=200)


class DocumentField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def evidence_field() -> DocumentField:
    return DocumentField(
        Document.objects.none(),
        label=_("Evidence"),
        required=False,
        empty_label=_("None"),
        help_text=_("A document of the matter."),
    )


def offer(form: forms.Form, documents: Any) -> None:
    field = form.fields["evidence"]
    assert isinstance(field, DocumentField)  # noqa: S101 - for the types
    field.queryset = documents


class DoneForm(SeenForm):
    reason = forms.CharField(label=_("How it was met"), max_length=200, help_text=_("For example: sent by beA, 14:02."))
    evidence = evidence_field()
    receipt = forms.CharField(
        label=_("Receipt"),
        max_length=200,
        required=False,
        help_text=_(
            "Number and time of the receipt, where no document shows it. A critical deadline needs one of both."
        ),
    )

    def __init__(self, *args: Any, documents: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, documents)


class ReopenForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For example: the fax did not go through."))


class AskExtensionForm(SeenForm):
    until_on = TypedDateField(label=_("Hoped-for date"))
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("As it was given to the court."))

    def clean_until_on(self) -> date:
        return plausible(self.cleaned_data["until_on"])


class ExtensionAnswerForm(SeenForm):
    granted = forms.ChoiceField(
        label=_("The court"),
        choices=[("yes", _("granted it")), ("no", _("declined it"))],
        widget=forms.RadioSelect,
    )
    until_on = TypedDateField(label=_("Granted until"), required=False)
    answer = forms.CharField(
        label=_("What it said"), max_length=200, required=False, help_text=_("For example: order of 4 March, by beA.")
    )
    evidence = evidence_field()

    def __init__(self, *args: Any, documents: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, documents)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("granted") == "yes" and not data.get("until_on") and "until_on" not in self.errors:
            self.add_error("until_on", _t("Say until when."))
        if data.get("until_on"):
            plausible(data["until_on"])
        return data


class StrikeForm(SeenForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class FilterForm(forms.Form):
    """What the list shows; all of it may stand in the address."""

    who = forms.ChoiceField(label=_("Whose"), choices=[("", _("All I may see")), ("mine", _("Mine"))], required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("Open")),
            ("unconfirmed", _("Unconfirmed")),
            ("overdue", _("Overdue")),
            ("unchecked", _("Done, to be checked")),
            ("ended", _("Done or struck")),
        ],
        required=False,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Every kind")), *Deadline.Kind.choices], required=False)

    def chosen(self) -> dict[str, str]:
        """Only what is a known choice; anything else in the address is as if it were not there."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
