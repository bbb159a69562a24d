"""Entering an absence."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from deadlines.forms.answering import PersonField
from deadlines.forms.dates import TypedDateField
from deadlines.forms.deadline import plausible
from deadlines.queries import team
from lawcrm.accounts.models import User


class AbsenceForm(forms.Form):
    """`for_others` offers everybody at work; otherwise it is one's own."""

    person = PersonField(User.objects.none(), label=_("Who is away"))
    first_on = TypedDateField(label=_("First day"))
    last_on = TypedDateField(label=_("Last day"))
    deputy = PersonField(
        User.objects.none(),
        label=_("Stands in"),
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("Is told of deadlines in matters they see. Else the lawyer responsible for the matter is."),
    )

    def __init__(self, *args: Any, user: User, for_others: bool, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        people = team.at_work(today).filter(is_external=False).order_by("full_name", "pk")
        for name, rows in (("person", people), ("deputy", people)):
            field = self.fields[name]
            assert isinstance(field, PersonField)  # noqa: S101 - for the types
            field.queryset = rows
        if not for_others:
            del self.fields["person"]
        self.user = user

    def clean_first_on(self) -> date:
        return plausible(self.cleaned_data["first_on"])

    def clean_last_on(self) -> date:
        return plausible(self.cleaned_data["last_on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data.setdefault("person", self.user)
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _t("The last day lies before the first."))
        if data.get("deputy") and data["deputy"] == data["person"]:
            self.add_error("deputy", _t("Somebody else has to stand in."))
        return data
