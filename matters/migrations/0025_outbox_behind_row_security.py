from django.db import migrations

# A waiting or sent message tells that the matter or contact it is about exists: whoever sees that sees the message.
# Those about neither, as about one's own account, are open to all.
SEEN = """
app_is_system() or (
  (matter_id is null or exists (select from matters_matter r where r.id = lawcrm_outboxmessage.matter_id))
  and (contact_id is null or exists (select from clients_contact r where r.id = lawcrm_outboxmessage.contact_id)))
"""
BEHIND = f"""
alter table lawcrm_outboxmessage enable row level security;
create policy need_to_know on lawcrm_outboxmessage using ({SEEN}) with check ({SEEN});
"""
OPEN = """
drop policy need_to_know on lawcrm_outboxmessage;
alter table lawcrm_outboxmessage disable row level security;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0024_break_glass_by_the_job"),
        ("clients", "0008_cleaned_sooner"),
        ("lawcrm", "0002_outbox_and_jobs"),
    ]

    operations = [migrations.RunSQL(BEHIND, OPEN)]
