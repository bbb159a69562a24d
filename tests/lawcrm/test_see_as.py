"""See as: an administrator learns counts, numbers and roads; the person learns who asked."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry, ReadEntry
from matters.models import Matter
from matters.queries import see_as
from tests import factories, personas
from tests.access import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ida() -> User:
    return personas.user_for("lawyer", full_name="Ida Berg")


@pytest.fixture
def administrator() -> Client:
    return personas.client_for("administrator")


@pytest.fixture
def secret() -> Matter:
    found = world.secret(personas.user_for("lawyer")).matter
    assert found is not None
    return found


def ask(client: Client, person: User, number: str = "") -> str:
    answer = client.post(reverse("matters:see_as"), {"person": person.public_id, "number": number})
    assert answer.status_code == 200
    return answer.content.decode()


def told(person: User, number: str) -> tuple[bool, list[str]]:
    answer = see_as.answer(User.objects.get(pk=person.pk), number)
    return answer.sees, answer.roads


def test_counts_are_those_of_the_person(secret: Matter, ida: User) -> None:
    factories.matter("Another, not given")
    factories.grant(secret, ida)
    seen = see_as.seen_by(ida)
    assert ([count for _words, count in seen.counts], seen.numbers) == (["1", "1", "1", "1", "1", "1"], [secret.number])
    nothing = see_as.seen_by(personas.user_for("lawyer"))
    assert ({count for _words, count in nothing.counts}, nothing.numbers) == ({"0"}, [])


def test_every_road_in_words(secret: Matter, ida: User) -> None:
    own, wall = "The matter was given to this person.", "A wall keeps this person out, which beats everything given."
    assert told(ida, secret.number) == (False, [])
    factories.grant(secret, ida)
    assert told(ida, secret.number) == (True, [own])
    group = personas.practice_group("Banking", ida)
    factories.grant(secret, group)
    given = "The practice group Banking was given the matter."
    assert told(ida, secret.number) == (True, [given, own])
    world.wall_off(secret, ida)
    assert told(ida, secret.number) == (False, [given, own, wall])
    other = personas.user_for("lawyer")
    personas.join(group, other)
    world.wall_off(secret, group)
    barred = "A wall keeps the practice group Banking out, which beats everything given."
    assert told(other, secret.number) == (False, [given, barred])


def test_a_matter_that_is_not_there_and_one_not_given_answer_alike(
    secret: Matter, ida: User, administrator: Client
) -> None:
    pages = [ask(administrator, ida, number).replace(number, "N") for number in (secret.number, "2026-9999")]
    sentence = "Nothing gives this person sight of a matter of this number."
    assert [page.count(sentence) for page in pages] == [1, 1]
    assert told(ida, secret.number) == told(ida, "2026-9999")


def test_nothing_of_the_content_is_told_and_nothing_counts_as_read(
    secret: Matter, ida: User, administrator: Client
) -> None:
    factories.grant(secret, ida)
    page = ask(administrator, ida, secret.number)
    assert (secret.number in page, world.CANARY in page, str(secret.public_id) in page) == (True, False, False)
    with access.as_system("test"):
        assert not ReadEntry.objects.exists()


def test_each_question_is_recorded_and_shown_to_the_person(ida: User, administrator: Client) -> None:
    asker = administrator.user  # type: ignore[attr-defined]
    ask(administrator, ida, "2026-0001")
    with access.as_system("test"):
        entry = JournalEntry.objects.get(kind="accounts.seen_as")
    assert (entry.object_id, entry.actor_id, entry.facts) == (ida.pk, asker.pk, {"about_one_matter": True})
    profile = reverse("accounts:profile")
    assert asker.full_name in personas.signed_in(ida).get(profile).content.decode()
    assert "Nobody. An administrator" in personas.client_for("lawyer").get(profile).content.decode()


def test_only_who_may_asks(ida: User) -> None:
    address = reverse("matters:see_as")
    codes = {
        role: personas.client_for(role).get(address).status_code for role in ("partner", "auditor", "administrator")
    }
    assert codes == {"partner": 403, "auditor": 403, "administrator": 200}
    assert personas.signed_in(personas.external_for()).post(address, {"person": ida.public_id}).status_code == 403
