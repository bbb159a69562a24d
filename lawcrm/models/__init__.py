"""Tables of the ground floor: the journal and the read log."""

from lawcrm.models.journal import JournalEntry, JournalSeal, ReadEntry, Redaction, SealedTail

__all__ = ["JournalEntry", "JournalSeal", "ReadEntry", "Redaction", "SealedTail"]
