"""Whatever a superuser does to the journal behind its triggers is found; redaction is not mistaken for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from lawcrm import access, audit
from lawcrm.models import JournalEntry, JournalSeal, Redaction
from tests.lawcrm.planted import Court, planted, planted_once, superuser  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("planted")]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def courts(settings: LazySettings, tmp_path: Path) -> Iterator[list[Court]]:
    """Two objects with four entries each, of which the first three are sealed, also outside."""
    settings.JOURNAL_SEAL_FILE = str(tmp_path / "seals")
    with access.as_system("test"):
        with transaction.atomic():
            made = [Court.objects.create(name=name) for name in "ab"]
            for _turn in range(3):
                for court in made:
                    audit.record("court.moved", court, reason="private matters")
        audit.seal(now=NOW)
        with transaction.atomic():
            for court in made:
                audit.record("court.moved", court)
        assert audit.verify() == []
        yield made


def tamper(*statements: str) -> None:
    with superuser() as session, session.transaction():
        session.execute("set local session_replication_role = replica")
        for statement in statements:
            session.execute(statement)


def found() -> list[tuple[int, str]]:
    return [(problem.position, problem.what) for problem in audit.verify()]


WHERE = "where object_id = {a} and position"
CHANGED = "changed or out of its place"
TAMPERINGS = [
    ([f"update lawcrm_journalentry set actor_id = 5 {WHERE} = 2"], [(2, CHANGED)]),
    ([f"update lawcrm_journalentry set at = at - interval '1 s' {WHERE} = 2"], [(2, CHANGED)]),
    (
        [f"update lawcrm_journalentry set payload = jsonb_set(payload, '{{{{reason}}}}', '\"x\"') {WHERE} = 4"],
        [(4, "its content was changed")],
    ),
    ([f"delete from lawcrm_journalentry {WHERE} = 1"], [(2, "an entry before it is missing")]),
    ([f"delete from lawcrm_journalentry {WHERE} = 2"], [(3, "an entry before it is missing")]),
    (
        [
            f"update lawcrm_journalentry set position = 20 {WHERE} = 2",
            f"update lawcrm_journalentry set position = 2 {WHERE} = 3",
            f"update lawcrm_journalentry set position = 3 {WHERE} = 20",
        ],
        [(2, CHANGED), (3, CHANGED), (4, CHANGED), (3, "sealed but gone or different")],
    ),
    ([f"delete from lawcrm_journalentry {WHERE} >= 3"], [(3, "sealed but gone or different")]),
    ([f"delete from lawcrm_journalentry {WHERE} >= 1"], [(3, "sealed but gone or different")]),
    (
        [f"update lawcrm_journalentry set payload = null, salt = null, redacted_at = now() {WHERE} = 2"],
        [(2, "redacted without a record")],
    ),
    (
        ["delete from lawcrm_sealedtail where object_id = {a}", f"delete from lawcrm_journalentry {WHERE} >= 3"],
        [(0, "does not fit the seal before or its tails")],
    ),
    (
        [
            f"delete from lawcrm_journalentry {WHERE} >= 3",
            "delete from lawcrm_sealedtail",
            "delete from lawcrm_journalseal",
        ],
        [(0, "is only in the copy outside")],
    ),
]


@pytest.mark.parametrize(("statements", "problems"), TAMPERINGS)
def test_tampering_is_found(courts: list[Court], statements: list[str], problems: list[tuple[int, str]]) -> None:
    tamper(*(statement.format(a=courts[0].pk) for statement in statements))
    assert found() == problems


def test_a_seal_made_again_differs_from_the_copy_outside(courts: list[Court]) -> None:
    tamper(
        f"delete from lawcrm_journalentry where object_id = {courts[0].pk} and position >= 2",
        "delete from lawcrm_sealedtail",
        "delete from lawcrm_journalseal",
        "alter table lawcrm_journalseal alter id restart with 1",
    )
    audit.seal(now=NOW)
    assert found() == [(0, "differs from the copy outside")]


def test_redaction_blanks_the_reason_and_still_verifies(courts: list[Court]) -> None:
    assert audit.redact_journal(courts[0], reason="erasure request 12") == 4
    rows = JournalEntry.objects.filter(object_id=courts[0].pk).values_list("payload", "salt")
    assert set(rows) == {(None, None)}
    assert JournalEntry.objects.filter(object_id=courts[1].pk, payload__isnull=True).count() == 0
    assert Redaction.objects.get().rows == 4
    assert found() == []
    with transaction.atomic():
        audit.record("court.erased", courts[0])
    audit.redact_journal(courts[0], reason="again")
    assert found() == []


def test_redaction_without_reason_is_refused(courts: list[Court]) -> None:
    with pytest.raises(DatabaseError, match="needs a reason"):
        audit.redact_journal(courts[0], reason="")
    assert (Redaction.objects.count(), found()) == (0, [])


def test_an_edited_redacted_entry_is_found_too(courts: list[Court]) -> None:
    audit.redact_journal(courts[0], reason="erasure request 12")
    tamper(f"update lawcrm_journalentry set kind = 'x' where object_id = {courts[0].pk} and position = 2")
    assert found() == [(2, CHANGED)]


def test_a_seal_covers_what_grew_and_nothing_twice(courts: list[Court], tmp_path: Path) -> None:
    second = audit.seal(now=NOW)
    assert second is not None
    assert list(second.tails.order_by("object_id").values_list("position", flat=True)) == [4, 4]
    assert audit.seal(now=NOW) is None
    assert JournalSeal.objects.count() == 2
    assert len((tmp_path / "seals").read_text().splitlines()) == 2
    assert found() == []


def test_the_command_says_whole_or_fails(courts: list[Court], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit", "seal")
    call_command("audit", "verify")
    assert capsys.readouterr().out.splitlines()[-1] == "The journal is whole."
    tamper(f"delete from lawcrm_journalentry where object_id = {courts[0].pk} and position = 4")
    with pytest.raises(CommandError, match="in 1 places"):
        call_command("audit", "verify")
    assert f"lawcrm.court {courts[0].pk} entry 4" in capsys.readouterr().err
