"""Sealing the journal's chains and proving that nobody changed, removed or reordered an entry."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

from lawcrm.audit.problem import Problem
from lawcrm.audit.signing import signatures_wrong

if TYPE_CHECKING:
    from lawcrm.models import JournalSeal, SealedTail

# An entry is dated before its transaction commits; none stays open for longer than this.
STRAGGLERS = timedelta(days=1)
BEFORE_EVERY_ENTRY = datetime(2000, 1, 1, tzinfo=UTC)
ONE_AT_A_TIME = "select pg_advisory_xact_lock(4712)"

GROWN = """
select distinct on (object_type, object_id) object_type, object_id, position, chain_hash
from lawcrm_journalentry j
where at > %s and not exists (select from lawcrm_sealedtail t where t.object_type = j.object_type
  and t.object_id = j.object_id and t.position >= j.position)
order by object_type, object_id, position desc
"""

BROKEN = """
select id, object_type, object_id, position, problem from (
  select id, object_type, object_id, position, case
    when position <> coalesce(lag(position) over chain, 0) + 1 then 'an entry before it is missing'
    when chain_hash is distinct from sha256(coalesce(lag(chain_hash) over chain, ''::bytea)
      || lawcrm_journal_header(e) || payload_hash) then 'changed or out of its place'
    when redacted_at is null and payload_hash is distinct from lawcrm_journal_payload(e) then 'its content was changed'
    when redacted_at is not null and (payload is not null or salt is not null) then 'marked redacted but is not'
  end problem
  from lawcrm_journalentry e window chain as (partition by object_type, object_id order by position)
) checked where problem is not null order by object_type, object_id, position
"""

REDACTED_UNRECORDED = """
select min(id), object_type, object_id, min(position), 'redacted without a record' from lawcrm_journalentry e
where redacted_at is not null group by object_type, object_id
having count(*) <> (select coalesce(sum(r.rows), 0) from lawcrm_redaction r where r.table_name = 'lawcrm_journalentry'
  and r.object_type = e.object_type and r.object_id = e.object_id)
"""

CUT = """
select t.seal_id, t.object_type, t.object_id, t.position, 'sealed but gone or different' from lawcrm_sealedtail t
where not exists (select from lawcrm_journalentry j where j.object_type = t.object_type
  and j.object_id = t.object_id and j.position = t.position and j.chain_hash = t.chain_hash)
order by 1, 2, 3
"""


def seal(*, now: datetime) -> "JournalSeal | None":
    """Seal the chains that grew since the last seal; None when none did.

    A chain shows only what is missing before an entry; the seal shows an end that was cut off. A copy
    of the seal's hash goes to JOURNAL_SEAL_FILE, best on another machine.
    """
    from lawcrm.models import JournalSeal, SealedTail

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
        before = JournalSeal.objects.order_by("-pk").first()
        cursor.execute(GROWN, [before.at - STRAGGLERS if before else BEFORE_EVERY_ENTRY])
        grown = [Tail(kind, pk, position, bytes(chain)) for kind, pk, position, chain in cursor.fetchall()]
        if not grown:
            return None
        digest = seal_hash(bytes(before.seal_hash) if before else b"", now, grown)
        made = JournalSeal.objects.create(at=now, seal_hash=digest)
        SealedTail.objects.bulk_create([SealedTail(seal=made, **vars(tail)) for tail in grown], batch_size=1000)
        transaction.on_commit(lambda: _note_outside(made))
    return made


@dataclass
class Tail:
    """The end of one object's chain."""

    object_type: str
    object_id: int
    position: int
    chain_hash: bytes


def seal_hash(before: bytes, at: datetime, tails: "Iterable[Tail | SealedTail]") -> bytes:
    digest = hashlib.sha256(before + repr(at.timestamp()).encode())
    for tail in sorted(tails, key=lambda tail: (tail.object_type, tail.object_id)):
        digest.update(f"{tail.object_type}:{tail.object_id}:{tail.position}:".encode() + bytes(tail.chain_hash))
    return digest.digest()


def _seal_file() -> Path | None:
    return Path(settings.JOURNAL_SEAL_FILE) if settings.JOURNAL_SEAL_FILE else None


def _line(made: "JournalSeal") -> str:
    return f"{made.pk} {made.at.timestamp()!r} {bytes(made.seal_hash).hex()}"


def _note_outside(made: "JournalSeal") -> None:
    if (path := _seal_file()) is not None:
        with path.open("a", encoding="ascii") as file:
            file.write(_line(made) + "\n")


def verify() -> list[Problem]:
    """Everything that does not add up in the journal, its seals and signed records; to be asked in system scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        asked = (problem for question in (BROKEN, REDACTED_UNRECORDED, CUT) for problem in _asked(cursor, question))
        return [*asked, *_broken_seals(), *signatures_wrong()]


def _asked(cursor: Any, question: str) -> list[Problem]:
    cursor.execute(question)
    return [Problem(*row) for row in cursor.fetchall()]


def _broken_seals() -> Iterator[Problem]:
    from lawcrm.models import JournalSeal

    outside, known, before = _sealed_outside(), set(), b""
    for made in JournalSeal.objects.order_by("pk").prefetch_related("tails").iterator(chunk_size=20):
        known.add(made.pk)
        if bytes(made.seal_hash) != seal_hash(before, made.at, made.tails.all()):
            yield Problem(made.pk, "", 0, 0, "does not fit the seal before or its tails")
        if outside.get(made.pk, _line(made)) != _line(made):
            yield Problem(made.pk, "", 0, 0, "differs from the copy outside")
        before = bytes(made.seal_hash)
    for gone in sorted(outside.keys() - known):
        yield Problem(gone, "", 0, 0, "is only in the copy outside")


def _sealed_outside() -> dict[int, str]:
    """Lines by the seal's number; of two lines the first is true, the second was added by a seal made again."""
    path = _seal_file()
    if path is None or not path.exists():
        return {}
    lines = path.read_text(encoding="ascii").splitlines()
    return {int(line.split()[0]): line for line in reversed(lines) if line.strip()}
