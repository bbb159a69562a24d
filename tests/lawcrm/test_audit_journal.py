"""The journal: what may be recorded, by whom, who may see it, and that nobody changes it afterwards."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import psycopg
import pytest
from django.db import DatabaseError, connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.audit import journal
from lawcrm.middleware import ReadOnlyGet
from lawcrm.models import JournalEntry, ReadEntry, Redaction
from matters.models import Matter
from tests import factories
from tests.lawcrm.planted import Court, owner, planted, planted_once, superuser  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("planted")]

READER = access.Viewer(7, (0, 7), source="web", request_id="r1")
STRANGER = access.Viewer(8, (0, 8), request_id="r2")
AUDITOR = access.Viewer(9, (0, 9), frozenset({"journal"}))


class Outcome(StrEnum):
    SETTLED = "Settled out of court"


@pytest.fixture
def court() -> Court:
    with access.as_system("test"):
        return Court.objects.create(name="Court")


def entries() -> list[JournalEntry]:
    with access.as_system("test"):
        return list(JournalEntry.objects.order_by("object_id", "position"))


def test_an_event_says_who_what_why_and_from_where() -> None:
    with access.as_system("test"):
        user = User.objects.create_user("a@firm.example", full_name="A")
    with access.as_viewer(READER):
        audit.record("staff.joined", user, reason="hired", count=3, on=date(2026, 1, 2), until=None, ok=True)
    (entry,) = entries()
    assert (entry.kind, entry.object_type, entry.object_public_id) == ("staff.joined", "accounts.user", user.public_id)
    assert (entry.actor_id, entry.source, entry.request_id, entry.reason) == (7, "web", "r1", "hired")
    assert entry.facts == {"count": 3, "on": "2026-01-02", "until": None, "ok": True}
    assert (entry.position, len(bytes(entry.chain_hash)), entry.matter_id, entry.contact_id) == (1, 32, None, None)
    assert timedelta() <= datetime.now(UTC) - entry.at < timedelta(minutes=1)


def test_in_system_scope_its_reason_is_the_reason(court: Court) -> None:
    with access.as_viewer(READER), access.as_system("nightly cleaning"):
        audit.record("court.checked", court)
    (entry,) = entries()
    assert (entry.actor_id, entry.reason) == (7, "nightly cleaning")


def test_nobody_declared_records_nothing(court: Court) -> None:
    with pytest.raises(audit.NoActor):
        audit.record("court.moved", court)
    with pytest.raises(audit.NoActor):
        audit.read(court)
    assert entries() == []


@pytest.mark.parametrize("fact", ["Anna Hansen", "anna@home.example", "x" * 101, 1.5, b"x", ["a"], {"a": 1}, "Hansen"])
def test_what_could_be_a_name_is_not_a_fact(court: Court, fact: object) -> None:
    with access.as_viewer(READER), pytest.raises(audit.NotAFact, match=r"^fact 'what' is neither"):
        audit.record("court.moved", court, what=fact)  # type: ignore[arg-type]
    assert entries() == []


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        ("closed", "closed"),
        ("DKK", "DKK"),
        (Outcome.SETTLED, "Settled out of court"),
        (uuid.UUID(int=5), str(uuid.UUID(int=5))),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
    ],
)
def test_codes_choices_ids_and_instants_are_facts(court: Court, fact: journal.Fact, kept: str) -> None:
    with access.as_viewer(READER):
        audit.record("court.moved", court, what=fact)
    assert entries()[0].facts == {"what": kept}


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_handlers", journal._handlers.copy())


@pytest.mark.usefixtures("handlers")
def test_subscribers_run_once_in_the_same_transaction(court: Court) -> None:
    heard: list[audit.Event] = []

    def failing(event: audit.Event) -> None:
        heard.append(event)
        raise ZeroDivisionError

    audit.subscribe("court.closed", failing)
    audit.subscribe("court.closed", failing)
    with access.as_viewer(READER), pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("court.closed", court, reason="merged", count=2)
    assert heard == [audit.Event("court.closed", court, 7, "merged", {"count": 2})]
    assert entries() == []


@pytest.mark.parametrize("table", ["journalentry", "journalseal", "sealedtail", "readentry", "redaction"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_the_application_cannot_change_the_trail(table: str, statement: str) -> None:
    with (
        access.as_system("test"),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="permission denied"),
    ):
        cursor.execute(statement.format(f"lawcrm_{table}"))


def test_the_application_cannot_record_a_redaction_that_never_was() -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute(
            "insert into lawcrm_redaction (table_name, object_type, object_id, rows, reason, at)"
            " values ('x', 'x', 1, 1, 'x', now())"
        )


def test_only_the_application_may_call_what_redacts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname, pg_get_userbyid(p.proowner), array_agg(a.grantee::regrole::text order by 1)"
            " from pg_proc p, aclexplode(p.proacl) a where p.proname = any(%s)"
            " and a.grantee <> p.proowner group by p.oid order by 1",
            [["lawcrm_journal_redact", "lawcrm_history_erase", "lawcrm_read_log_purge"]],
        )
        granted = cursor.fetchall()
    assert granted == [
        (name, "lawcrm_redactor", ["lawcrm_app"])
        for name in ("lawcrm_history_erase", "lawcrm_journal_redact", "lawcrm_read_log_purge")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["update {} set kind = 'x'", "delete from {}", "truncate {} cascade"])
def test_nor_can_the_superuser_while_triggers_are_on(statement: str) -> None:
    with access.as_system("test"), transaction.atomic():
        audit.record("court.moved", Court.objects.create(name="Court"))
    with superuser() as session, pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        session.execute(statement.format("lawcrm_journalentry"))


@pytest.mark.django_db(transaction=True)
def test_concurrent_records_of_one_object_make_one_chain() -> None:
    with access.as_system("test"), transaction.atomic():
        court = Court.objects.create(name="Court")
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        with access.as_viewer(READER):
            for _turn in range(10):
                with transaction.atomic():
                    audit.record("court.moved", court)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.position for entry in entries()] == list(range(1, 61))
    with access.as_system("test"):
        assert audit.verify() == []


# Who may see entries and readings


def seen_by(viewer: access.Viewer, model: type[models.Model]) -> int:
    """What the manager shows; bare SQL as the same viewer must agree."""
    with access.as_viewer(viewer), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {model._meta.db_table}")
        (by_sql,) = cursor.fetchone()
        assert model._default_manager.count() == by_sql
    return int(by_sql)


@pytest.fixture
def reader() -> User:
    with access.as_system("test"):
        return factories.user("Ida Berg")


@pytest.fixture
def matter(reader: User) -> Matter:
    matter = factories.matter()
    factories.grant(matter, reader)
    return matter


def test_entries_and_readings_are_seen_with_the_matter_they_lead_to(reader: User, matter: Matter, court: Court) -> None:
    with access.as_user(reader) as viewer:
        party = factories.party(matter, factories.contact())
        for obj in (matter, party, court):
            audit.record("something.done", obj)
            audit.read(obj)
    for model in (JournalEntry, ReadEntry):
        assert [seen_by(who, model) for who in (viewer, STRANGER, AUDITOR)] == [2, 0, 3]
        with pytest.raises(access.NoViewer):
            model._default_manager.count()


def test_an_entry_about_two_roots_needs_sight_of_both(reader: User, matter: Matter) -> None:
    hidden, seen = factories.contact("Elif"), factories.contact("Mehmet")
    factories.party(matter, seen)
    with access.as_user(reader) as viewer:
        audit.record("party.added", matter, contact_id=seen.pk)
        audit.record("party.added", matter, contact_id=hidden.pk)
    assert [seen_by(who, JournalEntry) for who in (viewer, STRANGER, AUDITOR)] == [1, 0, 2]


@pytest.mark.django_db(transaction=True)
def test_the_manager_asks_as_strictly_without_the_database_s_rule() -> None:
    """The owner's session is under no row-level security, so that the manager's own SQL is what decides."""
    with access.as_system("test"), transaction.atomic():
        reader, matter = factories.user("Ida Berg"), factories.matter()
        factories.grant(matter, reader)
        hidden, seen = factories.contact("Elif"), factories.contact("Mehmet")
        factories.party(matter, seen)
        for contact_id in (None, seen.pk, hidden.pk):
            audit.record("party.added", matter, contact_id=contact_id)
        audit.record("matter.looked_up", hidden, matter_id=matter.pk)
        audit.record("court.moved", Court(pk=1))
    for viewer, rows in ((access.viewer_of(reader), 2), (STRANGER, 0), (AUDITOR, 5)):
        with access.as_viewer(viewer), owner() as session:
            statement, parameters = JournalEntry.objects.values("pk").query.sql_with_params()
            assert len(session.execute(statement, parameters).fetchall()) == rows


def test_who_cannot_read_an_entry_still_adds_to_its_chain(matter: Matter) -> None:
    for viewer in (STRANGER, AUDITOR, STRANGER):
        with access.as_viewer(viewer):
            audit.record("matter.asked_for", matter)
            audit.read(matter)
    assert [entry.position for entry in entries()] == [1, 2, 3]
    assert seen_by(STRANGER, JournalEntry) == 0


def test_an_entry_about_what_is_gone_is_for_holders_of_the_permission(reader: User, matter: Matter) -> None:
    with access.as_system("test"):
        audit.record("matter.erased", Matter(pk=matter.pk + 1))
    with access.as_user(reader) as viewer:
        assert [seen_by(who, JournalEntry) for who in (viewer, AUDITOR)] == [0, 1]


def test_the_flag_comes_with_the_permission(reader: User) -> None:
    assert "journal" not in access.viewer_of(reader).flags
    reader.groups.add(factories.role_with("lawcrm.view_journal"))
    assert "journal" in access.viewer_of(User.objects.get(pk=reader.pk)).flags


# The read log


def test_a_page_is_noted_once_per_request_and_way(court: Court) -> None:
    with access.as_viewer(READER):
        audit.read(court)
        audit.read(court)
        audit.read(court, "download")
    with access.as_viewer(STRANGER):
        audit.read(court)
    with access.as_system("job"):
        audit.read(court)
        seen = list(audit.readers_of(court).values_list("user_id", "what", "request_id"))
    assert seen == [(8, "page", "r2"), (7, "download", "r1"), (7, "page", "r1")]


def test_the_trail_of_a_matter_includes_what_lies_in_it(reader: User, matter: Matter) -> None:
    party = factories.party(matter, factories.contact())
    with access.as_user(reader):
        for obj in (matter, party):
            audit.record("something.done", obj)
            audit.read(obj)
        kinds = [
            list(asked(matter).values_list("object_type", flat=True)) for asked in (audit.events_of, audit.readers_of)
        ]
        assert kinds == [["matters.party", "matters.matter"]] * 2
        assert [asked(party).count() for asked in (audit.events_of, audit.readers_of)] == [1, 1]
    with access.as_viewer(STRANGER):
        assert [asked(matter).count() for asked in (audit.events_of, audit.readers_of)] == [0, 0]


def test_exports_note_each_object_in_one_round(court: Court) -> None:
    with access.as_system("test"):
        courts = [court, Court.objects.create(name="Other")]
    with access.as_viewer(READER):
        audit.read_each(courts)
    with access.as_system("test"):
        assert ReadEntry.objects.filter(what="export").count() == 2


def test_a_get_may_write_the_read_log_and_not_the_journal(court: Court) -> None:
    def page(_request: HttpRequest) -> HttpResponse:
        audit.read(court)
        return HttpResponse()

    def worse(_request: HttpRequest) -> HttpResponse:
        audit.record("court.moved", court)
        return HttpResponse()

    request = RequestFactory().get("/")
    with access.as_viewer(READER):
        ReadOnlyGet(page)(request)
        with pytest.raises(RuntimeError, match="a GET may only read"):
            ReadOnlyGet(worse)(request)
        with access.as_system("test"):
            assert audit.readers_of(court).count() == 1


def test_old_readings_are_purged_with_a_note(court: Court) -> None:
    with access.as_viewer(READER):
        audit.read(court)
    with access.as_system("retention"):
        assert audit.purge_reads(before=datetime(2026, 1, 1, tzinfo=UTC), reason="read log period over") == 0
        assert audit.purge_reads(before=datetime(2999, 1, 1, tzinfo=UTC), reason="read log period over") == 1
        assert list(Redaction.objects.order_by("pk").values_list("table_name", "rows")) == [
            ("lawcrm_readentry", 0),
            ("lawcrm_readentry", 1),
        ]
