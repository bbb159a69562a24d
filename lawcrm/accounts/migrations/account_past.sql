-- Every change of the facts that decide about an account is kept, whichever road it came by.
create function accounts_keep_past() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  insert into accounts_accountpast (user_id, at, changed_by, changed_as, email, is_active, is_staff, is_superuser, ends_on)
  values (new.id, clock_timestamp(), coalesce(nullif(current_setting('app.uid', true), ''), '0')::int,
          coalesce(left(current_setting('app.kind', true), 20), ''),
          new.email, new.is_active, new.is_staff, new.is_superuser, new.ends_on);
  return null;
end $$;
create trigger keep_past_of_new after insert on accounts_user
  for each row execute function accounts_keep_past();
create trigger keep_past after update on accounts_user
  for each row when ((old.email, old.is_active, old.is_staff, old.is_superuser, old.ends_on)
                     is distinct from (new.email, new.is_active, new.is_staff, new.is_superuser, new.ends_on))
  execute function accounts_keep_past();

-- The application reads it and adds nothing of its own.
do $$
declare given record;
begin
  for given in select distinct grantee from information_schema.role_table_grants
                where table_schema = 'public' and table_name = 'accounts_accountpast'
                  and grantee not in (current_user, 'lawcrm_redactor')
  loop
    execute format('revoke insert on accounts_accountpast from %I', given.grantee);
  end loop;
end $$;
