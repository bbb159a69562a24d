"""Tables of the ground floor: the firm, the journal, the read log, refused requests, outgoing messages and job runs."""

from lawcrm.models.firm import Firm
from lawcrm.models.jobs import JobRun
from lawcrm.models.journal import JournalEntry, JournalSeal, ReadEntry, Redaction, SealedTail
from lawcrm.models.outbox import OutboxMessage
from lawcrm.models.refusals import RefusedRequest
from lawcrm.models.review import LogQuestion, LogReview, LogReviewAnswer, ReadingDay

__all__ = [
    "Firm",
    "JobRun",
    "JournalEntry",
    "JournalSeal",
    "LogQuestion",
    "LogReview",
    "LogReviewAnswer",
    "OutboxMessage",
    "ReadEntry",
    "ReadingDay",
    "Redaction",
    "RefusedRequest",
    "SealedTail",
]
