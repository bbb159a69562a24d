"""From the end of retention to the certificate: two people, holds, and nothing left."""

import contextlib
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from clients.models import Contact
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.crypto import files, keyring
from matters.models import Communication, Document, Matter
from privacy import ledger
from privacy.actions import erasure, holds, replay, retention
from privacy.models import Certificate, ErasureItem, Hold
from privacy.queries import erasing as queries
from tests import factories, personas

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CANARY = "Kanarienvogel Zwölf"


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"
    settings.ERASURE_LEDGER = tmp_path / "ledger.jsonl"
    settings.LOG_DIRS = [tmp_path / "logs"]
    settings.MAIL_SINK_DIR = tmp_path / "mail"


@pytest.fixture
def officer() -> User:
    return personas.user_for("data protection officer")


@pytest.fixture
def partner() -> User:
    return personas.user_for("partner")


def ended_matter(closed_on: date = date(2015, 6, 30)) -> Matter:
    """A closed matter whose every text carries the canary."""
    matter = factories.matter(f"{CANARY} ./. Nordbau", state="closed", closed_on=closed_on, summary=CANARY)
    factories.party(matter, factories.contact(CANARY, special_note=CANARY))
    with access.as_system("test"), transaction.atomic():
        call = Communication(
            matter=matter, sealed_for=matter.public_id, kind="call", happened_at=NOW, subject=CANARY, body=CANARY
        )
        call.logged_by = matter.responsible
        call.save()
        call.subject = f"{CANARY} again"
        call.save()
        add_document(matter)
        audit.record("communication.logged", call, reason=CANARY)
    return matter


def add_document(matter: Matter) -> Document:
    stored = files.seal_file(io.BytesIO(CANARY.encode()), matter.public_id, label=Document.stored_file_label)
    return Document.objects.create(
        matter=matter,
        sealed_for=matter.public_id,
        name=f"{CANARY}.txt",
        media_type="text/plain",
        size=stored.size,
        sha256=bytes.fromhex(stored.sha256),
        stored_name=stored.name,
        added_by=matter.responsible,
    )


def planned() -> ErasureItem:
    retention.propose_due(now=NOW)
    with access.as_system("test"):
        return ErasureItem.objects.get()


def released_by_two(officer: User, partner: User) -> ErasureItem:
    item = planned()
    with access.as_user(officer):
        retention.put_forward(actor=officer, item=item)
        retention.release(actor=partner, item=item, now=NOW)
    return item


def left(text: str = CANARY) -> list[dict[str, Any]]:
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("privacy", "scan", text, "--json", stdout=out)
    finds = json.loads(out.getvalue())["finds"]
    return [find for find in finds if find["place"] != "valkey"]


def test_the_scan_finds_the_text_wherever_it_is() -> None:
    ended_matter()
    places = {(find["place"], find["where"]) for find in left()}
    for expected in (
        ("table", "default.matters_matter"),
        ("table", "default.matters_historicalcommunication"),
        ("table", "default.lawcrm_journalentry"),
        ("table", "default.clients_contact"),
        ("sealed column", "matters.communication.body"),
        ("sealed column", "matters.historicalcommunication.body"),
    ):
        assert expected in places
    assert "stored file" in {place for place, _where in places}
    assert "file on disk" not in {place for place, _where in places}


def test_a_released_matter_is_erased_everywhere_and_a_certificate_remains(officer: User, partner: User) -> None:
    matter = ended_matter()
    released_by_two(officer, partner)
    assert erasure.erase_released(now=NOW) == 1
    assert left() == []
    with access.as_system("test"):
        assert Matter.objects.count() == Contact.objects.count() == 0
        certificate = Certificate.objects.get()
        assert certificate.counts["matters.communication"] == certificate.counts["clients.contact"] == 1
        assert (certificate.proposed_by, certificate.released_by) == (officer, partner)
        assert keyring.is_destroyed(matter.public_id)
    assert not [path for path in Path(files.storage().location).rglob("*") if path.is_file()]  # type: ignore[attr-defined]
    call_command("audit", "verify", stdout=io.StringIO())


def test_a_matter_under_hold_stays_whatever_was_released(officer: User, partner: User) -> None:
    matter = ended_matter()
    item = released_by_two(officer, partner)
    holds.place_hold(actor=officer, matter=matter, reason="pending appeal", now=NOW)
    assert erasure.erase_released(now=NOW) == 0
    with access.as_system("test"):
        item.refresh_from_db()
        assert item.state == ErasureItem.State.HELD
        with pytest.raises(DatabaseError, match="held"), connection.cursor() as cursor:
            cursor.execute("delete from matters_matter where id = %s", [matter.pk])
        hold = Hold.objects.get()
    holds.release_hold(actor=officer, hold=hold, reason="appeal decided", now=NOW)
    with access.as_system("test"):
        item.refresh_from_db()
        assert (item.state, item.proposed_by, item.released_by) == (ErasureItem.State.PROPOSED, None, None)
    assert erasure.erase_released(now=NOW) == 0


def test_nobody_releases_what_they_put_forward(officer: User, partner: User) -> None:
    ended_matter()
    item = planned()
    with access.as_user(officer):
        with pytest.raises(retention.PlanRefused, match="put the matter forward first"):
            retention.release(actor=officer, item=item, now=NOW)
        retention.put_forward(actor=officer, item=item)
        with pytest.raises(retention.PlanRefused, match="second person"):
            retention.release(actor=officer, item=item, now=NOW)
        retention.release(actor=partner, item=item, now=NOW)


@pytest.mark.parametrize(
    ("jurisdiction", "closed_on", "may_go_on"),
    [
        ("DE", date(2018, 3, 1), date(2024, 12, 31)),  # six years from the end of 2018
        ("DK", date(2018, 3, 1), date(2023, 3, 1)),
        ("SE", date(2016, 2, 29), date(2026, 3, 1)),  # no 29 February ten years on: a day later, never earlier
        ("TR", date(2018, 3, 1), date(2021, 3, 1)),
    ],
)
def test_the_period_follows_the_jurisdiction(jurisdiction: str, closed_on: date, may_go_on: date) -> None:
    matter = factories.matter(jurisdiction=jurisdiction, state="closed", closed_on=closed_on)
    with access.as_system("test"):
        period = queries.retention_of(matter)
    assert period is not None
    assert period.may_go_on == may_go_on


def test_a_matter_goes_on_the_plan_the_day_after_its_floor_and_once() -> None:
    factories.matter(jurisdiction="DK", state="closed", closed_on=date(2021, 11, 21))
    assert retention.propose_due(now=NOW) == 0
    assert retention.propose_due(now=NOW + timedelta(days=1)) == 1
    assert retention.propose_due(now=NOW + timedelta(days=1)) == 0


def test_a_contact_something_else_keeps_is_not_erased(officer: User, partner: User) -> None:
    matter, kept = ended_matter(), factories.contact("Kept Elsewhere")
    factories.party(matter, kept, "adverse")
    factories.party(factories.matter(), kept)
    released_by_two(officer, partner)
    erasure.erase_released(now=NOW)
    with access.as_system("test"):
        assert list(Contact.objects.values_list("name", flat=True)) == ["Kept Elsewhere"]


def test_the_ledger_erases_again_what_a_backup_brought_back(officer: User, partner: User) -> None:
    matter = ended_matter()
    released_by_two(officer, partner)
    erasure.erase_released(now=NOW)
    assert matter.public_id in set(ledger.owners())
    factories.matter(CANARY, public_id=matter.public_id)
    assert replay.erase_again(now=NOW) == 1
    assert left() == []


def test_a_file_without_a_row_is_swept_after_an_hour() -> None:
    matter = ended_matter()
    stray = files.seal_file(io.BytesIO(b"stray"), matter.public_id, label=Document.stored_file_label)
    assert erasure.sweep_files(now=datetime.now(UTC)) == 0
    assert erasure.sweep_files(now=datetime.now(UTC) + timedelta(hours=2)) == 1
    assert not files.storage().exists(stray.name)
    with access.as_system("test"):
        assert files.storage().exists(Document.objects.get().stored_name)


def test_every_column_that_names_a_file_is_known_to_the_sweep() -> None:
    """A file field under another name would be swept away."""
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if not hasattr(model, "instance_type") and "stored" in field.name
    }
    assert columns == {"clients.ContactImport.stored_name", "matters.Document.stored_name"}
