"""Migration operations that make history and journal append-only and give redaction its one way in.

The redactor (lawcrm/db/provision.py) is a role nobody signs in as: only functions that refuse
without a reason and record themselves run as it.
"""

from django.db.migrations.operations import RunSQL

GUARDS = """
create function lawcrm_append_only() returns trigger language plpgsql as $$
begin
  if tg_op in ('UPDATE', 'DELETE') and current_user = 'lawcrm_redactor' then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  raise exception '% is append-only (%)', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;

create function lawcrm_make_append_only(target regclass) returns void language plpgsql as $$
declare
  grantee text;
begin
  for grantee in
    select distinct case a.grantee when 0 then 'public' else a.grantee::regrole::text end
    from pg_class c, aclexplode(c.relacl) a
    where c.oid = target and a.grantee not in (c.relowner, 'lawcrm_redactor'::regrole)
  loop
    execute format('revoke update, delete, truncate on %s from %s', target, grantee);
  end loop;
  execute format('create trigger append_only before update or delete on %s for each row'
    ' execute function lawcrm_append_only()', target);
  execute format('create trigger append_only_whole before truncate on %s for each statement'
    ' execute function lawcrm_append_only()', target);
end $$;

create function lawcrm_refuse_without_reason(reason text) returns void language plpgsql as $$
begin
  if coalesce(trim(reason), '') = '' then
    raise exception 'redaction needs a reason' using errcode = 'insufficient_privilege';
  end if;
  if current_setting('app.kind', true) is distinct from 'system' then
    raise exception 'redaction is the system''s to do' using errcode = 'insufficient_privilege';
  end if;
end $$;

create function lawcrm_to_the_app(routine regprocedure) returns void language plpgsql as $$
declare
  grantee text;
begin
  execute format('alter function %s owner to lawcrm_redactor', routine);
  execute format('revoke all on function %s from public', routine);
  for grantee in
    select distinct a.grantee::regrole::text from pg_class c, aclexplode(c.relacl) a
    where c.oid = 'lawcrm_journalentry'::regclass and a.privilege_type = 'INSERT'
      and a.grantee not in (0, c.relowner, 'lawcrm_redactor'::regrole)
  loop
    execute format('grant execute on function %s to %s', routine, grantee);
  end loop;
end $$;
"""

JOURNAL = """
-- What of an entry redaction leaves alone, so that its place in the chain can be proved afterwards.
create function lawcrm_journal_header(e lawcrm_journalentry) returns bytea immutable language sql as $$
  select convert_to(jsonb_build_array(e.position, e.kind, e.object_type, e.object_id, e.object_public_id, e.actor_id,
    extract(epoch from e.at), e.source, e.request_id, e.matter_id, e.contact_id)::text, 'UTF8') $$;

create function lawcrm_journal_payload(e lawcrm_journalentry) returns bytea immutable language sql as $$
  select sha256(e.salt || convert_to(e.payload::text, 'UTF8')) $$;

create function lawcrm_journal_chain() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
declare
  last lawcrm_journalentry;
begin
  -- Held to commit: of two who record about one object the second sees what the first recorded.
  perform pg_advisory_xact_lock(hashtextextended(new.object_type || ':' || new.object_id, 4711));
  select * into last from lawcrm_journalentry
    where object_type = new.object_type and object_id = new.object_id order by position desc limit 1;
  new.position := coalesce(last.position, 0) + 1;
  new.at := clock_timestamp();
  new.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  new.redacted_at := null;
  new.payload_hash := lawcrm_journal_payload(new);
  new.chain_hash := sha256(coalesce(last.chain_hash, ''::bytea) || lawcrm_journal_header(new) || new.payload_hash);
  return new;
end $$;
alter function lawcrm_journal_chain() owner to lawcrm_redactor;
create trigger journal_chain before insert on lawcrm_journalentry
  for each row execute function lawcrm_journal_chain();

create function lawcrm_journal_redact(of_type text, of_id bigint, reason text, actor int) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  blanked int;
begin
  perform lawcrm_refuse_without_reason(reason);
  update lawcrm_journalentry set payload = null, salt = null, redacted_at = clock_timestamp()
    where object_type = of_type and object_id = of_id and redacted_at is null;
  get diagnostics blanked = row_count;
  insert into lawcrm_redaction (table_name, object_type, object_id, rows, reason, actor_id, at)
    values ('lawcrm_journalentry', of_type, of_id, blanked, reason, actor, clock_timestamp());
  return blanked;
end $$;

create function lawcrm_history_erase(
  history regclass, of_id bigint, reason text, actor int, id_column text default 'id') returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
begin
  perform lawcrm_refuse_without_reason(reason);
  if not exists (select from pg_attribute where attrelid = history and attname = 'history_id' and not attisdropped) then
    raise exception '% is not a history table', history using errcode = 'insufficient_privilege';
  end if;
  execute format('delete from %s where %I = $1', history, id_column) using of_id;
  get diagnostics gone = row_count;
  insert into lawcrm_redaction (table_name, object_type, object_id, rows, reason, actor_id, at)
    values (history::text, '', of_id, gone, reason, actor, clock_timestamp());
  return gone;
end $$;

create function lawcrm_read_log_purge(before timestamptz, reason text, actor int) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
begin
  perform lawcrm_refuse_without_reason(reason);
  delete from lawcrm_readentry where at < before;
  get diagnostics gone = row_count;
  insert into lawcrm_redaction (table_name, object_type, object_id, rows, reason, actor_id, at)
    values ('lawcrm_readentry', '', 0, gone, reason, actor, clock_timestamp());
  return gone;
end $$;

grant select, update on lawcrm_journalentry to lawcrm_redactor;
grant select, delete on lawcrm_readentry to lawcrm_redactor;
grant select, insert on lawcrm_redaction to lawcrm_redactor;
grant usage on all sequences in schema public to lawcrm_redactor;
select lawcrm_to_the_app('lawcrm_journal_redact(text, bigint, text, int)');
select lawcrm_to_the_app('lawcrm_history_erase(regclass, bigint, text, int, text)');
select lawcrm_to_the_app('lawcrm_read_log_purge(timestamptz, text, int)');
"""

# The app may not even add to the record of redactions: only the functions above do.
CLOSE = """
do $$
declare
  grantee text;
begin
  for grantee in
    select distinct a.grantee::regrole::text from pg_class c, aclexplode(c.relacl) a
    where c.oid = 'lawcrm_redaction'::regclass and a.grantee not in (0, c.relowner, 'lawcrm_redactor'::regrole)
  loop
    execute format('revoke insert on lawcrm_redaction from %s', grantee);
  end loop;
end $$;
"""

REFUSALS = """
create function lawcrm_refusals_purge(before timestamptz, reason text, actor int) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
begin
  perform lawcrm_refuse_without_reason(reason);
  delete from lawcrm_refusedrequest where at < before;
  get diagnostics gone = row_count;
  insert into lawcrm_redaction (table_name, object_type, object_id, rows, reason, actor_id, at)
    values ('lawcrm_refusedrequest', '', 0, gone, reason, actor, clock_timestamp());
  return gone;
end $$;
select lawcrm_to_the_app('lawcrm_refusals_purge(timestamptz, text, int)');
"""
REFUSALS_REVERSE = "drop function lawcrm_refusals_purge(timestamptz, text, int)"

TABLES = ("journalentry", "journalseal", "sealedtail", "redaction", "readentry")


def journal_guards() -> list[RunSQL]:
    """Everything the journal's first migration needs after its tables."""
    tables = "".join(f"select lawcrm_make_append_only('lawcrm_{name}');" for name in TABLES)
    return [RunSQL(GUARDS), RunSQL(JOURNAL), RunSQL(CLOSE), RunSQL(tables)]


def append_only(history_table: str) -> RunSQL:
    """For each history table, in the migration that makes it: nobody changes it, only the redactor erases."""
    return RunSQL(
        f"select lawcrm_make_append_only('{history_table}');"
        f" grant select, delete on {history_table} to lawcrm_redactor",
        f"drop trigger append_only on {history_table}; drop trigger append_only_whole on {history_table}",
    )


def journal_policy(matters: str = "matters_matter", contacts: str = "clients_contact") -> RunSQL:
    """Row-level security of journal and read log; for the first migration that has both roots' tables.

    Adding is free, because not everyone who does something may read what is recorded about it.
    """
    sees = (
        "app_is_system() or app_flag('journal') or (coalesce(matter_id, contact_id) is not null"
        f" and (matter_id is null or (select true from {matters} r where r.id = matter_id))"
        f" and (contact_id is null or (select true from {contacts} r where r.id = contact_id)))"
    )
    tables = ("lawcrm_journalentry", "lawcrm_readentry")
    forward = "".join(
        f"alter table {table} enable row level security;"
        f"create policy need_to_know on {table} for select using ({sees});"
        f"create policy anyone_adds on {table} for insert with check (true);"
        for table in tables
    )
    backward = "".join(
        f"drop policy need_to_know on {table}; drop policy anyone_adds on {table};"
        f"alter table {table} disable row level security;"
        for table in tables
    )
    return RunSQL(forward, backward)
