"""Adding a task."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deadlines.forms.dates import TypedDateField
from deadlines.forms.deadline import PersonField
from deadlines.queries import team
from lawcrm.accounts.models import User
from matters.forms.once import OnceField
from matters.models import Matter


class TaskForm(forms.Form):
    title = forms.CharField(label=_("What to do"), max_length=200)
    assignee = PersonField(User.objects.none(), label=_("For"))
    due_on = TypedDateField(label=_("By"), required=False)

    def __init__(self, *args: Any, user: User, matter: Matter, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["once"] = OnceField(user.pk)
        field = self.fields["assignee"]
        assert isinstance(field, PersonField)  # noqa: S101 - for the types
        field.queryset = team.team_of(matter, today)
