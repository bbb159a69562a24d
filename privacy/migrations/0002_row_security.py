from django.db import migrations

from lawcrm.db import history, policies

PRIVACY = "app_is_system() or app_flag('privacy')"
# The count on the held row is what the database's refusal to delete and the pages look at.
HOLDS = """
create function hold_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  row privacy_hold;
begin
  row := coalesce(new, old);
  update matters_matter m set hold_count =
    (select count(*) from privacy_hold h where h.matter_id = m.id and h.released_at is null)
   where m.id = row.matter_id;
  update clients_contact c set hold_count =
    (select count(*) from privacy_hold h where h.contact_id = c.id and h.released_at is null)
   where c.id = row.contact_id;
  return null;
end $$;
create trigger hold_changed after insert or update or delete on privacy_hold
  for each row execute function hold_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial"), ("matters", "0002_sight")]

    operations = [
        migrations.RunSQL(HOLDS, "drop function hold_changed() cascade"),
        policies.root_policy("privacy_hold", PRIVACY),
        policies.child_policy("privacy_historicalhold", "id", "privacy_hold"),
        history.append_only("privacy_historicalhold"),
        policies.root_policy(
            "privacy_erasureitem", f"{PRIVACY} or (select true from matters_matter m where m.id = matter_ref)"
        ),
        policies.child_policy("privacy_historicalerasureitem", "id", "privacy_erasureitem"),
        history.append_only("privacy_historicalerasureitem"),
        policies.root_policy("privacy_certificate", PRIVACY),
        history.append_only("privacy_historicalretentionrule"),
    ]
