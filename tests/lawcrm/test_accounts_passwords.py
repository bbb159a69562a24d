"""Passwords: the rules, the links that set them, the mail that carries the links."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from lawcrm import access, outbox
from lawcrm.accounts import links
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from tests import personas

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
GOOD = "quiet-otter-paints-nine-doors"


@pytest.fixture(autouse=True)
def noon(settings: Any) -> Iterator[Any]:
    settings.FIRM_NAME = "Vestergaard Advokater"
    with time_machine.travel(NOW, tick=False) as clock, access.as_system("test"):
        yield clock


def person() -> User:
    return personas.user_for("lawyer", full_name="Karin Lindqvist", email="k.lindqvist@firm.example")


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("short-2026!", False),
        ("123456789012345", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("qwertyuiop123", False),
        ("Vestergaard-2026", False),
        ("lawcrm-lawcrm-2026", False),
        ("KarinLindqvist1", False),
        ("lösenord-2026-x", False),
        (GOOD, True),
        ("onlylowercaseletters", True),
        ("vestergaard has a very long hallway", True),
        ("çok güzel bir gün olsun", True),
        ("x1" * 2 + "ordinary words here" * 6, True),
    ],
)
def test_the_rules(password: str, fits: object) -> None:
    if fits:
        validate_password(password, person())
    else:
        with pytest.raises(ValidationError):
            validate_password(password, person())


def test_a_password_of_sixty_four_signs_of_any_kind_works() -> None:
    user, password = person(), " ğ€ñ¶ pass phrase with spaces at both ends, 64 signs or even more "
    user.set_password(password)
    user.save()
    answer = Client().post(reverse("accounts:sign_in"), {"email": user.email, "password": password})
    assert answer.status_code == 302


def mailed_link(kind: str) -> str:
    message = OutboxMessage.objects.filter(kind=kind).latest("pk")
    text = outbox.kind_of(kind).compose(message).text
    found = re.search(r"https?://[^/]+(\S+)", text)
    assert found is not None
    return found[1]


def ask_link(user: User) -> str:
    Client().post(reverse("accounts:forgotten"), {"email": user.email})
    return mailed_link("accounts.password_link")


def test_reset_then_password_then_code_and_never_signed_in_by_the_link(client: Client) -> None:
    user = person()
    link = ask_link(user)
    page = client.get(link, follow=True)
    assert page.redirect_chain == [(reverse("accounts:new_password"), 302)]
    assert client.post(reverse("accounts:new_password"), {"password": GOOD})["Location"] == reverse("accounts:sign_in")
    assert client.get("/profile/")["Location"].startswith(reverse("accounts:sign_in"))
    entered = client.post(reverse("accounts:sign_in"), {"email": user.email, "password": GOOD})
    assert entered["Location"] == reverse("accounts:enrol")


def test_a_reset_keeps_the_second_factor_and_ends_all_sessions(client: Client) -> None:
    user = person()
    there = personas.signed_in(user)
    client.get(ask_link(user))
    client.post(reverse("accounts:new_password"), {"password": GOOD})
    assert there.get("/profile/").status_code == 302
    assert user.recoverysheet_set.count() == 1


def test_a_link_works_once(client: Client) -> None:
    user = person()
    link = ask_link(user)
    client.get(link)
    client.post(reverse("accounts:new_password"), {"password": GOOD})
    assert Client().get(link).status_code == 410


def test_a_link_ends_with_its_hour(noon: Any) -> None:
    link = ask_link(person())
    noon.shift(timedelta(minutes=61))
    assert Client().get(link).status_code == 410


def test_an_invitation_lasts_a_week_and_ends_with_the_account(noon: Any) -> None:
    user = person()
    token = links.make(user, "invitation")
    noon.shift(timedelta(days=6))
    assert links.user_of(token) == user
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert links.user_of(token) is None
    User.objects.filter(pk=user.pk).update(is_active=True)
    noon.shift(timedelta(days=2))
    assert links.user_of(token) is None


def test_a_link_of_another_purpose_or_hand_is_refused() -> None:
    user = person()
    payload = signing.loads(links.make(user, "reset"), salt="lawcrm.accounts.password-link.reset")
    swapped = signing.dumps(payload, salt="lawcrm.accounts.password-link.invitation")
    foreign = signing.dumps(payload, salt="another")
    token = links.make(user, "reset")
    assert [links.user_of(text) for text in (swapped, foreign, token[:-1], "", "a:b:c")] == [None] * 5
    assert links.user_of(token) == user


def test_a_changed_address_ends_the_links_sent_to_the_old_one() -> None:
    user = person()
    token = links.make(user, "reset")
    User.objects.filter(pk=user.pk).update(email="new@firm.example")
    assert links.user_of(token) is None


def test_unknown_and_inactive_addresses_get_the_same_answer_and_no_mail(client: Client) -> None:
    user, gone = person(), personas.user_for("lawyer")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    answers = [
        client.post(reverse("accounts:forgotten"), {"email": email})
        for email in (user.email, gone.email, "nobody@firm.example")
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, reverse("accounts:forgotten_sent"))
    }
    assert list(OutboxMessage.objects.values_list("recipient_id", flat=True)) == [user.pk]


def test_links_in_mail_are_built_from_the_setting_and_not_from_the_host_asked(settings: Any) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://crm.firm.example", ["*"]
    user = person()
    Client().post(reverse("accounts:forgotten"), {"email": user.email}, headers={"host": "evil.example"})
    text = outbox.kind_of("accounts.password_link").compose(OutboxMessage.objects.get()).text
    assert "https://crm.firm.example/sign-in/link/" in text
    assert "evil" not in text


def test_the_link_is_made_when_the_mail_is_sent_and_kept_nowhere() -> None:
    user = person()
    link = ask_link(user)
    token = link.rstrip("/").rpartition("/")[2]
    row = OutboxMessage.objects.values().get()
    assert token not in str(row)
    assert user.email not in str(row)


def test_a_changed_password_is_told_to_the_person(client: Client) -> None:
    user = person()
    client.get(ask_link(user))
    client.post(reverse("accounts:new_password"), {"password": GOOD})
    mail = outbox.kind_of("accounts.changed").compose(OutboxMessage.objects.get(kind="accounts.changed"))
    assert (mail.to, mail.subject) == (user.email, "Your password was changed")


def test_names_stand_in_mail_as_they_are() -> None:
    user = personas.user_for("lawyer", full_name="Anna & Søn <ApS>")
    ask_link(user)
    mail = outbox.kind_of("accounts.password_link").compose(OutboxMessage.objects.get())
    assert "Hello Anna & Søn <ApS>," in mail.text
