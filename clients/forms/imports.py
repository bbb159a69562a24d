"""Forms of an import: the file, then what to do with its good rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcrm.doors import safe_upload

MOST_BYTES = 10 * safe_upload.MEGABYTE
TABLES = ("text/csv", "text/plain")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("A table saved as CSV, up to 10 MB and 50,000 rows; the first line names the columns."),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[
            ("", _("Find out")),
            ("utf-8", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("windows-1252", _("Windows, western Europe")),
            ("windows-1254", _("Windows, Turkish")),
        ],
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            checked = safe_upload.check(upload, name=upload.name, most_bytes=MOST_BYTES)
        except safe_upload.UploadRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        if checked.mime not in TABLES:
            raise forms.ValidationError(_("This is not a CSV file. Open it in your spreadsheet and save it as CSV."))
        return checked


class RunForm(forms.Form):
    """`expected` is the number of good rows the person was shown."""

    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    skip_known = forms.BooleanField(required=False)
    quarantine = forms.BooleanField(required=False)
