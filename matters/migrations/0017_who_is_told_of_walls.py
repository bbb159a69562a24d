from django.db import migrations

MATTER = "(select true from matters_matter r where r.id = {table}.matter_id)"
CLIENT = (
    "(select true from matters_party p join clients_contact c on c.id = p.contact_id"
    " where p.contact_id = {table}.contact_id and p.role = 'client' limit 1)"
)
# The firm's own people who see the matter, or a matter in which the contact is the client.
TOLD = f"app_is_system() or (app_is_inside() and ({MATTER} or {CLIENT}))"
BEFORE = (
    "app_is_system() or (select true from matters_matter r where r.id = {table}.matter_id)"
    " or (select true from clients_contact r where r.id = {table}.contact_id)"
)
TABLES = ("matters_wall", "matters_wallbar", "matters_historicalwall", "matters_historicalwallbar")
INSIDE = """
create function app_is_inside() returns boolean stable parallel safe language sql as $$
  select coalesce(nullif(current_setting('app.principals', true), '')::int[] @> '{0}', false) $$;
"""
NARROWED = "".join(
    f" and (object_type <> 'matters.{name}' or (select true from matters_{name} r where r.id = object_id))"
    for name in ("document", "communication")
)
OF_WALL = " and (object_type <> 'matters.wall' or (select true from matters_wall r where r.id = object_id))"
TRAIL = (
    "app_is_system() or app_flag('journal') or (coalesce(matter_id, contact_id) is not null"
    " and (matter_id is null or (select true from matters_matter r where r.id = matter_id))"
    " and (contact_id is null or (select true from clients_contact r where r.id = contact_id)){narrowed})"
)
TRAIL_TABLES = ("lawcrm_journalentry", "lawcrm_readentry")


def rows(using):
    policies = ((table, using.format(table=table)) for table in TABLES)
    return "".join(f"alter policy need_to_know on {table} using ({seen}) with check ({seen});" for table, seen in policies)


def trail(narrowed):
    using = TRAIL.format(narrowed=narrowed)
    return "".join(f"alter policy need_to_know on {table} using ({using});" for table in TRAIL_TABLES)


class Migration(migrations.Migration):
    dependencies = [("matters", "0016_takeovers_behind_walls"), ("lawcrm", "0007_reads_by_break_glass")]

    operations = [
        migrations.RunSQL(
            INSIDE + rows(TOLD) + trail(NARROWED + OF_WALL),
            rows(BEFORE) + trail(NARROWED) + "drop function app_is_inside();",
        )
    ]
