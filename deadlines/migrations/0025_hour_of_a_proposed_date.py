from django.db import migrations, models

# What is proposed at the time of the update keeps its hour.
OPEN_ONES = """
update deadlines_deadline d set proposed_time = p.new_time
  from deadlines_proposal p where p.deadline_id = d.id and p.state = 'open' and p.new_time is not null
"""


class Migration(migrations.Migration):

    dependencies = [
        ('deadlines', '0024_whose_sheet'),
    ]

    operations = [
        migrations.AddField(
            model_name='deadline',
            name='proposed_time',
            field=models.TimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='historicaldeadline',
            name='proposed_time',
            field=models.TimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(OPEN_ONES, migrations.RunSQL.noop),
    ]
