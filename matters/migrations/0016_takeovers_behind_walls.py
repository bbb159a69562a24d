from django.db import migrations

# Asked of the takeover and not of the matter, so that nobody can try matters one by one.
FORWARDS = """
create function app_takeover_is_walled(takeover bigint) returns boolean stable language sql security definer
set search_path = public, pg_temp as $$
  select exists (select from matters_takeover t join matters_matter m on m.id = t.matter_id
                  where t.id = takeover
                    and m.deny && coalesce(nullif(current_setting('app.principals', true), '')::int[], '{}')) $$;
alter policy need_to_know on matters_takeover
  using (app_is_system() or app_flag('takeovers') and not app_takeover_is_walled(id));
"""
BACKWARDS = """
alter policy need_to_know on matters_takeover using (app_is_system() or app_flag('takeovers'));
drop function app_takeover_is_walled(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0015_locks_around_clients")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
