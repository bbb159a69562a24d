"""Calendar feeds: what a calendar program gets with a token and nothing else, and when it gets nothing."""

import hashlib
import logging
import re
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Event

from deadlines.actions import ending, feeds
from deadlines.actions.entering import confirm_deadline, move_deadline
from deadlines.models import CalendarFeed, Deadline
from deadlines.queries.feeds import digest_of
from lawcrm import access, audit
from lawcrm.accounts.actions import passwords, staff
from lawcrm.accounts.actions.sessions import end_sessions_of
from lawcrm.accounts.models import User
from lawcrm.logs import JsonFormatter
from lawcrm.models import JournalEntry, ReadEntry
from tests import factories, personas
from tests.deadlines.office import NOW, TODAY, Office, entered, proposed, wall_off, work_on

pytestmark = pytest.mark.django_db
SOON = TODAY + timedelta(days=10)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def made(person: User, *, with_titles: bool = False) -> str:
    with access.as_user(person):
        return feeds.make_feed(actor=person, name="Phone", with_titles=with_titles, now=NOW)


def fetch(token: str, **headers: str) -> Any:
    """As a calendar program does: without cookies."""
    return Client().get(reverse("deadlines:feed", args=[token]), headers=headers)


def events(token: str) -> list[Event]:
    response = fetch(token)
    assert response.status_code == 200
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def statuses(token: str) -> dict[str, str]:
    return {str(event["uid"]): str(event["status"]) for event in events(token)}


@pytest.fixture
def token(office: Office) -> str:
    return made(office.lawyer)


def test_the_feed_holds_kind_day_and_number_and_names_nobody(office: Office, token: str) -> None:
    deadline = entered(office, due_on=SOON, due_time=time(14, 30), note="Nordbau")
    response = fetch(token)
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert {name: event[name].to_ical().decode() for name in event} == {
        "UID": str(deadline.public_id),
        "SUMMARY": f"Statutory deadline 14:30 · {office.matter.number}",
        "DTSTART": "20261130",
        "DTEND": "20261201",
        "DTSTAMP": "20261120T110000Z",
        "LAST-MODIFIED": "20261120T110000Z",
        "SEQUENCE": "0",
        "STATUS": "TENTATIVE",
        "TRANSP": "TRANSPARENT",
        "CLASS": "PRIVATE",
        "URL": f"http://testserver/deadlines/{deadline.public_id}/",
    }
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "text/calendar; charset=utf-8",
        "private, no-store",
    )
    for word in ("Nordbau", "Berufung", "Vestergaard", "Berg", "firm.example"):
        assert word not in response.content.decode()


def test_titles_are_there_for_whoever_chose_them(office: Office) -> None:
    entered(office, title="Klage, Frist; \\ Größe\r\nBEGIN:VALARM", due_on=SOON)
    (event,) = events(made(office.lawyer, with_titles=True))
    kind = f"Statutory deadline · {office.matter.number} · "
    assert str(event["summary"]) == f"{kind}Klage, Frist; \\ Größe\nBEGIN:VALARM"
    assert event.subcomponents == []


def test_it_holds_what_the_person_answers_for_or_is_deputy_of(office: Office, token: str) -> None:
    own = entered(office)
    deputy = entered(office, assignee=office.assistant, deputy=office.lawyer)
    entered(office, assignee=office.assistant)
    assert statuses(token).keys() == {str(own.public_id), str(deputy.public_id)}


def test_a_move_and_a_confirmation_reach_the_calendar(office: Office, token: str) -> None:
    deadline, later = entered(office, due_on=SOON), NOW + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        with access.as_user(office.lawyer):
            moved = move_deadline(
                actor=office.lawyer, deadline=deadline, seen=SOON, due_on=TODAY, due_time=None, reason="x", now=later
            )
        with access.as_user(office.assistant):
            confirm_deadline(actor=office.assistant, deadline=moved, seen=TODAY, now=later)
        (event,) = events(token)
    assert (event.start, event["sequence"], event["status"]) == (TODAY, 2, "CONFIRMED")
    assert event["last-modified"].dt == later
    assert str(event["uid"]) == str(deadline.public_id)


def test_of_two_dates_the_event_stands_on_the_earlier_and_names_the_other(office: Office, token: str) -> None:
    early, late = entered(office, due_on=SOON), entered(office, due_on=SOON)
    for deadline in (early, late):
        with access.as_user(office.lawyer):
            confirm_deadline(actor=office.lawyer, deadline=deadline, seen=SOON, now=NOW)
    proposed(early, TODAY)
    proposed(late, SOON + timedelta(days=1))
    found = {str(event["uid"]): (event.start, str(event["summary"]), event["status"]) for event in events(token)}
    words = f"Statutory deadline · {office.matter.number}"
    assert found == {
        str(early.public_id): (TODAY, f"{words} · proposed date, in the book 30 Nov 2026", "TENTATIVE"),
        str(late.public_id): (SOON, f"{words} · proposed 1 Dec 2026", "CONFIRMED"),
    }


def done(deadline: Deadline, by: User) -> None:
    with access.as_user(by):
        ending.mark_done(actor=by, deadline=deadline, seen=TODAY, reason="x", receipt="fax 1", now=NOW)


def test_what_has_ended_is_cancelled_for_sixty_days(office: Office, token: str) -> None:
    met, struck = entered(office, criticality=Deadline.Criticality.NORMAL), entered(office)
    done(met, office.lawyer)
    with access.as_user(office.lawyer):
        ending.strike_deadline(actor=office.lawyer, deadline=struck, seen=TODAY, reason="x", now=NOW)
    assert statuses(token) == dict.fromkeys((str(met.public_id), str(struck.public_id)), "CANCELLED")
    with time_machine.travel(NOW + timedelta(days=61)):
        assert statuses(token) == {}


def test_a_critical_one_that_is_done_stays_until_a_second_person_has_checked_it(office: Office, token: str) -> None:
    deadline = entered(office)
    done(deadline, office.lawyer)
    with time_machine.travel(NOW + timedelta(days=61)):
        assert statuses(token) == {str(deadline.public_id): "TENTATIVE"}
    with access.as_user(office.assistant):
        ending.check_done(actor=office.assistant, deadline=deadline, now=NOW)
    assert statuses(token) == {str(deadline.public_id): "CANCELLED"}


def test_a_wall_empties_it_at_the_next_fetch_and_leaves_the_rest(office: Office, token: str) -> None:
    hidden = entered(office)
    other = factories.matter("Other", responsible=office.assistant)
    work_on(other, office.lawyer)
    work_on(other, office.assistant)
    open_one = entered(office, matter=other)
    assert statuses(token).keys() == {str(hidden.public_id), str(open_one.public_id)}
    wall_off(office.matter, office.lawyer)
    content = fetch(token).content.decode()
    assert str(open_one.public_id) in content
    for word in (str(hidden.public_id), office.matter.number):
        assert word not in content


def test_leaving_ends_it_and_coming_back_does_not_revive_it(office: Office, token: str) -> None:
    entered(office)
    boss = personas.user_for("administrator")
    with access.as_user(boss):
        staff.end_access(actor=boss, user=office.lawyer, reason="left", now=NOW)
    assert fetch(token).status_code == 404
    with access.as_user(boss):
        staff.reactivate(actor=boss, user=office.lawyer, reason="back", now=NOW)
        roles = list(Group.objects.filter(name="lawyer"))
        staff.give_roles(actor=boss, user=User.objects.get(pk=office.lawyer.pk), roles=roles, reason="x", now=NOW)
    assert fetch(token).status_code == 404


def test_a_lost_device_is_the_administrator_s_one_step(office: Office, token: str) -> None:
    other, boss = made(office.assistant), personas.user_for("administrator")
    with access.as_user(office.lawyer):
        end_sessions_of(actor=office.lawyer, user=office.lawyer)
    assert fetch(token).status_code == 200, "one's own sessions are something else"
    with access.as_user(boss):
        end_sessions_of(actor=boss, user=office.lawyer)
    assert [fetch(text).status_code for text in (token, other)] == [404, 200]


@pytest.mark.parametrize("kind", ["accounts.change_made", "accounts.passkey_copied"])
def test_a_reset_and_a_copied_passkey_end_it(kind: str, office: Office, token: str) -> None:
    with access.as_user(personas.user_for("administrator")):
        audit.record(kind, office.lawyer)
    assert fetch(token).status_code == 404


def test_a_new_password_ends_it_with_the_other_devices(office: Office, token: str) -> None:
    with access.as_user(office.lawyer):
        passwords.change_password(actor=office.lawyer, password="harbour lamp quiet 42", keep="", now=NOW)
    assert fetch(token).status_code == 404


def test_a_change_of_function_ends_it_for_good(office: Office, token: str) -> None:
    boss = personas.user_for("administrator")
    for role in ("marketing", "lawyer"):
        with access.as_user(boss):
            roles = list(Group.objects.filter(name=role))
            staff.give_roles(actor=boss, user=office.lawyer, roles=roles, reason="x", now=NOW)
        assert fetch(token).status_code == 404
    with access.as_system("test"):
        assert CalendarFeed.objects.get(user=office.lawyer).revoked_at == NOW


@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"ends_on": TODAY - timedelta(days=1)},
    ],
)
def test_who_may_not_subscribe_any_more_gets_nothing_though_the_row_still_stands(
    fields: dict[str, Any], office: Office, token: str
) -> None:
    """Before any job or action has run."""
    entered(office)
    User.objects.filter(pk=office.lawyer.pk).update(**fields)
    assert fetch(token).status_code == 404


def test_nobody_from_outside_has_one_whatever_their_role_may_do(office: Office) -> None:
    outside = personas.external_for("external counsel")
    outside.groups.get().permissions.add(Permission.objects.get(codename="view_deadline"))
    with access.as_user(User.objects.get(pk=outside.pk)) as viewer:
        assert viewer.user_id == outside.pk
        with pytest.raises(feeds.NotForOutsiders):
            feeds.make_feed(actor=outside, name="x", with_titles=False, now=NOW)
        CalendarFeed.objects.create(user=outside, digest=digest_of("t"), name="x", made_at=NOW)
    assert fetch("t").status_code == 404


def test_taking_the_permission_from_the_role_is_enough(office: Office, token: str) -> None:
    office.lawyer.groups.clear()
    assert fetch(token).status_code == 404


def test_a_revoked_token_and_one_that_never_was_are_one_answer(office: Office, token: str) -> None:
    with access.as_user(office.lawyer):
        feeds.revoke_feed(actor=office.lawyer, feed=CalendarFeed.objects.get(), now=NOW)
    answers = [fetch(text) for text in (token, "x" * 43, "x")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({re.sub(rb'nonce="[^"]+"', b"", answer.content) for answer in answers}) == 1


def test_the_table_holds_only_a_digest(office: Office, token: str) -> None:
    with access.as_user(office.lawyer):
        assert CalendarFeed.objects.get().digest == hashlib.sha256(token.encode()).hexdigest()
    with access.as_system("test"), connection.cursor() as cursor:
        cursor.execute("select count(*) from deadlines_calendarfeed f where f::text like %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)
        cursor.execute("select count(*) from lawcrm_journalentry j where j::text like %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("who", ["assistant", "outsider"])
def test_nobody_else_sees_or_revokes_it(who: str, office: Office, token: str) -> None:
    with access.as_user(office.lawyer):
        feed = CalendarFeed.objects.get()
    browser = office.browser(getattr(office, who))
    assert "Phone" not in browser.get(reverse("deadlines:feeds")).content.decode()
    assert browser.post(reverse("deadlines:revoke_feed", args=[feed.public_id])).status_code == 404
    assert fetch(token).status_code == 200


def test_the_same_content_is_not_sent_twice_to_a_program_that_remembers(office: Office, token: str) -> None:
    deadline = entered(office)
    first = fetch(token)
    second = fetch(token, if_none_match=first["ETag"])
    assert (second.status_code, second.content, second["ETag"]) == (304, b"", first["ETag"])
    assert second["Cache-Control"] == "private, no-store"
    done(deadline, office.lawyer)
    third = fetch(token, if_none_match=first["ETag"])
    assert third.status_code == 200
    assert third["ETag"] != first["ETag"]


def test_a_program_that_asks_every_second_waits_and_loses_nothing(office: Office, token: str, noon: Any) -> None:
    deadline = entered(office)
    answers = []
    for _second in range(180):
        answers.append(fetch(token))
        noon.shift(1)
    codes = [answer.status_code for answer in answers]
    assert codes[:5] == [200] * 5
    assert codes.count(200) == 7  # and once a minute from then on
    refused = answers[5]
    assert (refused.status_code, refused["Retry-After"], refused["Cache-Control"]) == (429, "59", "private, no-store")
    assert b"Ask again in 59 seconds" in refused.content
    other = made(office.assistant)
    assert fetch(other).status_code == 200, "of one person's program nobody else hears"
    noon.shift(60)
    assert statuses(token) == {str(deadline.public_id): "TENTATIVE"}
    noon.shift(601)
    assert [fetch(token).status_code for _time in range(4)] == [200] * 4


def test_a_head_or_a_post_changes_and_tells_nothing(office: Office, token: str) -> None:
    entered(office)
    url = reverse("deadlines:feed", args=[token])
    assert Client().head(url).content == b""
    assert Client().post(url).status_code == 405


def test_what_was_handed_out_is_noted_once_a_day_and_only_when_it_changed(
    office: Office, token: str, noon: Any
) -> None:
    deadline, other = entered(office), entered(office, due_on=SOON)

    def noted() -> list[tuple[int, int]]:
        with access.as_system("test"):
            rows = ReadEntry.objects.filter(what="feed", object_type="deadlines.deadline").order_by("pk")
            assert {row.matter_id for row in rows} <= {office.matter.pk}
            return [(row.user_id, row.object_id) for row in rows]

    me = office.lawyer.pk
    fetch(token)
    fetch(token)
    assert sorted(noted()) == [(me, deadline.pk), (me, other.pk)]
    third = entered(office)
    fetch(token)
    assert sorted(noted()) == [(me, deadline.pk), (me, other.pk), (me, third.pk)]
    with access.as_system("test"):
        assert {row.last_used_at for row in CalendarFeed.objects.all()} == {NOW}


def test_the_token_stands_in_no_log(office: Office, token: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        fetch(token)
        office.lawyer.groups.clear()
        fetch(token)
        Client().post(reverse("deadlines:feed", args=[token]))
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert any("/calendar/[token].ics" in line for line in lines), "the refusal is logged"
    assert not [line for line in lines if token in line]


def test_whoever_happens_to_be_signed_in_gets_the_owner_s_calendar_and_no_more(office: Office, token: str) -> None:
    """The token alone decides; a browser's session neither widens it nor is written into the read log."""
    mine = entered(office)
    theirs = entered(office, assignee=office.assistant)
    response = office.browser(office.assistant).get(reverse("deadlines:feed", args=[token]))
    assert str(mine.public_id) in response.content.decode()
    assert str(theirs.public_id) not in response.content.decode()
    with access.as_system("test"):
        assert {row.user_id for row in ReadEntry.objects.filter(what="feed")} == {office.lawyer.pk}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_do_not_depend_on_the_rows(
    rows: int, office: Office, token: str, django_assert_num_queries: Any
) -> None:
    for _row in range(rows):
        entered(office)
    fetch(token)
    with django_assert_num_queries(QUERIES):
        assert fetch(token).status_code == 200


QUERIES = 13


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_person_makes_a_calendar_sees_its_address_once_and_revokes_it(office: Office) -> None:
    entered(office, due_on=SOON)
    browser = office.browser(office.lawyer)
    assert "No calendar yet" in text(browser.get(reverse("deadlines:feeds")))
    page = browser.post(reverse("deadlines:make_feed"), {"name": "Phone"})
    address = page.context["address"]
    assert address in text(page)
    assert Client().get(address).status_code == 200
    shown = text(browser.get(reverse("deadlines:feeds")))
    assert "Phone" in shown
    assert address.rsplit("/", 1)[-1] not in shown
    with access.as_user(office.lawyer):
        feed = CalendarFeed.objects.get()
        assert not feed.with_titles
    browser.post(reverse("deadlines:revoke_feed", args=[feed.public_id]))
    assert Client().get(address).status_code == 404
    assert "Phone" not in text(browser.get(reverse("deadlines:feeds")))
    with access.as_system("test"):
        kinds = JournalEntry.objects.filter(kind__startswith="feed.").order_by("pk").values_list("kind", "actor_id")
        assert list(kinds) == [("feed.made", office.lawyer.pk), ("feed.revoked", office.lawyer.pk)]


def test_it_wants_a_name_a_function_and_an_end_to_the_pile(office: Office) -> None:
    url = reverse("deadlines:make_feed")
    browser = office.browser(office.lawyer)
    assert browser.post(url, {}).status_code == 422
    for _number in range(feeds.MOST):
        made(office.lawyer)
    answer = browser.post(url, {"name": "one more"})
    assert (answer.status_code, "Revoke one you no longer use" in text(answer)) == (422, True)


def test_a_token_is_nobody_s_twice(office: Office, token: str) -> None:
    with access.as_user(office.lawyer), pytest.raises(IntegrityError):
        CalendarFeed.objects.create(user=office.lawyer, digest=digest_of(token), name="x", made_at=NOW)
