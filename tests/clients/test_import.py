"""Importing contacts: good files, broken files, and nothing half done."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from clients import import_checks
from clients.actions import imports as actions
from clients.imports import rows
from clients.imports.decoding import text_of
from clients.imports.rows import Draft, Problem
from clients.models import Address, Contact, ContactImport, ContactPoint
from lawcrm import access
from lawcrm.crypto import files
from tests import factories, personas

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "docs/examples/contacts.csv"
TODAY = date(2026, 11, 21)
XSS = "<script>alert(1)</script>"


@pytest.fixture
def browser() -> Any:
    return personas.client_for("lawyer")


def zipped(size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("contacts.csv", b"0" * size)
    return out.getvalue()


def upload(browser: Any, content: bytes, name: str = "contacts.csv", encoding: str = "") -> Any:
    return browser.post("/contacts/import/", {"file": SimpleUploadedFile(name, content), "encoding": encoding})


def checked(browser: Any, content: bytes, **options: Any) -> Any:
    answer = upload(browser, content, **options)
    assert answer.status_code == 302, answer.context["form"].errors
    return browser.get(answer["Location"])


def run(browser: Any, page: Any, **choice: str) -> Any:
    data = {"expected": len(page.context["report"].drafts), **choice}
    return browser.post(page.request["PATH_INFO"], data, follow=True)


def stored() -> list[str]:
    with access.as_system("test"):
        return list(Contact.objects.order_by("pk").values_list("name", flat=True))


def test_the_sample_is_checked_reported_and_imported_without_its_broken_rows(
    browser: Any, django_capture_on_commit_callbacks: Any
) -> None:
    page = checked(browser, SAMPLE.read_bytes())
    assert stored() == []
    text = page.content.decode()
    assert "<script>alert(&#x27;" not in text
    assert [(p.line, str(p.column)) for p in page.context["problems"]] == [
        (11, "e-mail"),
        (26, "name"),
        (31, "country"),
        (41, "name"),
    ]
    assert "Import 46 rows, skip 4" in " ".join(text.split())
    with django_capture_on_commit_callbacks(execute=True):
        done = run(browser, page)
    assert "46 contacts imported" in done.content.decode()
    with access.as_user(browser.user):
        assert Contact.objects.filter(source="import", created_by=browser.user).count() == 46
        soren = Contact.objects.get(name="Søren Åkjær")
        assert (soren.kind, soren.country, soren.collected_on) == ("person", "DK", date(2025, 11, 3))
        assert soren.history.count() == 1
        assert set(ContactPoint.objects.filter(contact=soren).values_list("normalised", flat=True)) == {
            "soren@aakjaer.example",
            "+4531456789",
        }
        assert Address.objects.get(contact=soren).city == "Aarhus C"
        assert Contact.objects.get(name="Yıldız İnşaat Taahhüt A.Ş.").kind == "organisation"
        batch = ContactImport.objects.get()
        assert (batch.state, batch.stored_name) == ("done", "")
        assert str(batch.file_name) == "[erased]"
    with connection.cursor() as cursor, access.as_system("test"):
        cursor.execute("select count(*) from sight_wrong()")
        assert cursor.fetchone()[0] == 0
    assert personas.client_for("lawyer").get("/contacts/").context["page"].count == 0


def test_the_same_file_again_is_noticed_and_known_rows_are_skipped(browser: Any) -> None:
    run(browser, checked(browser, SAMPLE.read_bytes()))
    again = checked(browser, SAMPLE.read_bytes())
    assert again.context["before"] is not None
    assert len(again.context["report"].known) == 46
    assert "No row of this file can be imported" in run(browser, again, skip_known="on").content.decode()
    assert len(stored()) == 46


def test_sending_the_import_twice_imports_once(browser: Any) -> None:
    page = checked(browser, b"name;email\nMette Krogh;mette@krogh.example\n")
    run(browser, page)
    assert "This import is over" in run(browser, page).content.decode()
    assert stored() == ["Mette Krogh"]


def test_importing_none_leaves_nothing(browser: Any, django_capture_on_commit_callbacks: Any) -> None:
    page = checked(browser, b"name\nMette Krogh\n")
    with access.as_system("test"):
        name = ContactImport.objects.get().stored_name
        with files.storage().open(name) as stored_file:
            sealed = stored_file.read()
    assert b"Mette" not in sealed
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(page.request["PATH_INFO"], {"discard": "1"})
    assert stored() == []
    assert not files.storage().exists(name)
    assert "Nothing was imported" in browser.get(page.request["PATH_INFO"]).content.decode()


def test_a_file_nobody_decided_on_is_gone_after_a_day(browser: Any, django_capture_on_commit_callbacks: Any) -> None:
    page = checked(browser, b"name\nMette Krogh\n")
    with access.as_system("test"):
        batch = ContactImport.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            assert actions.forget_old_imports(now=batch.started_at + timedelta(hours=23)) == 0
            assert actions.forget_old_imports(now=batch.started_at + timedelta(hours=24)) == 1
    assert not files.storage().exists(batch.stored_name)
    assert "Nothing was imported" in browser.get(page.request["PATH_INFO"]).content.decode()


def test_an_import_is_its_owners_own(browser: Any) -> None:
    page = checked(browser, b"name\nMette Krogh\n")
    other = personas.client_for("lawyer")
    assert other.get(page.request["PATH_INFO"]).status_code == 404
    assert other.post(page.request["PATH_INFO"], {"expected": "1"}).status_code == 404
    with connection.cursor() as cursor, access.as_user(other.user):
        cursor.execute("select count(*) from clients_contactimport")
        assert cursor.fetchone()[0] == 0
    assert personas.client_for("marketing").get("/contacts/import/").status_code == 403


def test_into_quarantine_only_the_officer_sees_them_and_may_release(browser: Any) -> None:
    run(browser, checked(browser, b"name\nMette Krogh\n"), quarantine="on")
    assert stored() == ["Mette Krogh"]
    assert browser.get("/contacts/").context["page"].count == 0
    with access.as_system("test"):
        contact = Contact.objects.get()
        assert contact.quarantined_at is not None
    officer = personas.client_for("data protection officer")
    matter = factories.matter()
    factories.party(matter, contact)
    factories.grant(matter, officer.user)
    assert "In quarantine" in officer.get(f"/contacts/{contact.public_id}/").content.decode()
    assert officer.post(f"/contacts/{contact.public_id}/release/").status_code == 302
    assert browser.get("/contacts/").context["page"].count == 1


def test_higher_apps_may_object_at_the_check_and_again_at_the_import(browser: Any, monkeypatch: Any) -> None:
    page = checked(browser, b"name\nMette Krogh\nLine Holm\n")

    def suppressed(drafts: Any) -> list[Problem]:
        return [Problem(draft.line, "", "asked to be forgotten") for draft in drafts if draft.name == "Line Holm"]

    monkeypatch.setattr(import_checks, "_checks", [suppressed])
    assert "have changed since the check" in run(browser, page).content.decode()
    assert stored() == []
    page = browser.get(page.request["PATH_INFO"])
    assert "asked to be forgotten" in page.content.decode()
    run(browser, page)
    assert stored() == ["Mette Krogh"]


def test_a_fault_in_the_middle_of_the_import_leaves_nothing(browser: Any, monkeypatch: Any) -> None:
    page = checked(browser, b"name;street;town\nMette Krogh;Gade 1;By\n")
    real = rows.read

    def spoilt(*args: Any, **options: Any) -> rows.Table:
        table = real(*args, **options)
        table.drafts = [Draft(**{**vars(d), "address": {"lines": "x" * 300, "city": "By"}}) for d in table.drafts]
        return table

    monkeypatch.setattr(rows, "read", spoilt)
    with pytest.raises(Exception, match="too long"):
        run(browser, page)
    assert stored() == []
    with access.as_system("test"):
        assert ContactImport.objects.get().state == "checked"


BAD_FILES = {
    "nothing": (b"", "contacts.csv", "empty"),
    "blank lines": (b"\n\n;;\n", "contacts.csv", "no rows"),
    "no name column": (b"colour;size\nred;4\n", "contacts.csv", "No column holds a name"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "contacts.csv", "not a text file"),
    "really a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 4 + b"IHDR\0\0\0\1\0\0\0\1", "face.png", "not a CSV file"),
    "zip called csv": (zipped(), "contacts.csv", "archive"),
    "zip bomb": (zipped(300 * 1024 * 1024), "contacts.zip", "unpacks to more"),
    "program": (b"MZ\x90\x00" + b"\0" * 50, "contacts.exe", "not taken"),
    "page": (b"<!doctype html><script>alert(1)</script>", "contacts.csv", "script"),
    "huge": (b"name\n" + b"x" * (10 * 1024 * 1024), "contacts.csv", "larger than 10 MB"),
    "too many rows": (
        b"name\n" + b"\n".join(b"P %d" % n for n in range(50_001)),
        "contacts.csv",
        "more than 50000 rows",
    ),
    "open quotation": (b'name;email\n"Mette;m@x.example\nLine;l@x.example\n', "contacts.csv", "quotation mark"),
    "endless cell": (b'name\n"' + b"x" * 140_000 + b'"\n', "contacts.csv", "quotation mark"),
    "utf-16 without mark": ("name\nMette\n".encode("utf-16-le"), "contacts.csv", "not a text file"),
    "cut utf-16": (b"\xff\xfen", "contacts.csv", "cannot be read"),
    "columns without end": (b"name" + b";" * 5000 + b"\nM\n", "contacts.csv", "too many columns"),
}


@pytest.mark.parametrize(("content", "name", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_in_words_and_kept_nowhere(browser: Any, content: bytes, name: str, words: str) -> None:
    answer = upload(browser, content, name=name)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with access.as_system("test"):
        assert ContactImport.objects.count() == 0


def test_no_file_and_a_wrong_encoding_are_told(browser: Any) -> None:
    assert browser.post("/contacts/import/", {}).status_code == 422
    wrong = upload(browser, "name\nSøren\n".encode("windows-1252"), encoding="utf-8")
    assert "cannot be read" in wrong.content.decode()
    assert upload(browser, b"name\nM\n", encoding="ebcdic").status_code == 422


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "Şükrü Åkjær"),
        ("utf-8-sig", "Şükrü Åkjær"),
        ("utf-16", "Şükrü Åkjær"),
        ("windows-1252", "Käthe Großmann"),
        ("windows-1254", "Işık Şimşek"),
    ],
)
def test_encodings_are_found(encoding: str, name: str) -> None:
    assert text_of(f"name\n{name}\n".encode(encoding))[0] == f"name\n{name}\n"


@pytest.mark.parametrize(
    "header",
    [
        "Name,E-mail,Telephone,Street,Postcode,City,Country",
        "Navn;E-mail;Telefon;Adresse;Postnr.;By;Land",
        "Namn\tE-post\tTelefon\tGatuadress\tPostnummer\tOrt\tLand",
        "Name;E-Mail;Telefonnummer;Straße;PLZ;Ort;Land",
        "Ad Soyad;E-posta;Telefon;Adres;Posta Kodu;Şehir;Ülke",
        "sep=;\nNAVN;EMAIL;TLF.;GADE;POSTNR;BY;LANDEKODE",
        '"Name";"Mail-Adresse";"Tel.";"Anschrift";"Postleitzahl";"Stadt";"Land"',
    ],
)
def test_header_words_of_five_languages_are_understood(header: str) -> None:
    between = next(sign for sign in "\t;," if sign in header)
    cells = ["Mette Krogh", "m@krogh.example", "+45 12345678", "Gade 1", "1620", "Hvidovre", "DK"]
    table = rows.read(f"{header}\n{between.join(cells)}\n", today=TODAY)
    (draft,) = table.drafts
    assert draft.address == {"lines": "Gade 1", "postcode": "1620", "city": "Hvidovre", "country": "DK"}
    assert draft.normals == ("m@krogh.example", "+4512345678")
    assert table.ignored == ()


HEADER = "Type;Name;Company;E-mail;Phone;Street;Town;Country;Language;Known since\n"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("Person;;;;;;;;;", "name", "is missing"),
        (f"Person;{XSS};;;;;;;;", "name", "holds < or >"),
        ("Person;=HYPERLINK(1);;;;;;;;", "name", "formula"),
        ("Person;'=cmd|calc;;;;;;;;", "name", "formula"),
        ("Person;" + "x" * 201 + ";;;;;;;;", "name", "longer than 200"),
        ("Person;Bell\x07;;;;;;;;", "name", "invisible"),
        ("Person;Right\u202eLeft;;;;;;;;", "name", "invisible"),
        ("Person;M;;not an address;;;;;;", "e-mail", "not an e-mail"),
        ("Person;M;;a@b.example, c@d.example;;;;;;", "e-mail", "not an e-mail"),
        ("Person;M;;;call me;;;;;", "telephone", "not a telephone"),
        ("Person;M;;;;;;Atlantis;;", "country", "not a country"),
        ("Person;M;;;;;;;xx;", "language", "not a language"),
        ("Person;M;;;;;;;;31.02.2026", "known since", "not a date"),
        ("Person;M;;;;;;;;2027-01-01", "known since", "future"),
        ("Person;M;;;;Gade 1;;;;", "town", "missing beside a street"),
        ("Ghost;M;;;;;;;;", "kind", "neither a person nor"),
        ("Person;M;;;;;;;;;surplus", "", "more cells"),
        ('Person;"two\nlines";;;;;;;;', "name", "line breaks"),
    ],
)
def test_a_bad_row_is_told_with_line_column_and_reason(row: str, column: str, reason: str) -> None:
    table = rows.read(f"{HEADER}Person;Good One;;;;;;;;\n{row}\n", today=TODAY)
    assert [draft.name for draft in table.drafts] == ["Good One"]
    (problem,) = table.problems
    assert (problem.line, str(problem.column)) == (3 + row.count("\n"), column)
    assert reason in problem.reason


def test_guarded_cells_lose_their_guard_and_twins_are_told() -> None:
    table = rows.read(f"{HEADER}Person;Mette;;;'+45 12345678;;;;;\nPerson;mette;;;+4512345678;;;;;\n", today=TODAY)
    assert [draft.points for draft in table.drafts] == [(("phone", "+45 12345678"),)]
    assert [(problem.line, problem.reason) for problem in table.problems] == [(3, "The same as line 2.")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Nordbau GmbH", "organisation"),
        ("Øresund Havn A/S", "organisation"),
        ("Fjällbygg AB", "organisation"),
        ("Karadeniz Gıda A.Ş.", "organisation"),
        ("Boğaziçi Lojistik Ltd. Şti.", "organisation"),
        ("Käthe Gross", "person"),
        ("Se Yeon", "person"),
    ],
)
def test_the_kind_is_told_from_the_name_when_no_column_says_it(name: str, kind: str) -> None:
    assert rows.read(f"name\n{name}\n", today=TODAY).drafts[0].kind == kind
