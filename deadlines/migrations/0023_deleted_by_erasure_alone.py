from django.db import migrations

# Whoever sees a deadline may change it, and strikes it where it goes; a row goes with its matter, when its time is over.
KEPT = "create policy kept on deadlines_deadline as restrictive for delete using (app_is_system())"
AS_BEFORE = "drop policy kept on deadlines_deadline"


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0022_cleaned_sooner")]

    operations = [migrations.RunSQL(KEPT, AS_BEFORE)]
