"""Matters and what happens in them."""

from matters.models.break_glass import BreakGlass, BreakGlassRequest
from matters.models.communication import Communication
from matters.models.conflict import ConflictCheck, ConflictHit
from matters.models.document import Document
from matters.models.matter import Matter, MatterType, NumberSeries
from matters.models.party import Party
from matters.models.sight import MatterGroupObjectPermission, MatterUserObjectPermission
from matters.models.takeover import Takeover
from matters.models.walls import Wall, WallBar, WallNotice

__all__ = [
    "BreakGlass",
    "BreakGlassRequest",
    "Communication",
    "ConflictCheck",
    "ConflictHit",
    "Document",
    "Matter",
    "MatterGroupObjectPermission",
    "MatterType",
    "MatterUserObjectPermission",
    "NumberSeries",
    "Party",
    "Takeover",
    "Wall",
    "WallBar",
    "WallNotice",
]
