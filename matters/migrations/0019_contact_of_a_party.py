from django.db import migrations

# A party opens its contact to everybody who sees the matter, so that only what one sees may become one. A contact that
# is hidden answers like one that does not exist. Asked with the rights of whoever writes.
FUNCTION = """
create function app_party_contact_is_seen() returns trigger language plpgsql set search_path from current as $$
begin
    if not exists (select from clients_contact where id = new.contact_id) then
        raise foreign_key_violation using message = 'the contact of a party does not exist';
    end if;
    return new;
end $$
"""
TRIGGER = """
create trigger matters_party_contact before insert or update of contact_id on matters_party
for each row execute function app_party_contact_is_seen()
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0018_grants_behind_row_security")]

    operations = [
        migrations.RunSQL(FUNCTION, "drop function app_party_contact_is_seen()"),
        migrations.RunSQL(TRIGGER, "drop trigger matters_party_contact on matters_party"),
    ]
