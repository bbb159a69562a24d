"""Filters of the list of matters; none of them is personal data, so that they stand in the address."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from matters.models import Matter, MatterType


class FilterForm(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    matter_type = forms.ChoiceField(label=_("Type"), required=False)
    mine = forms.ChoiceField(label=_("Responsible"), required=False, choices=[("", _("Everyone")), ("1", _("Me"))])

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        types = MatterType.objects.order_by("name").values_list("code", "name")
        self._offer("state", [("", _("All")), *Matter.State.choices])
        self._offer("matter_type", [("", _("All")), *types])

    use_required_attribute = False

    def _offer(self, field: str, choices: list[Any]) -> None:
        self.fields[field].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """What was chosen, without what is not one of the choices."""
        self.is_valid()
        for field in self.fields.values():
            field.required = True  # checked already; a filter is not marked "optional"
        return {name: value for name, value in self.cleaned_data.items() if value}
