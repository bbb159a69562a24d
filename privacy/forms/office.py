"""Input of the privacy office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcrm import access
from lawcrm.firm import typed_number
from matters.models import Matter


class HoldForm(forms.Form):
    """The officer names the matter by its number, since they need not see it."""

    matter_number = forms.CharField(label=_("Matter number"), max_length=20)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("For example the proceedings or the authority's request.")
    )

    def clean_matter_number(self) -> Matter:
        number = typed_number(self.cleaned_data["matter_number"])
        with access.as_system("hold by number"):
            matter = Matter.objects.filter(number=number).first()
        if matter is None:
            raise forms.ValidationError(_("There is no matter with this number."))
        return matter


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class LiftForm(ReasonForm):
    person_told = forms.BooleanField(
        label=_("The person has been told"), required=False, help_text=_("Art. 18 (3) GDPR asks for it first.")
    )
