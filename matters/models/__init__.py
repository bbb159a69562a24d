"""Matters and what happens in them."""

from matters.models.communication import Communication
from matters.models.conflict import ConflictCheck, ConflictHit
from matters.models.document import Document
from matters.models.matter import Matter, MatterType, NumberSeries
from matters.models.party import Party
from matters.models.sight import MatterGroupObjectPermission, MatterUserObjectPermission, Wall, WallBar

__all__ = [
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
    "Wall",
    "WallBar",
]
