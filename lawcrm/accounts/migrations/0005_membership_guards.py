"""The database keeps practice groups and external people apart from every road but membership."""

from pathlib import Path

from django.db import migrations

from lawcrm.db.history import append_only

HERE = Path(__file__).parent
# Who was in a practice group before memberships were recorded stays in it; nobody keeps these groups yet.
FILL = """
insert into accounts_membership (group_id, user_id, is_keeper, since, reason, end_reason)
select m.group_id, m.user_id, false, now(), 'In the group before memberships were recorded', ''
  from accounts_user_groups m join accounts_groupkind k on k.group_id = m.group_id and k.kind = 'practice'
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_practice_groups_and_externals"), ("lawcrm", "0001_journal")]

    operations = [
        append_only("accounts_historicalmembership"),
        migrations.RunSQL(
            (HERE / "membership.sql").read_text(), (HERE / "membership_reverse.sql").read_text()
        ),
        migrations.RunSQL(FILL, "delete from accounts_membership"),
    ]
