"""Why an answer to an access review is not taken, in words."""

from django.utils.translation import gettext as _

from lawcrm import audit


class ReviewRefused(audit.Refused):
    """An expected failure; the sentence is for the person who tried."""


class ReviewClosed(ReviewRefused):
    def __init__(self) -> None:
        super().__init__(_("This review is closed. Its record stays as it was signed; change access on the matter."))


class NotYours(ReviewRefused):
    def __init__(self) -> None:
        super().__init__(_("Somebody else is asked now. What you answered before stays."))


class AboutYourself(ReviewRefused):
    def __init__(self) -> None:
        super().__init__(_("Somebody else decides about your own access."))


class AlreadyAnswered(ReviewRefused):
    def __init__(self, who: str) -> None:
        super().__init__(_("%(who)s has answered this meanwhile; that answer stands.") % {"who": who or "LawCRM"})


class AccountEnded(ReviewRefused):
    def __init__(self) -> None:
        super().__init__(_("This account has ended, so that there is nothing to keep. Remove it."))


class ReasonMissing(ReviewRefused):
    def __init__(self) -> None:
        super().__init__(_("Say why access is removed: the reason stays with the matter."))


class StillAnswers(ReviewRefused):
    def __init__(self) -> None:
        super().__init__(_("The person answers for something by this role. It is handed over first."))


class TooFewLeft(ReviewRefused):
    def __init__(self) -> None:
        super().__init__(_("Too few people would be left in this role. Give it to somebody else first."))
