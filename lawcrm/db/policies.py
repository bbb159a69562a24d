"""Migration operations for row-level security, the second wall behind the guarded managers."""

from django.db.migrations.operations import RunSQL

# Opaque on purpose: an inlined copy of the application's own predicate squares the selectivity.
# Dearer than the array operators, so that the planner asks the application's leakproof predicate first:
# at the cost of one the policy ran on every row passed over, 18 of 20 ms of a list (docs/benchmarks.md).
SEES = """
create function app_sees(acl int[], deny int[]) returns boolean stable parallel safe language plpgsql cost 5 as $$
declare
  p int[] := coalesce(nullif(current_setting('app.principals', true), '')::int[], '{}');
  kind text := current_setting('app.kind', true);
begin
  if kind = 'system' then return true; end if;
  if kind is distinct from 'user' then return false; end if;
  return acl && p and not deny && p;
end $$;
create function app_flag(flag text) returns boolean stable parallel safe language sql as $$
  select flag = any(string_to_array(coalesce(current_setting('app.flags', true), ''), ',')) $$;
create function app_is_system() returns boolean stable parallel safe language sql as $$
  select coalesce(current_setting('app.kind', true) = 'system', false) $$;
"""
SEES_REVERSE = "drop function app_sees(int[], int[]); drop function app_flag(text); drop function app_is_system();"


def sight_functions() -> RunSQL:
    return RunSQL(SEES, SEES_REVERSE)


def root_policy(table: str, using: str, *, inserting: bool = True) -> RunSQL:
    """Rows of a root are seen by `using`; inserting is free because the guard trigger gives the creator sight.

    With `inserting=False` nobody adds a row that they would not see.
    """
    check = "true" if inserting else using
    return RunSQL(
        f"alter table {table} enable row level security;"
        f" create policy need_to_know on {table} using ({using}) with check ({check})",
        f"drop policy need_to_know on {table}; alter table {table} disable row level security",
    )


def child_policy(table: str, column: str, root: str) -> RunSQL:
    """Rows of a child are seen, and can be written, where the root's row is seen by its own policy."""
    visible = f"app_is_system() or (select true from {root} r where r.id = {table}.{column})"
    return RunSQL(
        f"alter table {table} enable row level security;"
        f" create policy need_to_know on {table} using ({visible}) with check ({visible})",
        f"drop policy need_to_know on {table}; alter table {table} disable row level security",
    )


def history_policy(table: str, column: str, root: str) -> RunSQL:
    """History of a guarded model: as its live row; `column` is `id` for the history of the root itself."""
    return child_policy(table, column, root)
