"""A deadline of a practice group: in everybody's book, told to those who see the matter, gone with the group."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from deadlines.actions import ending, entering, refused, reminding
from deadlines.models import Deadline, Reminder
from deadlines.queries import book, reminders
from lawcrm import access, audit, jobs, outbox
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from tests import factories, personas
from tests.deadlines.office import NOW, TODAY, Office, enter_url, entered, entry, open_office, typed, wall_off
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db


@dataclass
class Team:
    office: Office
    group: Group
    deadline: Deadline


@pytest.fixture
def team(db: None) -> Team:
    """Lawyer, assistant and one who does not see the matter form the group."""
    office = open_office()
    group = personas.practice_group("Transport", office.lawyer, office.assistant, office.outsider)
    made = entered(office, assignee=None, group=group)
    return Team(office, group, made)


def told(team: Team) -> list[tuple[int | None, int, str]]:
    with access.as_system("test"):
        rows = Reminder.objects.filter(deadline=team.deadline, state="handed").order_by("level", "recipient_id")
        return list(rows.exclude(recipient=None).values_list("recipient_id", "level", "state"))


def tick(now: datetime = NOW) -> None:
    assert jobs.run("deadlines.remind", now) == "done"


def stands_with(person: User, team: Team) -> bool:
    with access.as_user(person):
        return book.filtered(mine=book.is_mine(person.pk), today=TODAY).filter(pk=team.deadline.pk).exists()


def test_everybody_who_sees_the_matter_is_told_and_nobody_else(team: Team) -> None:
    tick()
    office = team.office
    assert told(team) == [(office.lawyer.pk, 0, "handed"), (office.assistant.pk, 0, "handed")]


def test_it_stands_in_the_book_of_each(team: Team) -> None:
    office = team.office
    people = (office.lawyer, office.assistant, office.outsider, office.reader)
    assert [stands_with(person, team) for person in people] == [True, True, False, False]


def test_one_of_them_acknowledges_for_all(team: Team) -> None:
    tick()
    with access.as_user(team.office.assistant):
        assert reminding.acknowledge(actor=team.office.assistant, deadline=team.deadline, now=NOW) == 1
    tick(NOW + timedelta(hours=2))
    assert {level for _person, level, _state in told(team)} == {0}


def test_nobody_acknowledging_goes_up(team: Team) -> None:
    tick()
    tick(NOW + timedelta(hours=1, minutes=1))
    assert max(level for _person, level, _state in told(team)) > 0


def test_a_group_with_nobody_able_goes_up_at_once(team: Team) -> None:
    office = team.office
    wall_off(office.matter, office.assistant)
    personas.leave(team.group, office.lawyer)
    tick()
    assert told(team) == [(office.lawyer.pk, Reminder.Level.LAWYER, "handed")]


def test_leaving_the_group_takes_it_away_before_the_mail_goes(team: Team) -> None:
    tick()
    personas.leave(team.group, team.office.lawyer)
    assert not stands_with(team.office.lawyer, team)
    with access.as_system("test"):
        outbox.send_due(NOW)
        mails = dict(OutboxMessage.objects.filter(kind=reminders.KIND).values_list("recipient_id", "reason"))
    assert mails[team.office.lawyer.pk] == "not-visible"


def test_leaving_by_the_action_takes_what_was_told_as_well(team: Team) -> None:
    tick()
    lawyer = team.office.lawyer
    with access.as_system("test"):
        audit.record("accounts.group_left", team.group, reason="test", user_id=lawyer.pk)
    assert [person for person, _level, _state in told(team)] == [team.office.assistant.pk]
    with access.as_user(lawyer):
        assert reminders.unacknowledged(lawyer.pk) == []


def test_a_wall_takes_it_away(team: Team) -> None:
    wall_off(team.office.matter, team.office.assistant)
    tick()
    assert [person for person, _level, _state in told(team)] == [team.office.lawyer.pk]
    assert not stands_with(team.office.assistant, team)


def test_a_wall_between_queueing_and_sending_keeps_the_mail_to_a_member_in(team: Team, post: Post) -> None:
    tick()
    wall_off(team.office.matter, team.office.assistant)
    with access.as_system("test"):
        outbox.send_due(NOW)
        assert OutboxMessage.objects.get(recipient_id=team.office.assistant.pk).reason == "not-visible"
    assert [envelope.rcpt_tos for envelope in post.envelopes] == [[team.office.lawyer.email]]


def test_who_joins_later_is_told_of_the_next_step(team: Team) -> None:
    tick()
    factories.grant(team.office.matter, team.office.outsider)
    tick(datetime(2026, 11, 20, 13, 1, tzinfo=UTC))
    assert team.office.outsider.pk in {person for person, _level, _state in told(team)}


def test_a_group_nobody_of_which_sees_the_matter_is_refused(office: Office) -> None:
    strangers = personas.practice_group("Strangers", office.outsider)
    with access.as_user(office.assistant):
        wanted = entry(office, assignee=None, group=strangers)
        with pytest.raises(refused.NobodyOfGroup):
            entering.enter_deadline(actor=office.assistant, entry=wanted, now=NOW)
        with pytest.raises(refused.WhoAnswers):
            entering.enter_deadline(actor=office.assistant, entry=entry(office, group=strangers), now=NOW)


def test_it_is_done_by_any_of_them(team: Team) -> None:
    with access.as_user(team.office.assistant):
        done = ending.mark_done(
            actor=team.office.assistant, deadline=team.deadline, seen=TODAY, reason="sent", receipt="beA", now=NOW
        )
    assert done.state == Deadline.State.DONE


def test_the_pages_name_the_group(team: Team) -> None:
    browser = team.office.browser(team.office.lawyer)
    pages = [
        reverse("deadlines:detail", args=[team.deadline.public_id]),
        reverse("deadlines:of_matter", args=[team.office.matter.public_id]),
        f"{reverse('deadlines:sheet')}?on={TODAY}",
        reverse("matters:detail", args=[team.office.matter.public_id]),
    ]
    for page in pages:
        assert "Transport" in browser.get(page).content.decode(), page


def test_the_form_takes_a_person_or_a_group(team: Team) -> None:
    office, page = team.office, enter_url(team.office.matter)
    browser = office.browser(office.assistant)
    group = str(team.group.pk)
    assert browser.post(page, typed(office, assignee="", group=group)).status_code == 302
    assert "choose one of both" in browser.post(page, typed(office, group=group)).content.decode()
    assert "Somebody answers for it" in browser.post(page, typed(office, assignee="")).content.decode()
