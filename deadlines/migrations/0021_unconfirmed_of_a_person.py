from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Index, Q


class Migration(migrations.Migration):
    # The book grows for as long as a firm stands, and nobody waits for an index on it.
    atomic = False
    dependencies = [("deadlines", "0020_hours")]

    operations = [
        AddIndexConcurrently(
            "deadline",
            Index(
                fields=["assignee", "due_on", "id"],
                name="deadlines_unconfirmed_mine",
                condition=Q(state="open", confirmed_at__isnull=True),
            ),
        ),
    ]
