"""Resets of second factors become one kind of change among three; what was confirmed was done at once."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def done_when_confirmed(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    rows = apps.get_model("accounts", "AccountChange").objects
    rows.filter(confirmed_at__isnull=False).update(done_at=F("confirmed_at"))
    for pk in rows.values_list("pk", flat=True):  # a handful
        rows.filter(pk=pk).update(public_id=uuid.uuid4())


def only_resets(apps, schema_editor):
    """The other kinds, and changes that were stopped, did not exist before."""
    if schema_editor.connection.alias == "default":
        rows = apps.get_model("accounts", "AccountChange").objects
        rows.exclude(kind="factor", stopped_at__isnull=True).delete()


def added(name, field):
    return migrations.AddField("accountchange", name, field)


OPEN = Q(done_at=None, stopped_at=None)
KINDS = [("password", "Link for a new password"), ("factor", "Reset of the second factor"), ("address", "New sign-in address")]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_leaving")]

    operations = [
        migrations.RemoveConstraint("factorreset", "accounts_factor_reset_four_eyes"),
        migrations.RemoveConstraint("factorreset", "accounts_factor_reset_once"),
        migrations.RenameModel("FactorReset", "AccountChange"),
        migrations.AlterModelOptions(
            "accountchange",
            {"verbose_name": "change of how somebody signs in", "verbose_name_plural": "changes of how people sign in"},
        ),
        migrations.CreateModel(
            name="SealedCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(unique=True)),
                ("digest", models.CharField(max_length=128)),
                ("sealed_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={"default_permissions": ()},
        ),
        added("public_id", models.UUIDField(default=uuid.uuid4, editable=False, null=True)),
        added("kind", models.CharField(choices=KINDS, default="factor", max_length=8, verbose_name="what")),
        added("new_email", models.EmailField(blank=True, default="", max_length=254, verbose_name="new address")),
        added("due_at", models.DateTimeField(null=True, verbose_name="takes effect at")),
        added("done_at", models.DateTimeField(null=True, verbose_name="done at")),
        added("stopped_at", models.DateTimeField(null=True, verbose_name="stopped at")),
        added(
            "sealed_code",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.sealedcode"
            ),
        ),
        migrations.AlterField(
            "accountchange",
            "user",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="account_changes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(done_when_confirmed, only_resets),
        migrations.RunSQL("set constraints all immediate", "set constraints all immediate"),
        migrations.AlterField(
            "accountchange", "public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.AlterField(
            "accountchange", "new_email", models.EmailField(blank=True, max_length=254, verbose_name="new address")
        ),
        migrations.AddConstraint(
            "accountchange",
            models.CheckConstraint(
                condition=(~Q(confirmed_by=F("asked_by")) & ~Q(confirmed_by=F("user"))) | Q(confirmed_by=None),
                name="accounts_change_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            "accountchange",
            models.UniqueConstraint(fields=["user", "kind"], condition=OPEN, name="accounts_change_once"),
        ),
        migrations.AddConstraint(
            "accountchange",
            models.UniqueConstraint(
                fields=["new_email"],
                condition=Q(kind="address", done_at=None, stopped_at=None),
                name="accounts_change_address_once",
            ),
        ),
    ]
