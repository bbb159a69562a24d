from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the filling, because a table with changed rows cannot be altered in the same transaction."""

    dependencies = [("matters", "0008_walls_around_clients")]

    operations = [
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.CheckConstraint(condition=models.Q(('matter__isnull', True), ('contact__isnull', True), _connector='XOR'), name='matters_wall_one_root'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='matters_wall_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='wallbar',
            constraint=models.CheckConstraint(condition=models.Q(('matter__isnull', True), ('contact__isnull', True), _connector='XOR'), name='matters_bar_one_root'),
        ),
        migrations.AddConstraint(
            model_name='wallbar',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'lifted'), _negated=True), fields=('matter', 'contact', 'user', 'group'), name='matters_bar_once', nulls_distinct=False),
        ),
    ]
