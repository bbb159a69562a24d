"""Signing in as a person does it: password, one-time code, recovery code."""

from base64 import b32encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.actions import second_factor, signing_in
from lawcrm.accounts.models import DeviceSession, RecoveryCode, TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from lawcrm.accounts.session_store import hashed
from tests import personas

pytestmark = pytest.mark.django_db

SECRET = b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)


def person() -> User:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    second_factor.install_device(user=user, secret=SECRET)
    return user


def give_password(client: Client, user: User, password: str = personas.PASSWORD, target: str = "") -> object:
    query = f"?next={target}" if target else ""
    return client.post(reverse("accounts:sign_in") + query, {"email": user.email, "password": password})


def current_code(user: User, now: datetime = NOW) -> str:
    return TotpDevice.objects.get(user=user).code_at(step_at(now))


def give_code(client: Client, code: str) -> object:
    return client.post(reverse("accounts:second_factor"), {"code": code})


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), access.as_system("test"):
        yield


def test_rfc_6238_vectors() -> None:
    device = second_factor.install_device(user=personas.user_for(), secret=SECRET)
    assert [device.code_at(step) for step in (1, 37037036, 41152263)] == ["287082", "081804", "005924"]


def test_password_then_code_lets_in_under_new_session_keys(client: Client) -> None:
    user, keys = person(), []
    assert give_password(client, user)["Location"] == reverse("accounts:second_factor")
    keys.append(client.session.session_key)
    assert client.get(reverse("accounts:profile"))["Location"].startswith(reverse("accounts:second_factor"))
    assert give_code(client, current_code(user)).status_code == 302
    keys.append(client.session.session_key)
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert len(set(keys)) == 2
    assert list(DeviceSession.objects.values_list("session_key", flat=True)) == [hashed(keys[1])]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_leads_nowhere_else(client: Client, target: str) -> None:
    user = person()
    give_password(client, user)
    response = client.post(f"{reverse('accounts:second_factor')}?next={target}", {"code": current_code(user)})
    assert response["Location"] == "/"


def test_next_is_kept_through_both_steps(client: Client) -> None:
    user = person()
    step = give_password(client, user, target="/profile/")["Location"]
    assert client.post(step, {"code": current_code(user)})["Location"] == "/profile/"


def test_wrong_unknown_and_inactive_answer_alike(client: Client) -> None:
    user, gone = person(), person()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    answers = [
        client.post(reverse("accounts:sign_in"), {"email": email, "password": password})
        for email, password in [
            (user.email, "wrong-password-1"),
            ("nobody@firm.example", personas.PASSWORD),
            (gone.email, personas.PASSWORD),
        ]
    ]
    assert {answer.status_code for answer in answers} == {422}
    errors = [answer.context["form"].non_field_errors() for answer in answers]
    assert errors[0] == errors[1] == errors[2] == ["The e-mail address or the password is not right."]


def test_an_account_ends_on_its_day(client: Client) -> None:
    user = person()
    give_password(client, user)
    give_code(client, current_code(user))
    User.objects.filter(pk=user.pk).update(ends_on=NOW.date() - timedelta(days=1))
    assert client.get(reverse("accounts:profile"))["Location"].startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, False)], ids=["older", "previous", "now", "next"]
)
def test_a_code_counts_in_its_half_minute_and_the_next(seconds: int, taken: object) -> None:
    user = person()
    code = current_code(user, NOW + timedelta(seconds=seconds))
    if taken:
        assert signing_in.give_code(actor=user, code=code, now=NOW).user_id == user.pk
    else:
        with pytest.raises(signing_in.WrongCode):
            signing_in.give_code(actor=user, code=code, now=NOW)


def test_a_phone_that_runs_behind_is_told_so() -> None:
    user = person()
    with pytest.raises(signing_in.WrongCode, match="sets its clock"):
        signing_in.give_code(actor=user, code=current_code(user, NOW - timedelta(minutes=3)), now=NOW)
    with pytest.raises(signing_in.WrongCode, match="not right"):
        signing_in.give_code(actor=user, code=current_code(user, NOW + timedelta(minutes=3)), now=NOW)


def test_a_phone_that_is_often_late_is_warned(client: Client) -> None:
    user = person()
    TotpDevice.objects.filter(user=user).update(late_in_row=2)
    give_password(client, user)
    give_code(client, current_code(user, NOW - timedelta(seconds=30)))
    assert "runs behind" in client.get(reverse("accounts:profile")).content.decode()


def test_a_code_of_the_past_is_no_good_after_a_newer_one() -> None:
    user = person()
    signing_in.give_code(actor=user, code=current_code(user), now=NOW)
    for code in (current_code(user), current_code(user, NOW - timedelta(seconds=30))):
        with pytest.raises(signing_in.WrongCode):
            signing_in.give_code(actor=user, code=code, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_same_code_sixteen_times_at_once_is_taken_once() -> None:
    user = person()
    code, barrier = current_code(user), Barrier(16)

    def attempt(_number: int) -> bool:
        barrier.wait()
        try:
            with access.as_system("test"):
                signing_in.give_code(actor=user, code=code, now=NOW)
        except signing_in.WrongCode:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(16))) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_recovery_code_sixteen_times_at_once_is_taken_once() -> None:
    user = person()
    code, barrier = second_factor.renew_recovery_codes(actor=user)[3], Barrier(16)

    def attempt(_number: int) -> bool:
        barrier.wait()
        try:
            with access.as_system("test"):
                signing_in.give_recovery_code(actor=user, code=code, now=NOW)
        except signing_in.WrongCode:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(16))) == 1


def test_a_recovery_code_lets_in_once_however_it_is_typed(client: Client) -> None:
    user = person()
    code = second_factor.renew_recovery_codes(actor=user)[0]
    give_password(client, user)
    assert client.post(reverse("accounts:recovery"), {"code": code.lower().replace("-", " ")}).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200
    again = Client()
    give_password(again, user)
    assert again.post(reverse("accounts:recovery"), {"code": code}).status_code == 422


@pytest.mark.parametrize("code", ["", "x", "-", "9", "0-AAAAA-AAAAA", "²-AAAAA-AAAAA", "0" * 30])
def test_malformed_recovery_codes_are_wrong_and_nothing_worse(code: str) -> None:
    user = person()
    second_factor.renew_recovery_codes(actor=user)
    with pytest.raises(signing_in.WrongCode):
        signing_in.give_recovery_code(actor=user, code=code, now=NOW)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "1234567", "\x00"])
def test_malformed_codes_are_wrong_and_nothing_worse(client: Client, code: str) -> None:
    user = person()
    give_password(client, user)
    assert give_code(client, code).status_code == 422


def test_neither_secret_nor_recovery_codes_are_in_the_database_in_clear() -> None:
    user = person()
    codes = second_factor.renew_recovery_codes(actor=user)
    with connection.cursor() as cursor:
        cursor.execute("select secret from accounts_totpdevice")
        stored = bytes(cursor.fetchone()[0])
    assert SECRET.encode() not in stored
    assert b"12345678901234567890" not in stored
    digests = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not [code for code in codes if code.replace("-", "") in digests or code[2:7] in digests]


def test_the_first_sign_in_sets_up_the_second_factor(client: Client) -> None:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    assert give_password(client, user)["Location"] == reverse("accounts:enrol")
    page = client.get(reverse("accounts:enrol"))
    device = TotpDevice.objects.get(user=user)
    assert device.confirmed is False
    assert device.secret in page.content.decode().replace(" ", "")
    assert client.get(reverse("accounts:profile"))["Location"].startswith(reverse("accounts:second_factor"))
    done = client.post(reverse("accounts:enrol"), {"code": device.code_at(step_at(NOW))})
    assert len(done.context["codes"]) == 10
    assert client.get(reverse("accounts:profile")).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        signing_in.give_code(
            actor=user, code=current_code(user, NOW + timedelta(minutes=1)), now=NOW + timedelta(minutes=1)
        )


def test_a_second_factor_is_not_replaced_by_password_alone(client: Client) -> None:
    user = person()
    give_password(client, user)
    for name in ("enrol", "enrol_begin"):
        response = client.post(reverse(f"accounts:{name}"), {"current": personas.PASSWORD, "code": "123456"})
        assert response["Location"] == reverse("accounts:second_factor")
    assert TotpDevice.objects.filter(user=user).count() == 1


def test_replacing_the_phone_ends_the_old_one_and_other_devices(client: Client) -> None:
    user = person()
    other = personas.signed_in(user)
    give_password(client, user)
    give_code(client, current_code(user))
    old = TotpDevice.objects.get(user=user).pk
    assert client.post(reverse("accounts:enrol_begin"), {"current": "not it"}).status_code == 422
    client.post(reverse("accounts:enrol_begin"), {"current": personas.PASSWORD})
    pending = TotpDevice.objects.get(user=user, confirmed=False)
    client.post(reverse("accounts:enrol"), {"code": pending.code_at(step_at(NOW))})
    assert list(TotpDevice.objects.filter(user=user).values_list("pk", "confirmed")) == [(pending.pk, True)]
    assert old != pending.pk
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert other.get(reverse("accounts:profile")).status_code == 302


def test_signing_out_clears_the_browser_and_the_row(client: Client) -> None:
    user = person()
    personas.signed_in(user, client)
    response = client.post(reverse("accounts:sign_out"))
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert DeviceSession.objects.filter(user=user).count() == 0
    assert client.get(reverse("accounts:sign_out")).status_code == 302


def test_the_demo_shows_codes_and_nothing_else_does(client: Client, settings: Any) -> None:
    user = person()
    assert client.get(reverse("accounts:demo_codes")).status_code == 404
    settings.DEMO = True
    page = client.get(reverse("accounts:demo_codes")).content.decode()
    assert current_code(user) in page
    assert SECRET not in page


def test_language_and_time_zone_are_the_persons_own(client: Client, settings: Any) -> None:
    settings.LANGUAGES = settings.SPOKEN_LANGUAGES
    user = person()
    personas.signed_in(user, client)
    facts = {"full_name": "Karin Lindqvist", "initials": "KL", "language": "de", "time_zone": "Asia/Tokyo"}
    answer = client.post(reverse("accounts:profile"), {**facts, "email": "thief@evil.example", "is_superuser": "on"})
    assert answer.status_code == 302
    page = client.get(reverse("accounts:profile"))
    assert page["Content-Language"] == "de"
    user.refresh_from_db()
    assert (user.full_name, user.time_zone, user.is_superuser) == ("Karin Lindqvist", "Asia/Tokyo", False)
    assert user.email.endswith("@firm.example")


def test_a_language_without_a_catalogue_leaves_the_pages_in_english(client: Client) -> None:
    user = person()
    user.language = "xx"
    user.save()
    assert personas.signed_in(user, client).get(reverse("accounts:profile"))["Content-Language"] == "en"


def test_signing_in_needs_the_csrf_token() -> None:
    user = person()
    client = Client(enforce_csrf_checks=True)
    assert give_password(client, user).status_code == 403
