"""How far a grant on a matter reaches."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Each level includes those before it; the values are the code names of guardian's permissions."""

    VIEW = "view_matter", _("Reads")
    WORK = "work_matter", _("Works on it")
    MANAGE = "manage_matter", _("Manages it")

    @property
    def rank(self) -> int:
        return list(Level).index(self)

    @property
    def included(self) -> list["Level"]:
        return list(Level)[: self.rank + 1]

    @property
    def code(self) -> str:
        """How the journal says it."""
        return self.value.removesuffix("_matter")

    def reaches(self, wanted: "Level") -> bool:
        return self.rank >= wanted.rank


def highest(levels: Iterable[Level]) -> Level | None:
    return max(levels, key=lambda level: level.rank, default=None)
