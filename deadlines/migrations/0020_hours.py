from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deadlines', '0019_own_half_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='deadline',
            name='computed_time',
            field=models.TimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='historicaldeadline',
            name='computed_time',
            field=models.TimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='trigger_time',
            field=models.TimeField(blank=True, null=True, verbose_name='time of the trigger'),
        ),
        migrations.AddField(
            model_name='historicaldeadline',
            name='trigger_time',
            field=models.TimeField(blank=True, null=True, verbose_name='time of the trigger'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='new_time',
            field=models.TimeField(null=True, verbose_name='new time'),
        ),
        migrations.AddField(
            model_name='historicalproposal',
            name='new_time',
            field=models.TimeField(null=True, verbose_name='new time'),
        ),
    ]
