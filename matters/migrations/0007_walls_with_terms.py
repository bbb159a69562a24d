"""Walls get a start, an end, a notice and people who acknowledge it, and may stand around a contact."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from lawcrm.db import policies

AROUND = (
    "app_is_system() or (select true from matters_matter r where r.id = {table}.matter_id)"
    " or (select true from clients_contact r where r.id = {table}.contact_id)"
)
OWN = (
    "app_is_system() or user_id = current_setting('app.uid', true)::int"
    " or (select true from matters_wall r where r.id = matters_wallnotice.wall_id)"
)
TABLES = ("matters_wall", "matters_wallbar")


def around(table):
    """Rows are seen, and can be written, where the matter or the contact is seen."""
    visible = AROUND.format(table=table)
    through = f"app_is_system() or (select true from matters_matter r where r.id = {table}.matter_id)"
    return migrations.RunSQL(
        f"alter policy need_to_know on {table} using ({visible}) with check ({visible})",
        f"alter policy need_to_know on {table} using ({through}) with check ({through})",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("clients", "0003_beginning_of_contact_points"),
        ("matters", "0006_external_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WallNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='notice')),
                ('asked_at', models.DateTimeField(verbose_name='asked at')),
                ('reminded_at', models.DateTimeField(null=True, verbose_name='reminded at')),
                ('acknowledged_at', models.DateTimeField(null=True, verbose_name='acknowledged at')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='withdrawn at')),
            ],
            options={
                'verbose_name': 'notice of a wall',
                'verbose_name_plural': 'notices of walls',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='historicalwall',
            name='contact',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.contact'),
        ),
        migrations.AddField(
            model_name='historicalwall',
            name='is_silent',
            field=models.BooleanField(db_default=False, default=False, verbose_name='nobody is asked'),
        ),
        migrations.AddField(
            model_name='historicalwall',
            name='lowered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='lowered at'),
        ),
        migrations.AddField(
            model_name='historicalwall',
            name='notice',
            field=models.TextField(blank=True, max_length=1000, verbose_name='notice'),
        ),
        migrations.AddField(
            model_name='historicalwall',
            name='starts_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='starts at'),
        ),
        migrations.AddField(
            model_name='historicalwallbar',
            name='contact',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.contact'),
        ),
        migrations.AddField(
            model_name='historicalwallbar',
            name='state',
            field=models.CharField(choices=[('planned', 'planned'), ('standing', 'standing'), ('lifted', 'lifted')], db_default='standing', default='standing', max_length=8),
        ),
        migrations.AddField(
            model_name='wall',
            name='contact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='clients.contact'),
        ),
        migrations.AddField(
            model_name='wall',
            name='is_silent',
            field=models.BooleanField(db_default=False, default=False, verbose_name='nobody is asked'),
        ),
        migrations.AddField(
            model_name='wall',
            name='lowered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='lowered at'),
        ),
        migrations.AddField(
            model_name='wall',
            name='notice',
            field=models.TextField(blank=True, max_length=1000, verbose_name='notice'),
        ),
        migrations.AddField(
            model_name='wall',
            name='starts_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='starts at'),
        ),
        migrations.AddField(
            model_name='wallbar',
            name='contact',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.contact'),
        ),
        migrations.AddField(
            model_name='wallbar',
            name='state',
            field=models.CharField(choices=[('planned', 'planned'), ('standing', 'standing'), ('lifted', 'lifted')], db_default='standing', default='standing', max_length=8),
        ),
        migrations.AlterField(
            model_name='wall',
            name='matter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='matters.matter'),
        ),
        migrations.AlterField(
            model_name='wallbar',
            name='matter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter'),
        ),
        migrations.AddIndex(
            model_name='wall',
            index=models.Index(condition=models.Q(('lowered_at__isnull', True)), fields=['starts_at'], name='matters_wall_open'),
        ),
        migrations.AddIndex(
            model_name='wallbar',
            index=models.Index(condition=models.Q(('state', 'standing')), fields=['contact'], name='matters_bar_client'),
        ),
        migrations.AddField(
            model_name='wallnotice',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='wallnotice',
            name='wall',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='matters.wall'),
        ),
        migrations.AddIndex(
            model_name='wallnotice',
            index=models.Index(condition=models.Q(('acknowledged_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['user'], name='matters_notice_open'),
        ),
        migrations.AddConstraint(
            model_name='wallnotice',
            constraint=models.UniqueConstraint(fields=('wall', 'user'), name='matters_notice_once'),
        ),
        *(around(table) for name in TABLES for table in (name, name.replace("matters_", "matters_historical"))),
        migrations.RunSQL(
            f"alter table matters_wallnotice enable row level security;"
            f" create policy need_to_know on matters_wallnotice using ({OWN}) with check ({OWN})",
            "drop policy need_to_know on matters_wallnotice",
        ),
    ]
