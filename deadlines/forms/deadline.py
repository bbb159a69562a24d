"""Entering, moving and ending a deadline."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from deadlines.actions.entering import Entry
from deadlines.forms.dates import TypedDateField
from deadlines.models import Deadline
from deadlines.queries import team
from lawcrm.accounts.models import User
from matters.forms.once import OnceField
from matters.models import Document, Matter

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    """Members of staff by name; the model's own word for them is a number."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


def time_field() -> forms.TimeField:
    """Typed, because a browser's own field follows the browser's language and may ask for AM or PM."""
    return forms.TimeField(
        label=_("Time"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H"],
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "short", "autocomplete": "off"}),
        help_text=_("As in 15:00. Without one, the end of the day."),
    )


class EntryForm(forms.Form):
    """A deadline of one matter, whose team it offers."""

    title = forms.CharField(label=_("What must be done"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Deadline.Kind)
    criticality = forms.ChoiceField(
        label=_("At stake"),
        choices=Deadline.Criticality,
        help_text=_("Critical: missing it can cost the case. It reminds more often."),
    )
    due_on = TypedDateField(label=_("Due on"))
    due_time = time_field()
    trigger_on = TypedDateField(label=_("Counted from"), required=False)
    trigger_label = forms.CharField(
        label=_("What set it off"), max_length=120, required=False, help_text=_("For example: judgment served.")
    )
    assignee = PersonField(User.objects.none(), label=_("Responsible"))
    deputy = PersonField(
        User.objects.none(),
        label=_("Deputy"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Is reminded as well."),
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False, max_length=5000)

    def __init__(self, *args: Any, user: User, matter: Matter, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["once"] = OnceField(user.pk)
        self.matter = matter
        people = team.team_of(matter, today)
        for name in ("assignee", "deputy"):
            field = self.fields[name]
            assert isinstance(field, PersonField)  # noqa: S101 - for the types
            field.queryset = people

    def clean_due_on(self) -> date:
        return plausible(self.cleaned_data["due_on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("deputy") and data["deputy"] == data.get("assignee"):
            self.add_error("deputy", _t("The deputy is somebody else than the person responsible."))
        trigger, due = data.get("trigger_on"), data.get("due_on")
        if trigger and due and trigger > due:
            self.add_error("trigger_on", _t("This is after the deadline itself. Check both dates."))
        return data

    def entry(self) -> Entry:
        data = self.cleaned_data
        kind, criticality = Deadline.Kind(data["kind"]), Deadline.Criticality(data["criticality"])
        return Entry(**{**data, "matter": self.matter, "kind": kind, "criticality": criticality})


def plausible(due_on: date) -> date:
    if not EARLIEST <= due_on <= LATEST:
        raise ValidationError(_t("Check the year: %(year)d cannot be right.") % {"year": due_on.year})
    return due_on


class SeenForm(forms.Form):
    """Carries the date the person saw, so that nobody decides about another one."""

    seen = forms.DateField(widget=forms.HiddenInput(), input_formats=["%Y-%m-%d"])


class MoveForm(SeenForm):
    due_on = TypedDateField(label=_("New date"))
    due_time = time_field()
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For example: extended by the court."))

    def clean_due_on(self) -> date:
        return plausible(self.cleaned_data["due_on"])


class DocumentField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class DoneForm(SeenForm):
    reason = forms.CharField(label=_("How it was met"), max_length=200, help_text=_("For example: sent by beA, 14:02."))
    evidence = DocumentField(
        Document.objects.none(),
        label=_("Evidence"),
        required=False,
        empty_label=_("None"),
        help_text=_("A document of the matter."),
    )

    def __init__(self, *args: Any, documents: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["evidence"]
        assert isinstance(field, DocumentField)  # noqa: S101 - for the types
        field.queryset = documents


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
            ("ended", _("Done or struck")),
        ],
        required=False,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Every kind")), *Deadline.Kind.choices], required=False)

    def chosen(self) -> dict[str, str]:
        """Only what is a known choice; anything else in the address is as if it were not there."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
