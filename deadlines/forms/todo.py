"""Adding a task."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deadlines.forms.answering import AnsweringForm
from deadlines.forms.dates import TypedDateField
from lawcrm.accounts.models import User
from matters.forms.once import OnceField
from matters.models import Matter


class GivenForm(AnsweringForm):
    """Nobody is reminded of a task: it stands with whom it is for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"].label = _("For")
        self.fields["group"].help_text = _("Everybody of it who sees the matter has it among their tasks.")


class TaskForm(GivenForm):
    field_order = ("title",)
    title = forms.CharField(label=_("What to do"), max_length=200)
    due_on = TypedDateField(label=_("By"), required=False)

    def __init__(self, *args: Any, user: User, matter: Matter, today: date, **options: Any) -> None:
        super().__init__(*args, matter=matter, today=today, **options)
        self.fields["once"] = OnceField(user.pk)
