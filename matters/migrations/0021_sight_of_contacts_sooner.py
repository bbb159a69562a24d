from django.db import migrations

# A function of PL/pgSQL with a query in its last expression pays for the query on every row that it refuses.
# Whoever sees nothing of the row is answered first: a fifth of the time (docs/benchmarks.md).
SOONER = """
create or replace function app_sees_contact(acl int[], deny int[], acl_walled int[], walled bigint[],
  restricted_at timestamptz, quarantined_at timestamptz) returns boolean
stable parallel safe language plpgsql cost 5 as $$
declare
  p int[] := coalesce(nullif(current_setting('app.principals', true), '')::int[], '{}');
begin
  if current_setting('app.kind', true) = 'user' then
    if not coalesce(acl && p or acl_walled && p, false) or deny && p then return false; end if;
    if restricted_at is not null and not app_flag('restricted') then return false; end if;
    if quarantined_at is not null and not app_flag('quarantined') then return false; end if;
    if acl && p then return true; end if;
    return exists (select 1 from matters_matter m where m.id = any(walled) and m.acl && p and not m.deny && p);
  end if;
  return coalesce(current_setting('app.kind', true) = 'system', false);
end $$;
"""
LATER = """
create or replace function app_sees_contact(acl int[], deny int[], acl_walled int[], walled bigint[],
  restricted_at timestamptz, quarantined_at timestamptz) returns boolean
stable parallel safe language plpgsql cost 5 as $$
declare
  p int[] := coalesce(nullif(current_setting('app.principals', true), '')::int[], '{}');
  kind text := current_setting('app.kind', true);
begin
  if kind = 'system' then return true; end if;
  if kind is distinct from 'user' or deny && p then return false; end if;
  if restricted_at is not null and not app_flag('restricted') then return false; end if;
  if quarantined_at is not null and not app_flag('quarantined') then return false; end if;
  if acl && p then return true; end if;
  return acl_walled is not null and acl_walled && p
    and exists (select 1 from matters_matter m where m.id = any(walled) and m.acl && p and not m.deny && p);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0020_sorted_in_at_once")]

    operations = [migrations.RunSQL(SOONER, LATER)]
