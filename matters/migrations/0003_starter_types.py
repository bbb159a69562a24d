from django.db import migrations

# What most firms have; an administrator may add to it or take a type out of use.
TYPES = [
    ("advisory", "Advisory"),
    ("corporate", "Corporate"),
    ("criminal", "Criminal defence"),
    ("employment", "Employment"),
    ("family", "Family"),
    ("inheritance", "Inheritance"),
    ("litigation", "Litigation"),
]


def fill(apps, _schema_editor):
    matter_type = apps.get_model("matters", "MatterType")
    for code, name in TYPES:
        matter_type.objects.get_or_create(code=code, defaults={"name": name, "retention_code": "matter"})


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_sight")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
