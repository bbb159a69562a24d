"""Makes the role groups; what each may do is filled after the apps' permissions exist (lawcrm/accounts/roles.py)."""

from django.db import migrations

ROLES = (
    "partner",
    "lawyer",
    "assistant",
    "intake",
    "marketing",
    "conflicts officer",
    "data protection officer",
    "administrator",
    "auditor",
)


def make_roles(apps, schema_editor):
    if schema_editor.connection.alias != "default":
        return
    for name in ROLES:
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        apps.get_model("accounts", "GroupKind").objects.get_or_create(group=group, defaults={"kind": "role"})


def drop_roles(apps, schema_editor):
    if schema_editor.connection.alias == "default":
        apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_factors_sessions_groups")]

    operations = [migrations.RunPython(make_roles, drop_roles)]
