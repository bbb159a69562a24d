from django.db import migrations

# By default a fifth of a table may be dead before it is cleaned: two hundred thousand rows of a million, which a list
# in their order passes one by one.
SOONER = "alter table deadlines_deadline set (autovacuum_vacuum_scale_factor = 0.02)"
AS_BEFORE = "alter table deadlines_deadline reset (autovacuum_vacuum_scale_factor)"


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0021_unconfirmed_of_a_person")]

    operations = [migrations.RunSQL(SOONER, AS_BEFORE)]
