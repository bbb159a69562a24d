"""The docket desk reads date, grade and number of what reached it, by page and by bare SQL, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from deadlines.actions import reminding
from deadlines.actions.entering import move_deadline
from deadlines.models import Deadline, DocketEntry, Reminder
from lawcrm import access, jobs
from lawcrm.accounts.models import User
from tests import personas
from tests.deadlines.office import Office, entered, wall_off

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 7, tzinfo=UTC)  # at eight in Copenhagen
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def morning() -> Any:
    with time_machine.travel(EIGHT, tick=False):
        yield


@pytest.fixture
def desk() -> User:
    return personas.user_for("docket desk", full_name="Dora Desk")


@pytest.fixture
def deadline(office: Office, desk: User) -> Deadline:
    """One that has reached the desk; another one has not."""
    found = entered(office, now=EIGHT, due_on=MONDAY)
    entered(office, now=EIGHT, due_on=MONDAY + timedelta(days=90))
    for hours in range(2):
        jobs.run("deadlines.remind", EIGHT + hours * HOUR)
    return found


def raw(person: User, sql: str) -> list[tuple[Any, ...]]:
    with access.as_user(User.objects.get(pk=person.pk)), connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_the_page_shows_date_grade_and_number(office: Office, desk: User, deadline: Deadline) -> None:
    page = office.browser(desk).get(reverse("deadlines:docket")).content.decode()
    assert (office.matter.number in page, "Today" in page, "Critical" in page) == (True, True, True)
    for hidden in ("Nordbau", "Yıldız", "Berufung", "Statutory", "Karin", str(deadline.public_id)):
        assert hidden not in page


def test_bare_sql_shows_the_desk_its_row_and_nothing_of_the_matter(
    office: Office, desk: User, deadline: Deadline
) -> None:
    rows = raw(desk, "select number, due_on, criticality from deadlines_docketentry")
    assert rows == [(office.matter.number, MONDAY, "critical")]
    for table in ("deadlines_deadline", "deadlines_reminder", "matters_matter", "deadlines_historicaldeadline"):
        assert raw(desk, f"select * from {table}") == [], table
    columns = {column.name for column in DocketEntry._meta.local_fields}
    assert columns == {"id", "public_id", "reminder", "recipient", "number", "due_on", "criticality"}


def test_nobody_else_reads_it_not_even_another_desk(office: Office, desk: User, deadline: Deadline) -> None:
    late = personas.user_for("docket desk")
    for person in (late, office.outsider, office.lawyer, personas.user_for("administrator")):
        assert raw(person, "select * from deadlines_docketentry") == []
        with access.as_user(person):
            assert not DocketEntry.objects.exists()


def test_a_wall_beats_it(office: Office, desk: User, deadline: Deadline) -> None:
    browser = office.browser(desk)
    with access.as_system("test"):
        entry = DocketEntry.objects.get()
    wall_off(office.matter, desk)
    assert raw(desk, "select * from deadlines_docketentry") == []
    assert office.matter.number not in browser.get(reverse("deadlines:docket")).content.decode()
    assert browser.post(reverse("deadlines:docket_found", args=[entry.public_id])).status_code == 404


def test_who_leaves_the_desk_reads_it_no_more(desk: User, deadline: Deadline) -> None:
    desk.groups.clear()
    assert raw(desk, "select * from deadlines_docketentry") == []


def test_the_desk_can_neither_write_rows_nor_ask_with_the_principals_of_others(
    office: Office, desk: User, deadline: Deadline
) -> None:
    columns = "public_id, reminder_id, recipient_id, number, due_on, criticality"
    values = f"gen_random_uuid(), reminder_id + 1, {desk.pk}, 'x', due_on, 'normal'"
    written = f"insert into deadlines_docketentry ({columns}) select {values} from deadlines_docketentry"
    for sql in ("update deadlines_docketentry set due_on = '2030-01-01'", written):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            raw(desk, sql)
    asked = f"select app_docket_open(reminder_id, array[{office.lawyer.pk}]) from deadlines_docketentry"
    assert raw(desk, asked) == [(False,)]


def test_somebody_found_it_goes_no_further_and_leaves_the_docket(
    office: Office, desk: User, deadline: Deadline
) -> None:
    browser = office.browser(desk)
    with access.as_system("test"):
        entry = DocketEntry.objects.get()
    browser.post(reverse("deadlines:docket_found", args=[entry.public_id]))
    with time_machine.travel(EIGHT + 4 * HOUR, tick=False):
        jobs.run("deadlines.remind", EIGHT + 4 * HOUR)
    with access.as_system("test"):
        assert not DocketEntry.objects.exists()
        assert not Reminder.objects.filter(deadline=deadline, level=4).exists()


def test_what_is_seen_or_moved_leaves_the_docket(office: Office, desk: User, deadline: Deadline) -> None:
    with access.as_user(office.lawyer):
        move_deadline(
            actor=office.lawyer,
            deadline=deadline,
            seen=MONDAY,
            due_on=MONDAY + timedelta(days=30),
            due_time=None,
            reason="x",
            now=EIGHT,
        )
    assert raw(desk, "select * from deadlines_docketentry") == []


def test_acknowledged_by_the_owner_it_leaves_the_docket(office: Office, desk: User, deadline: Deadline) -> None:
    with access.as_user(office.lawyer):
        reminding.acknowledge(actor=office.lawyer, deadline=deadline, now=EIGHT)
    assert raw(desk, "select * from deadlines_docketentry") == []
