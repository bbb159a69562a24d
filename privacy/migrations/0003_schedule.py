from datetime import date

from django.db import migrations

# Jurisdiction, floor and ceiling in years, counted from, source. Where the law names no ceiling, it is the
# longest limitation period a claim about the mandate may have; a firm may shorten it.
MATTER_FILES = [
    ("DE", 6, 10, "year_end", "BRAO § 50 (1); BGB § 199 (3)"),
    ("DK", 5, 10, "closing", "Advokatrådet, anbefaling om opbevaring; forældelsesloven § 3 (3)"),
    ("SE", 10, 10, "closing", "Vägledande regler om god advokatsed 7.12"),
    ("TR", 3, 10, "closing", "Avukatlık Kanunu m. 39; TBK m. 146"),
    ("AT", 5, 30, "closing", "RAO § 12 (2)"),
]


def fill(apps, _schema_editor):
    rule = apps.get_model("privacy", "RetentionRule")
    for jurisdiction, floor, ceiling, starts, source in MATTER_FILES:
        rule.objects.create(
            code="matter",
            jurisdiction=jurisdiction,
            name="Matter file",
            floor_years=floor,
            ceiling_years=ceiling,
            starts=starts,
            source=source,
            valid_from=date(2000, 1, 1),
        )


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_row_security")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
