from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import Q

SORTED_IN = """
alter index clients_contact_acl set (fastupdate = off);
alter index clients_contact_acl_walled set (fastupdate = off);
select gin_clean_pending_list('clients_contact_acl');
select gin_clean_pending_list('clients_contact_acl_walled');
"""
WAITING = """
alter index clients_contact_acl reset (fastupdate);
alter index clients_contact_acl_walled reset (fastupdate);
"""
WALLED = GinIndex(
    fields=["acl_walled"],
    name="clients_contact_acl_walled",
    condition=Q(acl_walled__isnull=False),
    fastupdate=False,
)


class Migration(migrations.Migration):
    # The indexes stay: no query goes without them meanwhile.
    dependencies = [("clients", "0006_contacts_nobody_sees")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SORTED_IN, WAITING)],
            state_operations=[
                migrations.RemoveIndex("contact", "clients_contact_acl"),
                migrations.RemoveIndex("contact", "clients_contact_acl_walled"),
                migrations.AddIndex("contact", GinIndex(fields=["acl"], name="clients_contact_acl", fastupdate=False)),
                migrations.AddIndex("contact", WALLED),
            ],
        ),
    ]
