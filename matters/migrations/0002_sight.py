from pathlib import Path

from django.db import migrations

from lawcrm.db import history, policies

HERE = Path(__file__).parent
CONTACT = "app_sees_contact(acl, deny, acl_walled, walled, restricted_at, quarantined_at)"
CONFLICTS = "app_is_system() or app_flag('conflicts')"


def guarded(model, column, root, *, audited=True):
    """Row-level security of a child and of its history, which nobody may change."""
    app, name = model.split("_")
    past = f"{app}_historical{name}"
    yield policies.child_policy(model, column, root)
    if audited:
        yield policies.child_policy(past, column, root)
        yield history.append_only(past)


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0001_initial"),
        ("clients", "0001_initial"),
        ("lawcrm", "0001_journal"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        policies.sight_functions(),
        migrations.RunSQL((HERE / "sight.sql").read_text(), (HERE / "sight_reverse.sql").read_text()),
        policies.root_policy("matters_matter", "app_sees(acl, deny)"),
        policies.child_policy("matters_historicalmatter", "id", "matters_matter"),
        history.append_only("matters_historicalmatter"),
        policies.root_policy("clients_contact", CONTACT),
        policies.child_policy("clients_historicalcontact", "id", "clients_contact"),
        history.append_only("clients_historicalcontact"),
        *guarded("clients_contactname", "contact_id", "clients_contact"),
        *guarded("clients_contactpoint", "contact_id", "clients_contact"),
        *guarded("clients_address", "contact_id", "clients_contact"),
        *guarded("clients_court", "contact_id", "clients_contact"),
        *guarded("clients_contactwall", "contact_id", "clients_contact", audited=False),
        *guarded("matters_party", "matter_id", "matters_matter"),
        *guarded("matters_wall", "matter_id", "matters_matter"),
        *guarded("matters_wallbar", "matter_id", "matters_matter"),
        *guarded("matters_communication", "matter_id", "matters_matter"),
        *guarded("matters_document", "matter_id", "matters_matter"),
        history.append_only("matters_historicalmattertype"),
        policies.root_policy(
            "matters_conflictcheck", f"{CONFLICTS} or asked_by_id = current_setting('app.uid', true)::int"
        ),
        policies.child_policy("matters_historicalconflictcheck", "id", "matters_conflictcheck"),
        history.append_only("matters_historicalconflictcheck"),
        policies.root_policy("matters_conflicthit", CONFLICTS),
        history.journal_policy(),
    ]
