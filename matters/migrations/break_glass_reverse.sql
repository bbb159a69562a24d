drop trigger erased on matters_breakglass;
drop trigger sight_insert on matters_breakglass;
drop trigger sight_update on matters_breakglass;
drop trigger sight_delete on matters_breakglass;
drop function break_glass_erased();
drop function break_glass_changed();
create or replace view matter_grant as
  select content_object_id as matter_id, user_id::int as principal from matters_matteruserobjectpermission
   where permission_id = (select sight_permission('matters', 'view_matter'))
  union all
  select content_object_id, -group_id::int from matters_mattergroupobjectpermission
   where permission_id = (select sight_permission('matters', 'view_matter'));
