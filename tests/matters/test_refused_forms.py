"""What a form refuses before any action is tried all the same: in words to the person, as a code in the journal."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto.marks import mark
from lawcrm.models import JournalEntry
from matters.actions import walls
from matters.models import Matter
from tests import factories, personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db


def refused() -> list[tuple[str, int | None, Any]]:
    with access.as_system("test"):
        rows = JournalEntry.objects.filter(kind__endswith="_refused").order_by("pk")
        return [(row.kind, row.actor_id, row.facts["refusal"]) for row in rows]


def gone(name: str) -> User:
    person = personas.user_for("lawyer", full_name=name)
    User.objects.filter(pk=person.pk).update(is_active=False)
    return person


@pytest.mark.parametrize(
    ("page", "values", "kind", "code"),
    [
        ("grant", {"level": "view_matter", "reason": "x"}, "matter.access_granted", "form.to.invalid_choice"),
        ("withdraw", {"holder": "x", "reason": ""}, "matter.access_withdrawn", "form.holder.invalid"),
        ("change_responsible", {"keeps": "", "reason": ""}, "matter.responsibility_handed_over", "form.to.required"),
        ("raise_wall", {"people": ["9999999"], "reason": "x"}, "matter.wall_raised", "form.people.invalid_choice"),
        ("raise_wall", {"reason": ""}, "matter.wall_raised", "form.reason.required"),
    ],
)
def test_forms_of_a_matter(  # noqa: PLR0917 - one case
    matter: Matter, karin: User, browser: Client, page: str, values: dict[str, Any], kind: str, code: str
) -> None:
    if page == "grant":
        values = {**values, "to": [f"person:{gone('Aylin Kaya').public_id}"]}
    answer = browser.post(reverse(f"matters:{page}", args=[matter.public_id]), values)
    assert (answer.status_code, refused()) == (422, [(f"{kind}_refused", karin.pk, code)])
    if page == "grant":
        assert "Somebody chosen cannot be given access" in answer.content.decode()


def test_changing_the_level_of_somebody_who_holds_one(matter: Matter, karin: User, ida: User, browser: Client) -> None:
    factories.grant(matter, ida)
    sent = {"holder": ida.pk, "level": "owner", "reason": "x"}
    answer = browser.post(reverse("matters:change_level", args=[matter.public_id]), sent)
    expected = [("matter.access_granted_refused", karin.pk, "form.level.invalid_choice")]
    assert (answer.status_code, refused()) == (422, expected)


def test_forms_of_walls(opened: Opener, karin: User, ida: User, browser: Client) -> None:
    client = factories.contact("Nordlys Energi A/S")
    matter = opened(client=client)
    with access.as_user(karin):
        wall = walls.raise_wall(actor=karin, matter=matter, against=[ida], reason="rival", now=NOW)
    forms = {
        reverse("matters:raise_client_wall", args=[client.public_id]): {"reason": ""},
        reverse("matters:change_wall"): {"wall": mark(wall), "people": [ida.pk], "ends_on": "never", "reason": "x"},
        reverse("matters:lower_wall"): {"wall": mark(wall), "reason": ""},
    }
    assert {browser.post(url, values).status_code for url, values in forms.items()} == {422}
    assert refused() == [
        ("contact.wall_raised_refused", karin.pk, "form.reason.required"),
        ("wall.changed_refused", karin.pk, "form.ends_on.invalid"),
        ("wall.lowered_refused", karin.pk, "form.reason.required"),
    ]


def test_asking_for_a_page_is_no_attempt(matter: Matter, browser: Client) -> None:
    for page in ("grant", "raise_wall", "change_responsible"):
        assert browser.get(reverse(f"matters:{page}", args=[matter.public_id])).status_code == 200
    assert refused() == []


def test_a_successor_who_cannot_be_one(matter: Matter, karin: User, browser: Client) -> None:
    sent = {"to": gone("Aylin Kaya").public_id, "reason": "retires", "matters": [matter.public_id]}
    answer = browser.post(reverse("matters:hand_over", args=[karin.public_id]), sent)
    expected = [("accounts.handed_over_refused", karin.pk, "form.to.invalid_choice")]
    assert (answer.status_code, refused()) == (422, expected)


def test_a_break_glass_without_a_reason(ida: User) -> None:
    second = personas.user_for("lawyer")
    sent = {"number": "2026-0001", "confirmer": second.public_id, "hours": 1, "reason": ""}
    answer = personas.signed_in(ida).post(reverse("matters:ask_break_glass"), sent)
    (entry,) = refused()
    assert (answer.status_code, entry[:2]) == (422, ("break_glass.asked_refused", ida.pk))
    assert entry[2].startswith("form.")
