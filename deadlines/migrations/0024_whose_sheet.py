import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("deadlines_signedsheet", "deadlines_historicalsignedsheet")
# The type stays: as it is written anew, the column takes its values from the other, in the append-only history too.
CARRY = "alter table {} alter column about_id type integer using (case when is_own then signed_by_id end);"
# Without the person a sheet of somebody else is one of what its signer saw.
BACK = "alter table {} alter column is_own type boolean using (about_id is not distinct from signed_by_id);"


def about(**options):
    return models.ForeignKey(
        null=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="whose deadlines", **options
    )


class Migration(migrations.Migration):

    dependencies = [
        ("deadlines", "0023_deleted_by_erasure_alone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("signedsheet", "about", about(on_delete=django.db.models.deletion.PROTECT)),
        migrations.AddField(
            "historicalsignedsheet",
            "about",
            about(blank=True, db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING),
        ),
        migrations.RunSQL("".join(map(CARRY.format, TABLES)), "".join(map(BACK.format, TABLES))),
        # On the way back rows are there before they are told which of them were one's own.
        migrations.AlterField("signedsheet", "is_own", models.BooleanField(default=False)),
        migrations.AlterField("historicalsignedsheet", "is_own", models.BooleanField(default=False)),
        migrations.RemoveField("signedsheet", "is_own"),
        migrations.RemoveField("historicalsignedsheet", "is_own"),
    ]
