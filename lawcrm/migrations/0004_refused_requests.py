from django.db import migrations, models
from django.db.models import Index

from lawcrm.db import history, policies


class Migration(migrations.Migration):
    # The functions of row-level security come with the first table that is guarded.
    dependencies = [("lawcrm", "0003_firm"), ("matters", "0002_sight")]

    operations = [
        migrations.CreateModel(
            name="RefusedRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_id", models.IntegerField(null=True)),
                ("url_name", models.CharField(max_length=80)),
                ("status", models.SmallIntegerField()),
                ("network", models.CharField(max_length=12)),
                ("request_id", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "refused request",
                "verbose_name_plural": "refused requests",
                "default_permissions": (),
                "indexes": [
                    Index(fields=["-at", "-id"], name="refusal_at"),
                    Index(fields=["user_id", "-at", "-id"], name="refusal_person"),
                ],
            },
        ),
        policies.root_policy("lawcrm_refusedrequest", "app_is_system() or app_flag('journal')"),
        history.append_only("lawcrm_refusedrequest"),
        migrations.RunSQL(history.REFUSALS, history.REFUSALS_REVERSE),
    ]
