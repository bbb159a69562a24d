"""Why a wall is not raised, changed or lowered, in words."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from matters.actions.refused import Refused
from matters.models import Wall


class NobodyKeptOut(Refused):
    def __init__(self) -> None:
        super().__init__(_("Choose whom the wall keeps out."))


class KeepsOutYourself(Refused):
    def __init__(self) -> None:
        super().__init__(_("This wall would keep you out yourself. Someone else must raise it."))


class KeepsOutResponsible(Refused):
    def __init__(self, number: str) -> None:
        super().__init__(
            _("The responsible lawyer of %(number)s cannot be kept out. Name another one first.") % {"number": number}
        )


class AlreadyKeptOut(Refused):
    """Two walls against one person around one thing: lowering either would seem to let them in."""

    def __init__(self, name: str, wall: Wall) -> None:
        day = date_format(localtime(wall.raised_at), "DATE_FORMAT")
        super().__init__(
            _("%(name)s is already kept out by the wall of %(day)s (%(reason)s). Change that wall instead.")
            % {"name": name, "day": day, "reason": wall.reason}
        )


class AlreadyLowered(Refused):
    def __init__(self) -> None:
        super().__init__(_("This wall was already lowered."))


class NothingChanged(Refused):
    def __init__(self) -> None:
        super().__init__(_("Nothing is different: the same people, the same end."))


class StartsInThePast(Refused):
    def __init__(self) -> None:
        super().__init__(_("The start lies in the past. Leave it empty, and the wall stands from now on."))


class EndsBeforeStart(Refused):
    def __init__(self) -> None:
        super().__init__(_("The end must lie after the start, and in the future."))


class EverybodySees(Refused):
    def __init__(self) -> None:
        super().__init__(_("Everybody sees an entry of the directory. Raise a wall around the matter instead."))
