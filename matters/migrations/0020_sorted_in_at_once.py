from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

SORTED_IN = """
alter index matters_matter_acl set (fastupdate = off);
select gin_clean_pending_list('matters_matter_acl');
"""
WAITING = "alter index matters_matter_acl reset (fastupdate);"


class Migration(migrations.Migration):
    # The index stays: no query goes without it meanwhile.
    dependencies = [("matters", "0019_contact_of_a_party")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SORTED_IN, WAITING)],
            state_operations=[
                migrations.RemoveIndex("matter", "matters_matter_acl"),
                migrations.AddIndex("matter", GinIndex(fields=["acl"], name="matters_matter_acl", fastupdate=False)),
            ],
        ),
    ]
