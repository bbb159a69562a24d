"""What is asked when a task becomes a deadline, or a deadline a task."""

from django import forms
from django.utils.translation import gettext_lazy as _

from deadlines.forms.deadline import EntryForm
from deadlines.forms.seen import SeenForm
from deadlines.forms.todo import TaskForm


class BecomesDeadlineForm(EntryForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Why this cannot simply be done. It is kept in the journal.")
    )


class BecomesTaskForm(TaskForm, SeenForm):
    """The title stays that of the deadline."""

    title = None  # type: ignore[assignment]
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Why nobody need be reminded of it as of a deadline.")
    )
