"""Taking over what nobody manages any more: who asks, who confirms, who gets it, and what each is shown."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.actions.contacts import give_sight
from clients.models import Contact
from deadlines.models import Deadline, Task
from lawcrm import access, audit, outbox
from lawcrm.accounts import leaving
from lawcrm.accounts.actions import staff
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from matters.actions import succession, takeover
from matters.models import Matter, Takeover
from matters.queries import takeover as queries
from matters.views.takeover import card
from tests import factories, personas
from tests.access import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DUTIES = ("matters", "deadlines", "tasks", "contacts")
LEVELS = ("view_matter", "work_matter", "manage_matter")
SECRET = "Yıldız ./. Nordbau"


class Firm:
    """A lawyer who left as the only manager of a matter, two partners, and whoever gets it."""

    def __init__(self) -> None:
        self.leaver, self.to = personas.user_for("lawyer"), personas.user_for("lawyer")
        self.first, self.second = personas.user_for("partner"), personas.user_for("partner")
        self.matter = factories.matter(SECRET, responsible=self.leaver)
        for level in LEVELS:
            factories.grant(self.matter, self.leaver, level)
        self.contact = entered(self.leaver)

    def leave(self) -> None:
        boss = personas.user_for("administrator")
        with access.as_user(boss):
            staff.end_access(actor=boss, user=self.leaver, reason="left", now=NOW)
        self.leaver.refresh_from_db()

    def ask(self, actor: User | None = None, to: User | None = None, **more: Any) -> Takeover:
        who, matter = actor or self.first, more.get("matter", self.matter)
        with access.as_user(who):
            return takeover.ask(
                actor=who, leaver=self.leaver, matter=matter, successor=to or self.to, reason="knows it", now=NOW
            )

    def confirm(self, asked: Takeover, actor: User | None = None) -> None:
        who = actor or self.second
        with access.as_user(who):
            takeover.confirm(actor=who, takeover=asked, reason="agreed", now=NOW)


def entered(by: User) -> Contact:
    contact = factories.contact("Aylin Özdemir", created_by=by)
    with access.as_system("test"):
        give_sight(by, [contact])
    return contact


@pytest.fixture
def firm() -> Firm:
    made = Firm()
    with access.as_system("test"):
        deadline(made)
        Task.objects.create(matter=made.matter, title="x", assignee=made.leaver, created_by=made.leaver)
    made.leave()
    return made


def deadline(made: Firm) -> Deadline:
    return Deadline.objects.create(
        matter=made.matter,
        sealed_for=made.matter.public_id,
        kind="statutory",
        title="x",
        due_on=date(2026, 12, 1),
        time_zone="Europe/Berlin",
        assignee=made.leaver,
        entered_by=made.leaver,
    )


def duties(user: User) -> dict[str, int]:
    return {line.burden.code: line.count for line in leaving.lines_of(user) if line.burden.code in DUTIES}


def sees(user: User) -> tuple[set[int], set[int]]:
    with access.as_user(User.objects.get(pk=user.pk)):
        return set(Matter.objects.values_list("pk", flat=True)), set(Contact.objects.values_list("pk", flat=True))


def waiting() -> list[int]:
    with access.as_system("test"):
        return list(queries.waiting().values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("who", "waits"),
    [
        ("nobody", True),
        ("lawyer", False),
        ("assistant", True),  # cannot hand over
        ("lawyer who left", True),
        ("lawyer whose day is over", True),
        ("lawyer behind a wall", True),
        ("lawyer whose group is behind a wall", True),
        ("group with a lawyer", False),
        ("group of assistants", True),
        ("group behind a wall", True),
        ("working lawyer", True),
    ],
)
def test_which_matters_wait(who: str, waits: object) -> None:
    firm = Firm()
    other = personas.user_for("assistant" if "assistant" in who else "lawyer")
    if who != "nobody":
        group = personas.practice_group("Group", other)
        for level in LEVELS[:2] if "working" in who else LEVELS:
            factories.grant(firm.matter, group if who.startswith("group") else other, level)
        if "wall" in who:
            world.wall_off(firm.matter, group if "group" in who else other)
    User.objects.filter(pk=other.pk).update(
        is_active="left" not in who, ends_on=date(2020, 1, 1) if "over" in who else None
    )
    assert waiting() == [], "nobody has left yet"
    firm.leave()
    assert waiting() == ([firm.matter.pk] if waits else [])


def test_from_red_to_zero_by_two_partners(firm: Firm) -> None:
    boss, page = personas.client_for("administrator"), reverse("accounts:leave", args=[firm.leaver.public_id])
    before = boss.get(page)
    assert (before.context["unmanaged"], before.content.decode().count('class="banner danger"')) == (1, 2)
    assert duties(firm.leaver) == {"matters": 1, "deadlines": 1, "tasks": 1, "contacts": 1}
    first, second = personas.signed_in(firm.first), personas.signed_in(firm.second)
    for key in (firm.matter.public_id, f"contacts-{firm.leaver.public_id}"):
        url = reverse("matters:ask_takeover", args=[key])
        sent = first.post(url, {"to": firm.to.public_id, "reason": "knows it"})
        assert sent["Location"] == reverse("matters:takeovers")
    assert sees(firm.to) == (set(), set())
    with access.as_system("test"):
        rows = list(Takeover.objects.order_by("pk"))
    for row in rows:
        url = reverse("matters:answer_takeover", args=[row.public_id])
        assert second.post(url, {"reason": "agreed"})["Location"] == reverse("matters:takeovers")
    after = boss.get(page)
    assert (after.context["unmanaged"], after.context["total"]) == (0, 0)
    assert 'class="banner ok"' in after.content.decode()
    assert sees(firm.to) == ({firm.matter.pk}, {firm.contact.pk})
    assert duties(firm.to) == {"matters": 1, "deadlines": 1, "tasks": 1, "contacts": 0}
    for partner in (firm.first, firm.second):
        assert sees(partner) == (set(), set())
    assert waiting() == []
    with access.as_system("test"):
        assert audit.verify() == []


def test_nothing_is_shown_of_the_matter_but_its_number(firm: Firm) -> None:
    asked = firm.ask()
    for person in (firm.first, firm.second):
        client = personas.signed_in(person)
        for url in (
            reverse("today"),
            reverse("matters:takeovers"),
            reverse("matters:ask_takeover", args=[firm.matter.public_id]),
            reverse("matters:answer_takeover", args=[asked.public_id]),
        ):
            text = client.get(url).content.decode()
            assert (SECRET in text, "Özdemir" in text) == (False, False), url
            assert (firm.matter.number in text) == (url != reverse("today")), url
        assert client.get(reverse("matters:detail", args=[firm.matter.public_id])).status_code == 404


@pytest.mark.parametrize(
    ("roles", "refused"),
    [
        (("partner",), None),
        (("lawyer",), takeover.NotPartner),
        (("administrator",), takeover.NotPartner),
        (("partner", "administrator"), takeover.NotPartner),
        (("data protection officer",), takeover.NotPartner),
        (("outside",), takeover.NotPartner),
    ],
)
def test_who_asks(firm: Firm, roles: tuple[str, ...], refused: Any) -> None:
    actor = personas.external_for() if roles == ("outside",) else personas.user_for(*roles)
    if refused is None:
        assert firm.ask(actor).asked_by == actor
        return
    with pytest.raises(refused):
        firm.ask(actor)


@pytest.mark.parametrize(
    "who", ["asker", "successor", "lawyer", "administrator", "partner and administrator", "officer"]
)
def test_who_does_not_confirm(firm: Firm, who: str) -> None:
    """An officer neither, where there is another partner."""
    partner = personas.user_for("partner")
    asked = firm.ask(to=partner)
    roles = {"officer": ("data protection officer",), "partner and administrator": ("partner", "administrator")}
    given = {"asker": firm.first, "successor": partner}
    actor = given.get(who) or personas.user_for(*roles.get(who, (who,)))
    hidden = who in ("lawyer", "administrator")
    with pytest.raises(Takeover.DoesNotExist if hidden else takeover.UnfitSecond):
        firm.confirm(asked, actor)
    assert waiting() == [firm.matter.pk]
    firm.confirm(asked)
    assert waiting() == []


def test_the_same_person_twice_is_refused_in_words(firm: Firm) -> None:
    asked = firm.ask()
    page = personas.signed_in(firm.first).post(
        reverse("matters:answer_takeover", args=[asked.public_id]), {"reason": "agreed"}
    )
    assert page.status_code == 422
    assert str(takeover.UnfitSecond()) in page.content.decode()


@pytest.mark.parametrize(
    ("button", "kind"), [("confirm", "matter.taken_over"), ("decline", "matter.takeover_declined")]
)
def test_an_answer_without_a_reason_is_refused_in_words_and_kept(firm: Firm, button: str, kind: str) -> None:
    url = reverse("matters:answer_takeover", args=[firm.ask().public_id])
    page = personas.signed_in(firm.second).post(url, {"reason": "", button: ""})
    assert page.status_code == 422
    with access.as_system("test"):
        entry = JournalEntry.objects.get(kind=f"{kind}_refused")
    assert (entry.actor_id, entry.payload["facts"]["refusal"]) == (firm.second.pk, "form.reason.required")


def test_the_database_wants_two_people_too(firm: Firm) -> None:
    asked = firm.ask()
    for person in (firm.first, firm.to):
        asked.answer, asked.answered_by = Takeover.Answer.CONFIRMED, person
        with access.as_system("test"), pytest.raises(IntegrityError), transaction.atomic():
            asked.save()


def test_one_partner_and_the_officer(firm: Firm) -> None:
    User.objects.filter(pk=firm.second.pk).update(is_active=False)
    with pytest.raises(takeover.NobodyConfirms):
        firm.ask()
    officer = personas.user_for("data protection officer")
    firm.confirm(firm.ask(), officer)
    assert duties(firm.leaver)["matters"] == 0


@pytest.mark.parametrize("roles", [("administrator",), ("lawyer", "administrator"), ("assistant",)])
def test_who_is_not_named(firm: Firm, roles: tuple[str, ...]) -> None:
    with pytest.raises(succession.CannotSucceed):
        firm.ask(to=personas.user_for(*roles))


def test_a_wall_refuses_the_successor_at_both_steps(firm: Firm) -> None:
    walled = personas.user_for("lawyer")
    world.wall_off(firm.matter, walled)
    with pytest.raises(takeover.Walled):
        firm.ask(to=walled)
    asked = firm.ask()
    world.wall_off(firm.matter, firm.to)
    with pytest.raises(takeover.Walled):
        firm.confirm(asked)
    assert sees(firm.to) == (set(), set())


def test_roles_are_asked_again_at_the_second_step(firm: Firm) -> None:
    asked = firm.ask()
    firm.to.groups.set(personas.user_for("administrator").groups.all())
    with pytest.raises(succession.CannotSucceed):
        firm.confirm(asked)
    firm.to.groups.set(firm.first.groups.all())
    third = personas.user_for("partner")
    User.objects.filter(pk=firm.first.pk).update(is_active=False)
    with pytest.raises(takeover.AskerLeft):
        firm.confirm(asked, third)


def test_asked_twice_confirmed_twice_declined(firm: Firm) -> None:
    asked = firm.ask()
    with pytest.raises(takeover.AskedAlready):
        firm.ask(firm.second)
    with access.as_user(firm.first):
        takeover.decline(actor=firm.first, takeover=asked, reason="thought again", now=NOW)
    asked = firm.ask()
    firm.confirm(asked)
    for answer in (takeover.confirm, takeover.decline):
        with access.as_user(firm.second), pytest.raises(takeover.AnsweredAlready):
            answer(actor=firm.second, takeover=asked, reason="again", now=NOW)
    with pytest.raises(takeover.NotWaiting):
        firm.ask()


def test_both_steps_and_what_was_refused_are_in_the_journal(firm: Firm) -> None:
    asked = firm.ask()
    with pytest.raises(takeover.UnfitSecond):
        firm.confirm(asked, firm.first)
    firm.confirm(asked)
    with access.as_system("test"):
        told = (
            JournalEntry.objects.filter(kind__startswith="matter.take").order_by("pk").values_list("kind", "actor_id")
        )
        assert list(told) == [
            ("matter.takeover_asked", firm.first.pk),
            ("matter.taken_over_refused", firm.first.pk),
            ("matter.taken_over", firm.second.pk),
        ]


def test_partners_alone_are_told_how_much_waits(firm: Firm) -> None:
    told = OutboxMessage.objects.filter(kind="matters.takeover_waits")
    assert set(told.values_list("recipient_id", flat=True)) == {firm.first.pk, firm.second.pk}
    message = told[0]
    mail = outbox.kind_of(message.kind).compose(message)
    assert "take them over: 1. Contacts that nobody sees: 1." in mail.text
    assert (firm.matter.number in mail.text, SECRET in mail.text, firm.leaver.full_name in mail.text) == (False,) * 3


@pytest.mark.parametrize(
    ("roles", "asked"),
    [(("partner",), 1), (("lawyer",), 0), (("data protection officer",), 0), (("partner", "administrator"), 0)],
)
def test_the_card_is_one_query_for_partners_and_none_for_others(
    firm: Firm, rf: Any, roles: tuple[str, ...], asked: int
) -> None:
    assert firm.matter
    request = rf.get("/")
    request.user = personas.user_for(*roles)
    request.user.role_permissions()
    with access.as_user(request.user), CaptureQueriesContext(connection) as made:
        shown = card(request)
    assert len(made) == asked
    assert shown == ({"matters": 1, "contacts": 1} if asked else None)


def test_contacts_of_a_matter_come_with_it_and_only_unseen_ones_wait() -> None:
    firm = Firm()
    party, shared = entered(firm.leaver), entered(firm.leaver)
    factories.party(firm.matter, party)
    with access.as_system("test"):
        give_sight(firm.to, [shared])
    firm.leave()
    assert duties(firm.leaver)["contacts"] == 2
    firm.confirm(firm.ask())
    assert duties(firm.leaver)["contacts"] == 1
    firm.confirm(firm.ask(matter=None))
    assert duties(firm.leaver)["contacts"] == 0
    assert sees(firm.to)[1] == {firm.contact.pk, party.pk, shared.pk}


@pytest.mark.parametrize("roles", [("administrator",), ("partner", "administrator"), ("lawyer",)])
def test_the_pages_are_closed_to_others(firm: Firm, roles: tuple[str, ...]) -> None:
    asked, client = firm.ask(), personas.client_for(*roles)
    for url in (
        reverse("matters:takeovers"),
        reverse("matters:ask_takeover", args=[firm.matter.public_id]),
        reverse("matters:answer_takeover", args=[asked.public_id]),
    ):
        assert (client.get(url).status_code, url) == (403, url)
