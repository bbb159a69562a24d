-- Rows leave their staging tables with the columns that triggers would have derived one statement at a time;
-- what they mean is said by contact_sight_truth and matter_sight_wrong (matters/migrations/walls.sql).

analyze staged_matters_matter;
analyze staged_clients_contact;

insert into matters_matter ({matter_columns}, acl, deny)
select {matter_values}, coalesce(g.acl, '{{}}'), coalesce(b.deny, '{{}}')
  from staged_matters_matter s
  left join (select matter_id, array_agg(distinct principal order by principal) as acl
               from matter_grant where matter_id >= {first_matter} group by 1) g on g.matter_id = s.id
  left join (select matter_id, array_agg(distinct principal order by principal) as deny
               from matter_bar where matter_id >= {first_matter} group by 1) b on b.matter_id = s.id
 order by s.id;

create temporary table barred_contact on commit drop as
select contact_id, array_agg(distinct principal order by principal) as deny
  from contact_bar where contact_id >= {first_contact} group by 1;

create temporary table walled_party on commit drop as
select p.contact_id, m.id as matter_id, m.acl
  from matters_party p join matters_matter m on m.id = p.matter_id
  left join barred_contact b on b.contact_id = p.contact_id
 where p.matter_id >= {first_matter} and not m.deny <@ coalesce(b.deny, '{{}}');

insert into clients_contact ({contact_columns}, acl, acl_walled, walled, deny)
select {contact_values},
       case when s.is_directory then '{{0}}' else coalesce(o.acl, '{{}}') end,
       case when not s.is_directory and w.walled is not null then coalesce(q.acl, '{{}}') end,
       case when not s.is_directory then w.walled end,
       coalesce(b.deny, '{{}}')
  from staged_clients_contact s
  left join (select contact_id, array_agg(principal order by principal) as acl
               from (select contact_id, principal from contact_grant where contact_id >= {first_contact}
                     union
                     select p.contact_id, unnest(m.acl) from matters_party p join matters_matter m on m.id = p.matter_id
                       left join barred_contact b on b.contact_id = p.contact_id
                      where p.matter_id >= {first_matter} and m.deny <@ coalesce(b.deny, '{{}}')) x
              group by 1) o on o.contact_id = s.id
  left join (select contact_id, array_agg(distinct matter_id order by matter_id) as walled
               from walled_party group by 1) w on w.contact_id = s.id
  left join (select contact_id, array_agg(distinct principal order by principal) as acl
               from walled_party, unnest(acl) principal group by 1) q on q.contact_id = s.id
  left join barred_contact b on b.contact_id = s.id
 order by s.id;
