"""A wall raised between queueing and effect: nothing goes out, by whichever of the product's ways."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.utils import timezone

from clients.models import ContactPoint, ContactUserObjectPermission
from clients.queries import export
from consent.actions import record_consent, send_confirmation
from consent.models import Purpose, Wording
from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from matters.actions import documents, walls
from matters.models import Document, Matter
from tests import factories, personas
from tests.lawcrm.mail_server import Post
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db
type Raise = Callable[[User, Matter, User], object]


def around_matter(karin: User, matter: Matter, ida: User) -> object:
    return walls.raise_wall(actor=karin, matter=matter, against=[ida], reason="x", now=NOW)


def around_client(karin: User, matter: Matter, ida: User) -> object:
    with access.as_system("who the client is"):
        contact = matter.parties.get(role="client").contact
    return walls.raise_client_wall(actor=karin, contact=contact, against=[ida], reason="x", now=NOW)


def against_group(karin: User, matter: Matter, ida: User) -> object:
    group = personas.practice_group(f"Group {uuid4()}", ida)
    return walls.raise_wall(actor=karin, matter=matter, against=[group], reason="x", now=NOW)


def begun_by_the_job(karin: User, matter: Matter, ida: User) -> object:
    terms = walls.Terms(starts_at=NOW + timedelta(seconds=1))
    walls.raise_wall(actor=karin, matter=matter, against=[ida], reason="x", now=NOW, terms=terms)
    with access.as_system("job"):
        return walls.keep_time(now=NOW + timedelta(seconds=1))


@pytest.fixture(params=[around_matter, around_client, against_group, begun_by_the_job], ids=lambda way: way.__name__)
def raise_it(request: Any, karin: User, ida: User) -> Callable[[Matter], object]:
    """Each way in which somebody comes to stand behind a wall."""

    def up(matter: Matter) -> object:
        with access.as_user(karin):
            return request.param(karin, matter, ida)

    return up


@pytest.fixture
def shared(opened: Opener, ida: User) -> Matter:
    return opened(people=(ida,))


def test_an_open_page_is_gone_at_the_next_question(
    shared: Matter, ida: User, raise_it: Callable[[Matter], object]
) -> None:
    client = personas.signed_in(ida)
    pages = [f"/matters/{shared.public_id}/{part}" for part in ("", "documents/", "communication/", "history/")]
    assert [client.get(page).status_code for page in pages] == [200] * 4
    raise_it(shared)
    assert [client.get(page).status_code for page in pages] == [404] * 4
    assert shared.number not in client.get("/matters/").content.decode()


def test_an_export_under_way_goes_on_without_it(
    opened: Opener, ida: User, raise_it: Callable[[Matter], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are read while the answer streams: those not yet read are asked anew."""
    opened(client=factories.contact("Anna First"), people=(ida,))
    matter = opened(client=factories.contact("Bente Second"), people=(ida,))
    ida.groups.add(factories.role_with("clients.export_contacts"))
    monkeypatch.setattr(export, "CHUNK", 1)
    answer = personas.signed_in(ida).post("/contacts/export/", {"reason": "move"})
    lines = iter(answer.streaming_content)  # type: ignore[attr-defined]
    taken = b""
    while b"Anna First" not in taken:
        taken += next(lines)
    raise_it(matter)
    assert b"Bente Second" not in taken + b"".join(lines)


def test_a_download_under_way_breaks_off(
    shared: Matter, karin: User, ida: User, raise_it: Callable[[Matter], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "ASK_AFTER", 4096)
    content = b"%PDF-1.4\n" + bytes(range(256)) * 400
    with access.as_user(karin):
        incoming = [documents.Incoming("note.txt", BytesIO(b"line of text\n" * (len(content) // 13)))]
        (document,) = documents.add_documents(actor=karin, matter=shared, once=uuid4(), incoming=incoming, now=NOW)
    url = f"/matters/{shared.public_id}/documents/{document.public_id}/"
    client = personas.signed_in(ida)
    whole = client.get(url)
    assert len(b"".join(whole.streaming_content)) == document.size  # type: ignore[attr-defined]
    pieces = iter(client.get(url).streaming_content)  # type: ignore[attr-defined]
    assert next(pieces)
    raise_it(shared)
    with pytest.raises(documents.NoLongerSeen):
        list(pieces)
    assert client.get(url).status_code == 404


def test_permission_is_asked_of_the_database_not_of_what_was_loaded(
    shared: Matter, ida: User, raise_it: Callable[[Matter], object]
) -> None:
    """Guardian still holds the grant, and the instances are older than the wall."""
    contact = factories.contact("Own grant")
    factories.party(shared, contact, "third")
    seen = Permission.objects.get(content_type__app_label="clients", codename="view_contact")
    with access.as_system("test"):
        client = shared.parties.get(role="client").contact
        ContactUserObjectPermission.objects.create(user=ida, permission=seen, content_object=client)
        document: Model = Document(pk=0, matter=shared)
    ida = User.objects.get(pk=ida.pk)
    assert ida.has_perm("matters.view_matter", shared)
    assert ida.has_perm("clients.view_contact", client)
    raise_it(shared)
    assert not ida.has_perm("matters.view_matter", shared)
    assert not ida.has_perm("matters.view_matter", document)
    User.objects.filter(pk=ida.pk).update(is_superuser=True)
    assert not User.objects.get(pk=ida.pk).has_perm("matters.view_matter", shared)


def test_a_queued_reminder_is_not_sent(
    shared: Matter, karin: User, ida: User, raise_it: Callable[[Matter], object], post: Post
) -> None:
    from deadlines.actions import reminding
    from deadlines.models import Deadline

    with access.as_system("test"):
        deadline = Deadline.objects.create(
            matter=shared,
            sealed_for=shared.public_id,
            kind="statutory",
            title="Appeal",
            due_on=date(2026, 11, 21),
            time_zone="Europe/Berlin",
            assignee=ida,
            entered_by=karin,
        )
        reminding.make_reminders(deadline, NOW - timedelta(days=10))
        assert reminding.hand_over(now=NOW)
        raise_it(shared)
        outbox.send_due(NOW)
        assert (set(OutboxMessage.objects.values_list("state", flat=True)), post.mails) == ({"cancelled"}, [])


def test_a_queued_confirmation_goes_to_the_person_it_is_about_and_to_nobody_else(
    shared: Matter, ida: User, raise_it: Callable[[Matter], object], post: Post
) -> None:
    """Whom the wall keeps out is no recipient: the contact is told of its own consent (Art. 7 GDPR)."""
    purpose: Purpose = factories.purpose()
    with access.as_system("test"):
        contact = shared.parties.get(role="client").contact
        point = ContactPoint.objects.create(
            contact=contact, kind="email", value="m@y.example", normalised="m@y.example"
        )
        wording = Wording.objects.create(purpose=purpose, language="en", version=1, text="Yes", valid_from=NOW)
    with access.as_user(ida):
        consent = record_consent(
            actor=ida, contact=contact, wording=wording, channel="paper", happened_at=NOW, evidence="form", now=NOW
        )
        send_confirmation(consent=consent, point=point)
    raise_it(shared)
    with access.as_system("test"):
        outbox.send_due(timezone.now() + timedelta(minutes=1))
    assert [envelope.rcpt_tos for envelope in post.envelopes] == [["m@y.example"]]


def test_every_kind_of_message_is_known_here() -> None:
    """A new kind gets its own test of what a wall does to it."""
    looked_at = {
        "accounts": "a person's own account, no matter in it",
        "deadlines.reminder": "test_a_queued_reminder_is_not_sent",
        "deadlines.unconfirmed": "tests/deadlines/test_unconfirmed.py; each entry is asked about as the person",
        "deadlines.taken_over": "tests/deadlines/test_taking_over.py; each is asked about as the person",
        "consent.confirmation": "test_a_queued_confirmation_goes_to_the_person_it_is_about_and_to_nobody_else",
        "matters.wall_notice": "tests/matters/test_wall_notices.py; says nothing of the matter",
        "matters.break_glass": "tests/matters/test_break_glass.py",
        "log_review.late": "a month, no matter in it",
        "matters.group_joined": "tests/matters/test_team_groups.py",
        "matters.wall_member_left": "tests/matters/test_barred_groups.py; asked as the person, who must see the wall",
        "matters.takeover": "tests/matters/test_takeover.py; a number, of which partners decide",
        "privacy.review": "tests/privacy/test_access_reviews_silence.py",
        "privacy.access_removed": "tests/privacy/test_access_reviews_silence.py",
    }
    kinds = {name for name in outbox._kinds if not name.startswith(("accounts.", "test."))}
    assert sorted(kind for kind in kinds if not kind.startswith(tuple(looked_at))) == []
