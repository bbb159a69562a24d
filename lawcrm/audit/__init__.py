"""The audit trail: history of every change, a journal of events, a log of reading."""

from lawcrm.audit.actor import NoActor, NotAtomic
from lawcrm.audit.attempts import Refused, attempt, form_refused
from lawcrm.audit.bulk import bulk_create, bulk_update, update
from lawcrm.audit.erasing import (
    erase_history,
    erase_history_under,
    purge_reads,
    purge_refusals,
    redact_journal,
    redact_journal_under,
)
from lawcrm.audit.history import AuditedHistory
from lawcrm.audit.journal import Event, NotAFact, events_of, record, record_each, subscribe
from lawcrm.audit.problem import Problem
from lawcrm.audit.proof import seal, verify
from lawcrm.audit.reading import read, read_each, read_listed, readers_of
from lawcrm.audit.rows import WithoutHistory
from lawcrm.audit.signing import NotSignable, digest, sign, signatures_wrong, signs

__all__ = [
    "AuditedHistory",
    "Event",
    "NoActor",
    "NotAFact",
    "NotAtomic",
    "NotSignable",
    "Problem",
    "Refused",
    "WithoutHistory",
    "attempt",
    "bulk_create",
    "bulk_update",
    "digest",
    "erase_history",
    "erase_history_under",
    "events_of",
    "form_refused",
    "purge_reads",
    "purge_refusals",
    "read",
    "read_each",
    "read_listed",
    "readers_of",
    "record",
    "record_each",
    "redact_journal",
    "redact_journal_under",
    "seal",
    "sign",
    "signatures_wrong",
    "signs",
    "subscribe",
    "update",
    "verify",
]
