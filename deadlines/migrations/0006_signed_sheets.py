import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models

from lawcrm.db import history, policies

SIGNER = "app_is_system() or app_flag('journal') or current_setting('app.uid', true)::int = signed_by_id"


class Migration(migrations.Migration):

    dependencies = [
        ('deadlines', '0005_done_checked_and_extensions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalSignedSheet',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                ('h_source', models.CharField(default='', editable=False, max_length=20)),
                ('h_request_id', models.CharField(default='', editable=False, max_length=40)),
                ('h_reason', models.TextField(default='', editable=False)),
                ('public_id', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ('day', models.DateField(verbose_name='day')),
                ('is_own', models.BooleanField(verbose_name="one's own deadlines only")),
                ('signed_at', models.DateTimeField()),
                ('open_ones', models.PositiveIntegerField(verbose_name='still open')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='what will be done')),
                ('record', models.JSONField()),
                ('history_user_id', models.IntegerField(editable=False, null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('signed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical signed control sheet',
                'verbose_name_plural': 'historical signed control sheets',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
                'indexes': [models.Index(fields=['id', 'history_date'], name='deadlines_h_id_eb9da9_idx')],
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='SignedSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('day', models.DateField(verbose_name='day')),
                ('is_own', models.BooleanField(verbose_name="one's own deadlines only")),
                ('signed_at', models.DateTimeField()),
                ('open_ones', models.PositiveIntegerField(verbose_name='still open')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='what will be done')),
                ('record', models.JSONField()),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'signed control sheet',
                'verbose_name_plural': 'signed control sheets',
                'default_permissions': (),
                'indexes': [models.Index(fields=['signed_by', 'day'], name='deadlines_sheet_signed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('open_ones', 0), models.Q(('note', ''), _negated=True), _connector='OR'), name='deadlines_sheet_says_what_is_done')],
            },
        ),
        policies.root_policy("deadlines_signedsheet", SIGNER, inserting=False),
        policies.child_policy("deadlines_historicalsignedsheet", "id", "deadlines_signedsheet"),
        history.append_only("deadlines_historicalsignedsheet"),
    ]
