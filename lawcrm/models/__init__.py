"""Tables of the ground floor: the journal, the read log, outgoing messages and job runs."""

from lawcrm.models.jobs import JobRun
from lawcrm.models.journal import JournalEntry, JournalSeal, ReadEntry, Redaction, SealedTail
from lawcrm.models.outbox import OutboxMessage

__all__ = ["JobRun", "JournalEntry", "JournalSeal", "OutboxMessage", "ReadEntry", "Redaction", "SealedTail"]
