"""Who answers for an entry of the book, as forms ask for it: a person or a practice group."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from deadlines.queries import team
from lawcrm.accounts.models import User
from matters.models import Matter


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when run
    """Members of staff by name; the model's own word for them is a number."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class AnsweringForm(forms.Form):
    """Offers those who see the matter, and groups of which somebody does."""

    assignee = PersonField(
        User.objects.none(), label=_("Responsible"), required=False, empty_label=_("A practice group")
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label=_("Or a practice group"),
        required=False,
        empty_label=_("None"),
        help_text=_("Everybody of it who sees the matter is reminded and may acknowledge."),
    )

    def __init__(self, *args: Any, matter: Matter, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.matter = matter
        self.offer("group", team.groups_of(matter, today))
        self.offer("assignee", team.team_of(matter, today))

    def offer(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the types
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Whoever leaves the lawyer standing and picks a group means the group: that is asked, not guessed."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("assignee") is None and data.get("group") is None and "assignee" in data and "group" in data:
            self.add_error("assignee", _t("Somebody answers for it: choose a person or a practice group."))
        if data.get("assignee") and data.get("group"):
            self.add_error("group", _t("Either a person answers for it or a practice group: choose one of both."))
        return data


class WithDeputyForm(AnsweringForm):
    deputy = PersonField(
        User.objects.none(),
        label=_("Deputy"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Is reminded as well."),
    )

    def __init__(self, *args: Any, matter: Matter, today: date, **options: Any) -> None:
        super().__init__(*args, matter=matter, today=today, **options)
        self.offer("deputy", team.team_of(matter, today))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("deputy") and data["deputy"] == data.get("assignee"):
            self.add_error("deputy", _t("The deputy is somebody else than the person responsible."))
        return data
