"""Tables of the ground floor: the firm, the journal, the read log, outgoing messages and job runs."""

from lawcrm.models.firm import Firm
from lawcrm.models.jobs import JobRun
from lawcrm.models.journal import JournalEntry, JournalSeal, ReadEntry, Redaction, SealedTail
from lawcrm.models.outbox import OutboxMessage

__all__ = ["Firm", "JobRun", "JournalEntry", "JournalSeal", "OutboxMessage", "ReadEntry", "Redaction", "SealedTail"]
