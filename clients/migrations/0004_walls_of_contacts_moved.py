from django.db import migrations


class Migration(migrations.Migration):
    """Their rows are walls of the matters app since its 0008."""

    dependencies = [("clients", "0003_beginning_of_contact_points"), ("matters", "0008_walls_around_clients")]

    operations = [
        migrations.RemoveConstraint(model_name="contactwall", name="clients_wall_one_principal"),
        migrations.DeleteModel(name="ContactWall"),
    ]
