-- Break-glass as a third source of sight. Its principal lies above every user's id, so that it is nobody's by itself.
create or replace view matter_grant as
  select content_object_id as matter_id, user_id::int as principal from matters_matteruserobjectpermission
   where permission_id = (select sight_permission('matters', 'view_matter'))
  union all
  select content_object_id, -group_id::int from matters_mattergroupobjectpermission
   where permission_id = (select sight_permission('matters', 'view_matter'))
  union all
  select matter_id, (1000000000 + id)::int from matters_breakglass where ended_at is null;

create function break_glass_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare ids bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then ids := ids || array(select distinct matter_id from new_rows); end if;
  if tg_op <> 'INSERT' then ids := ids || array(select distinct matter_id from old_rows); end if;
  perform matter_sight_refresh(ids);
  return null;
end $$;
create trigger sight_insert after insert on matters_breakglass
  referencing new table as new_rows for each statement execute function break_glass_changed();
create trigger sight_update after update on matters_breakglass
  referencing old table as old_rows new table as new_rows for each statement execute function break_glass_changed();
create trigger sight_delete after delete on matters_breakglass
  referencing old table as old_rows for each statement execute function break_glass_changed();

-- Only the erasure of a matter deletes these rows. What its request said of the matter goes with it.
create function break_glass_erased() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  update matters_breakglassrequest set number = '', reason = '' where id in (select request_id from old_rows);
  return null;
end $$;
create trigger erased after delete on matters_breakglass
  referencing old table as old_rows for each statement execute function break_glass_erased();
