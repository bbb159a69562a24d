"""The administration: accounts and roles, no passwords, no secrets, no content, nothing alone."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lawcrm import outbox
from lawcrm.accounts.actions import second_factor
from lawcrm.accounts.models import AccountChange, TotpDevice, User
from lawcrm.models.outbox import OutboxMessage
from tests import personas

pytestmark = pytest.mark.django_db

STAFF = "admin:accounts_user_changelist"
FACTS = {"full_name": "New Person", "initials": "NP", "language": "en", "time_zone": "Europe/Berlin", "ends_on": ""}


@pytest.fixture
def boss() -> Client:
    return personas.client_for("administrator")


def change(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def act(client: Client, action: str, *rows: Any, url: str = STAFF) -> Any:
    return client.post(
        reverse(url),
        {"action": action, "_selected_action": [row.pk for row in rows], "reason": "asked at the desk"},
        follow=True,
    )


def role(name: str) -> int:
    return Group.objects.get(name=name).pk


def test_only_accounts_are_registered() -> None:
    assert {model._meta.label for model in admin.site._registry} == {
        "accounts.User",
        "accounts.AccountChange",
        "auth.Group",
    }


MOMENTS = ("asked_at", "confirmed_at", "due_at")


@pytest.mark.parametrize("name", ["partner", "lawyer", "data protection officer", "auditor"])
def test_other_roles_do_not_get_in(name: str) -> None:
    assert personas.client_for(name).get("/admin/").status_code == 302


def test_it_wants_the_second_factor() -> None:
    client = personas.password_only(personas.user_for("administrator"))
    assert client.get("/admin/")["Location"].startswith(reverse("accounts:second_factor"))
    assert Client().get("/admin/")["Location"].startswith(reverse("accounts:sign_in"))


def test_the_pages_open(boss: Client) -> None:
    user = personas.user_for("lawyer")
    names = ["admin:index", STAFF, "admin:accounts_user_add", "admin:auth_group_changelist"]
    names += ["admin:accounts_accountchange_changelist"]
    for url in [*map(reverse, names), change(user), reverse("admin:auth_group_change", args=[role("lawyer")])]:
        assert boss.get(url).status_code == 200, url


@pytest.mark.parametrize("url", [STAFF, "admin:auth_group_changelist"])
def test_the_lists_ask_as_often_for_three_people_as_for_one(boss: Client, url: str) -> None:
    asked = []
    for _more in range(2):
        personas.practice_group(f"Practice {_more}", personas.user_for("lawyer"), personas.user_for("partner"))
        with CaptureQueriesContext(connection) as queries:
            boss.get(reverse(url))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_inviting_sends_a_link_and_nobody_else_knows_the_password(boss: Client) -> None:
    facts = {**FACTS, "email": "New.Person@firm.example", "roles": [role("lawyer")]}
    assert boss.post(reverse("admin:accounts_user_add"), facts).status_code == 302
    user = User.objects.get(email="new.person@firm.example")
    assert not user.has_usable_password()
    assert [group.name for group in user.groups.all()] == ["lawyer"]
    mail = outbox.kind_of("accounts.invitation").compose(OutboxMessage.objects.get(kind="accounts.invitation"))
    assert mail.to == user.email


def test_an_address_cannot_be_invited_twice_however_it_is_written(boss: Client) -> None:
    user = personas.user_for("lawyer")
    answer = boss.post(reverse("admin:accounts_user_add"), {**FACTS, "email": user.email.upper()})
    assert answer.status_code == 200
    assert "already" in str(answer.context["errors"])


def test_no_form_changes_the_address_the_password_or_rights_beyond_roles(boss: Client) -> None:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    before = User.objects.filter(pk=user.pk).values().get()
    hostile = {
        "email": "thief@evil.example",
        "password": "x",
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "groups": [role("partner")],
        "user_permissions": ["1"],
        "public_id": "00000000-0000-0000-0000-000000000000",
    }
    boss.post(change(user), {**FACTS, "roles": [role("assistant")], **hostile})
    after = User.objects.filter(pk=user.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"full_name", "initials", "time_zone", "role_given_at"}
    assert [group.name for group in user.groups.all()] == ["assistant"]
    assert user.user_permissions.count() == 0


def test_saving_a_person_leaves_practice_groups_alone(boss: Client) -> None:
    user = personas.user_for("lawyer")
    group = personas.practice_group("Family law", user)
    boss.post(change(user), {**FACTS, "roles": [role("partner"), group.pk]})
    assert sorted(user.groups.values_list("name", flat=True)) == ["Family law", "lawyer"]
    boss.post(change(user), {**FACTS, "roles": [role("partner")]})
    assert sorted(user.groups.values_list("name", flat=True)) == ["Family law", "partner"]


def test_nobody_gives_themselves_a_role(boss: Client) -> None:
    boss.post(change(boss.user), {**FACTS, "roles": [role("administrator"), role("partner")]})  # type: ignore[attr-defined]
    assert list(boss.user.groups.values_list("name", flat=True)) == ["administrator"]  # type: ignore[attr-defined]


def test_groups_are_only_read(boss: Client) -> None:
    url = reverse("admin:auth_group_change", args=[role("lawyer")])
    assert boss.post(url, {"name": "x", "permissions": ["1"]}).status_code == 403
    assert boss.get(reverse("admin:auth_group_add")).status_code == 403


def test_nothing_is_deleted(boss: Client) -> None:
    user = personas.user_for("lawyer")
    assert boss.get(reverse("admin:accounts_user_delete", args=[user.pk])).status_code == 403
    act(boss, "delete_selected", user)
    assert User.objects.filter(pk=user.pk).exists()


def test_no_page_shows_a_secret_or_a_hash(boss: Client) -> None:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    second_factor.install_device(user=user, secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    for url in (change(user), reverse(STAFF), reverse("admin:accounts_accountchange_changelist")):
        text = boss.get(url).content.decode()
        assert "GEZDGNBV" not in text
        assert user.password not in text


def test_a_second_factor_is_reset_by_two_and_the_link_goes_to_the_person(boss: Client) -> None:
    user, second = personas.user_for("lawyer", password=personas.PASSWORD), personas.client_for("administrator")
    second_factor.install_device(user=user, secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    act(boss, "ask_factor_reset", user)
    reset = AccountChange.objects.get()
    for alone in (boss, personas.signed_in(user)):
        act(alone, "confirm", reset, url="admin:accounts_accountchange_changelist")
    assert TotpDevice.objects.filter(user=user).count() == 1
    act(second, "confirm", reset, url="admin:accounts_accountchange_changelist")
    assert TotpDevice.objects.filter(user=user).count() == 0
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert OutboxMessage.objects.get(kind="accounts.password_link").recipient_id == user.pk


def test_changes_of_how_people_sign_in_are_only_read(boss: Client) -> None:
    user, other = personas.user_for("lawyer"), personas.user_for("administrator")
    act(boss, "ask_factor_reset", user)
    reset = AccountChange.objects.get()
    before = AccountChange.objects.values().get()
    forged = {
        "kind": "address",
        "user": user.pk,
        "new_email": "thief@firm.example",
        "asked_by": other.pk,
        "confirmed_by": other.pk,
        "reason": "x",
        **{f"{name}_{part}": value for name in MOMENTS for part, value in (("0", "2026-11-20"), ("1", "12:00"))},
    }
    assert boss.post(reverse("admin:accounts_accountchange_change", args=[reset.pk]), forged).status_code == 403
    assert boss.post(reverse("admin:accounts_accountchange_add"), forged).status_code == 403
    assert boss.post(reverse("admin:accounts_accountchange_delete", args=[reset.pk])).status_code == 403
    assert AccountChange.objects.values().get() == before


def test_an_administrator_cannot_ask_for_their_own_reset(boss: Client) -> None:
    act(boss, "ask_factor_reset", boss.user)  # type: ignore[attr-defined]
    assert not AccountChange.objects.exists()


def test_access_is_ended_and_opened_again(boss: Client) -> None:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    there = personas.signed_in(user)
    act(boss, "end_access", user, boss.user)  # type: ignore[attr-defined]
    assert there.get("/profile/").status_code == 302
    assert list(User.objects.filter(is_active=False)) == [user]
    act(boss, "reactivate", user)
    assert there.get("/profile/").status_code == 302


def test_django_keeps_no_log_of_its_own(boss: Client) -> None:
    user = personas.user_for("lawyer")
    boss.post(change(user), {**FACTS, "roles": [role("partner")]})
    act(boss, "end_access", user)
    assert LogEntry.objects.count() == 0
