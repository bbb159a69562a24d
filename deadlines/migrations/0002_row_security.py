from django.db import migrations

from lawcrm.db import history, policies

MATTER = ("matter_id", "matters_matter")


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial"), ("matters", "0002_sight")]

    operations = [
        policies.child_policy("deadlines_deadline", *MATTER),
        policies.child_policy("deadlines_historicaldeadline", *MATTER),
        history.append_only("deadlines_historicaldeadline"),
        policies.child_policy("deadlines_reminder", *MATTER),
        policies.child_policy("deadlines_task", *MATTER),
        policies.child_policy("deadlines_historicaltask", *MATTER),
        history.append_only("deadlines_historicaltask"),
    ]
