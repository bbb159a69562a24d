"""Password links, second factors, addresses: asked by one, confirmed by another, and sent to the person alone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lawcrm import access, audit, outbox
from lawcrm.accounts.actions import account_changes, second_factor, staff
from lawcrm.accounts.models import AccountChange, SealedCode, TotpDevice, User
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from tests import personas

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
Kind = AccountChange.Kind


@pytest.fixture
def one() -> User:
    return personas.user_for("administrator")


@pytest.fixture
def two() -> User:
    return personas.user_for("administrator")


@pytest.fixture
def user() -> User:
    person = personas.user_for("lawyer", password=personas.PASSWORD, email="karin@firm.example")
    second_factor.install_device(user=person, secret=SECRET)
    return person


def ask(by: User, user: User, kind: str = Kind.PASSWORD, **facts: Any) -> AccountChange:
    with access.as_user(by):
        return account_changes.ask(
            actor=by, user=user, kind=Kind(kind), now=NOW, **{"reason": "asked at the desk", **facts}
        )


def confirm(by: User, change: AccountChange) -> AccountChange:
    with access.as_user(by):
        account_changes.confirm(actor=by, change=change, now=NOW)
    change.refresh_from_db()
    return change


def mails(kind: str = "") -> list[tuple[str, str]]:
    """To which address, and what kind."""
    found = []
    for message in OutboxMessage.objects.order_by("pk"):
        if not kind or message.kind == kind:
            with access.as_system("test"):
                found.append((outbox.kind_of(message.kind).compose(message).to, message.kind))
    return found


def state(user: User) -> tuple[str, bool, int]:
    fresh = User.objects.get(pk=user.pk)
    return fresh.email, fresh.has_usable_password(), TotpDevice.objects.filter(user=user).count()


UNTOUCHED = ("karin@firm.example", True, 1)


@pytest.mark.parametrize("kind", list(Kind))
def test_asking_alone_does_nothing_and_sends_nothing(kind: str, one: User, user: User) -> None:
    ask(one, user, kind, new_email="new@firm.example")
    assert (state(user), mails()) == (UNTOUCHED, [])


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        (Kind.PASSWORD, UNTOUCHED),
        (Kind.FACTOR, ("karin@firm.example", False, 0)),
    ],
)
def test_the_second_carries_it_out_and_the_link_goes_to_the_person(
    kind: str, after: tuple[str, bool, int], one: User, two: User, user: User
) -> None:
    there = personas.signed_in(user)
    change = confirm(two, ask(one, user, kind))
    assert state(user) == after
    assert mails() == [(user.email, "accounts.password_link")]
    assert change.done_at == NOW
    assert there.get("/profile/").status_code == (200 if kind == Kind.PASSWORD else 302)


@pytest.mark.parametrize("who", ["the one who asked", "the person", "a new administrator", "a new role"])
def test_who_cannot_be_the_second(who: str, one: User, user: User) -> None:
    """A new administrator might be a puppet of the one who invited them."""
    new, promoted = personas.user_for("administrator"), personas.user_for("lawyer")
    User.objects.filter(pk=new.pk).update(joined_at=NOW - timedelta(days=13))
    User.objects.filter(pk=promoted.pk).update(joined_at=personas.LONG_AGO)
    boss = personas.user_for("administrator")
    roles = list(boss.groups.all())
    with access.as_user(boss):
        staff.give_roles(actor=boss, user=promoted, roles=roles, reason="x", now=NOW)
    second = {"the one who asked": one, "the person": user, "a new administrator": new, "a new role": promoted}[who]
    change = ask(one, user, Kind.FACTOR)
    with pytest.raises(account_changes.ChangeRefused):
        confirm(second, change)
    assert (state(user), mails("accounts.password_link")) == (UNTOUCHED, [])


def test_the_database_holds_four_eyes_too(one: User, user: User) -> None:
    change = ask(one, user)
    for alone in (one, user):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountChange.objects.filter(pk=change.pk).update(confirmed_by=alone)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"reason": " "}, True),
        ({"new_email": "KARIN@firm.example"}, True),
        ({"new_email": ""}, True),
        ({"new_email": "boss@firm.example"}, True),
        ({"new_email": "was.boss@firm.example"}, True),
        ({"new_email": "promised@firm.example"}, True),
        ({"new_email": "free@firm.example"}, False),
    ],
)
def test_an_address_that_is_was_or_will_be_anothers_is_refused(
    facts: dict[str, str], refused: object, one: User, user: User
) -> None:
    other = personas.user_for("lawyer", email="was.boss@firm.example")
    User.objects.filter(pk=other.pk).update(email="boss@firm.example")
    ask(one, personas.user_for("lawyer"), Kind.ADDRESS, new_email="promised@firm.example")
    facts = {"new_email": "new@firm.example", **facts}
    if refused:
        with pytest.raises(account_changes.ChangeRefused):
            ask(one, user, Kind.ADDRESS, **facts)
    else:
        ask(one, user, Kind.ADDRESS, **facts)


def announced(one: User, two: User, user: User) -> AccountChange:
    return confirm(two, ask(one, user, Kind.ADDRESS, new_email="new@firm.example"))


def test_a_new_address_is_told_at_both_and_waits(one: User, two: User, user: User) -> None:
    announced(one, two, user)
    assert state(user) == UNTOUCHED
    told = "accounts.address_changes"
    assert mails() == [("karin@firm.example", told), ("new@firm.example", told)]


def due(now: datetime) -> int:
    with access.as_system("job"), transaction.atomic():
        return account_changes.carry_out_due(now=now)


def test_it_takes_effect_when_the_time_to_object_is_over(one: User, two: User, user: User) -> None:
    there = personas.signed_in(user)
    announced(one, two, user)
    assert due(NOW + timedelta(hours=71)) == 0
    assert due(NOW + timedelta(hours=72)) == 1
    assert state(user) == ("new@firm.example", True, 1)
    assert there.get("/profile/").status_code == 302


def link(change: AccountChange) -> str:
    message = OutboxMessage.objects.get(kind="accounts.address_changes", thing_id=change.pk, dedupe="old")
    found = re.search(r"https?://[^/]+(/sign-in/object/\S+)", outbox.kind_of(message.kind).compose(message).text)
    assert found is not None
    return found[1]


def test_the_person_objects_without_signing_in_and_nothing_happens(one: User, two: User, user: User) -> None:
    change = announced(one, two, user)
    url = link(change)
    assert Client().get(url).status_code == 200
    change.refresh_from_db()
    assert change.is_open, "a link that a mail filter follows stops nothing"
    assert "Nothing will change" in Client().post(url).content.decode()
    assert due(NOW + timedelta(days=9)) == 0
    assert state(user) == UNTOUCHED
    stopped = {to for to, _kind in mails("accounts.change_stopped")}
    assert stopped == {user.email, one.email, two.email}


@pytest.mark.parametrize("token", ["x", "a:b:c", "%20"])
def test_a_link_that_is_not_ours_tells_nothing(token: str) -> None:
    assert Client().post(f"/sign-in/object/{token}/").status_code == 410


def test_an_address_given_away_meanwhile_is_not_taken(one: User, two: User, user: User) -> None:
    announced(one, two, user)
    personas.user_for("lawyer", email="new@firm.example")
    due(NOW + timedelta(days=4))
    assert state(user) == UNTOUCHED


def test_what_nobody_confirmed_takes_no_effect_whatever_its_row_says(one: User, user: User) -> None:
    for kind in Kind:
        change = ask(one, user, kind, new_email="thief@firm.example")
        AccountChange.objects.filter(pk=change.pk).update(due_at=NOW)
    assert due(NOW + timedelta(days=1)) == 0
    assert state(user) == UNTOUCHED


def dismissed(user: User, how: str) -> None:
    boss = personas.user_for("administrator")
    with access.as_user(boss):
        if how == "left":
            staff.end_access(actor=boss, user=user, reason="left", now=NOW)
        else:
            staff.give_roles(actor=boss, user=user, roles=[], reason="no more", now=NOW)


@pytest.mark.parametrize("how", ["left", "function"])
def test_what_a_dismissed_administrator_asked_for_stops(how: str, one: User, two: User, user: User) -> None:
    waiting, promised = ask(one, user, Kind.FACTOR), announced(one, two, user)
    dismissed(one, how)
    for change in (waiting, promised):
        change.refresh_from_db()
        assert not change.is_open
    assert due(NOW + timedelta(days=9)) == 0
    assert state(user) == UNTOUCHED


def test_nobody_confirms_for_somebody_who_keeps_no_accounts(one: User, two: User, user: User) -> None:
    """Whatever road took the role away."""
    waiting, promised = ask(one, user, Kind.FACTOR), announced(one, two, user)
    one.groups.clear()
    with pytest.raises(account_changes.AskerKeepsNothing):
        confirm(two, waiting)
    assert due(NOW + timedelta(days=9)) == 0
    promised.refresh_from_db()
    assert (promised.stopped_at, state(user)) == (NOW + timedelta(days=9), UNTOUCHED)


def at_work(*roles: str) -> User:
    """Somebody who signs in: with a password, a second factor, and not long ago."""
    person = personas.user_for(*roles, password=personas.PASSWORD)
    second_factor.install_device(user=person, secret=SECRET)
    User.objects.filter(pk=person.pk).update(last_login=NOW - timedelta(days=1))
    return person


class TestEnvelope:
    """A firm with one administrator."""

    def sealed(self) -> list[str]:
        return account_changes.seal_envelope(now=NOW)

    def open(self, by: User, change: AccountChange, code: str) -> None:
        with access.as_user(by):
            account_changes.confirm_by_envelope(actor=by, change=change, code=code, now=NOW)

    def test_a_code_stands_in_once_and_every_partner_is_told(self, one: User, user: User) -> None:
        partners = [personas.user_for("partner"), personas.user_for("partner")]
        code = self.sealed()[3]
        self.open(one, ask(one, user, Kind.FACTOR), code.lower())
        assert state(user) == ("karin@firm.example", False, 0)
        told = {to for to, _kind in mails("accounts.envelope_used")}
        assert told == {user.email, *(partner.email for partner in partners)}
        with access.as_system("test"):
            assert JournalEntry.objects.filter(kind="accounts.envelope_used", object_id=user.pk).count() == 1
        change = ask(one, user, Kind.PASSWORD)
        with pytest.raises(account_changes.WrongSealedCode):
            self.open(one, change, code)

    @pytest.mark.parametrize("code", ["", "x", "0-AAAAA-AAAAA", "9"])
    def test_a_wrong_code_opens_nothing(self, code: str, one: User, user: User) -> None:
        self.sealed()
        with pytest.raises(account_changes.WrongSealedCode):
            self.open(one, ask(one, user, Kind.FACTOR), code)
        assert state(user) == UNTOUCHED

    def test_it_stays_sealed_where_there_is_a_second_administrator(self, one: User, user: User) -> None:
        code = self.sealed()[0]
        at_work("administrator")
        with pytest.raises(account_changes.EnvelopeStaysSealed):
            self.open(one, ask(one, user, Kind.FACTOR), code)
        assert SealedCode.objects.filter(used_at=None).count() == 10

    @pytest.mark.parametrize("lacks", ["sign-in", "days", "password", "factor"])
    def test_a_second_administrator_who_cannot_confirm_does_not_keep_it_sealed(
        self, lacks: str, one: User, user: User
    ) -> None:
        other = at_work("administrator")
        changes: dict[str, dict[str, Any]] = {
            "sign-in": {"last_login": None},
            "days": {"ends_on": NOW.date() - timedelta(days=1)},
            "password": {"password": "!"},
        }
        if lacks == "factor":
            TotpDevice.objects.filter(user=other).delete()
        else:
            User.objects.filter(pk=other.pk).update(**changes[lacks])
        self.open(one, ask(one, user, Kind.FACTOR), self.sealed()[0])
        assert state(user) == ("karin@firm.example", False, 0)

    def test_the_only_administrator_comes_back_by_it(self, capsys: Any) -> None:
        """What docs/emergency.md promises: at the server, with a code of the envelope, told to every partner."""
        only, partner = at_work("administrator"), personas.user_for("partner")
        code = self.sealed()[0]
        call_command("firm", "recover", only.email, "--code", code)
        assert state(only) == (only.email, False, 0)
        assert {to for to, _kind in mails("accounts.envelope_used")} == {only.email, partner.email}
        assert {to for to, _kind in mails("accounts.password_link")} == {only.email}
        assert code not in capsys.readouterr().out
        for email, wrong in ((only.email, code), (partner.email, self.sealed()[0]), ("x@firm.example", code)):
            with pytest.raises(CommandError):
                call_command("firm", "recover", email, "--code", wrong)

    def test_the_only_administrator_gets_a_new_address_by_it(self) -> None:
        only = at_work("administrator")
        code = self.sealed()[0]
        call_command("firm", "recover", only.email, "--code", code, "--new-address", "new.boss@firm.example")
        assert due(NOW + timedelta(days=900)) == 1
        assert User.objects.get(pk=only.pk).email == "new.boss@firm.example"

    def test_a_new_envelope_voids_the_old_one(self, one: User, user: User) -> None:
        old, new = self.sealed()[0], self.sealed()
        with pytest.raises(account_changes.WrongSealedCode):
            self.open(one, ask(one, user, Kind.FACTOR), old)
        assert len(new) == len(set(new)) == 10
        assert not any(code in str(SealedCode.objects.values()) for code in new)

    def test_set_up_prints_it(self, capsys: Any) -> None:
        answers = {"name": "Firm", "country": "DK", "languages": "en", "time_zone": "Europe/Copenhagen"}
        call_command(
            *("firm", "setup", "--no-input", "--skip-mail-test"),
            *(f"--{name.replace('_', '-')}={value}" for name, value in answers.items()),
            *("--admin-email=a@firm.example", "--admin-name=A"),
        )
        assert capsys.readouterr().out.count("sealed code:") == 10
        call_command("firm", "envelope")
        assert capsys.readouterr().out.count("sealed code:") == 10


class TestPages:
    def test_from_asking_to_confirming(self, user: User) -> None:
        one, two = (personas.signed_in(at_work("administrator")) for _n in range(2))
        url = reverse("accounts:ask_change", args=[user.public_id])
        assert one.post(url, {"kind": "factor", "reason": ""}).status_code == 422
        assert one.post(url, {"kind": "factor", "reason": "lost phone"})["Location"] == reverse("accounts:changes")
        change = AccountChange.objects.get()
        confirm_url = reverse("accounts:confirm_change", args=[change.public_id])
        assert confirm_url not in one.get(reverse("accounts:changes")).content.decode()
        one.post(confirm_url)
        assert state(user) == UNTOUCHED
        assert confirm_url in two.get(reverse("accounts:changes")).content.decode()
        two.post(confirm_url)
        assert state(user) == ("karin@firm.example", False, 0)

    def test_the_refused_attempt_stands_in_the_journal(self, user: User) -> None:
        one = personas.client_for("administrator")
        one.post(reverse("accounts:ask_change", args=[user.public_id]), {"kind": "factor", "reason": "x"})
        change = AccountChange.objects.get()
        one.post(reverse("accounts:confirm_change", args=[change.public_id]))
        with access.as_system("test"):
            entry = JournalEntry.objects.get(kind="accounts.change_confirmed_refused")
            assert (entry.actor_id, entry.object_id) == (change.asked_by_id, change.pk)
            assert audit.verify() == []

    def test_the_list_asks_as_often_for_three_changes_as_for_one(self, django_assert_num_queries: Any) -> None:
        one = personas.client_for("administrator")
        for people in (1, 2):
            for _n in range(people):
                ask(personas.user_for("administrator"), personas.user_for("lawyer"))
            with django_assert_num_queries(11):
                one.get(reverse("accounts:changes"))
