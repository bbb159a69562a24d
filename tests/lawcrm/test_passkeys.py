"""Passkeys: added, given at sign-in and again before what matters, and never taken when anything is off."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from webauthn.helpers import bytes_to_base64url

from lawcrm import access
from lawcrm.accounts import webauthn
from lawcrm.accounts.actions import account_changes, passkeys, second_factor, staff
from lawcrm.accounts.models import DeviceSession, Passkey, RecoveryCode, TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from tests import personas
from tests.lawcrm.authenticator import PRESENT, VERIFIED, Authenticator

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ADD, BEGIN, ASK = "/sign-in/new-passkey/", "/sign-in/new-passkey/begin/", "/sign-in/passkey/"
CODE, AGAIN, EXPORT, FACTORS = "/sign-in/code/", "/sign-in/again/", "/contacts/export/", "/profile/factors/"


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock, access.as_system("test"):
        yield clock


@pytest.fixture
def key() -> Authenticator:
    return Authenticator()


@pytest.fixture
def holder(key: Authenticator) -> User:
    """Somebody with one passkey and nothing else."""
    user = personas.user_for("partner", password=personas.PASSWORD)
    keep(user, key)
    return user


def keep(user: User, key: Authenticator, name: str = "laptop") -> Passkey:
    options = webauthn.options_to_make(user, [])
    answer = json.loads(key.make(options))
    passkey, _codes = passkeys.add_passkey(
        actor=user, answer=answer, challenge=options["challenge"], name=name, now=NOW
    )
    return passkey


def password_given(user: User) -> Client:
    client = Client()
    client.post(reverse("accounts:sign_in"), {"email": user.email, "password": personas.PASSWORD})
    return client


def asked(client: Client, url: str = ASK) -> dict[str, Any]:
    options: dict[str, Any] = client.post(url).json()
    return options


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def journal(kind: str) -> list[dict[str, Any]]:
    return [row.payload["facts"] for row in JournalEntry.objects.filter(kind=kind).order_by("pk")]


def test_a_first_passkey_is_set_up_instead_of_an_app_and_comes_with_recovery_codes(key: Authenticator) -> None:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    client = password_given(user)
    assert client.get(ADD).status_code == 200
    options = asked(client, BEGIN)
    assert (options["rp"]["id"], options["attestation"], options["authenticatorSelection"]["userVerification"]) == (
        "localhost",
        "none",
        "required",
    )
    answer = client.post(ADD, {"name": "Ayşe's laptop", "passkey": key.make(options)})
    assert (answer.status_code, len(answer.context["codes"])) == (200, 10)
    assert is_in(client)
    passkey = Passkey.objects.get(user=user)
    assert (passkey.name, passkey.transports) == ("Ayşe's laptop", ["hybrid", "internal"])
    assert journal("accounts.passkey_added") == [{"passkey_id": passkey.pk}]
    assert OutboxMessage.objects.filter(kind="accounts.changed", recipient_id=user.pk).count() == 1


def test_the_handle_given_to_devices_is_no_address_and_no_name(holder: User) -> None:
    options = webauthn.options_to_make(holder, Passkey.objects.filter(user=holder))
    assert options["user"]["id"] == bytes_to_base64url(holder.public_id.bytes)
    assert [known["id"] for known in options["excludeCredentials"]] == [
        bytes_to_base64url(bytes(Passkey.objects.get().credential_id))
    ]


def test_password_and_passkey_let_in_under_a_new_session_key(holder: User, key: Authenticator) -> None:
    client = password_given(holder)
    assert client.get(CODE).context["form"].fields.keys() == {"passkey"}
    before = client.session.session_key
    answer = client.post(CODE, {"passkey": key.give(asked(client), handle=holder.public_id.bytes)})
    assert answer["Location"] == "/"
    assert is_in(client)
    assert client.session.session_key != before
    passkey = Passkey.objects.get()
    assert (passkey.sign_count, passkey.last_used_at) == (1, NOW)
    assert journal("accounts.signed_in") == [{"factor": "passkey", "passkey_id": passkey.pk}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8000"},
        {"domain": "evil.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"key": Authenticator().key},
        {"id": b"unknown"},
    ],
    ids=["origin", "address for name", "domain", "not verified", "not present", "signature", "credential"],
)
def test_an_answer_with_anything_wrong_is_refused(holder: User, key: Authenticator, wrong: dict[str, Any]) -> None:
    client = password_given(holder)
    answer = client.post(CODE, {"passkey": replace(key, **wrong).give(asked(client))})
    assert (answer.status_code, is_in(client)) == (422, False)
    assert Passkey.objects.get().sign_count == 0


@pytest.mark.parametrize(
    "bent",
    ["", "{}", "[]", "null", "x", '{"id": 1, "response": {}}', '{"id": "é", "response": {"clientDataJSON": []}}'],
)
def test_an_answer_bent_by_hand_is_an_error_in_words(holder: User, key: Authenticator, bent: str) -> None:
    client = password_given(holder)
    asked(client)
    assert client.post(CODE, {"passkey": bent}).status_code == 422
    parts = json.loads(key.give(asked(client)))
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        asked(client)
        hostile = {**parts, "response": {**parts["response"], name: bent}}
        assert client.post(CODE, {"passkey": json.dumps(hostile)}).status_code == 422, name
    assert not is_in(client)


def test_an_answer_counts_once(holder: User, key: Authenticator) -> None:
    key.counts = False  # as of synchronised passkeys, whose counter stays at 0
    client, other = password_given(holder), password_given(holder)
    answer = key.give(asked(client))
    assert client.post(CODE, {"passkey": answer}).status_code == 302
    assert other.post(CODE, {"passkey": answer}).status_code == 422
    assert client.post(AGAIN, {"step_up-passkey": answer}).status_code == 422
    assert journal("accounts.stepped_up") == []


def test_a_challenge_is_used_up_by_a_wrong_answer(holder: User, key: Authenticator) -> None:
    client = password_given(holder)
    options = asked(client)
    assert client.post(CODE, {"passkey": replace(key, flags=PRESENT).give(options)}).status_code == 422
    assert client.post(CODE, {"passkey": key.give(options)}).status_code == 422


@pytest.mark.parametrize(("seconds", "status"), [(120, 302), (121, 422)])
def test_a_challenge_waits_two_minutes(holder: User, key: Authenticator, noon: Any, seconds: int, status: int) -> None:
    client = password_given(holder)
    options = asked(client)
    noon.shift(timedelta(seconds=seconds))
    assert client.post(CODE, {"passkey": key.give(options)}).status_code == status


def test_the_challenge_of_another_session_and_of_another_person_is_refused(holder: User, key: Authenticator) -> None:
    thief_key = Authenticator()
    thief = personas.user_for("lawyer", password=personas.PASSWORD)
    keep(thief, thief_key)
    victim, stranger = password_given(holder), password_given(thief)
    assert stranger.post(CODE, {"passkey": key.give(asked(stranger))}).status_code == 422
    assert victim.post(CODE, {"passkey": thief_key.give(asked(victim))}).status_code == 422
    assert victim.post(CODE, {"passkey": key.give(asked(stranger))}).status_code == 422
    asked(victim)
    assert victim.post(CODE, {"passkey": key.give(asked(victim), handle=thief.public_id.bytes)}).status_code == 422
    assert (is_in(victim), is_in(stranger)) == (False, False)


def test_what_was_asked_for_making_is_not_taken_for_giving(holder: User, key: Authenticator) -> None:
    client = password_given(holder)
    client.post(CODE, {"passkey": key.give(asked(client))})
    options = asked(client, BEGIN)
    assert client.post(AGAIN, {"step_up-passkey": key.give(options)}).status_code == 422
    answer = key.give(asked(client), type="webauthn.create")
    assert client.post(AGAIN, {"step_up-passkey": answer}).status_code == 422


def test_of_two_requests_at_once_one_gets_the_challenge(holder: User) -> None:
    client = password_given(holder)
    asked(client)
    sessions = [client.session, client.session]
    assert [session.get("passkey_to_give") is not None for session in sessions] == [True, True]
    assert [session.take("passkey_to_give") is not None for session in sessions] == [True, False]
    assert "passkey_to_give" not in client.session


def test_a_copied_passkey_is_closed_for_good_and_its_person_told(holder: User, key: Authenticator) -> None:
    client = password_given(holder)
    copy = replace(key)
    for _time in range(2):
        client = password_given(holder)
        client.post(CODE, {"passkey": key.give(asked(client))})
        assert is_in(client)
    thief = password_given(holder)
    refused = thief.post(CODE, {"passkey": copy.give(asked(thief))})
    assert (refused.status_code, is_in(thief)) == (422, False)
    assert "copy of this passkey" in refused.context["form"].non_field_errors()[0]
    passkey = Passkey.objects.get()
    assert (passkey.copied_at, passkey.sign_count) == (NOW, 2)
    assert journal("accounts.passkey_copied") == [{"passkey_id": passkey.pk, "sessions": 2}]
    assert not is_in(client)
    assert OutboxMessage.objects.filter(kind="accounts.changed", dedupe__startswith="copied").count() == 1
    again = password_given(holder)
    assert again.get(CODE)["Location"] == reverse("accounts:recovery")


@pytest.mark.parametrize("lost", ["copied passkey", "app that is gone"])
def test_whoever_had_a_factor_once_sets_up_no_other_by_the_password_alone(holder: User, lost: str) -> None:
    Passkey.objects.update(copied_at=NOW)
    if lost == "app that is gone":
        Passkey.objects.all().delete()
        second_factor.renew_recovery_codes(actor=holder)
    thief = password_given(holder)
    for name in ("enrol", "add_passkey", "second_factor"):
        reached = thief.get(reverse(f"accounts:{name}"), follow=True)
        assert reached.redirect_chain[-1] == (reverse("accounts:recovery"), 302)
    assert thief.post(reverse("accounts:enrol_begin"), {"current": personas.PASSWORD}).status_code == 302
    assert thief.post(reverse("accounts:new_passkey_challenge")).status_code == 403
    assert not TotpDevice.objects.exists()
    Client().post(reverse("accounts:sign_in"), {"email": holder.email, "password": personas.PASSWORD})
    assert not TotpDevice.objects.exists()


def test_a_copy_used_to_confirm_ends_that_session_in_words(holder: User, key: Authenticator, noon: Any) -> None:
    client = password_given(holder)
    client.post(CODE, {"passkey": key.give(asked(client))})
    noon.shift(timedelta(minutes=11))
    key.count = 0
    refused = client.post(EXPORT, {"reason": "x", "step_up-passkey": key.give(asked(client))})
    assert (refused.status_code, is_in(client)) == (422, False)
    assert "You are signed out everywhere" in refused.content.decode()


def test_a_wrong_signature_with_an_old_counter_closes_nothing(holder: User, key: Authenticator) -> None:
    Passkey.objects.update(sign_count=9)
    client = password_given(holder)
    client.post(CODE, {"passkey": replace(key, key=Authenticator().key).give(asked(client))})
    assert Passkey.objects.get().copied_at is None


def test_guesses_are_slowed_down(holder: User, key: Authenticator) -> None:
    client = password_given(holder)
    for _guess in range(10):
        client.post(CODE, {"passkey": replace(key, flags=PRESENT).give(asked(client))})
    late = client.post(CODE, {"passkey": key.give(asked(client))})
    assert late.status_code == 422
    assert "Too many" in late.context["form"].non_field_errors()[0]


def test_a_passkey_is_given_again_before_what_matters(holder: User, key: Authenticator, noon: Any) -> None:
    client = password_given(holder)
    client.post(CODE, {"passkey": key.give(asked(client))})
    noon.shift(timedelta(minutes=11))
    assert client.get(EXPORT).status_code == 302
    assert client.post(AGAIN, {"step_up-passkey": key.give(asked(client))}).status_code == 302
    assert client.get(EXPORT).status_code == 200
    assert [facts["factor"] for facts in journal("accounts.stepped_up")] == ["passkey"]


def test_somebody_with_both_may_give_either(holder: User, key: Authenticator) -> None:
    device = second_factor.install_device(user=holder, secret=SECRET)
    for given in ({"code": device.code_at(step_at(NOW))}, None):
        client = password_given(holder)
        assert client.get(CODE).context["form"].fields.keys() == {"code", "passkey"}
        client.post(CODE, given or {"passkey": key.give(asked(client))})
        assert is_in(client)


def test_the_password_alone_adds_no_passkey_to_an_account_that_has_a_factor(holder: User, key: Authenticator) -> None:
    client = password_given(holder)
    assert client.post(BEGIN).status_code == 403
    forged = client.post(ADD, {"name": "x", "passkey": Authenticator().make(asked(client))})
    assert forged["Location"].startswith(CODE)
    assert Passkey.objects.count() == 1


def test_a_known_passkey_is_not_added_twice_and_many_are_too_many(holder: User, key: Authenticator) -> None:
    with pytest.raises(passkeys.FactorRefused, match="known here already"):
        keep(holder, key)
    with pytest.raises(passkeys.FactorRefused, match="known here already"):
        keep(personas.user_for("lawyer"), key)
    for number in range(passkeys.MOST - 1):
        keep(holder, Authenticator(), f"key {number}")
    with pytest.raises(passkeys.FactorRefused, match="many passkeys"):
        keep(holder, Authenticator())


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"domain": "evil.example"}, {"flags": PRESENT}])
def test_a_passkey_made_elsewhere_or_without_its_person_is_not_kept(wrong: dict[str, Any]) -> None:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    client = password_given(user)
    answer = client.post(ADD, {"name": "x", "passkey": replace(Authenticator(), **wrong).make(asked(client, BEGIN))})
    assert (answer.status_code, Passkey.objects.count()) == (422, 0)


def test_the_list_names_renames_and_removes_but_not_the_last(holder: User, key: Authenticator) -> None:
    client = password_given(holder)
    client.post(CODE, {"passkey": key.give(asked(client))})
    first = Passkey.objects.get()
    assert client.get(FACTORS).context["last"] is True
    one = reverse("accounts:change_passkey", args=[first.public_id])
    client.post(one, {"remove": "1"})
    assert Passkey.objects.count() == 1
    other = keep(holder, Authenticator(), "phone")
    client.post(reverse("accounts:change_passkey", args=[other.public_id]), {"name": "Telefon"})
    assert [passkey.name for passkey in client.get(FACTORS).context["factors"].passkeys] == ["laptop", "Telefon"]
    client.post(one, {"remove": "1"})
    assert client.get("/profile/")["Location"].startswith(CODE)
    assert [passkey.name for passkey in Passkey.objects.all()] == ["Telefon"]
    assert (len(journal("accounts.passkey_renamed")), len(journal("accounts.passkey_removed"))) == (1, 1)


def test_the_app_is_removed_when_a_passkey_remains(holder: User, key: Authenticator) -> None:
    second_factor.install_device(user=holder, secret=SECRET)
    client = password_given(holder)
    client.post(CODE, {"passkey": key.give(asked(client))})
    assert client.post(reverse("accounts:remove_app_factor")).status_code == 302
    assert (TotpDevice.objects.count(), is_in(client)) == (0, True)


def test_a_copied_passkey_is_removed_though_one_other_factor_is_left(holder: User) -> None:
    second_factor.install_device(user=holder, secret=SECRET)
    Passkey.objects.update(copied_at=NOW)
    client = personas.signed_in(holder)
    url = reverse("accounts:change_passkey", args=[Passkey.objects.get().public_id])
    assert client.get(url).context["last"] is False
    client.post(url, {"remove": "1"})
    assert Passkey.objects.count() == 0


def test_nobody_reaches_the_passkeys_of_another(holder: User) -> None:
    stranger = personas.client_for("administrator")
    url = reverse("accounts:change_passkey", args=[Passkey.objects.get(user=holder).public_id])
    assert (stranger.get(url).status_code, stranger.post(url, {"remove": "1"}).status_code) == (404, 404)
    assert stranger.get(FACTORS).context["factors"].passkeys == []


def test_a_reset_and_the_end_of_access_forget_passkeys_for_good(holder: User, key: Authenticator) -> None:
    one, two = personas.user_for("administrator"), personas.user_for("administrator")
    client = password_given(holder)
    client.post(CODE, {"passkey": key.give(asked(client))})
    reset = account_changes.ask(actor=one, user=holder, kind=account_changes.Kind.FACTOR, reason="lost", now=NOW)
    account_changes.confirm(actor=two, change=reset, now=NOW)
    assert (Passkey.objects.count(), RecoveryCode.objects.count(), DeviceSession.objects.count()) == (0, 0, 0)
    keep(holder, key)
    staff.end_access(actor=one, user=holder, reason="left", now=NOW)
    staff.reactivate(actor=one, user=User.objects.get(pk=holder.pk), reason="back", now=NOW)
    assert (Passkey.objects.count(), is_in(client)) == (0, False)


def test_a_recovery_code_lets_somebody_in_who_lost_the_passkey(holder: User) -> None:
    code = second_factor.renew_recovery_codes(actor=holder)[0]
    client = password_given(holder)
    assert client.post(reverse("accounts:recovery"), {"code": code}).status_code == 302
    assert is_in(client)
