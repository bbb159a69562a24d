from django.db import migrations

# What the planner must know to choose well at a million rows (docs/benchmarks.md). The recheck of walled
# matters is a function, because a subquery over an array of unknown length is taken for so dear that a
# quarter of an index on names is read to spare it. Names are searched by what they contain, and with the
# usual hundred samples the planner takes 4,000 finds for 300.
FORWARDS = """
create function app_sees_one_of(matters bigint[], p int[]) returns boolean
stable parallel safe language plpgsql cost 20 as $$
begin
  return exists (select 1 from matters_matter m where m.id = any(matters) and m.acl && p and not m.deny && p);
end $$;
alter function app_sees(int[], int[]) cost 5;
alter function app_sees_contact(int[], int[], int[], bigint[], timestamptz, timestamptz) cost 5;
alter table clients_contact alter column name_skeleton set statistics 1000;
alter table clients_contactname alter column name_skeleton set statistics 1000;
alter table matters_matter alter column title_skeleton set statistics 1000;
"""
BACKWARDS = """
drop function app_sees_one_of(bigint[], int[]);
alter function app_sees_contact(int[], int[], int[], bigint[], timestamptz, timestamptz) cost 1;
alter table clients_contact alter column name_skeleton set statistics default;
alter table clients_contactname alter column name_skeleton set statistics default;
alter table matters_matter alter column title_skeleton set statistics default;
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_conflict_searched")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
