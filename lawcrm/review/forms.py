"""What a reviewer types: a question to the logs, a finding."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User
from lawcrm.firm import typed_number
from lawcrm.models import LogQuestion, LogReviewAnswer
from lawcrm.review import questions, telling
from lawcrm.review.asking import Asked
from lawcrm.review.kinds import Part

LONGEST = 366  # days that may be asked for at once


class NamedPerson(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class AskForm(forms.Form):
    """Sent by POST: neither people nor matters stand in an address."""

    period = forms.ChoiceField(label=_("Period"), choices=list(questions.PERIODS.items()), initial="7")
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("Until"), required=False)
    person = NamedPerson(
        label=_("Person"), queryset=User.objects.none(), to_field_name="public_id", required=False, empty_label=_("All")
    )
    matter_number = forms.CharField(label=_("Matter number"), max_length=50, required=False)
    parts = forms.MultipleChoiceField(
        label=_("What"), choices=Part.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    out_of_hours = forms.BooleanField(label=_("Only at night and on weekends"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        people.queryset = User.objects.order_by("full_name")

    def clean_matter_number(self) -> int | None:
        number = typed_number(self.cleaned_data["matter_number"])
        if not number:
            return None
        if (found := telling.matter_by_number(number)) is None:
            raise forms.ValidationError(_("There is no matter with this number."))
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if found.get("period") != "between":
            return found
        if not since or not until:
            raise forms.ValidationError(_("Name both days."))
        if not 0 <= (until - since).days < LONGEST:
            raise forms.ValidationError(_("Choose days in order, at most a year apart."))
        return found

    def kept(self) -> dict[str, Any]:
        """What a kept question remembers."""
        chosen = self.cleaned_data
        return {
            "period": chosen["period"],
            "since": chosen["since"],
            "until": chosen["until"],
            "person": chosen["person"],
            "matter_id": chosen["matter_number"],
            "parts": list(chosen["parts"]),
            "out_of_hours": chosen["out_of_hours"],
        }

    def asked(self, today: date) -> Asked:
        return questions.asked_of(LogQuestion(**self.kept()), today)

    @classmethod
    def showing(cls, question: LogQuestion) -> "AskForm":
        """The form as it was when the question was kept."""
        number = telling.matter_numbers([question.matter_id]).get(question.matter_id or 0, "")
        person = question.person.public_id if question.person else None
        plain = {name: getattr(question, name) for name in ("period", "since", "until", "parts", "out_of_hours")}
        return cls(initial={**plain, "person": person, "matter_number": number})


class KeepForm(forms.Form):
    name = forms.CharField(label=_("Name of the question"), max_length=80)
    is_shared = forms.BooleanField(
        label=_("For all who review"),
        required=False,
        help_text=_("Shared questions are asked in every monthly review."),
    )


class AnswerForm(forms.Form):
    finding = forms.ChoiceField(label=_("Finding"), choices=LogReviewAnswer.Finding.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Comment"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )


class MonthForm(forms.Form):
    """A month by any of its days."""

    month = forms.DateField()

    @classmethod
    def named_in(cls, request: HttpRequest) -> date | None:
        form = cls(request.GET)
        return form.cleaned_data["month"].replace(day=1) if form.is_valid() else None
