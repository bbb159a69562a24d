"""The audit trail: history of every change, a journal of events, a log of reading."""

from lawcrm.audit.actor import NoActor, NotAtomic
from lawcrm.audit.bulk import bulk_create, bulk_update, update
from lawcrm.audit.erasing import (
    erase_history,
    erase_history_under,
    purge_reads,
    redact_journal,
    redact_journal_under,
)
from lawcrm.audit.history import AuditedHistory
from lawcrm.audit.journal import Event, NotAFact, events_of, record, subscribe
from lawcrm.audit.proof import Problem, seal, verify
from lawcrm.audit.reading import read, read_each, readers_of
from lawcrm.audit.rows import WithoutHistory

__all__ = [
    "AuditedHistory",
    "Event",
    "NoActor",
    "NotAFact",
    "NotAtomic",
    "Problem",
    "WithoutHistory",
    "bulk_create",
    "bulk_update",
    "erase_history",
    "erase_history_under",
    "events_of",
    "purge_reads",
    "read",
    "read_each",
    "readers_of",
    "record",
    "redact_journal",
    "redact_journal_under",
    "seal",
    "subscribe",
    "update",
    "verify",
]
