"""Which role needs which second factor: days to set it up, then nothing else opens, and nobody is locked out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts import queries
from lawcrm.accounts.actions import second_factor, staff
from lawcrm.accounts.actions.factor_rules import NoPasskeyOfOwn, set_factor_rule
from lawcrm.accounts.models import FactorRule, TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from lawcrm.models import JournalEntry
from tests import personas
from tests.lawcrm.authenticator import Authenticator
from tests.lawcrm.test_passkeys import ADD, ASK, BEGIN, CODE, asked, keep, password_given

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PROFILE, RULES = "/profile/", "/roles/factors/"
DAY = timedelta(days=1)
CHANGE = f"{RULES}partner/"


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock, access.as_system("test"):
        yield clock


@pytest.fixture
def boss() -> User:
    user = personas.user_for("administrator", password=personas.PASSWORD)
    keep(user, Authenticator())
    return user


def rule(boss: User, role: str = "partner", wanted: str = "passkey", days: int = 14) -> None:
    group = Group.objects.get(name=role)
    set_factor_rule(actor=boss, role=group, wanted=wanted, grace_days=days, now=datetime.now(UTC))


def person(*roles: str) -> User:
    user = personas.user_for(*(roles or ("partner",)), password=personas.PASSWORD)
    User.objects.filter(pk=user.pk).update(joined_at=NOW - 400 * DAY)
    second_factor.install_device(user=user, secret=SECRET)
    return user


def with_code(user: User) -> Client:
    client = password_given(user)
    code = TotpDevice.objects.get(user=user).code_at(step_at(datetime.now(UTC)))
    assert client.post(CODE, {"code": code}).status_code == 302
    return client


def reached(client: Client, url: str = PROFILE) -> str:
    answer = client.get(url)
    return "in" if answer.status_code == 200 else answer["Location"].partition("?")[0]


def test_the_days_are_given_to_the_second_and_then_only_the_page_opens(boss: User, noon: Any) -> None:
    user = person()
    rule(boss)
    noon.shift(14 * DAY - timedelta(seconds=60))
    client = with_code(user)
    noon.shift(timedelta(seconds=59))
    assert reached(client) == "in"
    noon.shift(timedelta(seconds=1))
    assert [reached(client, url) for url in (PROFILE, "/", "/contacts/", "/contacts/export/", "/profile/factors/")] == [
        ADD
    ] * 5
    assert (client.get(ADD).status_code, client.post("/sign-out/").status_code) == (200, 302)


def test_adding_the_passkey_opens_everything_again(boss: User, noon: Any) -> None:
    user, key = person(), Authenticator()
    rule(boss, days=0)
    client = with_code(user)
    assert reached(client) == ADD
    page = client.get(ADD)
    assert page.context["wanted"] is True
    done = client.post(f"{ADD}?next=/contacts/", {"name": "key", "passkey": key.make(asked(client, BEGIN))})
    assert done.status_code == 200  # the sheet of recovery codes, which this account had none of
    assert reached(client) == "in"


def test_an_open_session_is_held_to_the_rule_at_the_next_request(boss: User) -> None:
    user = person()
    client = with_code(user)
    assert reached(client) == "in"
    rule(boss, days=0)
    assert reached(client) == ADD
    assert client.get(reverse("ui_session")).json() == {"alive": False}
    partial = client.get(PROFILE, headers={"HX-Request": "true"})
    assert (partial.status_code, partial["X-Step-Up"]) == (403, "factor")
    rule(boss, wanted="any")
    assert reached(client) == "in"


def test_a_role_given_later_has_its_days_from_then(boss: User, noon: Any) -> None:
    user = person("lawyer")
    rule(boss)
    noon.shift(30 * DAY)
    client = with_code(user)
    roles = list(Group.objects.filter(name__in=["lawyer", "partner"]))
    with access.as_user(boss):
        staff.give_roles(actor=boss, user=user, roles=roles, reason="x", now=datetime.now(UTC))
    assert reached(client) == "in"
    noon.shift(14 * DAY)
    assert reached(with_code(user)) == ADD


def test_somebody_with_a_passkey_gives_it_and_no_code(boss: User, noon: Any) -> None:
    user, key = person(), Authenticator()
    keep(user, key)
    client = with_code(user)
    rule(boss, days=0)
    assert reached(client) == CODE
    assert client.get(CODE).context["form"].fields.keys() == {"passkey"}
    noon.shift(timedelta(seconds=30))
    code = TotpDevice.objects.get(user=user).code_at(step_at(datetime.now(UTC)))
    assert client.post(CODE, {"code": code}).status_code == 422
    for url in (ADD, "/sign-in/set-up/", "/profile/recovery-codes/"):
        assert reached(client, url) == CODE
    assert client.post(CODE, {"passkey": key.give(asked(client, ASK))}).status_code == 302
    assert reached(client) == "in"


def test_stepping_up_with_a_code_does_not_pass_for_a_passkey(boss: User, noon: Any) -> None:
    user, key = person(), Authenticator()
    keep(user, key)
    rule(boss, days=0)
    client = password_given(user)
    client.post(CODE, {"passkey": key.give(asked(client, ASK))})
    noon.shift(timedelta(minutes=11))
    code = TotpDevice.objects.get(user=user).code_at(step_at(datetime.now(UTC)))
    refused = client.post("/sign-in/again/", {"step_up-code": code})
    assert refused.context["form"].errors["code"] == ["Your role needs a passkey: give that instead of a code."]
    sheet = second_factor.renew_recovery_codes(actor=user)
    assert client.post("/sign-in/again/", {"step_up-code": sheet[0]}).status_code == 302
    assert reached(client) == "in"


def test_a_recovery_code_leads_to_the_page_and_no_further(boss: User) -> None:
    user = person()
    keep(user, Authenticator())
    sheet = second_factor.renew_recovery_codes(actor=user)
    rule(boss, days=0)
    client = password_given(user)
    client.post(reverse("accounts:recovery"), {"code": sheet[0]})
    assert reached(client) == ADD
    key = Authenticator()
    client.post(ADD, {"name": "new", "passkey": key.make(asked(client, BEGIN))})
    assert reached(client) == "in"


def test_while_the_days_run_people_are_told(boss: User) -> None:
    user = person()
    rule(boss)
    client = with_code(user)
    page = client.get("/profile/factors/").content.decode()
    assert page.count("Your role needs a passkey from") == 2  # the message of the sign-in, and the banner
    assert "Your role needs a passkey" not in with_code(person("lawyer")).get("/profile/factors/").content.decode()


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [(("passkey", 14), ("passkey", 3), False), (("any", 14), ("passkey", 14), True)],
    ids=["fewer days", "newly wanted"],
)
def test_the_days_start_again_only_when_a_passkey_is_newly_wanted(
    boss: User, noon: Any, before: Any, after: Any, moved: object
) -> None:
    FactorRule.objects.create(role=Group.objects.get(name="partner"), wanted=before[0], grace_days=before[1], since=NOW)
    noon.shift(DAY)
    rule(boss, "partner", *after)
    assert (FactorRule.objects.get().since == NOW + DAY) is bool(moved)


def test_the_rule_is_set_on_its_page_and_kept_with_its_history(boss: User, noon: Any) -> None:
    client = personas.signed_in(boss)
    assert client.get(RULES).status_code == 200
    assert client.post(CHANGE, {"wanted": "passkey", "grace_days": "7"})["Location"] == RULES
    kept = FactorRule.objects.get()
    assert (kept.role.name, kept.wanted, kept.grace_days, kept.since) == ("partner", "passkey", 7, NOW)
    facts = JournalEntry.objects.get(kind="accounts.factor_rule_changed").payload["facts"]
    assert facts == {"group_id": kept.role_id, "wanted": "passkey", "grace_days": 7}
    assert kept.history.count() == 1
    row = next(row for row in queries.factor_rules() if row.name == "partner")
    assert (row.words, row.since) == ("Passkey, within 7 days", NOW)
    assert "Passkey, within 7 days" in client.get("/roles/").content.decode()
    assert [row.name for row in queries.factor_rules() if row.recommended] == ["administrator"]
    noon.shift(timedelta(minutes=11))
    assert client.post(CHANGE, {"wanted": "any", "grace_days": "7"}).status_code == 403
    assert client.get(CHANGE).status_code == 200


@pytest.mark.parametrize(("days", "status"), [("91", 422), ("-1", 422), ("", 422), ("90", 302)])
def test_days_have_a_ceiling(boss: User, days: str, status: int) -> None:
    client = personas.signed_in(boss)
    assert client.post(CHANGE, {"wanted": "passkey", "grace_days": days}).status_code == status


def test_who_has_no_passkey_asks_nobody_for_one() -> None:
    client = personas.client_for("administrator")
    answer = client.post(CHANGE, {"wanted": "passkey", "grace_days": "7"})
    assert (answer.status_code, FactorRule.objects.count()) == (422, 0)
    refused = JournalEntry.objects.get(kind="accounts.factor_rule_changed_refused")
    assert refused.payload["facts"] == {"refusal": "no_passkey_of_own"}
    with pytest.raises(NoPasskeyOfOwn):
        rule(client.user)  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["partner", "lawyer", "data protection officer", "auditor"])
def test_only_administrators_decide(role: str) -> None:
    client = personas.client_for(role)
    assert (client.get(RULES).status_code, client.get(CHANGE).status_code) == (403, 403)


def test_practice_groups_have_no_rule(boss: User) -> None:
    personas.practice_group("Disputes")
    assert personas.signed_in(boss).get(f"{RULES}Disputes/").status_code == 404
