from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_takeovers")]

    operations = [
        migrations.RemoveConstraint(model_name="wallbar", name="matters_bar_once"),
        migrations.AddConstraint(
            model_name="wallbar",
            constraint=models.UniqueConstraint(
                fields=["wall", "user", "group"],
                name="matters_bar_once",
                condition=~models.Q(state="lifted"),
                nulls_distinct=False,
            ),
        ),
    ]
