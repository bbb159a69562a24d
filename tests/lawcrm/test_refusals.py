"""What is refused at the door is noted: who, under which address, how answered; and nothing of what was asked for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from lawcrm import access, audit, refusals, tasks
from lawcrm.accounts.actions import second_factor
from lawcrm.accounts.models import User
from lawcrm.models import RefusedRequest
from tests import factories, personas
from tests.access import world

pytestmark = pytest.mark.django_db


def noted(*columns: str) -> list[tuple[object, ...]]:
    with access.as_system("test"):
        return list(RefusedRequest.objects.order_by("pk").values_list(*(columns or ("user_id", "url_name", "status"))))


@pytest.fixture
def ida() -> User:
    return personas.user_for("lawyer", password=personas.PASSWORD)


def test_hidden_missing_and_forbidden_leave_one_row_each(ida: User) -> None:
    client, hidden = personas.signed_in(ida), factories.matter()
    mine = factories.matter()
    factories.grant(mine, ida)
    for matter_id in (hidden.public_id, uuid4()):
        assert client.get(f"/matters/{matter_id}/").status_code == 404
    assert client.get(f"/matters/{mine.public_id}/close/").status_code == 403
    assert client.get("/privacy/").status_code == 403
    assert client.get(f"/matters/{mine.public_id}/").status_code == 200
    assert noted() == [
        (ida.pk, "matters:detail", 404),
        (ida.pk, "matters:detail", 404),
        (ida.pk, "matters:close", 403),
        (ida.pk, "privacy:plan", 403),
    ]


@pytest.mark.parametrize("url", ["/no/such/page/", "/matters/x/"])
def test_a_mistyped_address_leaves_none(ida: User, url: str) -> None:
    assert personas.signed_in(ida).get(url).status_code == 404
    assert noted() == []


def test_whoever_is_not_signed_in_leaves_none(ida: User) -> None:
    for client in (Client(), personas.password_only(ida)):
        assert client.get(f"/matters/{uuid4()}/").status_code == 302
    assert noted() == []


def test_hidden_and_missing_are_noted_by_the_same_statements(ida: User) -> None:
    client, secret = personas.signed_in(ida), world.secret(personas.user_for("lawyer"))

    def statements(public_id: UUID) -> int:
        with CaptureQueriesContext(connections["default"]) as queries:
            assert client.get(f"/matters/{public_id}/").status_code == 404
        return len([query for query in queries if "lawcrm_refusedrequest" in query["sql"]]) * 100 + len(queries)

    assert statements(secret.objects["matter"]) == statements(uuid4())


def test_a_row_holds_nothing_of_what_was_asked_for(ida: User) -> None:
    columns = {column.attname for column in RefusedRequest._meta.local_fields}
    assert columns == {"id", "user_id", "url_name", "status", "network", "request_id", "at"}
    asked = uuid4()
    response = personas.signed_in(ida).get(f"/matters/{asked}/?q=Anna")
    (row,) = noted(*sorted(columns - {"id", "at"}))
    assert row[1] == response["X-Request-Id"]
    assert str(asked) not in repr(row)
    assert "Anna" not in repr(row)


@pytest.mark.parametrize(("email", "known"), [("ida@firm.example", True), ("nobody@firm.example", False)])
def test_a_refused_sign_in_says_whose_account_if_anybody_s(email: str, known: bool) -> None:  # noqa: FBT001
    user = personas.user_for("lawyer", email="ida@firm.example", password=personas.PASSWORD)
    for _attempt in range(6):  # the last one is not even looked at
        Client().post("/sign-in/", {"email": email.upper(), "password": "not the right one"})
    assert noted() == [(user.pk if known else None, "accounts:sign_in", 422)] * 6


def test_a_refused_second_factor_is_noted(ida: User) -> None:
    second_factor.install_device(user=ida, secret="ABCDEFGHIJKLMNOP")
    personas.password_only(ida).post("/sign-in/code/", {"code": "000000"})
    assert noted() == [(ida.pk, "accounts:second_factor", 422)]


def test_the_mark_tells_one_place_from_another_for_a_month() -> None:
    def mark(address: str, day: int, month: int = 11) -> str:
        now = datetime(2026, month, day, tzinfo=UTC)
        return refusals.network_mark(RequestFactory().get("/", REMOTE_ADDR=address), now)

    assert mark("192.0.2.1", 1) == mark("192.0.2.1", 30)
    others = (mark("192.0.2.2", 1), mark("192.0.2.1", 1, 12), mark("2001:db8::1", 1))
    assert len({mark("192.0.2.1", 1), *others}) == 4
    assert mark("2001:db8::1", 1) == mark("2001:db8::2", 1)
    assert "192" not in mark("192.0.2.1", 1)


def test_only_who_may_see_the_journal_sees_them(ida: User) -> None:
    personas.signed_in(ida).get(f"/matters/{uuid4()}/")
    seen = []
    for role in ("lawyer", "administrator", "data protection officer", "auditor"):
        with access.as_user(personas.user_for(role)):
            seen.append(RefusedRequest.objects.count())
    assert seen == [0, 0, 1, 1]


@pytest.mark.parametrize("statement", ["update {} set status = 1", "delete from {}", "truncate {}"])
def test_nobody_changes_them(statement: str) -> None:
    with access.as_system("test"), connection.cursor() as cursor, pytest.raises(DatabaseError, match="denied"):
        cursor.execute(statement.format("lawcrm_refusedrequest"))


def test_both_logs_are_forgotten_when_their_period_is_over(ida: User) -> None:
    personas.signed_in(ida).get(f"/matters/{uuid4()}/")
    with access.as_user(ida):
        audit.read(ida)
    now = datetime.now(UTC)
    with access.as_system("test"):
        assert tasks.forget_trail(now + timedelta(days=364)) == 0
        assert tasks.forget_trail(now + timedelta(days=366)) == 1
        assert tasks.forget_trail(now + timedelta(days=1094)) == 0
        assert tasks.forget_trail(now + timedelta(days=1096)) == 1
