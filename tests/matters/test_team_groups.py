"""Practice groups and the matters they see: pages, next request, who is told, what a dissolved group gives back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lawcrm import access, outbox
from lawcrm.accounts.actions import practice
from lawcrm.accounts.models import Membership, User
from lawcrm.crypto.marks import mark
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from matters.actions import walls
from matters.models import Matter, MatterGroupObjectPermission
from matters.queries.joined import joined_lately
from tests import personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> User:
    return personas.user_for("partner", full_name="Anders Holm")


@pytest.fixture
def banking(keeper: User) -> Group:
    return personas.practice_group("Banking", keeper=keeper)


def join(keeper: User, group: Group, *users: User) -> None:
    with access.as_user(keeper):
        practice.add_members(actor=keeper, group=group, users=users, reason="joins", now=NOW)


def send(client: Client, page: str, group: Group, **values: Any) -> Any:
    return client.post(reverse(f"accounts:{page}", args=[group.kind.public_id]), values)


def test_the_pages_form_fill_and_empty_a_group(karin: User, ida: User, outsider: User) -> None:
    browser, keeping = personas.signed_in(karin), personas.signed_in(ida)
    formed = browser.post(
        reverse("accounts:form_group"), {"name": "Shipping", "keeper": ida.public_id, "reason": "new field"}
    )
    group = Group.objects.get(name="Shipping")
    assert (formed.status_code, send(browser, "add_members", group).status_code) == (302, 403)
    assert send(keeping, "add_members", group, people=[outsider.public_id]).status_code == 422  # no reason
    added = send(keeping, "add_members", group, people=[outsider.public_id, karin.public_id], reason="both sail")
    assert (added.status_code, Membership.objects.filter(group=group, until=None).count()) == (302, 3)
    row = Membership.objects.get(user=outsider)
    asked = send(keeping, "change_member", group, member=mark(row), what="remove")
    assert (asked.status_code, "Remove from the group: Tomas Lind" in asked.content.decode()) == (200, True)
    assert send(keeping, "change_member", group, member=mark(row), what="remove", reason="left").status_code == 302
    page = keeping.get(reverse("accounts:group", args=[group.kind.public_id])).content.decode()
    assert [word in page for word in ("both sail", "Former members", "Tomas Lind")] == [True, True, True]
    assert send(keeping, "rename_group", group, name="Ships", reason="shorter").status_code == 302
    assert send(keeping, "dissolve_group", group, reason="merged").status_code == 302
    assert keeping.get(reverse("accounts:group", args=[group.kind.public_id])).status_code == 404


def test_the_form_offers_nobody_to_themselves(ida: User, banking: Group, keeper: User) -> None:
    forged = personas.signed_in(ida).post(
        reverse("accounts:form_group"), {"name": "Mine", "keeper": ida.public_id, "reason": "x"}
    )
    assert forged.status_code == 403
    person = {"name": "Mine", "keeper": keeper.public_id, "reason": "x"}
    assert personas.signed_in(keeper).post(reverse("accounts:form_group"), person).status_code == 422
    assert not Group.objects.filter(name="Mine").exists()


def test_administrators_neither_see_nor_change_groups(banking: Group) -> None:
    client = personas.client_for("administrator")
    names = ("group", "add_members", "rename_group", "dissolve_group")
    codes = {client.get(reverse(f"accounts:{name}", args=[banking.kind.public_id])).status_code for name in names}
    assert codes | {client.get(reverse("accounts:groups")).status_code} == {403}


def test_membership_bites_at_the_next_request(opened: Opener, ida: User, keeper: User, banking: Group) -> None:
    matter = opened(groups=(banking,))
    client, address = personas.signed_in(ida), ""
    address = f"/matters/{matter.public_id}/"
    assert client.get(address).status_code == 404
    join(keeper, banking, ida)
    assert client.get(address).status_code == 200
    with access.as_user(keeper):
        practice.remove_member(actor=keeper, group=banking, user=ida, reason="left", now=NOW)
    parts = ("", "documents/", "communication/", "parties/", "history/")
    answers = {client.get(address + part, headers={"HX-Request": "true"}).status_code for part in parts}
    assert answers == {404}


def queued() -> list[tuple[int, int]]:
    rows = OutboxMessage.objects.filter(kind="matters.group_joined").order_by("recipient_id")
    return list(rows.values_list("recipient_id", "thing_id"))


def test_those_who_answer_for_matters_are_told_once_a_day(
    opened: Opener, karin: User, ida: User, keeper: User, banking: Group
) -> None:
    outsider = personas.user_for("lawyer")
    opened(groups=(banking,))
    opened("Another", responsible=outsider, groups=(banking,))
    opened("Not given to the group", responsible=ida)
    join(keeper, banking, ida)
    join(keeper, banking, personas.user_for("assistant"), personas.user_for("lawyer"))
    assert queued() == sorted([(karin.pk, banking.pk), (outsider.pk, banking.pk)])
    message = OutboxMessage.objects.get(recipient_id=karin.pk)
    kind = outbox.kind_of(message.kind)
    mail = kind.compose(message)
    assert [word in mail.text + mail.subject for word in ("Banking", "Ida Berg", "Karin Vestergaard")] == [
        False,
        False,
        True,
    ]
    with access.as_system("test"):
        assert kind.may_send(message) is True
        MatterGroupObjectPermission.objects.all().delete()
        with pytest.raises(outbox.MayNot, match="not-responsible"):
            kind.may_send(message)


def test_today_shows_who_joined_to_those_who_answer(
    opened: Opener, karin: User, ida: User, keeper: User, banking: Group
) -> None:
    opened(groups=(banking,))
    with access.as_user(keeper):
        practice.add_members(actor=keeper, group=banking, users=[ida], reason="joins", now=timezone.now())
    assert "New in groups that see your matters" in personas.signed_in(karin).get("/").content.decode()
    assert "New in groups that see your matters" not in personas.signed_in(ida).get("/").content.decode()
    with access.as_user(karin):
        assert {row.user for row in joined_lately(karin, timezone.now())} == {ida, keeper}
        assert joined_lately(karin, timezone.now() + timedelta(days=8)) == []


def test_a_dissolved_group_gives_back_what_it_was_given(
    opened: Opener, karin: User, ida: User, keeper: User, banking: Group
) -> None:
    first, second = opened(groups=(banking,)), opened("Another", groups=(banking,))
    join(keeper, banking, ida)
    with access.as_user(keeper):
        practice.dissolve_group(actor=keeper, group=banking, reason="merged", now=NOW)
    with access.as_user(karin):
        assert [list(matter.acl) for matter in Matter.objects.all()] == [[karin.pk], [karin.pk]]
        kept = JournalEntry.objects.filter(kind="matter.access_withdrawn").order_by("matter_id")
        assert [(entry.matter_id, entry.reason, entry.facts) for entry in kept] == [
            (matter.pk, "merged", {"group_id": banking.pk}) for matter in (first, second)
        ]


def test_a_group_is_dissolved_in_as_many_queries_for_three_matters_as_for_one(
    opened: Opener, ida: User, keeper: User, banking: Group
) -> None:
    other = personas.practice_group("Shipping", ida, keeper=keeper)
    join(keeper, banking, ida)
    opened(groups=(banking,))
    for number in range(3):
        opened(f"Another {number}", groups=(other,))
    counts = []
    for group in (banking, other):
        with access.as_user(keeper), CaptureQueriesContext(connection) as queries:
            practice.dissolve_group(actor=keeper, group=group, reason="merged", now=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_a_dissolved_group_saw_and_was_kept_out_of_is_locked_at_once(
    opened: Opener, ida: User, keeper: User, banking: Group
) -> None:
    """In two turns, of which the second may come before the first in order, it could wait for one who waits for it."""
    seen, closed = opened(groups=(banking,)), opened("Closed to them", responsible=ida)
    with access.as_user(ida):
        walls.raise_wall(actor=ida, matter=closed, against=[banking], reason="rival", now=NOW)
    with access.as_user(keeper), CaptureQueriesContext(connection) as queries:
        practice.dissolve_group(actor=keeper, group=banking, reason="merged", now=NOW)
    first = next(query["sql"] for query in queries.captured_queries if "sight_lock" in query["sql"])
    assert {int(number) for number in re.findall(r"[{,](\d+)", first)} == {seen.pk, closed.pk}
