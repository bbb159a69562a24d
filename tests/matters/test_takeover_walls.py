"""Takeovers and walls: who is kept out is told nothing and asks nothing; what a wall shuts out is taken over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from lawcrm import access, outbox
from lawcrm.accounts.actions import staff
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from matters.actions import succession, takeover, takeover_notice, team, walls
from matters.models import Matter, Takeover
from matters.models.levels import Level
from matters.queries import leading
from matters.queries import succession as succession_queries
from matters.queries import takeover as queries
from matters.views.takeover import card
from tests import factories, personas
from tests.access import world
from tests.access.test_sight import sees

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Firm:
    """A lawyer who left as the only manager of a matter, and three partners."""

    def __init__(self) -> None:
        self.leaver, self.to = personas.user_for("lawyer"), personas.user_for("lawyer")
        self.first, self.second, self.barred = (personas.user_for("partner") for _n in range(3))
        self.client = factories.contact("Nordlys Energi A/S")
        self.matter = led_by(self.leaver)
        factories.party(self.matter, self.client)

    def ask(self, who: User) -> Takeover:
        return ask(who, self.leaver, self.matter, self.to)

    def confirm(self, asked: Takeover, who: User) -> None:
        with access.as_user(who):
            takeover.confirm(actor=who, takeover=asked, reason="agreed", now=NOW)


def led_by(lawyer: User, title: str = "Yıldız ./. Nordbau") -> Matter:
    matter = factories.matter(title, responsible=lawyer)
    for level in Level:
        factories.grant(matter, lawyer, level)
    return matter


def ask(who: User, leaver: User, matter: Matter, to: User) -> Takeover:
    with access.as_user(who):
        return takeover.ask(actor=who, leaver=leaver, matter=matter, successor=to, reason="knows it", now=NOW)


def leave(user: User) -> None:
    with access.as_system("test"):
        staff.end_access(actor=None, user=user, reason="left", now=NOW)
    user.refresh_from_db()


def plan(matter: Matter, against: User) -> None:
    """A wall that stands from tomorrow on."""
    with access.as_system("test"):
        terms = walls.Terms(starts_at=NOW + timedelta(days=1))
        walls.raise_wall(actor=against, matter=matter, against=[against], reason="relative", now=NOW, terms=terms)


@pytest.fixture
def firm() -> Firm:
    made = Firm()
    leave(made.leaver)
    return made


def listed(person: User) -> str:
    return personas.signed_in(person).get(reverse("matters:takeovers")).content.decode()


def counted(person: User) -> Any:
    with access.as_user(person):
        request: Any = type("Request", (), {"user": person})
        return card(request)


@pytest.mark.parametrize("way", ["person", "group", "planned"])
def test_a_partner_behind_a_wall_neither_sees_nor_asks_nor_confirms(firm: Firm, way: str) -> None:
    if way == "planned":
        plan(firm.matter, firm.barred)
    else:
        world.wall_off(firm.matter, personas.practice_group("Energy", firm.barred) if way == "group" else firm.barred)
    number = firm.matter.number
    assert [number in listed(person) for person in (firm.first, firm.barred)] == [True, False]
    assert (counted(firm.first), counted(firm.barred)) == ({"matters": 1, "contacts": 0}, None)
    url = reverse("matters:ask_takeover", args=[firm.matter.public_id])
    assert personas.signed_in(firm.barred).get(url).status_code == 404
    with pytest.raises(takeover.NotWaiting):
        firm.ask(firm.barred)
    asked = firm.ask(firm.first)
    told = OutboxMessage.objects.filter(kind=takeover_notice.ASKED).values_list("recipient_id", flat=True)
    assert list(told) == [firm.second.pk]
    answer = reverse("matters:answer_takeover", args=[asked.public_id])
    status = personas.signed_in(firm.barred).post(answer, {"reason": "agreed"}).status_code
    assert status == (422 if way == "planned" else 404)
    firm.confirm(asked, firm.second)
    assert sees(firm.to, firm.matter)


def test_bare_sql_of_a_partner_behind_a_wall_finds_no_takeover(firm: Firm) -> None:
    asked = firm.ask(firm.first)
    world.wall_off(firm.matter, firm.barred)
    found = []
    for person in (firm.second, firm.barred):
        with access.as_user(User.objects.get(pk=person.pk)), connection.cursor() as cursor:
            cursor.execute("select id from matters_takeover union all select id from matters_historicaltakeover")
            found.append([pk for (pk,) in cursor.fetchall()])
    assert found == [[asked.pk, asked.pk], []]


def test_who_asked_and_is_kept_out_since_has_not_asked(firm: Firm) -> None:
    asked = firm.ask(firm.first)
    world.wall_off(firm.matter, firm.first)
    with pytest.raises(takeover.AskerLeft):
        firm.confirm(asked, firm.second)
    assert not sees(firm.to, firm.matter)


def test_partners_behind_a_wall_are_not_told(firm: Firm) -> None:
    world.wall_off(firm.matter, firm.barred)
    kind = outbox.kind_of(takeover_notice.WAITS)
    messages = OutboxMessage.objects.filter(kind=takeover_notice.WAITS)
    told = {message.recipient_id: kind.may_send(message) for message in messages}
    assert told == {firm.first.pk: True, firm.second.pk: True, firm.barred.pk: False}


def test_a_planned_wall_refuses_the_successor(firm: Firm) -> None:
    plan(firm.matter, firm.to)
    with pytest.raises(takeover.Walled):
        firm.ask(firm.first)


def test_a_planned_wall_keeps_a_matter_from_a_successor_by_every_road() -> None:
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    matter = led_by(user)
    factories.grant(matter, to)
    plan(matter, to)
    assert succession.reach(user, to) == frozenset()
    with access.as_user(user):
        stays = succession.hand_over(actor=user, user=user, to=to, matters=[matter], reason="retires", now=NOW)
    assert stays == [matter]
    with access.as_system("test"):
        staff.end_access(actor=None, user=user, reason="left", now=NOW, successor=to)
        matter.refresh_from_db()
    assert matter.responsible == user


def test_a_wall_around_a_client_that_shuts_out_a_hidden_lawyer_is_told_to_partners() -> None:
    """Ida leads a matter of the client that Karin does not see: Karin is told nothing, the partners are."""
    firm = Firm()
    karin, ida = personas.user_for("lawyer"), firm.leaver
    seen = led_by(karin, "Nordlys, lease")
    factories.party(seen, firm.client)
    with access.as_user(karin):
        walls.raise_client_wall(actor=karin, contact=firm.client, against=[ida, firm.barred], reason="rival", now=NOW)
    assert not sees(ida, firm.matter)
    messages = OutboxMessage.objects.filter(kind=takeover_notice.WAITS).order_by("recipient_id")
    assert [(one.recipient_id, one.thing_id) for one in messages] == [
        (firm.first.pk, ida.pk),
        (firm.second.pk, ida.pk),
    ]
    mail = outbox.kind_of(takeover_notice.WAITS).compose(messages[0])
    assert "take them over: 1." in mail.text
    assert [firm.matter.number in listed(person) for person in (firm.first, firm.barred)] == [True, False]
    firm.confirm(firm.ask(firm.first), firm.second)
    assert sees(firm.to, firm.matter)
    with access.as_system("test"):
        firm.matter.refresh_from_db()
        assert firm.matter.responsible == firm.to
        assert list(queries.waiting()) == []


def test_whose_last_day_is_over_has_left() -> None:
    """Before the night's job has closed the account."""
    user, manager = personas.user_for("lawyer"), personas.user_for("lawyer")
    to, matter = personas.user_for("lawyer"), led_by(user)
    User.objects.filter(pk=user.pk).update(ends_on=date(2020, 1, 1))
    user.refresh_from_db()
    with access.as_system("test"):
        assert list(queries.waiting()) == [matter]
        assert leading.without_manager([matter], ()) == matter
    for level in Level:
        factories.grant(matter, manager, level)
    with access.as_system("test"):
        assert leading.without_manager([matter], [manager.pk]) == matter
    with access.as_user(manager):
        assert succession_queries.left_in_managed() == [user]
        with pytest.raises(team.LastManager):
            team.withdraw_access(actor=manager, matter=matter, to=manager, reason="bored", now=NOW)
    page = reverse("matters:hand_over", args=[user.public_id])
    sent = {"to": to.public_id, "reason": "takes over", "matters": [matter.public_id]}
    assert personas.signed_in(manager).post(page, sent).status_code == 302
    assert sees(to, matter)
