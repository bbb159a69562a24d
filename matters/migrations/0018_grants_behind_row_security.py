from django.db import migrations

from lawcrm.db import policies

# A grant tells that what it opens exists: it is read, given and taken by whoever sees that.
MATTER, CONTACT = "matters_matter", "clients_contact"


class Migration(migrations.Migration):
    dependencies = [("matters", "0017_who_is_told_of_walls")]

    operations = [
        policies.child_policy("matters_matteruserobjectpermission", "content_object_id", MATTER),
        policies.child_policy("matters_mattergroupobjectpermission", "content_object_id", MATTER),
        policies.child_policy("clients_contactuserobjectpermission", "content_object_id", CONTACT),
        policies.child_policy("clients_contactgroupobjectpermission", "content_object_id", CONTACT),
    ]
