from django.db import migrations

# A contact is looked at again with every matter it is in, whatever its part there. All of them are locked before
# any contact is: a grant on one of them holds the matter and waits for the contact. Whoever makes a contact an
# entry of the directory, or takes it out, asks for this lock first.
FORWARDS = """
create function sight_lock_around(contacts bigint[], matters bigint[] default '{}') returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform sight_lock_clients(contacts);
  perform 1 from matters_matter
    where id = any(matters || array(select matter_id from matters_party where contact_id = any(contacts)))
    order by id for no key update;
  perform sight_lock(
    matters || array(select matter_id from matters_party where contact_id = any(contacts) and role = 'client'),
    contacts);
end $$;

drop function sight_lock_client(bigint);

create or replace function matter_bar_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare ids bigint[] := '{}'; contacts bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then
    ids := ids || array(select distinct matter_id from new_rows where matter_id is not null);
    contacts := contacts || array(select distinct contact_id from new_rows where contact_id is not null);
  end if;
  if tg_op <> 'INSERT' then
    ids := ids || array(select distinct matter_id from old_rows where matter_id is not null);
    contacts := contacts || array(select distinct contact_id from old_rows where contact_id is not null);
  end if;
  if contacts <> '{}' then
    perform sight_lock_around(contacts, ids);
    ids := ids || array(select matter_id from matters_party where contact_id = any(contacts) and role = 'client');
    -- Before the matters: what a contact is denied itself decides which of them must be looked at again.
    update clients_contact c
       set deny = array(select distinct b.principal from contact_bar b where b.contact_id = c.id order by 1)
     where id = any(contacts);
  end if;
  perform matter_sight_refresh(ids);
  if contacts <> '{}' then perform contact_sight_refresh(contacts); end if;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    """Not reversible, as 0008, whose functions these replace."""

    dependencies = [("matters", "0014_a_wall_names_each_once")]

    operations = [migrations.RunSQL(FORWARDS)]
