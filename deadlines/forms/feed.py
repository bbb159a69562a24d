"""A calendar for one device."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    name = forms.CharField(
        label=_("For which device"), max_length=60, help_text=_("So that you know later which one to revoke.")
    )
    with_titles = forms.BooleanField(
        label=_("Also show what must be done"),
        required=False,
        help_text=_(
            "Otherwise only kind, date and matter number. What must be done often names people; it is then on the"
            " device and with whoever runs the calendar."
        ),
    )
