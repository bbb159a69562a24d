"""Documents: encrypted on disk, checked at the door, handed out to those who see the matter."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, transaction
from django.test import Client

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto import files, keyring
from lawcrm.doors.safe_upload import CheckedUpload
from lawcrm.models import ReadEntry
from matters.actions import documents
from matters.actions.documents import FilesRefused, Incoming, MatterErased, add_documents
from matters.models import Document, Matter
from tests import personas
from tests.matters.conftest import NOW, Opener
from tests.matters.mails import PDF
from tests.matters.test_mail import named

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path


def add(karin: User, matter: Matter, *incoming: tuple[str, bytes]) -> list[Document]:
    with access.as_user(karin):
        return add_documents(
            actor=karin,
            matter=matter,
            once=uuid4(),
            incoming=[Incoming(name, BytesIO(content)) for name, content in incoming],
            now=NOW,
        )


def stored(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def test_the_file_on_disk_tells_nothing(karin: User, matter: Matter, store: Path) -> None:
    (document,) = add(karin, matter, ("Urteil.pdf", PDF))
    (file,) = stored(store)
    assert b"plain text of the judgment" not in file.read_bytes()
    assert "Urteil" not in str(file)
    with files.open_file(document.stored_name, matter.public_id, "matters.document") as plain:
        assert plain.read() == PDF


def test_it_is_handed_out_as_an_attachment_and_noted(karin: User, matter: Matter, browser: Client) -> None:
    (document,) = add(karin, matter, ('../../Ur"teil\r\nX: y.pdf', PDF))
    response = browser.get(f"/matters/{matter.public_id}/documents/{document.public_id}/")
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="Ur\\"teilX: y.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    with access.as_user(karin):
        assert list(ReadEntry.objects.filter(what="download").values_list("object_id", flat=True)) == [document.pk]


def test_outsiders_and_other_matters_do_not_lead_to_it(
    karin: User, matter: Matter, outsider: User, opened: Opener
) -> None:
    (document,) = add(karin, matter, ("a.pdf", PDF))
    address = f"documents/{document.public_id}/"
    assert personas.signed_in(outsider).get(f"/matters/{matter.public_id}/{address}").status_code == 404
    assert personas.signed_in(karin).get(f"/matters/{opened().public_id}/{address}").status_code == 404


def test_one_bad_file_and_none_is_kept(karin: User, matter: Matter, store: Path) -> None:
    with pytest.raises(FilesRefused) as refused:
        add(karin, matter, ("a.pdf", PDF), ("b.exe", b"MZ"), ("c.pdf", b"not a pdf"))
    assert set(refused.value.reasons) == {"b.exe", "c.pdf"}
    assert stored(store) == []


def test_a_row_that_fails_takes_its_file_along(karin: User, matter: Matter, store: Path) -> None:
    upload = documents.checked([Incoming("a.pdf", BytesIO(PDF))])[0]
    with access.as_user(karin), pytest.raises(DataError):
        store_and_fail(matter, karin, replace(upload, name="x" * 300), store)
    assert stored(store) == []


def store_and_fail(matter: Matter, karin: User, upload: CheckedUpload, store: Path) -> None:
    with transaction.atomic(), documents.sealed_files() as seal:
        kept = seal(BytesIO(PDF), matter)
        assert len(stored(store)) == 1
        documents.keep(matter, karin, upload, kept, public_id=uuid4(), now=NOW)


def test_the_form_sent_twice_adds_once(matter: Matter, karin: User, browser: Client) -> None:
    page = browser.get(f"/matters/{matter.public_id}/documents/")
    once = page.context["form"]["once"].value()
    for _ in range(2):
        sent = {"once": once, "chosen": [named("a.pdf", PDF), named("b.txt", b"hello")]}
        assert browser.post(f"/matters/{matter.public_id}/documents/add/", sent).status_code == 302
    with access.as_user(karin):
        assert Document.objects.count() == 2


def test_a_missing_a_damaged_and_an_erased_file_are_words(
    karin: User, matter: Matter, browser: Client, store: Path
) -> None:
    (document,) = add(karin, matter, ("a.pdf", PDF))
    address = f"/matters/{matter.public_id}/documents/{document.public_id}/"
    (file,) = stored(store)
    whole = file.read_bytes()
    file.unlink()
    assert "missing from the store" in words(browser, address, 503)
    file.write_bytes(whole[:-1] + b"!")
    assert "altered or damaged" in words(browser, address, 503)
    file.write_bytes(whole)
    keyring.destroy(matter.public_id, now=NOW)
    assert "was erased" in words(browser, address, 410)
    with pytest.raises(MatterErased):
        add(karin, matter, ("b.pdf", PDF))


def words(browser: Client, address: str, status: int) -> str:
    response = browser.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_script_in_a_name_is_only_a_name(karin: User, matter: Matter, browser: Client) -> None:
    add(karin, matter, ("<img src=x onerror=alert(1)>.pdf", PDF))
    assert "<img src=x" not in browser.get(f"/matters/{matter.public_id}/documents/").content.decode()
