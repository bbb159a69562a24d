from django.db import migrations

from lawcrm.db import history, policies


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_access_reviews"), ("matters", "0002_sight")]

    operations = [
        policies.child_policy("privacy_matterreview", "matter_id", "matters_matter"),
        policies.child_policy("privacy_matterreviewitem", "matter_id", "matters_matter"),
        policies.root_policy("privacy_reviewcount", "app_is_system() or app_flag('privacy')"),
        history.append_only("privacy_historicalreviewrules"),
    ]
