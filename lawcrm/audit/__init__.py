"""The audit trail: history of every change, a journal of events, a log of reading."""

from lawcrm.audit.actor import NoActor, NotAtomic
from lawcrm.audit.bulk import bulk_create, bulk_update, update
from lawcrm.audit.erasing import erase_history, purge_reads, redact_journal
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
    "events_of",
    "purge_reads",
    "read",
    "read_each",
    "readers_of",
    "record",
    "redact_journal",
    "seal",
    "subscribe",
    "update",
    "verify",
]
