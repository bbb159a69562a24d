drop trigger guard_external on accounts_user;
drop trigger guard_group_kind on accounts_groupkind;
drop trigger guard_group_rows on accounts_user_groups;
drop trigger guard_membership on accounts_membership;
drop trigger membership_changed on accounts_membership;
drop function guard_external(), guard_group_kind(), guard_group_rows(), guard_membership(), membership_changed();
drop function app_refuse(text), app_is_practice(int), app_is_owner(oid), app_uid();
