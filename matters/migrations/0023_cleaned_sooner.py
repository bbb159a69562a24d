from django.db import migrations

# By default a fifth of a table may be dead before it is cleaned: two hundred thousand rows of a million, which a list
# in their order passes one by one.
SOONER = "alter table matters_matter set (autovacuum_vacuum_scale_factor = 0.02)"
AS_BEFORE = "alter table matters_matter reset (autovacuum_vacuum_scale_factor)"


class Migration(migrations.Migration):
    dependencies = [("matters", "0022_latest_of_a_contact")]

    operations = [migrations.RunSQL(SOONER, AS_BEFORE)]
