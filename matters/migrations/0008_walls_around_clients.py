from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent
# What stood before walls had terms: it went up when it was raised, and nobody had been told.
KEPT = """
update matters_wall set starts_at = raised_at, is_silent = true, lowered_at = ends_at;
update matters_wall set ends_at = null where ends_at <= starts_at;
update matters_wallbar b set state = 'lifted'
 where exists (select from matters_wallbar o where o.id < b.id and o.matter_id = b.matter_id
                and (o.user_id, o.group_id) is not distinct from (b.user_id, b.group_id));
do $$
declare old clients_contactwall; made bigint;
begin
  for old in select * from clients_contactwall order by id loop
    if not exists (select from matters_wallbar b where b.contact_id = old.contact_id
                    and (b.user_id, b.group_id) is not distinct from (old.user_id, old.group_id)) then
      insert into matters_wall (contact_id, reason, notice, is_silent, raised_by_id, raised_at, starts_at)
        values (old.contact_id, old.reason, '', true, old.raised_by_id, old.raised_at, old.raised_at)
        returning id into made;
      insert into matters_wallbar (wall_id, contact_id, user_id, group_id)
        values (made, old.contact_id, old.user_id, old.group_id);
    end if;
  end loop;
end $$;
"""


class Migration(migrations.Migration):
    """Not reversible: a wall around a client cannot be said in what stood before."""

    dependencies = [("matters", "0007_walls_with_terms"), ("accounts", "0002_factors_sessions_groups")]

    operations = [migrations.RunSQL((HERE / "walls.sql").read_text()), migrations.RunSQL(KEPT)]
