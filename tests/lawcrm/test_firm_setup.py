"""The first set-up of a firm: complete or not at all, once, and proven to work."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from lawcrm import access, firm, outbox
from lawcrm.accounts import links
from lawcrm.accounts.models import TotpDevice, User
from lawcrm.models import Firm, JournalEntry, OutboxMessage
from tests.lawcrm.mail_server import mail_server

pytestmark = pytest.mark.django_db

ANSWERS = {
    "name": "Holm & Vestergaard",
    "country": "DK",
    "languages": "da,en",
    "time_zone": "Europe/Copenhagen",
    "admin_email": "Admin@firm.example",
    "admin_name": "Ane Holm",
}


@pytest.fixture(autouse=True)
def files_root(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path / "files"


def set_up(**changes: Any) -> None:
    call_command("firm", "setup", **{"no_input": True, "skip_mail_test": True, **ANSWERS, **changes})


def use_mail_server(settings: Any, port: int) -> None:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"host": "127.0.0.1", "port": port}}}


def test_it_leaves_a_firm_and_one_administrator_who_can_sign_in(
    capsys: pytest.CaptureFixture[str], files_root: Path
) -> None:
    set_up()
    shown = capsys.readouterr().out
    row, user = Firm.objects.get(), User.objects.get()
    assert (row.name, row.country, row.languages, row.mail_held_at) == ("Holm & Vestergaard", "DK", ["da", "en"], None)
    assert (user.email, user.is_staff, user.is_superuser) == ("admin@firm.example", True, False)
    assert list(user.groups.values_list("name", flat=True)) == ["administrator"]
    link = next(line for line in shown.splitlines() if "password:" in line)
    assert links.user_of(link.rstrip("/").rsplit("/", 1)[-1]) == user
    device = TotpDevice.objects.get(user=user, confirmed=True)
    assert f"secret={device.secret}" in shown
    assert shown.count("recovery code:") == 10
    assert [path for path in files_root.rglob("*") if path.is_file()] == []  # the storage test cleans up
    with access.as_system("test"):
        assert list(JournalEntry.objects.filter(kind="firm.set_up").values_list("source", flat=True)) == ["command"]


def test_enrolling_can_wait_for_the_first_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(enrol_at_first_sign_in=True)
    assert TotpDevice.objects.count() == 0
    assert "otpauth" not in capsys.readouterr().out


def test_it_is_done_once() -> None:
    set_up()
    with pytest.raises(CommandError, match="has been set up before"):
        set_up(name="Another", admin_email="other@firm.example")
    assert (Firm.objects.get().name, User.objects.count()) == ("Holm & Vestergaard", 1)


def test_the_database_holds_one_firm_only() -> None:
    set_up()
    with access.as_system("test"), pytest.raises(IntegrityError, match="firm_only_one"), transaction.atomic():
        Firm.objects.create(pk=2, name="x", country="DK", languages=["da"], time_zone="UTC", set_up_at=timezone.now())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"name": " "}, "needs a name"),
        ({"country": "Denmark"}, "two capital letters"),
        ({"country": "dk"}, "two capital letters"),
        ({"languages": "da,fr"}, "Languages on offer"),
        ({"languages": ""}, "Languages on offer"),
        ({"time_zone": "Copenhagen"}, "such as Europe/Copenhagen"),
        ({"number_format": "{year}"}, r"needs \{number\}"),
        ({"number_format": "{year}{oops}"}, r"needs \{number\}"),
        ({"number_format": "{number.__class__}"}, r"needs \{number\}"),
        ({"number_format": "{random}"}, r"stands \{year\}"),
        ({"number_format": "{year}-{number}-{random}"}, r"no \{number\}"),
        ({"number_format": "Az {year}/{number}"}, "no spaces and no small letters"),
        ({"number_format": "M{number}a"}, "no spaces and no small letters"),
        ({"number_format": "KANZLEI-BERLIN-{year}-{number}"}, "at most 20 characters"),
        ({"admin_email": "ane@firm.example, eve@evil.example"}, "e-mail address"),
        ({"admin_name": ""}, "e-mail address"),
    ],
)
def test_an_unfit_answer_is_refused_in_words_and_leaves_nothing(answer: dict[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        set_up(**answer)
    assert (Firm.objects.count(), User.objects.count()) == (0, 0)


def test_storage_that_fails_leaves_nothing(files_root: Path) -> None:
    files_root.write_text("a file where a folder should be")
    with pytest.raises(OSError, match="files"), transaction.atomic():
        set_up()
    assert (Firm.objects.count(), User.objects.count()) == (0, 0)


def test_answers_come_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, variable in {"name": "FIRM_NAME", "admin_email": "ADMIN_EMAIL"}.items():
        monkeypatch.setenv(variable, ANSWERS[name])
    set_up(name=None, admin_email=None)
    assert Firm.objects.get().name == ANSWERS["name"]


def test_mail_is_tried_at_once(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with mail_server() as post:
        use_mail_server(settings, post.port)
        set_up(skip_mail_test=False)
    assert [mail["To"] for mail in post.mails] == ["Admin@firm.example"]
    assert "took a test mail" in capsys.readouterr().out


def test_a_mail_server_that_is_not_there_is_said_and_nothing_is_lost(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    use_mail_server(settings, 9)
    set_up(skip_mail_test=False)
    assert "did not take a test mail (refused ConnectionRefusedError)" in capsys.readouterr().err
    assert Firm.objects.count() == 1


def test_mail_held_by_a_restore_waits_until_it_is_released(capsys: pytest.CaptureFixture[str]) -> None:
    set_up()
    now = timezone.now()
    with access.as_system("test"):
        message = {"kind": "test", "thing_id": 1, "recipient_type": "staff", "recipient_id": 1}
        OutboxMessage.objects.all().delete()  # the first administrator's own mail
        waiting = OutboxMessage.objects.create(**message, not_before=now)
        held = Firm.objects.get()
        held.mail_held_at = now
        held.save()
        assert outbox.claim(now) is None
    for words in ("goes out again", "was not held"):
        call_command("firm", "release-mail")
        assert words in capsys.readouterr().out
    with access.as_system("test"):
        assert outbox.claim(now) == waiting


def test_the_form_of_matter_numbers() -> None:
    for good in ("{number}", "{year}-{number:04d}", "M{year}/{number}", "{year}-{random}"):
        firm.check_number_format(good)


@pytest.mark.django_db
def test_the_form_of_matter_numbers_can_be_changed_later() -> None:
    with pytest.raises(CommandError, match="not been set up"):
        call_command("firm", "numbers", "{year}-{random}")
    set_up()
    with pytest.raises(CommandError, match="needs"):
        call_command("firm", "numbers", "{year}")
    call_command("firm", "numbers", "{year}-{random}")
    assert Firm.objects.get().number_format == "{year}-{random}"
