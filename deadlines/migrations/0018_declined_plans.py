import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lawcrm.db import policies


class Migration(migrations.Migration):

    dependencies = [
        ('deadlines', '0017_indexes_of_second_person'),
        ('matters', '0018_grants_behind_row_security'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanDecline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('declined_at', models.DateTimeField(editable=False)),
                ('declined_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deadlines.plan')),
            ],
            options={
                'verbose_name': 'declined plan',
                'verbose_name_plural': 'declined plans',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('matter', 'plan'), name='deadlines_plan_declined_once')],
            },
        ),
        policies.child_policy("deadlines_plandecline", "matter_id", "matters_matter"),
    ]
