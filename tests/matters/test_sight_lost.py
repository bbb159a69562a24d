"""Access that ends between the page and its form: the form meets 404, never an error of the server."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.test import Client

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto.marks import mark
from matters.actions import responsibility, succession, team, walls
from matters.forms.once import token_for
from matters.models import Matter
from matters.models.levels import Level
from tests import factories, personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db(transaction=True)


def losing(matter: Matter, person: User, owner: User, send: Any) -> int:
    """The status of a form that waits for the matter while the person's access is withdrawn."""
    withdrawn = threading.Event()

    def withdraw() -> None:
        try:
            with access.as_user(owner), transaction.atomic():
                team.withdraw_access(actor=owner, matter=matter, to=person, reason="left the team", now=NOW)
                withdrawn.set()
                time.sleep(1.5)  # until the form waits for the same matter
        finally:
            connections.close_all()

    def post() -> int:
        try:
            withdrawn.wait(10)
            return int(send().status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(withdraw), threads.submit(post)
        first.result(20)
        return second.result(20)


def form(matter: Matter, person: User, what: str) -> tuple[str, dict[str, Any]]:
    url = f"/matters/{matter.public_id}/"
    once = token_for(person.pk)
    file = SimpleUploadedFile("note.txt", b"plain words\n", content_type="text/plain")
    forms: dict[str, tuple[str, dict[str, Any]]] = {
        "close": ("close/", {"closed_on": "2026-11-20", "reason": "done"}),
        "documents": ("documents/add/", {"once": once, "chosen": file, "confidentiality": ""}),
        "grant": ("access/give/", {"to": [], "level": Level.VIEW, "reason": "x"}),
    }
    path, values = forms[what]
    return url + path, values


@pytest.mark.parametrize("what", ["close", "documents", "lower", "grant"])
def test_a_form_that_comes_too_late(opened: Opener, karin: User, ida: User, outsider: User, what: str) -> None:
    matter = opened()
    for level in Level:
        factories.grant(matter, ida, level)
    client = personas.signed_in(ida, Client(raise_request_exception=False))
    if what == "lower":
        with access.as_user(karin):
            wall = walls.raise_wall(actor=karin, matter=matter, against=[outsider], reason="rival", now=NOW)
        url, values = "/matters/walls/lower/", {"wall": mark(wall), "reason": "over"}
    else:
        url, values = form(matter, ida, what)
    if what == "grant":
        values["to"] = [f"person:{outsider.public_id}"]
    assert losing(matter, ida, karin, lambda: client.post(url, values)) == 404


def test_a_stale_page_does_not_withdraw_the_new_responsible_lawyer(opened: Opener, karin: User, ida: User) -> None:
    matter = opened()
    with access.as_user(karin):
        stale = Matter.objects.get(pk=matter.pk)
        responsibility.hand_over_responsibility(
            actor=karin, matter=matter, to=ida, keeps=Level.MANAGE, reason="leave", now=NOW
        )
        with pytest.raises(team.ResponsibleStays):
            team.withdraw_access(actor=karin, matter=stale, to=ida, reason="left", now=NOW)
        with pytest.raises(team.ResponsibleStays):
            team.grant_access(actor=karin, matter=stale, to=ida, level=Level.VIEW, reason="less", now=NOW)


def test_a_wall_that_goes_up_while_matters_are_handed_over_counts(opened: Opener, karin: User, ida: User) -> None:
    matter, raised = opened(people=(ida,)), threading.Event()

    def wall_off() -> None:
        try:
            with access.as_user(karin), transaction.atomic():
                walls.raise_wall(actor=karin, matter=matter, against=[ida], reason="rival", now=NOW)
                raised.set()
                time.sleep(1.5)  # until handing over waits for the same matter
        finally:
            connections.close_all()

    def hand_over() -> list[Matter]:
        try:
            raised.wait(10)
            with access.as_user(karin):
                return succession.hand_over(
                    actor=karin, user=karin, to=ida, matters=[matter], reason="retires", now=NOW
                )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(wall_off), threads.submit(hand_over)
        first.result(20)
        assert second.result(20) == [matter]
