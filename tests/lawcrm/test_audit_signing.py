"""A signed record that is changed, taken away or made up afterwards is found; an erased one is no mistake."""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from lawcrm import access, audit
from lawcrm.audit import signing
from tests.lawcrm.planted import Court, planted, planted_once, superuser  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("planted")]
SIGNED = "court.signed"


@pytest.fixture
def court() -> Iterator[Court]:
    before = dict(signing._signed)
    audit.signs(Court, kind=SIGNED, column="name")
    with access.as_system("test"):
        with transaction.atomic():
            made = Court.objects.create(name="Byretten")
            audit.sign(made, count=3)
        assert audit.verify() == []
        yield made
    signing._signed.clear()
    signing._signed.update(before)


def tamper(statement: str) -> None:
    with superuser() as session:
        session.execute("set session_replication_role = replica")
        session.execute(statement)


@pytest.mark.parametrize(
    ("statement", "problems"),
    [
        ("update lawcrm_court set name = 'Landsretten'", ["differs from what was signed"]),
        ("delete from lawcrm_court", ["was signed and is gone"]),
        (
            "insert into lawcrm_court (name, seen) values ('Made up', 0)",
            ["says that it was signed, and the journal does not"],
        ),
        ("update lawcrm_court set seen = 7", []),
    ],
)
def test_a_record_changed_behind_the_application_is_found(court: Court, statement: str, problems: list[str]) -> None:
    tamper(statement)
    assert [problem.what for problem in audit.verify()] == problems


def test_signing_again_what_was_changed_does_not_help(court: Court) -> None:
    with transaction.atomic():
        court.name = "Landsretten"
        court.save()
        audit.sign(court)
    assert [problem.what for problem in audit.verify()] == ["differs from what was signed"]


def test_an_erased_record_is_no_mistake(court: Court) -> None:
    audit.redact_journal(court, reason="erased")
    assert audit.verify() == []
    tamper("delete from lawcrm_court")
    assert audit.verify() == []


@pytest.mark.parametrize("content", [1.5, {"at": 1.0}, {1: "x"}, [b"x"]])
def test_what_could_be_written_in_two_ways_is_not_signed(content: object) -> None:
    with pytest.raises(audit.NotSignable):
        signing.digest(content)


@pytest.mark.parametrize(
    "same", [lambda: {"a": [1, None, True], "b": "ø"}, lambda: {"b": "ø", "a": (1, None, True)}], ids=["list", "tuple"]
)
def test_the_same_content_has_one_hash(same: Callable[[], object]) -> None:
    assert signing.canonical(same()) == '{"a":[1,null,true],"b":"ø"}'.encode()
