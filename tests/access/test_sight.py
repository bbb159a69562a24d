"""Who sees a matter and a contact, through the managers and through bare SQL."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.joins import LeakyJoin
from matters.models import Matter, MatterUserObjectPermission, Party, Wall, WallBar
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def sees(user: User, row: Matter | Contact) -> bool:
    """What the application's predicate says alone, the policies alone, and both: they must agree."""
    with access.as_user(User.objects.get(pk=user.pk)):
        rows = type(row).objects.filter(pk=row.pk)
        both, statement = rows.exists(), rows.values("pk").query.sql_with_params()
        by_policy = bool(fetched(f"select 1 from {row._meta.db_table} where id = %s", [row.pk]))
    with access.as_system("the policies let the system see everything"):
        by_predicate = bool(fetched(*statement))
    assert both == by_policy == by_predicate
    return both


def fetched(sql: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def raise_wall(around: Matter | Contact, against: User | Group) -> Wall:
    with access.as_system("test"):
        root: Any = {"matter" if isinstance(around, Matter) else "contact": around}
        by = factories.user("Karin Vestergaard")
        wall = Wall.objects.create(reason="former client", raised_by=by, raised_at=NOON, **root)
        who: Any = {"user" if isinstance(against, User) else "group": against}
        WallBar.objects.create(wall=wall, **root, **who)
    return wall


def lower_wall(wall: Wall) -> None:
    with access.as_system("test"):
        audit.update(wall.bars.all(), state=WallBar.State.LIFTED)


@pytest.fixture
def ida() -> User:
    return factories.user("Ida Berg")


@pytest.fixture
def practice() -> Group:
    return Group.objects.create(name="Banking")


def withdraw_all() -> None:
    with access.as_system("test"):
        MatterUserObjectPermission.objects.all().delete()


def test_nobody_declared_is_an_error_in_python_and_nothing_in_sql() -> None:
    factories.matter()
    with pytest.raises(access.NoViewer):
        Matter.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from matters_matter")
        assert cursor.fetchone()[0] == 0


def test_only_a_grant_opens_a_matter(ida: User) -> None:
    matter = factories.matter()
    assert not sees(ida, matter)
    factories.grant(matter, ida)
    assert sees(ida, matter)
    withdraw_all()
    assert not sees(ida, matter)


def test_a_superuser_sees_nothing_without_a_grant() -> None:
    matter = factories.matter()
    assert not sees(factories.user("Root", is_superuser=True, is_staff=True), matter)


def test_a_grant_to_a_group_reaches_its_members_until_they_leave(ida: User, practice: Group) -> None:
    matter = factories.matter()
    factories.grant(matter, practice)
    assert not sees(ida, matter)
    ida.groups.add(practice)
    assert sees(ida, matter)
    ida.groups.remove(practice)
    assert not sees(ida, matter)


def test_a_wall_beats_the_grants_of_person_and_group(ida: User, practice: Group) -> None:
    matter = factories.matter()
    ida.groups.add(practice)
    factories.grant(matter, practice)
    factories.grant(matter, ida)
    wall = raise_wall(matter, ida)
    assert not sees(ida, matter)
    lower_wall(wall)
    assert sees(ida, matter)
    raise_wall(matter, practice)
    assert not sees(ida, matter)


def test_an_inactive_person_sees_nothing(ida: User) -> None:
    matter = factories.matter()
    factories.grant(matter, ida)
    ida.is_active = False
    ida.save()
    assert not sees(ida, matter)


def test_a_contact_is_seen_through_a_visible_matter_only(ida: User) -> None:
    matter, contact = factories.matter(), factories.contact()
    party = factories.party(matter, contact)
    assert not sees(ida, contact)
    factories.grant(matter, ida)
    assert sees(ida, contact)
    with access.as_system("test"):
        party.delete()
    assert not sees(ida, contact)


def test_a_wall_is_not_pierced_by_a_group_and_hides_no_contact_of_another_matter(ida: User, practice: Group) -> None:
    first, second, contact = factories.matter(), factories.matter(), factories.contact()
    ida.groups.add(practice)
    for matter in (first, second):
        factories.party(matter, contact)
    factories.grant(first, practice)
    wall = raise_wall(first, ida)
    assert not sees(ida, contact)
    factories.grant(second, ida)
    assert sees(ida, contact)
    lower_wall(wall)
    withdraw_all()
    assert sees(ida, contact)


def test_a_contact_s_own_wall_beats_every_matter_that_brings_it(ida: User) -> None:
    matter, contact = factories.matter(), factories.contact()
    factories.party(matter, contact)
    factories.grant(matter, ida)
    assert sees(ida, contact)
    wall = raise_wall(contact, ida)
    assert not sees(ida, contact)
    lower_wall(wall)
    assert sees(ida, contact)


def test_a_directory_entry_is_seen_by_everyone_and_its_matters_are_not(ida: User) -> None:
    matter, court = factories.matter(), factories.contact("Landgericht Köln", kind="organisation")
    factories.party(matter, court, "court")
    with access.as_system("test"):
        court.is_directory, court.directory_reason = True, "court"
        court.save()
    assert sees(ida, court)
    assert not sees(ida, matter)
    with access.as_user(ida):
        assert Party.objects.count() == 0


def test_a_restricted_or_quarantined_contact_is_seen_by_few(ida: User) -> None:
    matter, contact = factories.matter(), factories.contact()
    factories.party(matter, contact)
    factories.grant(matter, ida)
    officer = factories.user("Data protection officer")
    officer.groups.add(factories.role_with("clients.see_restricted"))
    factories.grant(matter, officer)
    with access.as_system("test"):
        contact.restricted_at = NOON
        contact.save()
    assert not sees(ida, contact)
    assert sees(officer, contact)


def test_the_derived_columns_cannot_be_written_by_the_application(ida: User) -> None:
    matter = factories.matter()
    with access.as_system("test"):
        matter.acl, matter.hold_count = [0, ida.pk], 3
        matter.save()
        matter.refresh_from_db()
        assert (matter.acl, matter.hold_count) == ([], 0)
        Matter.objects.filter(pk=matter.pk).update(acl=[ida.pk])
    assert not sees(ida, matter)


def test_who_creates_a_contact_or_matter_sees_it_at_once(ida: User) -> None:
    kind = factories.matter_type()
    with access.as_user(ida):
        matter = Matter.objects.create(
            number="2026-9999",
            title="x",
            matter_type=kind,
            responsible=ida,
            jurisdiction="DK",
            opened_on=date(2026, 1, 1),
        )
    assert sees(ida, matter)


def test_no_row_can_be_written_into_a_hidden_matter(ida: User) -> None:
    matter, contact = factories.matter(), factories.contact(is_directory=True, directory_reason="court")
    with access.as_user(ida), pytest.raises(Exception, match="row-level security"):
        Party.objects.create(matter=matter, contact=contact, role="client", since=date(2026, 1, 1))


def test_a_join_from_a_row_into_hidden_rows_is_refused(ida: User) -> None:
    with access.as_user(ida), pytest.raises(LeakyJoin):
        list(Contact.objects.filter(parties__matter__title="secret"))


def test_the_derived_columns_agree_with_the_truth_after_all_this(ida: User, practice: Group) -> None:
    first, second = factories.matter(), factories.matter()
    contacts = [factories.contact(f"Person {n}") for n in range(3)]
    for matter, contact in ((first, 0), (first, 1), (second, 1), (second, 2)):
        factories.party(matter, contacts[contact])
    factories.grant(first, ida)
    factories.grant(second, practice)
    raise_wall(second, ida)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from sight_wrong()")
        assert cursor.fetchone()[0] == 0
