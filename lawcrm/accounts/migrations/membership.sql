-- Practice groups decide what people see. Whoever the application's role speaks for, these hold: a row in
-- accounts_user_groups for a practice group comes from a membership and from nothing else; nobody adds
-- themselves; an external person is in no practice group and holds roles made for externals only.

create function app_uid() returns int stable parallel safe language sql as $$
  select coalesce(nullif(current_setting('app.uid', true), ''), '0')::int $$;

-- Migrations, restores and the triggers below run as the owner of the tables; the redactor erases.
create function app_is_owner(of_table oid) returns boolean stable language sql as $$
  select current_user::text::regrole::oid = (select relowner from pg_class where oid = of_table)
      or current_user = 'lawcrm_redactor' $$;

create function app_is_practice(of_group int) returns boolean stable language sql as $$
  select exists (select 1 from accounts_groupkind where group_id = of_group and kind = 'practice') $$;

create function app_refuse(sentence text) returns void language plpgsql as $$
begin
  raise exception '%', sentence using errcode = 'insufficient_privilege';
end $$;

create function guard_group_rows() returns trigger language plpgsql as $$
begin
  if app_is_owner(tg_relid) then return coalesce(new, old); end if;
  if tg_op <> 'INSERT' and app_is_practice(old.group_id) then
    perform app_refuse('practice groups follow their memberships');
  end if;
  if tg_op <> 'DELETE' then
    if app_is_practice(new.group_id) then perform app_refuse('practice groups follow their memberships'); end if;
    if exists (select 1 from accounts_user where id = new.user_id and is_external)
       and not exists (select 1 from accounts_groupkind k
                        where k.group_id = new.group_id and k.kind = 'role' and k.for_externals) then
      perform app_refuse('external people hold the roles made for them only');
    end if;
  end if;
  return coalesce(new, old);
end $$;
create trigger guard_group_rows before insert or update or delete on accounts_user_groups
  for each row execute function guard_group_rows();

create function guard_membership() returns trigger language plpgsql as $$
begin
  if app_is_owner(tg_relid) then return coalesce(new, old); end if;
  if tg_op = 'DELETE' then perform app_refuse('memberships end, they are not deleted'); end if;
  if tg_op = 'UPDATE' then
    if old.until is not null
       or (new.group_id, new.user_id, new.since, new.added_by_id, new.reason)
          is distinct from (old.group_id, old.user_id, old.since, old.added_by_id, old.reason) then
      perform app_refuse('a membership may end, and nothing else of it changes');
    end if;
    if new.is_keeper and not old.is_keeper and new.user_id = app_uid() then
      perform app_refuse('nobody makes themselves keeper of a practice group');
    end if;
    return new;
  end if;
  if new.user_id = app_uid() then perform app_refuse('nobody adds themselves to a practice group'); end if;
  if new.until is not null
     or not exists (select 1 from accounts_groupkind
                     where group_id = new.group_id and kind = 'practice' and dissolved_at is null)
     or not exists (select 1 from accounts_user where id = new.user_id and is_active and not is_external) then
    perform app_refuse('only active members of the firm join a practice group that exists');
  end if;
  if current_setting('app.kind', true) is distinct from 'system' and (
       new.added_by_id is distinct from app_uid()
       or exists (select 1 from accounts_membership where group_id = new.group_id)
          and not exists (select 1 from accounts_membership
                           where group_id = new.group_id and user_id = app_uid() and is_keeper and until is null)) then
    perform app_refuse('only who keeps a practice group adds to it');
  end if;
  return new;
end $$;
create trigger guard_membership before insert or update or delete on accounts_membership
  for each row execute function guard_membership();

create function membership_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if new.until is null then
    insert into accounts_user_groups (user_id, group_id) values (new.user_id, new.group_id) on conflict do nothing;
  else
    delete from accounts_user_groups where user_id = new.user_id and group_id = new.group_id;
  end if;
  return null;
end $$;
create trigger membership_changed after insert or update on accounts_membership
  for each row execute function membership_changed();

-- What a group is for is said once: else a group could be filled as something else and turned into a practice group.
create function guard_group_kind() returns trigger language plpgsql as $$
begin
  if app_is_owner(tg_relid) then return coalesce(new, old); end if;
  if tg_op = 'INSERT' then
    if new.kind = 'practice'
       and exists (select 1 from accounts_user_groups where group_id = new.group_id) then
      perform app_refuse('a practice group begins empty');
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' and old.kind = 'practice' then perform app_refuse('practice groups are dissolved, not deleted'); end if;
  if tg_op = 'UPDATE' and ((new.group_id, new.kind, new.for_externals) is distinct from (old.group_id, old.kind, old.for_externals)
                           or old.dissolved_at is not null and new.dissolved_at is null) then
    perform app_refuse('what a group is for does not change');
  end if;
  return coalesce(new, old);
end $$;
create trigger guard_group_kind before insert or update or delete on accounts_groupkind
  for each row execute function guard_group_kind();

create function guard_external() returns trigger language plpgsql as $$
begin
  if not app_is_owner(tg_relid) then
    perform app_refuse('who is from outside stays so: a new account is made');
  end if;
  return new;
end $$;
create trigger guard_external before update on accounts_user
  for each row when (new.is_external is distinct from old.is_external) execute function guard_external();
