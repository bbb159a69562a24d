"""What is typed about consents."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Contact, ContactPoint
from consent.models import ConsentEvent, Purpose, Wording
from consent.queries import current_wordings

BY_STAFF = [channel for channel in ConsentEvent.Channel.choices if channel[0] != ConsentEvent.Channel.LINK]


class WordingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A wording by its purpose, language and version."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.purpose.name} · {obj.language} · v{obj.version}"


class RecordForm(forms.Form):
    """A consent as it was given: the wording first, since it is what people agreed to."""

    wording = WordingField(queryset=Wording.objects.none(), label=_("Agreed to"))
    channel = forms.ChoiceField(label=_("How"), choices=BY_STAFF)
    happened_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    evidence = forms.CharField(
        label=_("Where the proof is"), max_length=200, required=False, help_text=_("A file, a binder, a recording.")
    )
    confirm_to = forms.ModelChoiceField(
        queryset=ContactPoint.objects.none(),
        label=_("Confirm by e-mail to"),
        required=False,
        help_text=_("The message carries the wording and the link that withdraws the consent."),
    )

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"happened_at": timezone.localtime()})
        super().__init__(*args, **kwargs)
        usable = Wording.objects.filter(pk__in=[wording.pk for wording in current_wordings()])
        self.fields["wording"].queryset = usable.select_related("purpose")  # type: ignore[attr-defined]
        mail = ContactPoint.objects.filter(contact=contact, kind=ContactPoint.Kind.EMAIL)
        self.fields["confirm_to"].queryset = mail  # type: ignore[attr-defined]
        self.fields["confirm_to"].label_from_instance = lambda point: point.value  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    channel = forms.ChoiceField(label=_("How"), choices=BY_STAFF)
    evidence = forms.CharField(label=_("Where the proof is"), max_length=200, required=False)


class PurposeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Purpose
        fields = ("name", "code", "basis")


class NewWordingForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.SPOKEN_LANGUAGES)
    text = forms.CharField(
        label=_("Wording"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        help_text=_("In plain words: what for, by which channel, by whom, and that it can be withdrawn at any time."),
    )
