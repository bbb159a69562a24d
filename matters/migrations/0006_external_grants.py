from django.db import migrations

# Somebody from outside sees named matters: never manages one, and knows contacts through matters only.
FORWARDS = """
create function guard_external_grant() returns trigger language plpgsql as $$
begin
  if exists (select 1 from accounts_user where id = new.user_id and is_external)
     and (tg_table_name = 'clients_contactuserobjectpermission'
          or new.permission_id = sight_permission('matters', 'manage_matter')) then
    perform app_refuse('external people read or work on named matters, and that is all');
  end if;
  return new;
end $$;
create trigger guard_external_grant before insert or update on matters_matteruserobjectpermission
  for each row execute function guard_external_grant();
create trigger guard_external_grant before insert or update on clients_contactuserobjectpermission
  for each row execute function guard_external_grant();
"""
BACKWARDS = """
drop trigger guard_external_grant on matters_matteruserobjectpermission;
drop trigger guard_external_grant on clients_contactuserobjectpermission;
drop function guard_external_grant();
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0005_sight_costs"), ("accounts", "0005_membership_guards")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
