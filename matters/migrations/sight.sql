-- Who sees a matter and a contact, derived from guardian's grants, walls and parties.
-- Principal: user id, minus a group's id, 0 for the whole firm. docs/architecture.md has the measurements.

create function sight_permission(of_app text, called text) returns int stable language sql as $$
  select p.id from auth_permission p join django_content_type c on c.id = p.content_type_id
   where c.app_label = of_app and p.codename = called $$;

create view matter_grant as
  select content_object_id as matter_id, user_id::int as principal from matters_matteruserobjectpermission
   where permission_id = (select sight_permission('matters', 'view_matter'))
  union all
  select content_object_id, -group_id::int from matters_mattergroupobjectpermission
   where permission_id = (select sight_permission('matters', 'view_matter'));

create view matter_bar as
  select b.matter_id, coalesce(b.user_id, -b.group_id)::int as principal
    from matters_wallbar b join matters_wall w on w.id = b.wall_id
   where w.ends_at is null or w.ends_at > now();

create view contact_grant as
  select content_object_id as contact_id, user_id::int as principal from clients_contactuserobjectpermission
   where permission_id = (select sight_permission('clients', 'view_contact'))
  union all
  select content_object_id, -group_id::int from clients_contactgroupobjectpermission
   where permission_id = (select sight_permission('clients', 'view_contact'));

create view contact_bar as
  select contact_id, coalesce(user_id, -group_id)::int as principal from clients_contactwall;

-- The matter: recomputed whole, after locking it, so that of two grants at once neither is lost.
create function matter_sight_refresh(ids bigint[]) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform 1 from matters_matter where id = any(ids) order by id for no key update;
  update matters_matter m set acl = n.acl, deny = n.deny
    from (select i.id,
                 array(select distinct g.principal from matter_grant g where g.matter_id = i.id order by 1) as acl,
                 array(select distinct b.principal from matter_bar b where b.matter_id = i.id order by 1) as deny
            from unnest(ids) i(id)) n
   where m.id = n.id and (m.acl, m.deny) is distinct from (n.acl, n.deny);
end $$;

create function matter_grant_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare ids bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then ids := ids || array(select distinct content_object_id from new_rows); end if;
  if tg_op <> 'INSERT' then ids := ids || array(select distinct content_object_id from old_rows); end if;
  perform matter_sight_refresh(ids);
  return null;
end $$;

create function matter_bar_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare ids bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then ids := ids || array(select distinct matter_id from new_rows); end if;
  if tg_op <> 'INSERT' then ids := ids || array(select distinct matter_id from old_rows); end if;
  perform matter_sight_refresh(ids);
  return null;
end $$;

-- The contact: only what changed is worked on. For each (contact, principal) in cs/ps it was gained or
-- perhaps lost; each (contact, matter) in wc/wm is a walled matter the contact may have gained or lost.
create function contact_sight_apply(cs bigint[], ps int[], gained boolean[], wc bigint[], wm bigint[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if coalesce(cardinality(cs), 0) + coalesce(cardinality(wc), 0) = 0 then return; end if;
  -- A statement of its own: the next one sees what others committed while this one waited.
  perform 1 from clients_contact where id = any(cs || wc) and not is_directory order by id for no key update;
  if not found then return; end if;
  update clients_contact c set acl = n.acl
    from (select k.id,
                 array(select q from unnest(k.acl) q
                        where q <> all(d.doubtful)
                           or exists (select 1 from contact_grant g where g.contact_id = k.id and g.principal = q)
                           or exists (select 1 from matters_party p join matters_matter m on m.id = p.matter_id
                                       where p.contact_id = k.id and m.deny = '{}' and q = any(m.acl))
                       union select unnest(d.new) order by 1) as acl
            from (select x.contact, coalesce(array_agg(distinct x.principal) filter (where x.is_gain), '{}') as new,
                         coalesce(array_agg(distinct x.principal) filter (where not x.is_gain), '{}') as doubtful
                    from unnest(cs, ps, gained) x(contact, principal, is_gain) group by 1) d
            join clients_contact k on k.id = d.contact and not k.is_directory
             and (not k.acl @> d.new or k.acl && d.doubtful)) n
   where c.id = n.id and c.acl <> n.acl;
  if cardinality(wc) > 0 then
    update clients_contact c
       set walled = nullif(n.walled, '{}'),
           acl_walled = case when n.walled <> '{}' then
             array(select distinct q from matters_matter m, unnest(m.acl) q where m.id = any(n.walled) order by 1) end
      from (select k.id,
                   array(select m.id from matters_matter m
                          where m.id = any(coalesce(k.walled, '{}') || d.matters) and m.deny <> '{}'
                            and exists (select 1 from matters_party p where p.contact_id = k.id and p.matter_id = m.id)
                          order by 1) as walled
              from (select x.contact, array_agg(x.matter) as matters from unnest(wc, wm) x(contact, matter) group by 1) d
              join clients_contact k on k.id = d.contact and not k.is_directory) n
     where c.id = n.id;
  end if;
end $$;
revoke all on function contact_sight_apply(bigint[], int[], boolean[], bigint[], bigint[]) from public;

-- The two transition tables are never joined: plpgsql would keep the plan of its first, one-row call
-- (ten thousand matters took 163 s that way).
create function matter_sight_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare cs bigint[]; ps int[]; gains boolean[]; wc bigint[]; wm bigint[];
begin
  select array_agg(p.contact_id), array_agg(d.principal), array_agg(d.is_gain) into cs, ps, gains
    from (select id, principal, bool_or(is_new) as is_gain
            from (select id, unnest(acl) as principal, true as is_new from new_rows where deny = '{}'
                  union all select id, unnest(acl), false from old_rows where deny = '{}') x
           group by 1, 2 having count(*) = 1) d
    join matters_party p on p.matter_id = d.id;
  select array_agg(p.contact_id), array_agg(p.matter_id) into wc, wm
    from (select id from (select id, acl, deny from new_rows union select id, acl, deny from old_rows) x
           group by id having count(*) = 2 and bool_or(deny <> '{}')) d
    join matters_party p on p.matter_id = d.id;
  perform contact_sight_apply(cs, ps, gains, wc, wm);
  return null;
end $$;

create function party_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare contacts bigint[]; matters bigint[]; gains boolean[]; cs bigint[]; ps int[]; gs boolean[]; wc bigint[]; wm bigint[];
begin
  if tg_op <> 'DELETE' then
    select array_agg(contact_id), array_agg(matter_id), array_agg(true) into contacts, matters, gains from new_rows;
  end if;
  if tg_op <> 'INSERT' then
    select contacts || array_agg(contact_id), matters || array_agg(matter_id), gains || array_agg(false)
      into contacts, matters, gains from old_rows;
  end if;
  -- Else a grant not yet committed would be missed by both transactions.
  perform 1 from matters_matter where id = any(matters) order by id for no key update;
  select array_agg(x.contact), array_agg(q), array_agg(x.is_gain) into cs, ps, gs
    from unnest(contacts, matters, gains) x(contact, matter, is_gain)
    join matters_matter m on m.id = x.matter and m.deny = '{}', unnest(m.acl) q;
  select array_agg(x.contact), array_agg(x.matter) into wc, wm
    from unnest(contacts, matters) x(contact, matter) join matters_matter m on m.id = x.matter and m.deny <> '{}';
  perform contact_sight_apply(cs, ps, gs, wc, wm);
  return null;
end $$;

create function contact_grant_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare cs bigint[]; ps int[]; gains boolean[]; view_contact int := sight_permission('clients', 'view_contact');
begin
  if tg_op <> 'DELETE' then
    select array_agg(content_object_id), array_agg(principal), array_agg(true) into cs, ps, gains
      from (select content_object_id, sight_principal(to_jsonb(n)) as principal from new_rows n
             where permission_id = view_contact) x;
  end if;
  if tg_op <> 'INSERT' then
    select cs || array_agg(content_object_id), ps || array_agg(principal), gains || array_agg(false)
      into cs, ps, gains
      from (select content_object_id, sight_principal(to_jsonb(o)) as principal from old_rows o
             where permission_id = view_contact) x;
  end if;
  perform contact_sight_apply(cs, ps, gains, null, null);
  return null;
end $$;

-- One trigger function serves the user's and the group's table, whose rows differ in one column.
create function sight_principal(grant_row jsonb) returns int immutable language sql as $$
  select coalesce((grant_row ->> 'user_id')::int, -(grant_row ->> 'group_id')::int) $$;

create function contact_bar_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare ids bigint[] := '{}';
begin
  if tg_op <> 'DELETE' then ids := ids || array(select contact_id from new_rows); end if;
  if tg_op <> 'INSERT' then ids := ids || array(select contact_id from old_rows); end if;
  perform 1 from clients_contact where id = any(ids) order by id for no key update;
  update clients_contact c
     set deny = array(select distinct b.principal from contact_bar b where b.contact_id = c.id order by 1)
   where id = any(ids);
  return null;
end $$;

do $$
declare
  watched record;
  kind record;
begin
  for watched in values
    ('matters_matteruserobjectpermission', 'matter_grant_changed'),
    ('matters_mattergroupobjectpermission', 'matter_grant_changed'),
    ('matters_wallbar', 'matter_bar_changed'),
    ('matters_party', 'party_changed'),
    ('clients_contactuserobjectpermission', 'contact_grant_changed'),
    ('clients_contactgroupobjectpermission', 'contact_grant_changed'),
    ('clients_contactwall', 'contact_bar_changed')
  loop
    for kind in values
      ('insert', 'new table as new_rows'),
      ('delete', 'old table as old_rows'),
      ('update', 'new table as new_rows old table as old_rows')
    loop
      execute format('create trigger sight_%s after %s on %I referencing %s for each statement execute function %I()',
                     kind.column1, kind.column1, watched.column1, kind.column2, watched.column2);
    end loop;
  end loop;
end $$;
create trigger sight_update after update on matters_matter
  referencing old table as old_rows new table as new_rows for each statement execute function matter_sight_changed();

-- Whole recomputation of contacts: first filling, repair, becoming or ceasing to be a directory entry.
create function contact_sight_refresh(ids bigint[]) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform 1 from matters_matter where id in (select matter_id from matters_party where contact_id = any(ids))
    order by id for no key update;
  perform 1 from clients_contact where id = any(ids) order by id for no key update;
  update clients_contact c set acl = s.acl, acl_walled = s.acl_walled, walled = s.walled, deny = s.deny
    from contact_sight_truth s
   where s.id = c.id and c.id = any(ids)
     and (c.acl, c.acl_walled, c.walled, c.deny) is distinct from (s.acl, s.acl_walled, s.walled, s.deny);
end $$;

create view contact_sight_truth as
  select k.id,
         case when k.is_directory then '{0}'::int[] else
           array(select g.principal from contact_grant g where g.contact_id = k.id
                 union select unnest(m.acl) from matters_party p join matters_matter m on m.id = p.matter_id
                        where p.contact_id = k.id and m.deny = '{}' order by 1) end as acl,
         case when not k.is_directory and w.matters is not null then
           array(select distinct q from matters_matter m, unnest(m.acl) q where m.id = any(w.matters) order by 1) end
           as acl_walled,
         case when not k.is_directory then w.matters end as walled,
         array(select distinct b.principal from contact_bar b where b.contact_id = k.id order by 1) as deny
    from clients_contact k
    left join lateral (select array_agg(distinct m.id order by m.id) as matters
                         from matters_party p join matters_matter m on m.id = p.matter_id
                        where p.contact_id = k.id and m.deny <> '{}') w on true;

create function contact_directory_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform contact_sight_refresh(array[new.id]);
  return null;
end $$;
create trigger directory_insert after insert on clients_contact
  for each row when (new.is_directory) execute function contact_directory_changed();
create trigger directory_update after update of is_directory on clients_contact
  for each row when (old.is_directory is distinct from new.is_directory) execute function contact_directory_changed();

-- The derived columns belong to the triggers: a stale instance saved by the application changes nothing,
-- and whoever creates a row sees it at once.
create function sight_creator() returns int[] stable language sql as $$
  select case when current_setting('app.kind', true) = 'user' and current_setting('app.uid', true) <> '0'
              then array[current_setting('app.uid')::int] else '{}'::int[] end $$;

create function guard_matter_sight() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() > 1 or current_user::text::regrole = (select relowner from pg_class where oid = tg_relid) then
    return new;
  end if;
  if tg_op = 'INSERT' then
    new.acl := sight_creator(); new.deny := '{}'; new.hold_count := 0;
  else
    new.acl := old.acl; new.deny := old.deny; new.hold_count := old.hold_count;
  end if;
  return new;
end $$;
create trigger guard_sight before insert or update on matters_matter
  for each row execute function guard_matter_sight();

create function guard_contact_sight() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() > 1 or current_user::text::regrole = (select relowner from pg_class where oid = tg_relid) then
    return new;
  end if;
  if tg_op = 'INSERT' then
    new.acl := sight_creator(); new.acl_walled := null; new.walled := null; new.deny := '{}'; new.hold_count := 0;
  else
    new.acl := old.acl; new.acl_walled := old.acl_walled; new.walled := old.walled; new.deny := old.deny;
    new.hold_count := old.hold_count;
  end if;
  return new;
end $$;
create trigger guard_sight before insert or update on clients_contact
  for each row execute function guard_contact_sight();

-- A restricted contact cannot be changed (Art. 18 GDPR, recital 67), nor can what hangs on it.
create function refuse_while_restricted() returns trigger language plpgsql as $$
begin
  if old.restricted_at is not null and new.restricted_at is not null and pg_trigger_depth() = 1 then
    raise exception 'restricted' using errcode = 'LC018';
  end if;
  return new;
end $$;
create trigger restricted before update on clients_contact for each row execute function refuse_while_restricted();

create function refuse_on_restricted_contact() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if exists (select 1 from clients_contact where id = new.contact_id and restricted_at is not null) then
    raise exception 'restricted' using errcode = 'LC018';
  end if;
  return new;
end $$;
create trigger restricted before insert or update on clients_contactname
  for each row execute function refuse_on_restricted_contact();
create trigger restricted before insert or update on clients_contactpoint
  for each row execute function refuse_on_restricted_contact();
create trigger restricted before insert or update on clients_address
  for each row execute function refuse_on_restricted_contact();

-- What is under a hold is not deleted, by whatever road.
create function refuse_while_held() returns trigger language plpgsql as $$
begin
  if old.hold_count > 0 then
    raise exception 'held' using errcode = 'LC017';
  end if;
  return old;
end $$;
create trigger held before delete on matters_matter for each row execute function refuse_while_held();
create trigger held before delete on clients_contact for each row execute function refuse_while_held();

-- Several changes in one transaction: call this first. One order everywhere: matters by id, then contacts by id.
create function sight_lock(matters bigint[], contacts bigint[] default '{}') returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform 1 from matters_matter where id = any(matters) order by id for no key update;
  perform 1 from clients_contact
    where not is_directory
      and id in (select contact_id from matters_party where matter_id = any(matters) union select unnest(contacts))
    order by id for no key update;
end $$;

-- The second wall of the contact, opaque like the matter's.
create function app_sees_contact(acl int[], deny int[], acl_walled int[], walled bigint[],
                                 restricted_at timestamptz, quarantined_at timestamptz) returns boolean
stable parallel safe language plpgsql cost 1 as $$
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

-- Must be empty; compared every night. Ids only, for the keeper of walls.
create view matter_sight_wrong as
  select m.id from matters_matter m
   where m.acl <> array(select distinct g.principal from matter_grant g where g.matter_id = m.id order by 1)
      or m.deny <> array(select distinct b.principal from matter_bar b where b.matter_id = m.id order by 1);
create view contact_sight_wrong as
  select c.id from clients_contact c join contact_sight_truth s on s.id = c.id
   where (c.acl, c.acl_walled, c.walled, c.deny) is distinct from (s.acl, s.acl_walled, s.walled, s.deny);
-- Counting wrong rows is all the application may do with the truth; the views themselves name everything.
do $$
declare given record;
begin
  for given in select distinct table_name, grantee from information_schema.role_table_grants
                where table_schema = 'public' and grantee <> current_user
                  and table_name in ('matter_grant', 'matter_bar', 'contact_grant', 'contact_bar',
                                     'contact_sight_truth', 'matter_sight_wrong', 'contact_sight_wrong')
  loop
    execute format('revoke all on %I from %I', given.table_name, given.grantee);
  end loop;
end $$;
create function sight_wrong() returns table (kind text, id bigint) stable language sql security definer
set search_path = public, pg_temp as $$
  select 'matter', id from matter_sight_wrong union all select 'contact', id from contact_sight_wrong $$;
