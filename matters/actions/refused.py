"""What every refusal of this app has in common."""

from django.utils.translation import gettext as _

from lawcrm import audit


class Refused(audit.Refused):
    """An expected failure; the sentence is for the person who tried."""


class FormUsed(Refused):
    """The form's own id has served something else: a person went back and changed what they had sent."""

    def __init__(self) -> None:
        super().__init__(_("This form was used before, with other content. Both are kept: save again to add this one."))
