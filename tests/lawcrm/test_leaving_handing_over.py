"""Handing over: to whom, on whose word, what passes, and that nobody gains sight by naming somebody."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deadlines.actions import reminding
from deadlines.models import Deadline, Reminder, Task
from lawcrm import access, audit, outbox
from lawcrm.accounts import leaving, queries
from lawcrm.accounts.actions import staff
from lawcrm.accounts.leaving import Burden
from lawcrm.accounts.models import LeavingRecord, User
from lawcrm.models.outbox import OutboxMessage
from matters.actions import succession, takeover
from matters.models import Matter
from tests import factories, personas
from tests.access import world
from tests.matters import glass

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DUTIES = ("matters", "deadlines", "tasks")
LEVELS = ("view_matter", "work_matter", "manage_matter")


def matter_of(user: User, *levels: str, **fields: Any) -> Matter:
    matter = factories.matter(responsible=user, **fields)
    for level in levels or LEVELS:
        factories.grant(matter, user, level)
    return matter


def deadline(matter: Matter, assignee: User, **fields: Any) -> Deadline:
    with access.as_system("test"):
        return Deadline.objects.create(
            matter=matter,
            sealed_for=matter.public_id,
            kind="statutory",
            title="x",
            due_on=date(2026, 12, 1),
            time_zone="Europe/Berlin",
            assignee=assignee,
            entered_by=assignee,
            **fields,
        )


def duties(user: User) -> dict[str, int]:
    return {line.burden.code: line.count for line in leaving.lines_of(user) if line.burden.code in DUTIES}


def sees(user: User) -> set[int]:
    with access.as_user(User.objects.get(pk=user.pk)):
        return set(Matter.objects.values_list("pk", flat=True))


def end(user: User, successor: User | None = None) -> dict[str, int]:
    boss = personas.user_for("administrator")
    with access.as_user(boss):
        return staff.end_access(actor=boss, user=user, reason="left", successor=successor, now=NOW)


@pytest.mark.parametrize(
    ("who", "taken"),
    [
        ("lawyer", True),
        ("partner", True),
        ("assistant", False),
        ("administrator", False),
        ("lawyer and administrator", False),
        ("inactive lawyer", False),
        ("lawyer whose day is over", False),
        ("the leaver", False),
    ],
)
def test_who_can_succeed(who: str, taken: object) -> None:
    user = personas.user_for("lawyer")
    roles = [role for role in ("lawyer", "partner", "assistant", "administrator") if role in who]
    to = user if who == "the leaver" else personas.user_for(*roles)
    if "inactive" in who:
        User.objects.filter(pk=to.pk).update(is_active=False)
    if "over" in who:
        User.objects.filter(pk=to.pk).update(ends_on=date(2020, 1, 1))
    if taken:
        end(user, to)
        return
    with pytest.raises(succession.CannotSucceed):
        end(user, to)
    assert User.objects.get(pk=user.pk).is_active, "nothing happens when the successor is refused"


def test_an_administrator_opens_no_matter_by_naming_a_successor() -> None:
    """What the successor sees already passes; what they do not see stays, for those who manage it."""
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    shared, hidden, walled = matter_of(user), matter_of(user), matter_of(user)
    for matter in (shared, walled):
        factories.grant(matter, to)
    world.wall_off(walled, to)
    for matter in (shared, hidden, walled):
        deadline(matter, user)
    went = end(user, to)
    assert sees(to) == {shared.pk}
    assert (went["matters"], went["deadlines"]) == (1, 1)
    assert duties(user) == {"matters": 2, "deadlines": 2, "tasks": 0}
    assert duties(to) == {"matters": 1, "deadlines": 1, "tasks": 0}


@time_machine.travel(NOW, tick=False)
def test_what_a_successor_sees_for_hours_only_does_not_become_theirs() -> None:
    anna, ida, erik = (personas.user_for(role) for role in ("partner", "lawyer", "lawyer"))
    matter = matter_of(anna)
    assert glass.broken(ida, erik, matter, now=NOW)
    assert glass.sees(ida, matter)
    end(anna, ida)
    with access.as_system("test"):
        matter.refresh_from_db()
    assert matter.responsible_id == anna.pk
    assert duties(ida) == dict.fromkeys(DUTIES, 0)


def test_the_plan_says_beforehand_what_passes_and_changes_nothing() -> None:
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    for matter in (matter_of(user), matter_of(user)):
        deadline(matter, user)
    factories.grant(matter, to)
    boss = personas.client_for("administrator")
    page = boss.post(
        reverse("accounts:leave", args=[user.public_id]), {"reason": "x", "successor": to.public_id, "look": "1"}
    )
    told = {line.burden.code: (line.count, line.passes, line.stays) for line in page.context["duties"]}
    told = {code: told[code] for code in DUTIES}
    assert told == {"matters": (2, 1, 1), "deadlines": (2, 1, 1), "tasks": (0, 0, 0)}
    assert User.objects.get(pk=user.pk).is_active
    assert matter.title not in page.content.decode()


def test_whoever_manages_a_matter_hands_it_to_anybody_but_not_through_a_wall() -> None:
    user, to, keeper = (personas.user_for("lawyer") for _n in range(3))
    managed, walled, foreign = matter_of(user), matter_of(user), matter_of(user)
    for matter in (managed, walled):
        for level in LEVELS:
            factories.grant(matter, keeper, level)
    world.wall_off(walled, to)
    task = {"title": "x", "assignee": user, "created_by": user}
    with access.as_system("test"):
        Task.objects.create(matter=managed, **task)
    end(user)
    with access.as_user(keeper):
        left = succession.hand_over(
            actor=keeper, user=user, to=to, matters=[managed, walled, foreign], reason="takes over", now=NOW
        )
    assert left == [walled]
    assert sees(to) == {managed.pk}
    assert duties(to) == {"matters": 1, "deadlines": 0, "tasks": 1}
    assert duties(user) == {"matters": 2, "deadlines": 0, "tasks": 0}


def test_one_hands_over_ones_own_but_not_what_a_colleague_at_work_answers_for() -> None:
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    matter = matter_of(user)
    for level in LEVELS:
        factories.grant(matter, to, level)
    with access.as_user(to), pytest.raises(succession.NotTheirs):
        succession.hand_over(actor=to, user=user, to=to, matters=[matter], reason="mine now", now=NOW)
    with access.as_user(user):
        succession.hand_over(actor=user, user=user, to=to, matters=[matter], reason="retires", now=NOW)
    assert duties(user) == {"matters": 0, "deadlines": 0, "tasks": 0}


def test_three_hundred_deadlines_pass_at_once_with_history() -> None:
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    matters = [matter_of(user) for _n in range(30)]
    with access.as_system("test"):
        for matter in matters:
            factories.grant(matter, to)
        rows = [unsaved(matters[number % 30], user) for number in range(300)]
        made = audit.bulk_create(Deadline, rows)
        for row in made[:30]:
            reminding.make_reminders(row, NOW)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        went = end(user, to)
    assert went["deadlines"] == 300
    assert time.perf_counter() - began < 5
    assert len(queries) < 170, "as many as for three"
    assert duties(user) == {"matters": 0, "deadlines": 0, "tasks": 0}
    with access.as_system("test"):
        assert Deadline.history.filter(assignee=to).count() == 300  # type: ignore[attr-defined]
        waiting = Reminder.objects.filter(state="waiting")
        assert set(waiting.values_list("recipient_id", flat=True)) == {to.pk}


def unsaved(matter: Matter, user: User) -> Deadline:
    return Deadline(
        matter=matter,
        sealed_for=matter.public_id,
        kind="statutory",
        title="x",
        due_on=date(2026, 12, 1),
        time_zone="Europe/Berlin",
        assignee=user,
        entered_by=user,
    )


def test_reminders_follow_once_and_what_was_never_sent_is_sent() -> None:
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    matter = matter_of(user)
    factories.grant(matter, to)
    row = deadline(matter, user, deputy=to, criticality="normal")
    with access.as_system("test"):
        reminding.make_reminders(row, NOW)
        first = Reminder.objects.filter(deadline=row, recipient=user).order_by("due_at")[0]
        Reminder.objects.filter(deadline=row, recipient=to, step=first.step).delete()
        reminding.hand_over(now=first.due_at)
        end(user, to)
        first.refresh_from_db()
        assert (first.recipient_id, first.state) == (to.pk, "waiting")
        theirs = Reminder.objects.filter(deadline=row, state="waiting").values_list("recipient_id", "step")
        assert len(set(theirs)) == len(theirs) == len({step for _to, step in theirs})
        assert {to for to, _step in theirs} == {to.pk}
        mails = OutboxMessage.objects.filter(kind="deadlines.reminder", recipient_id=user.pk)
        assert set(mails.values_list("state", flat=True)) == {"cancelled"}


def waiting_for(row: Deadline) -> list[tuple[int | None, str]]:
    with access.as_system("test"):
        rows = Reminder.objects.filter(deadline=row, state="waiting").order_by("due_at")
        return list(rows.values_list("recipient_id", "step"))


def comes_back(user: User, matter: Matter) -> None:
    boss = personas.user_for("administrator")
    with access.as_user(boss):
        staff.reactivate(actor=boss, user=user, reason="came back", now=NOW)
    user.groups.add(Group.objects.get(name="lawyer"))
    factories.grant(matter, user)


def mails_about(row: Deadline) -> list[tuple[int, str]]:
    with access.as_system("test"):
        reminders = Reminder.objects.filter(deadline=row)
        mails = OutboxMessage.objects.filter(kind="deadlines.reminder", thing_id__in=reminders.values("pk"))
        return sorted(mails.values_list("recipient_id", "state"))


def test_what_was_taken_back_unsent_is_sent_to_who_has_it_again() -> None:
    """The mail that was withdrawn when they left must not stand in its way."""
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    matter = matter_of(user)
    factories.grant(matter, to)
    row = deadline(matter, user, criticality="normal")
    with access.as_system("test"):
        reminding.make_reminders(row, NOW)
        first = Reminder.objects.filter(deadline=row).order_by("due_at")[0].due_at
        reminding.hand_over(now=first)
    end(user, to)
    with access.as_system("test"):
        reminding.hand_over(now=first)
    assert mails_about(row) == sorted([(user.pk, "cancelled"), (to.pk, "queued")])
    comes_back(user, matter)
    end(to, user)
    with access.as_system("test"):
        reminding.hand_over(now=first)
        assert mails_about(row) == sorted([(user.pk, "queued"), (to.pk, "cancelled")])
        reminding.hand_over(now=first)
    assert mails_about(row) == sorted([(user.pk, "queued"), (to.pk, "cancelled")])


def test_what_was_cancelled_for_the_successor_keeps_no_reminder_from_them() -> None:
    """They were deputy, left and came back: what they were to be reminded of then was cancelled."""
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    matter = matter_of(user)
    row = deadline(matter, user, deputy=to, criticality="normal")
    with access.as_system("test"):
        reminding.make_reminders(row, NOW)
    steps = [step for person, step in waiting_for(row) if person == user.pk]
    end(to)
    comes_back(to, matter)
    end(user, to)
    assert waiting_for(row) == [(to.pk, step) for step in steps]
    with access.as_system("test"):
        assert Reminder.objects.filter(deadline=row, state="cancelled", recipient=user).count() == len(steps)


def test_the_successor_is_told_how_much_and_not_what() -> None:
    user, to = personas.user_for("lawyer", full_name="Ida Berg"), personas.user_for("lawyer")
    matter = matter_of(user)
    factories.grant(matter, to)
    end(user, to)
    message = OutboxMessage.objects.get(kind="accounts.handed_over", recipient_id=to.pk)
    mail = outbox.kind_of(message.kind).compose(message)
    assert mail.subject == "Handed over to you from Ida Berg"
    assert "Matters they answer for: 1" in mail.text
    assert matter.title not in mail.text


def test_the_record_stays_and_the_journal_finds_a_change() -> None:
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    factories.grant(matter_of(user), to)
    end(user, to)
    record = LeavingRecord.objects.get()
    assert (record.user, record.successor, record.reason) == (user, to, "left")
    assert record.record["counts"]["matters"] == 1
    with access.as_system("test"):
        assert audit.verify() == []
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('accounts_leavingrecord', 'update, delete')")
        assert cursor.fetchone() == (False,)


def test_the_job_does_the_same_when_the_last_day_is_over(system: object) -> None:
    over, last = personas.user_for("lawyer"), personas.user_for("lawyer")
    User.objects.filter(pk=over.pk).update(ends_on=date(2026, 11, 19))
    User.objects.filter(pk=last.pk).update(ends_on=date(2026, 11, 20))
    factories.grant(factories.matter(), over)
    assert staff.end_accounts_whose_day_is_over(now=NOW) == 1
    assert sum(line.count for line in leaving.lines_of(User.objects.get(pk=over.pk))) == 0
    assert LeavingRecord.objects.get().done_by is None
    assert User.objects.get(pk=last.pk).is_active


def function(user: User, *roles: str, to: User | None = None) -> None:
    boss = personas.user_for("administrator")
    groups = list(Group.objects.filter(name__in=roles))
    with access.as_user(boss):
        staff.give_roles(actor=boss, user=user, roles=groups, successor=to, reason="new function", now=NOW)


@pytest.fixture
def trouble() -> Iterator[dict[int, Callable[[], object]]]:
    """By person: what happens when their access ends."""
    acts: dict[int, Callable[[], object]] = {}
    ending = lambda user, *_facts: acts[user.pk]()  # noqa: E731
    leaving.register(Burden(code="trouble", words="x", count=lambda user: user.pk in acts, end_or_hand_over=ending))
    yield acts
    del leaving._burdens["trouble"]


def test_one_account_that_cannot_end_keeps_no_other(system: object, trouble: dict[int, Callable[[], object]]) -> None:
    stuck, ends, extended = (personas.external_for(ends_on=date(2026, 11, 1)) for _n in range(3))
    trouble[stuck.pk] = lambda: 1 / 0
    trouble[ends.pk] = lambda: User.objects.filter(pk=extended.pk).update(ends_on=date(2026, 12, 1))
    with pytest.raises(staff.AccountsNotEnded, match=r"^1 accounts$"):
        staff.end_accounts_whose_day_is_over(now=NOW)
    found = {user.pk: user.is_active for user in User.objects.filter(is_external=True)}
    assert found == {stuck.pk: True, ends.pk: False, extended.pk: True}


def test_a_lawyer_who_becomes_an_assistant_keeps_what_assistants_have() -> None:
    """The matter passes on, managing ends, working stays; the open browser is refused at the next click."""
    user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
    matter = matter_of(user)
    factories.grant(matter, to)
    deadline(matter, user)
    client = personas.signed_in(user)
    page = reverse("matters:grant", args=[matter.public_id])
    assert client.get(page).status_code == 200
    function(user, "assistant", to=to)
    assert client.get(page).status_code == 403
    assert client.get(reverse("matters:detail", args=[matter.public_id])).status_code == 200
    with access.as_system("test"):
        matter.refresh_from_db()
    assert matter.responsible == to
    left = {line.burden.code: line.count for line in leaving.lines_of(User.objects.get(pk=user.pk))}
    assert (left["matters"], left["managing"], left["matter_grants"], left["deadlines"]) == (0, 0, 1, 1)


def test_a_lawyer_who_becomes_an_administrator_sees_no_matter_any_more() -> None:
    user = personas.user_for("lawyer")
    matter = matter_of(user)
    deadline(matter, user)
    client = personas.signed_in(user)
    function(user, "administrator")
    assert sees(user) == set()
    assert client.get(reverse("matters:detail", args=[matter.public_id])).status_code == 404
    assert duties(user) == {"matters": 1, "deadlines": 1, "tasks": 0}


def shown(user: User) -> dict[str, int]:
    """What the page of those who left says is open in the person's name."""
    with access.as_system("test"):
        found = [each for each in queries.people_left() if each.user == user]
        return {str(words): count for each in found for words, count in each.duties}


WORDS = {"matters": "Matters they answer for", "deadlines": "Open deadlines they answer for", "tasks": "Open tasks"}


@pytest.mark.parametrize("how", ["function", "last day", "opened again", "opened again with the role"])
def test_what_nobody_answers_for_stays_on_the_page_whatever_became_of_the_account(how: str) -> None:
    boss, user = personas.user_for("administrator"), personas.user_for("lawyer")
    matter, heir = matter_of(user), personas.user_for("lawyer")
    lawyers = list(user.groups.all())
    assert shown(user) == {}
    with access.as_user(boss):
        if how == "function":
            staff.give_roles(actor=boss, user=user, roles=[], reason="other work", now=NOW)
        elif how == "last day":
            User.objects.filter(pk=user.pk).update(ends_on=date(2026, 1, 1))
        else:
            staff.end_access(actor=boss, user=user, reason="left", now=NOW)
            staff.reactivate(actor=boss, user=user, reason="is back", now=NOW)
            if how.endswith("role"):
                staff.give_roles(actor=boss, user=user, roles=lawyers, reason="as before", now=NOW)
    assert shown(user)[WORDS["matters"]] == 1
    partner, second = personas.user_for("partner"), personas.user_for("partner")
    assert leaving.unmanaged(user) == 1
    with access.as_user(partner):
        asked = takeover.ask(actor=partner, leaver=user, matter=matter, successor=heir, reason="ours", now=NOW)
    with access.as_user(second):
        takeover.confirm(actor=second, takeover=asked, reason="yes", now=NOW)
    assert shown(user).get(WORDS["matters"], 0) == 0


@pytest.mark.parametrize("how", ["function", "last day"])
def test_deadlines_and_tasks_of_somebody_who_reads_none_stay_on_the_page(how: str) -> None:
    karin, clerk, boss = (personas.user_for(role) for role in ("lawyer", "assistant", "administrator"))
    matter = matter_of(karin)
    deadline(matter, clerk)
    with access.as_system("test"):
        Task.objects.create(matter=matter, title="x", assignee=clerk, created_by=karin)
    assert shown(clerk) == {}
    with access.as_user(boss):
        if how == "function":
            marketing = list(Group.objects.filter(name="marketing"))
            staff.give_roles(actor=boss, user=clerk, roles=marketing, reason="other work", now=NOW)
        else:
            User.objects.filter(pk=clerk.pk).update(ends_on=date(2026, 1, 1))
    found = shown(clerk)
    assert (found[WORDS["deadlines"]], found[WORDS["tasks"]]) == (1, 1)


def test_a_wider_function_takes_nothing_away() -> None:
    user = personas.user_for("lawyer")
    matter_of(user)
    function(user, "partner")
    assert LeavingRecord.objects.count() == 0
    assert len(sees(user)) == 1


class TestPages:
    """As people use them."""

    def test_leaving_ends_access_and_shows_zeroes(self) -> None:
        user, to = personas.user_for("lawyer"), personas.user_for("lawyer")
        factories.grant(matter_of(user), to)
        there, boss = personas.signed_in(user), personas.client_for("administrator")
        url = reverse("accounts:leave", args=[user.public_id])
        assert boss.get(url).status_code == 200
        done = boss.post(url, {"reason": "retires", "successor": to.public_id}, follow=True)
        assert done.redirect_chain == [(url, 302)]
        assert done.context["total"] == 0
        assert there.get(reverse("today")).status_code == 302

    def test_what_stays_is_red_until_it_is_handed_over(self) -> None:
        user, to, keeper = (personas.user_for("lawyer") for _n in range(3))
        matter = matter_of(user)
        for level in LEVELS:
            factories.grant(matter, keeper, level)
        boss, client = personas.client_for("administrator"), personas.signed_in(keeper)
        url = reverse("accounts:leave", args=[user.public_id])
        assert 'class="banner danger"' in boss.post(url, {"reason": "left"}, follow=True).content.decode()
        assert user.full_name in client.get(reverse("matters:successions")).content.decode()
        values = {"to": to.public_id, "reason": "takes over", "matters": [matter.public_id]}
        answer = client.post(reverse("matters:hand_over", args=[user.public_id]), values)
        assert answer["Location"] == reverse("matters:successions")
        page = boss.get(url)
        assert page.context["total"] == 0
        assert 'class="banner ok"' in page.content.decode()

    def test_a_reason_is_asked_for(self) -> None:
        boss, user = personas.client_for("administrator"), personas.user_for("lawyer")
        url = reverse("accounts:leave", args=[user.public_id])
        assert boss.post(url, {"reason": " "}).status_code == 422
        assert User.objects.get(pk=user.pk).is_active

    def test_the_list_asks_as_often_for_three_people_as_for_one(self) -> None:
        boss = personas.client_for("administrator")
        assert [self.asked(boss, people) for people in (1, 2)] == [12, 12]

    def asked(self, boss: Client, people: int) -> int:
        for _n in range(people):
            user = personas.user_for("lawyer")
            matter_of(user)
            end(user)
        with CaptureQueriesContext(connection) as queries:
            boss.get(reverse("accounts:people_left"))
        return len(queries)

    def test_nobody_else_hands_over_what_they_do_not_manage(self) -> None:
        user = personas.user_for("lawyer")
        matter_of(user)
        end(user)
        outsider = personas.client_for("partner")
        assert outsider.get(reverse("matters:hand_over", args=[user.public_id])).status_code == 404
        assert user.full_name not in outsider.get(reverse("matters:successions")).content.decode()
