-- Walls around a client close its matters, those opened later included; replaces parts of sight.sql.
-- A bar denies while its state is 'standing': time itself changes nothing, the job of matters/tasks.py does.

create or replace view matter_bar as
  select matter_id, coalesce(user_id, -group_id)::int as principal from matters_wallbar
   where state = 'standing' and matter_id is not null
  union all
  select p.matter_id, coalesce(b.user_id, -b.group_id)::int
    from matters_wallbar b join matters_party p on p.contact_id = b.contact_id and p.role = 'client'
   where b.state = 'standing';

create or replace view contact_bar as
  select contact_id, coalesce(user_id, -group_id)::int as principal from matters_wallbar
   where state = 'standing' and contact_id is not null;

drop function contact_bar_changed() cascade;  -- with the triggers of clients_contactwall

-- A wall around a client and a new matter of that client must not miss each other. Taken before any row,
-- in a few hundred lots, so that a statement about many clients does not fill the table of locks.
create function sight_lock_clients(contacts bigint[]) returns void language plpgsql as $$
declare lot int;
begin
  for lot in select distinct (c & 255)::int from unnest(contacts) c order by 1 loop
    perform pg_advisory_xact_lock(4712, lot);
  end loop;
end $$;

-- One order everywhere: clients, then matters by id, then contacts by id.
create or replace function sight_lock(matters bigint[], contacts bigint[] default '{}') returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform sight_lock_clients(contacts);
  perform 1 from matters_matter where id = any(matters) order by id for no key update;
  perform 1 from clients_contact
    where not is_directory
      and id in (select contact_id from matters_party where matter_id = any(matters) union select unnest(contacts))
    order by id for no key update;
end $$;

-- The same for a contact with every matter in which it is the client.
create function sight_lock_client(contact bigint) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  perform sight_lock_clients(array[contact]);
  perform sight_lock(array(select matter_id from matters_party where contact_id = contact and role = 'client'),
                     array[contact]);
end $$;

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
    perform sight_lock_clients(contacts);
    ids := ids || array(select matter_id from matters_party where contact_id = any(contacts) and role = 'client');
    perform sight_lock(ids, contacts);
    -- Before the matters: what a contact is denied itself decides which of them must be looked at again.
    update clients_contact c
       set deny = array(select distinct b.principal from contact_bar b where b.contact_id = c.id order by 1)
     where id = any(contacts);
  end if;
  perform matter_sight_refresh(ids);
  if contacts <> '{}' then perform contact_sight_refresh(contacts); end if;
  return null;
end $$;

-- A matter counts as walled for a contact only if it keeps out somebody whom the contact's own wall lets in:
-- else a client of thousands of matters behind its own wall would list them all. For each (contact, principal)
-- in cs/ps it was gained or is in doubt; each (contact, matter) in wc/wm is a walled matter to look at again.
create or replace function contact_sight_apply(cs bigint[], ps int[], gained boolean[], wc bigint[], wm bigint[])
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if coalesce(cardinality(cs), 0) + coalesce(cardinality(wc), 0) = 0 then return; end if;
  -- A statement of its own: the next one sees what others committed while this one waited.
  perform 1 from clients_contact where id = any(cs || wc) and not is_directory order by id for no key update;
  if not found then return; end if;
  update clients_contact c set acl = n.acl
    from (select k.id,
                 array(select q from unnest(k.acl || d.doubtful) q
                        where q <> all(d.doubtful)
                           or exists (select 1 from contact_grant g where g.contact_id = k.id and g.principal = q)
                           or exists (select 1 from matters_party p join matters_matter m on m.id = p.matter_id
                                       where p.contact_id = k.id and m.deny <@ k.deny and q = any(m.acl))
                       union select unnest(d.new) order by 1) as acl
            from (select x.contact, coalesce(array_agg(distinct x.principal) filter (where x.is_gain), '{}') as new,
                         coalesce(array_agg(distinct x.principal) filter (where not x.is_gain), '{}') as doubtful
                    from unnest(cs, ps, gained) x(contact, principal, is_gain) group by 1) d
            join clients_contact k on k.id = d.contact and not k.is_directory
             and (not k.acl @> d.new or d.doubtful <> '{}')) n
   where c.id = n.id and c.acl <> n.acl;
  if cardinality(wc) > 0 then
    update clients_contact c
       set walled = nullif(n.walled, '{}'),
           acl_walled = case when n.walled <> '{}' then
             array(select distinct q from matters_matter m, unnest(m.acl) q where m.id = any(n.walled) order by 1) end
      from (select k.id,
                   array(select m.id from matters_matter m
                          where m.id = any(coalesce(k.walled, '{}') || d.matters) and not m.deny <@ k.deny
                            and exists (select 1 from matters_party p where p.contact_id = k.id and p.matter_id = m.id)
                          order by 1) as walled
              from (select x.contact, array_agg(x.matter) as matters from unnest(wc, wm) x(contact, matter) group by 1) d
              join clients_contact k on k.id = d.contact and not k.is_directory) n
     where c.id = n.id and (n.walled <> '{}' or c.walled is not null);
  end if;
end $$;

create or replace function matter_sight_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare cs bigint[]; ps int[]; gains boolean[]; wc bigint[]; wm bigint[];
begin
  select array_agg(contact_id), array_agg(principal), array_agg(is_gain) into cs, ps, gains
    from (select p.contact_id, d.principal, d.is_gain
            from (select id, principal, bool_or(is_new) as is_gain
                    from (select id, unnest(acl) as principal, true as is_new from new_rows where deny = '{}'
                          union all select id, unnest(acl), false from old_rows where deny = '{}') x
                   group by 1, 2 having count(*) = 1) d
            join matters_party p on p.matter_id = d.id
          union all
          select p.contact_id, w.principal, false
            from (select id, unnest(acl) as principal from new_rows where deny <> '{}'
                  union select id, unnest(acl) from old_rows where deny <> '{}') w
            join matters_party p on p.matter_id = w.id
            join clients_contact k on k.id = p.contact_id and k.deny <> '{}') y;
  select array_agg(p.contact_id), array_agg(p.matter_id) into wc, wm
    from (select id from (select id, acl, deny from new_rows union select id, acl, deny from old_rows) x
           group by id having count(*) = 2 and bool_or(deny <> '{}')) d
    join matters_party p on p.matter_id = d.id;
  perform contact_sight_apply(cs, ps, gains, wc, wm);
  return null;
end $$;

create or replace function party_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  contacts bigint[]; matters bigint[]; gains boolean[]; clients bigint[] := '{}';
  cs bigint[]; ps int[]; gs boolean[]; wc bigint[]; wm bigint[];
begin
  if tg_op = 'UPDATE' then
    if not exists ((select matter_id, contact_id, role from new_rows
                    except select matter_id, contact_id, role from old_rows)
                   union all (select matter_id, contact_id, role from old_rows
                    except select matter_id, contact_id, role from new_rows)) then
      return null;
    end if;
  end if;
  if tg_op <> 'DELETE' then
    select array_agg(contact_id), array_agg(matter_id), array_agg(true) into contacts, matters, gains from new_rows;
    clients := array(select contact_id from new_rows where role = 'client');
  end if;
  if tg_op <> 'INSERT' then
    select contacts || array_agg(contact_id), matters || array_agg(matter_id), gains || array_agg(false)
      into contacts, matters, gains from old_rows;
    clients := clients || array(select contact_id from old_rows where role = 'client');
  end if;
  perform sight_lock_clients(clients);
  -- Else a grant not yet committed would be missed by both transactions.
  perform 1 from matters_matter where id = any(matters) order by id for no key update;
  if exists (select from contact_bar where contact_id = any(clients)) then
    perform matter_sight_refresh(matters);
  end if;
  select array_agg(x.contact), array_agg(q), array_agg(x.is_gain and m.deny = '{}') into cs, ps, gs
    from unnest(contacts, matters, gains) x(contact, matter, is_gain)
    join matters_matter m on m.id = x.matter, unnest(m.acl) q
   where m.deny = '{}' or exists (select from clients_contact k where k.id = x.contact and k.deny <> '{}');
  select array_agg(x.contact), array_agg(x.matter) into wc, wm
    from unnest(contacts, matters) x(contact, matter) join matters_matter m on m.id = x.matter and m.deny <> '{}';
  perform contact_sight_apply(cs, ps, gs, wc, wm);
  return null;
end $$;

create or replace view contact_sight_truth as
  select k.id,
         case when k.is_directory then '{0}'::int[] else
           array(select g.principal from contact_grant g where g.contact_id = k.id
                 union select unnest(m.acl) from matters_party p join matters_matter m on m.id = p.matter_id
                        where p.contact_id = k.id and m.deny <@ d.deny order by 1) end as acl,
         case when not k.is_directory and w.matters is not null then
           array(select distinct q from matters_matter m, unnest(m.acl) q where m.id = any(w.matters) order by 1) end
           as acl_walled,
         case when not k.is_directory then w.matters end as walled,
         d.deny
    from clients_contact k
    cross join lateral (select array(select distinct b.principal from contact_bar b
                                      where b.contact_id = k.id order by 1) as deny) d
    left join lateral (select array_agg(distinct m.id order by m.id) as matters
                         from matters_party p join matters_matter m on m.id = p.matter_id
                        where p.contact_id = k.id and not m.deny <@ d.deny) w on true;

-- A wall is lowered, not deleted: its rows go only with what it stood around.
create function wall_is_kept() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if exists (select from matters_matter where id = old.matter_id)
     or exists (select from clients_contact where id = old.contact_id) then
    raise exception 'a wall is lowered, not deleted' using errcode = 'LC021';
  end if;
  return null;
end $$;
create constraint trigger kept after delete on matters_wall deferrable initially deferred
  for each row execute function wall_is_kept();
create constraint trigger kept after delete on matters_wallbar deferrable initially deferred
  for each row execute function wall_is_kept();

create function wall_notices_go() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  delete from matters_wallnotice where wall_id in (select id from old_rows);
  return null;
end $$;
create trigger notices after delete on matters_wall
  referencing old table as old_rows for each statement execute function wall_notices_go();

-- Whom a bar keeps out of what is said once; another bar says another thing, and a lifted one nothing more.
create function bar_is_fixed() returns trigger language plpgsql as $$
begin
  if old.state = 'lifted' or (new.wall_id, new.matter_id, new.contact_id, new.user_id, new.group_id)
     is distinct from (old.wall_id, old.matter_id, old.contact_id, old.user_id, old.group_id) then
    raise exception 'a bar is lifted, not changed' using errcode = 'LC021';
  end if;
  return new;
end $$;
create trigger fixed before update on matters_wallbar for each row execute function bar_is_fixed();

-- Roles say what people may do, never what they see; nobody is let in whose account has ended.
create function grant_fits() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if tg_argv[0] = 'user' then
    if exists (select from new_rows n join accounts_user u on u.id = n.user_id where not u.is_active) then
      raise exception 'no grant to an account that has ended' using errcode = 'LC022';
    end if;
  elsif exists (select from new_rows n join accounts_groupkind k on k.group_id = n.group_id where k.kind = 'role') then
    raise exception 'no grant to a role' using errcode = 'LC022';
  end if;
  return null;
end $$;
do $$
declare
  held text;
  kind text;
begin
  foreach held in array array['matters_matter', 'clients_contact'] loop
    foreach kind in array array['user', 'group'] loop
      execute format('create trigger fits after insert on %I referencing new table as new_rows'
                     ' for each statement execute function grant_fits(%L)', held || kind || 'objectpermission', kind);
    end loop;
  end loop;
end $$;
