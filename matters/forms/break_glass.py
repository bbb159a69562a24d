"""The form that asks for break-glass."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User
from lawcrm.firm import typed_number
from matters.forms.opening import PersonField
from matters.models import BreakGlassRequest
from matters.queries import break_glass


class AskForm(forms.Form):
    number = forms.CharField(
        label=_("Matter number"),
        max_length=20,
        help_text=_("You are not told whether there is such a matter: it opens, or it does not."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Read by the person who confirms, by those who answer for the matter, and by the officers."),
    )
    hours = forms.TypedChoiceField(
        label=_("For how long"),
        choices=BreakGlassRequest.Hours.choices,
        initial=BreakGlassRequest.Hours.ONE,
        coerce=int,
        help_text=_("Counts from the confirmation. It ends by itself."),
    )
    confirmer = PersonField(
        label=_("Second person"),
        queryset=User.objects.none(),
        empty_label=_("Choose"),
        help_text=_(
            "Another lawyer, who answers within two hours and does not see the matter by it. Whose account the same"
            " administrator set up as yours can be chosen once a partner has vouched for one of you."
        ),
    )

    def __init__(self, *args: Any, asker: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["confirmer"].queryset = break_glass.second_people(asker)  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        return typed_number(self.cleaned_data["number"])
