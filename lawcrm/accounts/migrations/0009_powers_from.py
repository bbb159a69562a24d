"""A new account waits for what reaches beyond its own matters; those that are there wait for nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_account_changes")]

    operations = [
        migrations.AlterModelOptions(
            "user",
            {
                "permissions": [
                    ("see_as", "Ask what a person would see, in counts and numbers"),
                    ("extend_externals", "Extend the account of somebody from outside"),
                    ("vouch_for", "Vouch for a new account, which then waits no more"),
                ],
                "verbose_name": "member of staff",
                "verbose_name_plural": "staff",
            },
        ),
        migrations.AddField("user", "powers_from", models.DateTimeField(editable=False, null=True)),
    ]
