from django.db import migrations

# By default a fifth of a table may be dead before it is cleaned: two hundred thousand rows of a million, which a list
# in their order passes one by one.
SOONER = "alter table clients_contact set (autovacuum_vacuum_scale_factor = 0.02)"
AS_BEFORE = "alter table clients_contact reset (autovacuum_vacuum_scale_factor)"


class Migration(migrations.Migration):
    dependencies = [("clients", "0007_sorted_in_at_once")]

    operations = [migrations.RunSQL(SOONER, AS_BEFORE)]
