"""Guessing is slowed down; who is guessed at is not locked out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.actions import second_factor
from lawcrm.accounts.models import Throttle, TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from lawcrm.accounts.throttling import CODE, PASSWORD
from tests import personas

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
HOME, AWAY = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock, access.as_system("test"):
        yield clock


def person() -> User:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    second_factor.install_device(user=user, secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    return user


def password(client: Client, user: User, text: str, network: str = AWAY) -> Any:
    return client.post(reverse("accounts:sign_in"), {"email": user.email, "password": text}, REMOTE_ADDR=network)


def code(client: Client, text: str, network: str = AWAY) -> Any:
    return client.post(reverse("accounts:second_factor"), {"code": text}, REMOTE_ADDR=network)


def right_code(user: User) -> str:
    return str(TotpDevice.objects.get(user=user).code_at(step_at(datetime.now(UTC))))


def fail(times: int, user: User, network: str = AWAY) -> None:
    for _attempt in range(times):
        assert password(Client(), user, "wrong-password-1", network).status_code == 422


def test_the_right_password_has_to_wait_after_five_wrong_ones(noon: Any) -> None:
    user = person()
    fail(PASSWORD.free, user)
    refused = password(Client(), user, personas.PASSWORD)
    assert refused.context["form"].non_field_errors() == ["Too many failed attempts. Wait 1 minute and try again."]
    noon.shift(timedelta(seconds=31))
    assert password(Client(), user, personas.PASSWORD).status_code == 302


def test_the_wait_doubles(noon: Any) -> None:
    waits = [PASSWORD.wait(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 9, 10, 500)]
    assert waits == [0, 0, 30, 60, 120, 480, 900, 900]


def test_another_network_is_not_locked_out() -> None:
    user = person()
    fail(20, user)
    assert password(Client(), user, personas.PASSWORD, HOME).status_code == 302


def test_a_known_device_is_not_locked_out_even_by_guesses_from_everywhere() -> None:
    user, home = person(), Client()
    password(home, user, personas.PASSWORD, HOME)
    code(home, right_code(user), HOME)
    home.post(reverse("accounts:sign_out"))
    for number in range(60):
        password(Client(), user, "wrong-password-1", f"198.51.100.{number}")
    assert password(Client(), user, personas.PASSWORD, "192.0.2.1").status_code == 422
    assert password(home, user, personas.PASSWORD, "198.51.100.1").status_code == 302


def test_a_known_device_of_one_person_helps_nobody_guess_another() -> None:
    user, other, client = person(), person(), Client()
    password(client, other, personas.PASSWORD)
    code(client, right_code(other))
    client.post(reverse("accounts:sign_out"))
    for _attempt in range(PASSWORD.free):
        password(client, user, "wrong-password-1")
    assert "Too many" in password(client, user, personas.PASSWORD).context["form"].non_field_errors()[0]


def test_ten_wrong_codes_make_even_the_right_one_wait(noon: Any) -> None:
    user, client = person(), Client()
    password(client, user, personas.PASSWORD)
    for number in range(CODE.free):
        assert code(client, f"00000{number}").context["form"].errors["code"][0].startswith("This code is not right")
    refused = code(client, right_code(user))
    assert refused.context["form"].errors["code"] == ["Too many failed attempts. Wait 1 minute and try again."]
    noon.shift(timedelta(seconds=31))
    assert code(client, right_code(user)).status_code == 302


def test_wrong_recovery_codes_count_with_wrong_codes() -> None:
    user, client = person(), Client()
    password(client, user, personas.PASSWORD)
    for _attempt in range(CODE.free):
        client.post(reverse("accounts:recovery"), {"code": "1-AAAAA-AAAAA"}, REMOTE_ADDR=AWAY)
    assert code(client, right_code(user)).status_code == 422


def test_success_forgets_the_failures() -> None:
    user = person()
    for _round in range(3):
        fail(PASSWORD.free - 1, user)
        assert password(Client(), user, personas.PASSWORD).status_code == 302


def test_failures_are_forgotten_after_a_day(noon: Any) -> None:
    user = person()
    fail(PASSWORD.free - 1, user)
    noon.shift(timedelta(hours=25))
    fail(PASSWORD.free - 1, user)
    assert password(Client(), user, personas.PASSWORD).status_code == 302


def test_the_counters_name_nobody() -> None:
    user = person()
    fail(2, user)
    with connection.cursor() as cursor:
        cursor.execute("select key from accounts_throttle")
        keys = [row[0] for row in cursor.fetchall()]
    assert len(keys) == 3
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


@pytest.mark.django_db(transaction=True)
def test_the_count_survives_a_request_that_fails_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    user = person()
    monkeypatch.setattr("lawcrm.accounts.views.sign_in.authenticate", break_down)
    with pytest.raises(RuntimeError):
        password(Client(), user, "wrong-password-1")
    assert set(Throttle.objects.values_list("failures", flat=True)) == {1}


def test_reset_links_are_limited_per_address() -> None:
    user, answers = person(), []
    for number in range(5):
        network = f"198.51.100.{number}"
        answers.append(Client().post(reverse("accounts:forgotten"), {"email": user.email}, REMOTE_ADDR=network))
    assert [answer.status_code for answer in answers] == [302, 302, 302, 422, 422]
