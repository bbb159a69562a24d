import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lawcrm.db import policies


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0006_signed_sheets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="for which device")),
                ("with_titles", models.BooleanField(default=False, verbose_name="show what must be done")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last fetched")),
                ("handed", models.CharField(blank=True, editable=False, max_length=64)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at", None)),
                        fields=["user", "made_at"],
                        name="deadlines_feed_live",
                    )
                ],
            },
        ),
        policies.root_policy(
            "deadlines_calendarfeed",
            "app_is_system() or user_id = nullif(current_setting('app.uid', true), '')::int",
            inserting=False,
        ),
    ]
