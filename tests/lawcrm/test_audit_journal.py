"""The journal: what may be recorded, by whom, and that nobody changes it afterwards."""

from datetime import date

import pytest


from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    with access.as_system("test"):
        return User.objects.create_user("a@firm.example", full_name="A")


def entries(staff: User) -> list[JournalEntry]:
    with access.as_system("test"):
        return list(JournalEntry.objects.filter(object_id=staff.pk).order_by("position"))


def test_an_event_says_who_what_why_and_from_where(staff: User) -> None:
    viewer = access.Viewer(7, (0, 7), source="web", request_id="r1")
    with access.as_viewer(viewer):
        audit.record("staff.joined", staff, reason="hired", count=3, on=date(2026, 1, 2), until=None, ok=True)
    (entry,) = entries(staff)
    assert (entry.kind, entry.object_type, entry.object_public_id) == ("staff.joined", "accounts.user", staff.public_id)
    assert (entry.actor_id, entry.source, entry.request_id, entry.reason) == (7, "web", "r1", "hired")
    assert entry.facts == {"count": 3, "on": "2026-01-02", "until": None, "ok": True}
    assert (entry.position, len(bytes(entry.chain_hash))) == (1, 32)


def test_nobody_declared_records_nothing(staff: User) -> None:
    with pytest.raises(audit.NoActor):
        audit.record("staff.joined", staff)
    with pytest.raises(audit.NoActor):
        audit.read(staff)
    assert entries(staff) == []
