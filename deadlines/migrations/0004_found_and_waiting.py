import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0001_initial"),
        ("deadlines", "0003_waiting_indexes"),
        ("matters", "0002_sight"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", True), ("state", "open")),
                fields=["matter"],
                name="deadlines_unconfirmed_matter",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("title"), name="gin_trgm_ops"
                ),
                condition=models.Q(("state", "open")),
                name="deadlines_open_title",
            ),
        ),
    ]
