"""What `manage.py audit verify` finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that does not add up, told by numbers only."""

    number: int
    object_type: str
    object_id: int
    position: int
    what: str

    def __str__(self) -> str:
        place = f"{self.object_type} {self.object_id} entry {self.position}" if self.object_type else "seal"
        return f"{place} (no. {self.number}): {self.what}"
