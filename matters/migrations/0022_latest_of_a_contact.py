from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Index


class Migration(migrations.Migration):
    # A bank takes part in thousands of matters, and its page shows the latest.
    atomic = False
    dependencies = [("matters", "0021_sight_of_contacts_sooner")]

    operations = [
        AddIndexConcurrently("party", Index(fields=["contact", "-since", "-id"], name="matters_party_latest")),
    ]
