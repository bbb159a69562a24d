"""Before what matters most, the second factor is asked for again; nothing typed is lost by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.actions import second_factor
from lawcrm.accounts.models import DeviceSession, TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from lawcrm.models import JournalEntry
from matters.models import Wall
from tests import factories, personas

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
EXPORT = "/contacts/export/"
AGAIN = "/sign-in/again/"
LONG_AGO = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock, access.as_system("test"):
        yield clock


@pytest.fixture
def partner() -> Client:
    client = personas.client_for("partner")
    second_factor.install_device(user=client.user, secret=SECRET)  # type: ignore[attr-defined]
    return client


def code_of(client: Any) -> str:
    return TotpDevice.objects.get(user=client.user).code_at(step_at(datetime.now(UTC)))


def stepped_up() -> list[str]:
    rows = JournalEntry.objects.filter(kind="accounts.stepped_up").order_by("pk")
    return [row.payload["facts"]["factor"] for row in rows]


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (600, 200), (601, 302)])
def test_a_factor_counts_for_ten_minutes_to_the_second(partner: Client, noon: Any, seconds: int, status: int) -> None:
    noon.shift(timedelta(seconds=seconds))
    assert partner.get(EXPORT).status_code == status


def test_using_the_session_does_not_renew_it(partner: Client, noon: Any) -> None:
    for _minute in range(11):
        noon.shift(timedelta(minutes=1))
        assert partner.get("/").status_code == 200
    assert partner.get(EXPORT).status_code == 302


def test_a_page_is_asked_for_again_and_reached_with_a_code(partner: Client, noon: Any) -> None:
    noon.shift(LONG_AGO)
    asked = partner.get(f"{EXPORT}?kind=person")
    assert asked["Location"] == f"{AGAIN}?next=%2Fcontacts%2Fexport%2F%3Fkind%3Dperson"
    assert partner.get(asked["Location"]).status_code == 200
    before = partner.session.session_key
    assert partner.post(asked["Location"], {"step_up-code": code_of(partner)})["Location"] == f"{EXPORT}?kind=person"
    assert partner.session.session_key != before
    assert partner.get(EXPORT).status_code == 200
    assert stepped_up() == ["totp"]
    assert DeviceSession.objects.filter(user=partner.user).count() == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(partner: Client, noon: Any, target: str) -> None:
    noon.shift(LONG_AGO)
    assert partner.post(f"{AGAIN}?next={target}", {"step_up-code": code_of(partner)})["Location"] == "/"


def test_what_was_typed_is_carried_through_wrong_and_right_codes(noon: Any) -> None:
    client = personas.client_for("lawyer")
    person: User = client.user  # type: ignore[attr-defined]
    second_factor.install_device(user=person, secret=SECRET)
    matter = factories.matter("Berg ./. Nordbau", responsible=person)
    for level in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(matter, person, level)
    out = [personas.user_for("lawyer"), personas.user_for("lawyer")]
    noon.shift(LONG_AGO)
    url = reverse("matters:raise_wall", args=[matter.public_id])
    sent = {"people": [str(user.pk) for user in out], "reason": 'Was "on"\r\nthe <other> side'}
    asked = client.post(url, sent)
    assert asked.status_code == 403
    assert asked.context["carried"] == [*(("people", str(user.pk)) for user in out), ("reason", sent["reason"])]
    again = {name: [pair[1] for pair in asked.context["carried"] if pair[0] == name] for name in ("people", "reason")}
    wrong = client.post(url, {**again, "step_up-code": "000000"})
    assert (wrong.status_code, wrong.context["carried"]) == (422, asked.context["carried"])
    assert Wall.objects.count() == 0
    assert client.post(url, {**again, "step_up-code": code_of(client)}).status_code == 302
    wall = Wall.objects.get()
    assert (wall.reason, {bar.user_id for bar in wall.bars.all()}) == (
        'Was "on"\r\nthe <other> side',
        {user.pk for user in out},
    )


def test_a_code_counts_once_here_too(partner: Client, noon: Any) -> None:
    noon.shift(LONG_AGO)
    code = code_of(partner)
    assert partner.post(AGAIN, {"step_up-code": code}).status_code == 302
    assert partner.post(AGAIN, {"step_up-code": code}).status_code == 422


def test_a_code_of_the_printed_sheet_does_for_a_lost_phone(partner: Client, noon: Any) -> None:
    noon.shift(LONG_AGO)
    code = second_factor.renew_recovery_codes(actor=partner.user)[3]  # type: ignore[attr-defined]
    personas.signed_in(partner.user, partner)  # type: ignore[attr-defined]
    noon.shift(LONG_AGO)
    assert partner.post(AGAIN, {"step_up-code": code}).status_code == 302
    assert partner.post(AGAIN, {"step_up-code": code}).status_code == 422
    assert stepped_up() == ["recovery"]


@pytest.mark.parametrize("url", [AGAIN, EXPORT])
def test_guesses_are_slowed_down_as_at_sign_in(partner: Client, noon: Any, url: str) -> None:
    noon.shift(LONG_AGO)
    answers = [partner.post(url, {"step_up-code": f"{n:06d}", "reason": "x"}) for n in range(11)]
    assert {answer.status_code for answer in answers} == {422}
    assert "Too many" in answers[-1].context["form"].errors["code"][0]
    right = partner.post(url, {"step_up-code": code_of(partner), "reason": "x"})
    assert right.status_code == 422


def test_the_script_is_told_in_words_and_gets_the_token(partner: Client, noon: Any) -> None:
    noon.shift(LONG_AGO)
    json = {"Accept": "application/json"}
    wrong = partner.post(AGAIN, {"step_up-code": "123456"}, headers=json).json()
    assert (wrong["done"], wrong["said"][:22]) == (False, "This code is not right")
    right = partner.post(AGAIN, {"step_up-code": code_of(partner)}, headers=json).json()
    assert (right["done"], right["said"], len(right["token"])) == (True, "", 64)
    assert partner.get(EXPORT).status_code == 200


def test_a_part_of_a_page_is_not_replaced_by_the_question(partner: Client, noon: Any) -> None:
    noon.shift(LONG_AGO)
    for answer in (
        partner.get(EXPORT, headers={"HX-Request": "true"}),
        partner.post(EXPORT, headers={"HX-Request": "true"}),
    ):
        assert (answer.status_code, answer["X-Step-Up"], answer.content) == (403, "ask", b"")


def test_the_page_of_a_session_knows_whether_it_would_be_asked(partner: Client, noon: Any) -> None:
    url = reverse("ui_session")
    assert partner.get(url).json()["fresh"] is True
    noon.shift(LONG_AGO)
    assert partner.get(url).json()["fresh"] is False


def test_giving_roles_in_the_administration_asks_and_loses_nothing(noon: Any) -> None:
    boss, user = personas.client_for("administrator"), personas.user_for("lawyer")
    second_factor.install_device(user=boss.user, secret=SECRET)  # type: ignore[attr-defined]
    noon.shift(LONG_AGO)
    url = reverse("admin:accounts_user_change", args=[user.pk])
    assert boss.get(url).status_code == 200
    roles = list(Group.objects.filter(name__in=["partner", "assistant"]).values_list("pk", flat=True))
    facts = {"full_name": "Ay Şe", "initials": "AŞ", "language": "en", "time_zone": "Europe/Berlin", "ends_on": ""}
    asked = boss.post(url, {**facts, "roles": roles})
    assert (asked.status_code, [group.name for group in user.groups.all()]) == (403, ["lawyer"])
    carried: dict[str, list[str]] = {}
    for name, value in asked.context["carried"]:
        carried.setdefault(name, []).append(value)
    boss.post(url, {**carried, "step_up-code": code_of(boss)})
    assert sorted(user.groups.values_list("name", flat=True)) == ["assistant", "partner"]


def test_who_has_only_given_a_password_is_not_asked_here() -> None:
    client = personas.password_only(personas.user_for("partner"))
    assert client.get(EXPORT)["Location"].startswith(reverse("accounts:second_factor"))
    assert Client().get(AGAIN)["Location"].startswith(reverse("accounts:sign_in"))
