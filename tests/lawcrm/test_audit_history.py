"""Row history: who, guarded like the live row, one transaction, nobody changes it."""

import psycopg
import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import F
from django.utils import timezone

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.models import Redaction
from lawcrm.personal_data import all_models
from tests import factories
from tests.lawcrm.planted import Case, Court, Paper, planted, planted_once, superuser  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("planted")]

READER = access.Viewer(7, (0, 7), source="web", request_id="r1")
STRANGER = access.Viewer(8, (0, 8))


@pytest.fixture
def case() -> Case:
    with access.as_viewer(READER):
        return Case.objects.create(title="first", acl=[7])


def test_a_change_carries_actor_source_request_and_reason(case: Case) -> None:
    with access.as_viewer(READER):
        case.title, case._change_reason = "second", "a typing mistake"
        case.save()
        last, first = case.history.all()
    assert (last.history_type, last.title, last.h_reason) == ("~", "second", "a typing mistake")
    assert (last.history_user_id, last.h_source, last.h_request_id) == (7, "web", "r1")
    assert (first.history_type, first.title, first.h_reason) == ("+", "first", "")


def test_the_system_is_an_actor_with_its_reason_and_the_person_behind_it(case: Case) -> None:
    with access.as_viewer(READER), access.as_system("nightly cleaning"):
        case.save()
        row = case.history.first()
    assert (row.history_user_id, row.h_reason) == (7, "nightly cleaning")


def test_without_a_declared_actor_nothing_is_written(case: Case) -> None:
    case.title = "secretly"
    for change in (case.save, case.delete, lambda: audit.bulk_update(Case, [case], ["title"])):
        with pytest.raises(audit.NoActor), transaction.atomic():
            change()
    with pytest.raises(audit.NoActor):
        audit.bulk_create(Court, [Court(name="c")])
    with access.as_system("test"):
        assert list(Case.objects.values_list("title", flat=True)) == ["first"]
        assert Case.history.count() == 1


def test_history_is_guarded_like_the_live_row(case: Case) -> None:
    with access.as_viewer(READER):
        paper = Paper.objects.create(case=case, title="letter")
        assert (Case.history.count(), Paper.history.count(), paper.history.count()) == (1, 1, 1)
    with access.as_viewer(STRANGER):
        assert (Case.history.count(), Paper.history.count(), paper.history.count()) == (0, 0, 0)
        assert Paper.history.model.objects.count() == 0
        assert Paper.history.as_of(timezone.now()).count() == 0
    with pytest.raises(access.NoViewer):
        Case.history.count()


def test_history_of_an_unguarded_model_is_plain() -> None:
    with access.as_system("test"):
        court = Court.objects.create(name="Maritime and Commercial Court")
    assert court.history.count() == 1


def test_derived_generated_and_excluded_columns_have_no_history() -> None:
    context = {"history_id", "history_date", "history_type", "history_user_id", "h_source", "h_request_id", "h_reason"}
    columns = [{field.name for field in model.history.model._meta.fields} - context for model in (Case, Court)]
    assert columns == [{"id", "public_id", "title"}, {"id", "name"}]


def test_sealed_columns_open_in_the_history_and_nowhere_else() -> None:
    contact = factories.contact(national_id="290228-0123", special_note="asthma")
    with access.as_system("test"):
        contact.national_id = "290228-0124"
        contact.save()
        rows = Contact.history.order_by("history_id")
        assert [(row.national_id, row.special_note) for row in rows] == [
            ("290228-0123", "asthma"),
            ("290228-0124", "asthma"),
        ]
        with connection.cursor() as cursor:
            cursor.execute("select national_id, special_note from clients_historicalcontact order by history_id")
            stored = [bytes(value) for row in cursor.fetchall() for value in row]
    assert len({*stored}) == 4
    assert not any(b"290228" in value or b"asthma" in value for value in stored)


def test_history_has_no_foreign_key_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_constraint where contype = 'f' and conrelid = %s::regclass",
            [Paper.history.model._meta.db_table],
        )
        assert cursor.fetchone() == (0,)


def test_bulk_changes_write_what_is_in_the_database(case: Case) -> None:
    with access.as_viewer(READER):
        papers = audit.bulk_create(Paper, [Paper(case=case, title=title) for title in "abc"])
        Paper.objects.get(pk=papers[0].pk)
        stale = Paper(pk=papers[0].pk, title="x")
        assert audit.bulk_update(Paper, [stale], ["title"]) == 1
        assert audit.update(Paper.objects.filter(title="b"), title=models.functions.Concat(F("title"), F("title"))) == 1
        written = Paper.history.order_by("history_id").values_list("title", "history_type", "case_id", "h_request_id")
        assert list(written) == [
            ("a", "+", case.pk, "r1"),
            ("b", "+", case.pk, "r1"),
            ("c", "+", case.pk, "r1"),
            ("x", "~", case.pk, "r1"),
            ("bb", "~", case.pk, "r1"),
        ]


def test_bulk_writes_past_the_history_are_refused(case: Case) -> None:
    with access.as_viewer(READER):
        paper = Paper.objects.create(case=case, title="a")
        for change in (
            lambda: Paper.objects.update(title="b"),
            lambda: Paper.objects.filter(pk=paper.pk).update(title="b"),
            lambda: case.paper_set.update(title="b"),
            lambda: Paper.objects.bulk_update([paper], ["title"]),
            lambda: Paper.objects.bulk_create([Paper(case=case, title="b")]),
        ):
            with pytest.raises(audit.WithoutHistory):
                change()
        assert list(Paper.objects.values_list("title", flat=True)) == ["a"]
        assert Case.objects.update(deny=[]) == 1  # derived columns have no history to miss


def test_deleting_a_queryset_writes_history_for_each_row(case: Case) -> None:
    with access.as_viewer(READER):
        audit.bulk_create(Paper, [Paper(case=case, title=title) for title in "ab"])
        Paper.objects.all().delete()
        assert sorted(Paper.history.filter(history_type="-").values_list("title", flat=True)) == ["a", "b"]


def test_update_touches_only_what_the_viewer_sees(case: Case) -> None:
    with access.as_viewer(STRANGER):
        assert audit.update(Case.objects.all(), title="taken") == 0
    with access.as_viewer(READER):
        assert Case.objects.get().title == "first"


@pytest.mark.parametrize("statement", ["update {} set title = 'x'", "delete from {}", "truncate {}"])
def test_the_application_cannot_change_history(case: Case, statement: str) -> None:
    with access.as_system("test"), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement.format(Case.history.model._meta.db_table))
        assert Case.history.count() == 1


@pytest.mark.parametrize("statement", ["update {} set title = 'x'", "delete from {}", "truncate {}"])
def test_nor_can_the_superuser_while_triggers_are_on(statement: str) -> None:
    table = Court.history.model._meta.db_table
    with superuser() as session, session.transaction(force_rollback=True):
        session.execute(
            f"insert into {table} (id, name, history_date, history_type, h_source, h_request_id, h_reason)"
            " values (1, 'x', now(), '+', '', '', '')"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            session.execute(statement.format(table).replace("title", "name"))


def test_every_history_table_is_append_only_and_as_guarded_as_its_live_one() -> None:
    histories = {model._meta.db_table: model for model in all_models() if hasattr(model, "instance_type")}
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, c.relrowsecurity, array_agg(t.tgname::text order by t.tgname)"
            " from pg_class c join pg_trigger t on t.tgrelid = c.oid where c.relname = any(%s) group by c.oid",
            [list(histories)],
        )
        found = {name: (secured, triggers) for name, secured, triggers in cursor.fetchall()}
    assert len(histories) > 10
    assert found == {
        table: (hasattr(model.instance_type, "need_to_know"), ["append_only", "append_only_whole"])
        for table, model in histories.items()
    }


def test_erasing_deletes_one_object_s_history_and_says_so(case: Case) -> None:
    with access.as_viewer(READER):
        other = Case.objects.create(title="other", acl=[7])
    with access.as_viewer(READER), access.as_system("erasure request"):
        assert audit.erase_history(Case, case.pk, reason="erasure request 12") == 1
        assert list(Case.history.values_list("id", flat=True)) == [other.pk]
        (note,) = Redaction.objects.all()
    assert (note.table_name, note.object_id, note.rows, note.reason, note.actor_id) == (
        "lawcrm_historicalcase",
        case.pk,
        1,
        "erasure request 12",
        7,
    )


def test_erasing_needs_a_reason_and_the_system(case: Case) -> None:
    for viewer, reason in ((access.Viewer(None, system="x"), " "), (READER, "because")):
        with (
            access.as_viewer(viewer),
            pytest.raises(DatabaseError, match="redaction"),
            transaction.atomic(),
        ):
            audit.erase_history(Case, case.pk, reason=reason)
    with access.as_system("test"):
        assert (Case.history.count(), Redaction.objects.count()) == (1, 0)


def test_only_history_can_be_erased_that_way(case: Case) -> None:
    with (
        access.as_system("test"),
        pytest.raises(DatabaseError, match="not a history table"),
        connection.cursor() as cursor,
    ):
        cursor.execute("select lawcrm_history_erase('lawcrm_case', %s, 'because', 1)", [case.pk])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written() -> None:
    with access.as_system("test"):
        with pytest.raises(audit.NotAtomic):
            Court.objects.create(name="c")
        assert Court.objects.count() == 0
