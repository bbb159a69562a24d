from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deadlines', '0018_declined_plans'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='ownholiday',
            constraint=models.CheckConstraint(condition=models.Q(('is_closed', False), models.Q(('kind', 'half_day'), _negated=True), _connector='OR'), name='deadlines_own_half_day_is_open'),
        ),
    ]
