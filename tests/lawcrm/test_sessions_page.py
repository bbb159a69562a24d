"""The page of signed-in devices: what it says, what it ends, and the two limits to the second."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.actions import second_factor
from lawcrm.accounts.models import DeviceSession, TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from lawcrm.models import JournalEntry
from tests import personas

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PAGE, PROFILE = "/profile/devices/", "/profile/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"
IDLE, ABSOLUTE = 3600, 24 * 3600


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock, access.as_system("test"):
        yield clock


def person() -> User:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    second_factor.install_device(user=user, secret=SECRET)
    return user


def browser(user: User, agent: str, noon: Any) -> Client:
    client = Client(headers={"user-agent": agent})
    noon.shift(timedelta(seconds=30))
    client.post(reverse("accounts:sign_in"), {"email": user.email, "password": personas.PASSWORD})
    code = TotpDevice.objects.get(user=user).code_at(step_at(datetime.now(UTC)))
    assert client.post(reverse("accounts:second_factor"), {"code": code}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(IDLE - 1, 200), (IDLE, 302)])
def test_an_idle_session_ends_to_the_second(noon: Any, seconds: int, status: int) -> None:
    client = browser(person(), FIREFOX, noon)
    noon.shift(timedelta(seconds=seconds))
    assert client.get(PROFILE).status_code == status


@pytest.mark.parametrize(("seconds", "status"), [(ABSOLUTE - 1, 200), (ABSOLUTE, 302)])
def test_a_session_in_use_ends_to_the_second(noon: Any, seconds: int, status: int) -> None:
    client = browser(person(), FIREFOX, noon)
    began = datetime.now(UTC)
    for half_hour in range(1, 48):
        noon.move_to(began + timedelta(minutes=30 * half_hour))
        assert client.get(PROFILE).status_code == 200
    noon.move_to(began + timedelta(seconds=seconds))
    assert client.get(PROFILE).status_code == status


@pytest.mark.parametrize(
    ("idle", "absolute", "words"),
    [
        (3600, 86400, "after 60 minutes without use, and 24 hours after signing in"),
        (60, 3600, "after 1 minute without use, and 1 hour after signing in"),
    ],
)
def test_the_limits_are_said_in_words(noon: Any, settings: Any, idle: int, absolute: int, words: str) -> None:
    client = browser(person(), FIREFOX, noon)
    settings.SESSION_IDLE_AGE, settings.SESSION_ABSOLUTE_AGE = idle, absolute
    assert words in client.get(PAGE).content.decode()


def test_each_device_is_named_with_its_times_and_this_one_marked(noon: Any) -> None:
    user = person()
    here, phone = browser(user, FIREFOX, noon), browser(user, PHONE, noon)
    noon.shift(timedelta(minutes=20))
    page = here.get(PAGE)
    rows = [(row.device, row.created_at, row.last_seen_at) for row in page.context["rows"]]
    first, second = NOW + timedelta(seconds=30), NOW + timedelta(seconds=60)
    now = NOW + timedelta(minutes=21)
    assert rows == [("Firefox, Windows", first, now), ("Safari, iPhone", second, second)]
    assert page.content.decode().count("this one") == 1
    assert is_in(phone)


def test_one_the_others_or_all_are_ended_at_the_next_request(noon: Any) -> None:
    user, stranger = person(), personas.client_for("lawyer")
    here, phone, tablet = (browser(user, agent, noon) for agent in (FIREFOX, PHONE, ""))
    chosen = DeviceSession.objects.get(device="Safari, iPhone").session_key
    stranger.post(PAGE, {"session": chosen})
    assert is_in(phone)
    here.post(PAGE, {"session": chosen})
    assert [is_in(client) for client in (here, phone, tablet)] == [True, False, True]
    here.post(PAGE)
    assert [is_in(client) for client in (here, tablet, stranger)] == [True, False, True]
    last = here.post(PAGE, {"all": "1"})
    assert (last["Location"], is_in(here), is_in(stranger)) == (PAGE, False, True)
    kinds = JournalEntry.objects.filter(object_id=user.pk, kind__startswith="accounts.session").order_by("pk")
    assert [(row.kind, row.payload["facts"]["count"]) for row in kinds] == [
        ("accounts.session_ended", 1),
        ("accounts.sessions_ended", 1),
        ("accounts.sessions_ended", 1),
    ]


def test_an_open_page_is_told_before_it_sends_anything(noon: Any) -> None:
    user = person()
    here, phone = browser(user, FIREFOX, noon), browser(user, PHONE, noon)
    url = reverse("ui_session")
    assert phone.get(url).json()["alive"] is True
    here.post(PAGE)
    assert phone.get(url).json() == {"alive": False}


def test_an_administrator_signs_somebody_out_without_seeing_anything(noon: Any) -> None:
    user, boss = person(), personas.client_for("administrator")
    phone = browser(user, PHONE, noon)
    facts = {"action": "sign_out", "_selected_action": [user.pk]}
    answer = boss.post(reverse("admin:accounts_user_changelist"), facts, follow=True)
    assert (is_in(phone), is_in(boss), "iPhone" in answer.content.decode()) == (False, True, False)
    entry = JournalEntry.objects.get(kind="accounts.sessions_ended")
    assert (entry.object_id, entry.actor_id) == (user.pk, boss.user.pk)  # type: ignore[attr-defined]
    assert is_in(browser(user, PHONE, noon))
    other = personas.client_for("partner")
    assert other.post(reverse("admin:accounts_user_changelist"), facts)["Location"].startswith("/admin/login")
