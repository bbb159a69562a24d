"""Acknowledging a wall: who is asked, what they read, who is reminded and who sees it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lawcrm import access, jobs, outbox
from lawcrm.accounts.models import User
from lawcrm.crypto.marks import mark
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from matters.actions import notices, walls
from matters.models import Matter, Wall, WallNotice
from matters.queries import walls as queries
from tests import personas
from tests.lawcrm.mail_server import Post
from tests.matters.conftest import NOW, Opener
from tests.matters.test_walls import wall_off

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/matters/barriers/"


@pytest.fixture
def shared(opened: Opener, ida: User) -> Matter:
    return opened(people=(ida,))


def asked() -> dict[str, tuple[bool, bool]]:
    """By name: whether it was acknowledged, and whether it was withdrawn."""
    with access.as_system("test"):
        rows = WallNotice.objects.select_related("user")
        return {row.user.full_name: (bool(row.acknowledged_at), bool(row.withdrawn_at)) for row in rows}


def run(job: str, after: timedelta) -> None:
    assert jobs.run(f"matters.{job}", NOW + after) == "done"


def sent(after: timedelta) -> list[tuple[int, str]]:
    with access.as_system("test"):
        outbox.send_due(NOW + after)
    return list(OutboxMessage.objects.order_by("pk").values_list("recipient_id", "state"))


def of(user: User) -> WallNotice:
    with access.as_system("test"):
        return WallNotice.objects.get(user=user)


def test_each_person_is_asked_members_of_groups_and_those_who_join_too(
    shared: Matter, karin: User, ida: User, outsider: User
) -> None:
    banking = personas.practice_group("Banking", outsider)
    wall_off(karin, shared, ida, banking)
    assert asked() == {"Ida Berg": (False, False), "Tomas Lind": (False, False)}
    joins = personas.user_for("lawyer", full_name="Oskar")
    personas.join(banking, joins)
    personas.leave(banking, outsider)
    run("ask_kept_out", DAY)
    assert asked() == {"Ida Berg": (False, False), "Tomas Lind": (False, True), "Oskar": (False, False)}
    personas.join(banking, outsider)
    run("ask_kept_out", 2 * DAY)
    assert asked()["Tomas Lind"] == (False, False)


@pytest.mark.parametrize(
    ("terms", "at_once_and_later"),
    [
        ({"is_silent": True}, ({}, {})),
        ({"starts_at": NOW + DAY}, ({}, {"Ida Berg": (False, False)})),
        ({"ends_at": NOW + DAY}, ({"Ida Berg": (False, False)}, {"Ida Berg": (False, True)})),
    ],
)
def test_people_are_asked_while_the_wall_stands(
    terms: dict[str, Any], at_once_and_later: Any, shared: Matter, karin: User, ida: User
) -> None:
    wall_off(karin, shared, ida, **terms)
    at_once = asked()
    run("keep_walls", DAY)
    run("ask_kept_out", DAY)
    assert (at_once, asked()) == at_once_and_later


def test_what_they_read_is_the_notice_and_nothing_of_the_matter(
    shared: Matter, karin: User, ida: User, outsider: User
) -> None:
    wall_off(karin, shared, ida, notice="Keep away from what the third floor does.")
    page = personas.signed_in(ida).get(PAGE).content.decode()
    assert "Keep away from what the third floor does." in page
    assert all(word not in page for word in (shared.number, shared.title, "former client", str(shared.public_id)))
    for person in (outsider, personas.user_for("administrator"), karin):
        assert "third floor" not in personas.signed_in(person).get(PAGE).content.decode()
    with access.as_user(ida):
        assert (WallNotice.objects.count(), Wall.objects.count()) == (1, 0)
    with access.as_user(outsider):
        assert WallNotice.objects.count() == 0


def test_standard_words_stand_where_none_were_written(shared: Matter, karin: User, ida: User) -> None:
    wall_off(karin, shared, ida, notice="  ")
    assert of(ida).text == notices.standard_words()


def test_acknowledged_once_and_seen_by_whoever_sees_the_wall(shared: Matter, karin: User, ida: User) -> None:
    wall_off(karin, shared, ida)
    client = personas.signed_in(ida)
    assert "A notice waits for you" in client.get("/").content.decode()
    with time_machine.travel(NOW + DAY, tick=False):
        client = personas.signed_in(ida)
        answer = client.post(PAGE, {"notice": mark(of(ida))})
        assert (answer.status_code, of(ida).acknowledged_at) == (302, NOW + DAY)
        again = client.post(PAGE, {"notice": mark(of(ida))}, follow=True)
    assert "acknowledged this before" in again.content.decode()
    assert "A notice waits for you" not in client.get("/").content.decode()
    with access.as_user(karin):
        (shown,) = queries.of_matter(shared)
        entry = JournalEntry.objects.get(kind="wall.acknowledged", matter_id=shared.pk)
    assert ([row.user for row in shown.asked], shown.unanswered) == ([ida], [])
    assert (entry.actor_id, entry.facts) == (ida.pk, {"user_id": ida.pk})


def test_nobody_answers_for_another_or_for_a_wall_that_is_down(
    shared: Matter, karin: User, ida: User, outsider: User
) -> None:
    wall = wall_off(karin, shared, ida)
    notice = of(ida)
    for person in (outsider, karin):
        assert personas.signed_in(person).post(PAGE, {"notice": mark(notice)}).status_code == 404
    with access.as_user(karin):
        walls.lower_wall(actor=karin, wall=wall, reason="x", now=NOW)
    assert personas.signed_in(ida).post(PAGE, {"notice": mark(notice)}).status_code == 404
    with access.as_user(ida), pytest.raises(notices.NoLongerAsked):
        notices.acknowledge(actor=ida, notice=notice, now=NOW)


def test_whoever_does_not_answer_is_reminded_and_the_raiser_told(
    shared: Matter, karin: User, ida: User, browser: Client, post: Post
) -> None:
    wall_off(karin, shared, ida)
    run("remind_kept_out", 2 * DAY)
    assert sent(2 * DAY) == []
    run("remind_kept_out", 3 * DAY)
    assert sent(3 * DAY) == [(ida.pk, "sent")]
    run("remind_kept_out", 4 * DAY)
    assert len(sent(4 * DAY)) == 1
    run("remind_kept_out", 6 * DAY)
    assert len(sent(6 * DAY)) == 2
    (mail, _again) = post.mails
    text = mail.get_content() + mail["Subject"]
    assert reverse("matters:notices") in text
    assert all(word not in text for word in (shared.number, shared.title, "former client", notices.standard_words()))
    page = browser.get("/").content.decode()
    assert ("still not acknowledged" in page, "Ida Berg" in page) == (True, True)


@pytest.mark.parametrize("what", ["acknowledged", "lowered", "left"])
def test_a_reminder_that_waits_is_not_sent_when_nothing_is_asked_any_more(
    what: str, shared: Matter, karin: User, ida: User, post: Post
) -> None:
    wall = wall_off(karin, shared, ida)
    run("remind_kept_out", 3 * DAY)
    if what == "acknowledged":
        with access.as_user(ida):
            notices.acknowledge(actor=ida, notice=of(ida), now=NOW + 3 * DAY)
    elif what == "lowered":
        with access.as_user(karin):
            walls.lower_wall(actor=karin, wall=wall, reason="x", now=NOW + 3 * DAY)
    else:
        User.objects.filter(pk=ida.pk).update(is_active=False)
    assert (sent(3 * DAY), post.mails) == ([(ida.pk, "cancelled")], [])


def test_the_page_of_many_notices_asks_as_often_as_that_of_one(
    opened: Opener, karin: User, ida: User, django_assert_num_queries: Any
) -> None:
    client = personas.signed_in(ida)
    wall_off(karin, opened(), ida)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for number in range(2):
        wall_off(karin, opened(f"Case {number}"), ida)
    with django_assert_num_queries(len(one)):
        client.get(PAGE)
