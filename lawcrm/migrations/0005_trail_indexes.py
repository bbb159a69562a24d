from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Index, Q

INDEXES = {
    "journalentry": [
        Index(fields=["actor_id", "-at"], name="journal_actor"),
        Index(fields=["kind", "-at"], name="journal_kind"),
    ],
    "readentry": [
        Index(fields=["-at"], name="read_at"),
        Index(fields=["matter_id", "-at"], name="read_matter", condition=Q(matter_id__isnull=False)),
        Index(fields=["contact_id", "-at"], name="read_contact", condition=Q(contact_id__isnull=False)),
        Index(fields=["what", "-at"], name="read_beyond_pages", condition=~Q(what="page")),
    ],
}


class Migration(migrations.Migration):
    # Both tables grow by every page that is opened, and nobody waits for an index on them.
    atomic = False
    dependencies = [("lawcrm", "0004_refused_requests")]

    operations = [AddIndexConcurrently(model, index) for model, indexes in INDEXES.items() for index in indexes]
