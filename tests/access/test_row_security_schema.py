"""What the schema itself must not give away: functions, views, statistics, plans, tables without a policy."""

import re

import pytest
from django.db import connection, transaction

from lawcrm import access
from lawcrm.db.provision import LEAKPROOF
from tests.access.test_row_security_proof import rows, secured

pytestmark = pytest.mark.django_db
# Functions that can be called and run with their owner's rights, past every policy. Read before a name is added
# here: each must take ids only and answer nothing that names or counts hidden rows.
DEFINERS = {
    *("contact_sight_apply(bigint[],integer[],boolean[],bigint[],bigint[])", "contact_sight_refresh(bigint[])"),
    *("matter_sight_refresh(bigint[])", "sight_lock(bigint[],bigint[])"),  # answer nothing
    "sight_lock_around(bigint[],bigint[])",  # answers nothing
    "app_takeover_is_walled(bigint)",  # whether a wall keeps the caller from what a takeover is about
    # Whether no wall keeps the caller, or the system whom it names, out of the matter of a row of the docket.
    "app_docket_open(bigint,integer[])",
    "sight_wrong()",  # ids of rows that contradict the truth: none, and the night's check tells if not
    # Refuse without a reason, and unless the system asks.
    "lawcrm_history_erase(regclass,bigint,text,integer,text)",
    "lawcrm_journal_redact(text,bigint,text,integer)",
    "lawcrm_read_log_purge(timestamp with time zone,text,integer)",
    "lawcrm_refusals_purge(timestamp with time zone,text,integer)",
}


def functions(condition: str) -> set[str]:
    return rows(
        "select p.oid::regprocedure::text from pg_proc p where pronamespace = 'public'::regnamespace and not exists"
        f" (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') and {condition}"
    )


def test_functions_with_their_owner_s_rights_are_a_known_list() -> None:
    """Triggers aside, which nobody can call."""
    assert functions("prosecdef and prorettype <> 'trigger'::regtype") == DEFINERS


def test_they_look_nothing_up_along_the_caller_s_path() -> None:
    assert functions("prosecdef and proconfig is distinct from '{\"search_path=public, pg_temp\"}'") == set()


def test_what_sight_is_looked_up_by_never_waits_to_be_sorted_in() -> None:
    """After ten thousand grants every query of everybody would read through the list of what waits."""
    names = ("matters_matter_acl", "clients_contact_acl", "clients_contact_acl_walled")
    found = "select indexrelid::regclass || ' ' || coalesce(reloptions::text, '') from pg_index"
    found += " join pg_class c on c.oid = indexrelid where pg_get_indexdef(c.oid) ~ 'USING gin \\(acl'"
    assert rows(found) == {f"{name} {{fastupdate=off}}" for name in names}


def test_the_web_role_owns_no_function_and_cannot_make_one() -> None:
    assert functions("proowner = current_user::regrole") == set()
    assert rows("select has_schema_privilege(current_user, 'public', 'create')") == {False}
    assert rows("select rolname from pg_roles where pg_has_role(current_user, oid, 'member')") == {"lawcrm_app"}


def test_no_view_and_no_materialised_view_is_open_to_the_web_role() -> None:
    """A view reads with its owner's rights, past the policies."""
    readable = "has_table_privilege(current_user, oid, 'select')"
    assert (
        rows(
            f"select relname from pg_class where relkind in ('v', 'm') and {readable}"
            " and relnamespace = 'public'::regnamespace"
            " and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype = 'e')"
        )
        == set()
    )


def test_a_table_that_holds_a_matter_s_or_contact_s_id_has_a_policy() -> None:
    found = rows(
        "select distinct c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity"
        " and a.attnum > 0 and not a.attisdropped"
        " and a.attname ~ '^(matter|contact|document|communication|deadline)(_id|_ref)$|^content_object_id$'"
    )
    assert found == set()


def test_statistics_of_secured_columns_are_not_readable() -> None:
    """pg_stats holds the most common values of a column in plain text."""
    tables = list(secured())
    assert rows("select tablename from pg_stats where tablename = any(%s)", [tables]) == set()
    assert rows("select tablename from pg_stats_ext where tablename = any(%s)", [tables]) == set()
    assert rows("select has_table_privilege(current_user, 'pg_statistic', 'select')") == {False}


def test_operators_the_indexes_need_are_marked_leakproof() -> None:
    marked = rows(
        "select oid::regprocedure::text from pg_proc where proleakproof and oid = any(%s::regprocedure[])",
        [list(LEAKPROOF)],
    )
    assert len(marked) == len(LEAKPROOF)


@pytest.mark.parametrize(
    ("table", "column", "index"),
    [("matters_matter", "title_skeleton", "matters_matter"), ("clients_contactname", "name_skeleton", "clients_")],
)
def test_a_search_uses_the_trigram_index_under_row_security(table: str, column: str, index: str) -> None:
    with access.as_viewer(access.Viewer(1, (0, 1))), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain select id from {table} where {column} like '%%kanarienvogel%%'")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert re.search(rf"Bitmap Index Scan on {index}\w+", plan), plan
    assert f"Index Cond: ({column}" in plan or "Index Cond: (" in plan
    assert "app_sees" in plan or "SubPlan" in plan
