from django.db import migrations

from lawcrm.db import history, policies

CONTACT = ("contact_id", "clients_contact")


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("matters", "0002_sight")]

    operations = [
        policies.child_policy("consent_consent", *CONTACT),
        policies.child_policy("consent_historicalconsent", *CONTACT),
        history.append_only("consent_historicalconsent"),
        policies.child_policy("consent_consentevent", *CONTACT),
        history.append_only("consent_historicalpurpose"),
        history.append_only("consent_historicalwording"),
    ]
