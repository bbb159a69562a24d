"""Sessions end when they should, and what ended stays ended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from lawcrm import access
from lawcrm.accounts.actions import second_factor, staff
from lawcrm.accounts.models import DeviceSession, RecoverySheet, TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from lawcrm.accounts.views import profile
from lawcrm.middleware import DeclareViewer
from tests import personas

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PROFILE = "/profile/"


@pytest.fixture(autouse=True)
def noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock, access.as_system("test"):
        yield clock


def in_browser(user: User, agent: str = "") -> Client:
    """Through the real pages, so that the session has all a browser's would have."""
    client = Client(headers={"user-agent": agent})
    client.post(reverse("accounts:sign_in"), {"email": user.email, "password": personas.PASSWORD})
    device = TotpDevice.objects.get(user=user)
    client.post(reverse("accounts:second_factor"), {"code": device.code_at(step_at(datetime.now(UTC)))})
    return client


def person() -> User:
    user = personas.user_for("lawyer", password=personas.PASSWORD)
    second_factor.install_device(user=user, secret=SECRET)
    return user


def test_an_idle_session_ends_after_an_hour(noon: Any) -> None:
    client = in_browser(person())
    for _half in range(4):
        noon.shift(timedelta(minutes=59))
        assert client.get(PROFILE).status_code == 200
    noon.shift(timedelta(minutes=61))
    assert client.get(PROFILE)["Location"].startswith(reverse("accounts:sign_in"))


def test_a_used_session_ends_after_a_day(noon: Any) -> None:
    client = in_browser(person())
    for _half_hour in range(47):
        noon.shift(timedelta(minutes=30))
        assert client.get(PROFILE).status_code == 200
    noon.shift(timedelta(minutes=31))
    assert client.get(PROFILE).status_code == 302


def test_half_a_sign_in_lasts_a_quarter_of_an_hour(noon: Any) -> None:
    user, client = person(), Client()
    client.post(reverse("accounts:sign_in"), {"email": user.email, "password": personas.PASSWORD})
    noon.shift(timedelta(minutes=16))
    assert client.get(reverse("accounts:second_factor"))["Location"].startswith(reverse("accounts:sign_in"))


def test_the_page_knows_how_long_the_session_lasts(noon: Any) -> None:
    client = in_browser(person())
    assert 'data-session-seconds="3600"' in client.get(PROFILE).content.decode()
    for _half in range(47):
        noon.shift(timedelta(minutes=30))
        client.get(PROFILE)
    assert 'data-session-seconds="1800"' in client.get(PROFILE).content.decode()


def test_the_table_holds_no_usable_cookie() -> None:
    client = in_browser(person())
    with connection.cursor() as cursor:
        cursor.execute("select session_key from accounts_devicesession")
        keys = [row[0] for row in cursor.fetchall()]
    assert client.session.session_key not in keys
    thief = Client()
    for key in keys:
        thief.cookies["sessionid"] = key
        assert thief.get(PROFILE).status_code == 302


def test_ended_access_is_dead_at_the_next_request_and_stays_dead() -> None:
    user, boss = person(), personas.user_for("administrator")
    client, pending = in_browser(user), personas.password_only(user)
    staff.end_access(actor=boss, user=user, reason="left the firm", now=NOW)
    assert client.get(PROFILE).status_code == 302
    assert (TotpDevice.objects.count(), RecoverySheet.objects.count(), DeviceSession.objects.count()) == (0, 0, 0)
    staff.reactivate(actor=boss, user=User.objects.get(pk=user.pk), reason="came back", now=NOW)
    for old in (client, pending):
        assert old.get(PROFILE)["Location"].startswith(reverse("accounts:sign_in"))
    again = Client().post(reverse("accounts:sign_in"), {"email": user.email, "password": personas.PASSWORD})
    assert again.status_code == 422


def test_nobody_ends_their_own_access() -> None:
    boss = personas.user_for("administrator")
    with pytest.raises(staff.OwnAccount):
        staff.end_access(actor=boss, user=boss, reason="slip", now=NOW)


def test_devices_are_listed_and_ended_one_by_one_or_all() -> None:
    user = person()
    here = in_browser(user, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    phone, tablet = personas.signed_in(user), personas.signed_in(user)
    page = here.get(reverse("accounts:sessions"))
    assert sorted(row.device for row in page.context["rows"]) == ["", "", "Firefox, Windows"]
    chosen = DeviceSession.objects.exclude(device="").get().session_key
    other = personas.signed_in(personas.user_for("lawyer"))
    other.post(reverse("accounts:sessions"), {"session": chosen})
    assert here.get(PROFILE).status_code == 200
    here.post(reverse("accounts:sessions"))
    assert [client.get(PROFILE).status_code for client in (here, phone, tablet, other)] == [200, 302, 302, 200]


def test_changing_the_password_ends_the_other_devices() -> None:
    user = person()
    here, there = in_browser(user), personas.signed_in(user)
    new = {"current": personas.PASSWORD, "password": "quiet-otter-paints-nine-doors"}
    assert here.post(reverse("accounts:password"), new).status_code == 302
    assert (here.get(PROFILE).status_code, there.get(PROFILE).status_code) == (200, 302)


def test_a_save_in_flight_does_not_bring_an_ended_session_back() -> None:
    user = person()
    session = in_browser(user).session
    session["late"] = "write"
    DeviceSession.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert DeviceSession.objects.count() == 0


def test_password_alone_opens_only_the_pages_of_the_second_factor() -> None:
    client = personas.password_only(person())
    open_names = {"second_factor", "recovery", "enrol", "add_passkey", "sign_in", "forgotten", "forgotten_sent"}
    patterns = get_resolver().url_patterns
    namespace = next(entry for entry in patterns if getattr(entry, "namespace", "") == "accounts")
    closed = [entry.name for entry in namespace.url_patterns if entry.name not in open_names and not _takes(entry)]
    assert "profile" in closed
    answers = {name: client.get(reverse(f"accounts:{name}")) for name in closed}
    allowed = {"demo_codes": 404, "sign_out": 405, "enrol_begin": 405, "new_password": 410}
    allowed |= {"passkey_challenge": 405, "new_passkey_challenge": 405}
    for name, answer in answers.items():
        if name in allowed:
            assert answer.status_code == allowed[name], name
        else:
            assert answer["Location"].startswith(reverse("accounts:second_factor")), name


@pytest.mark.parametrize("verified", [True, False])
def test_password_alone_sees_nothing(verified: object) -> None:
    user, seen = person(), []
    user.is_verified = lambda: verified
    request = RequestFactory().get("/")
    request.user, request.request_id = user, "x"
    DeclareViewer(lambda _request: seen.append(access.current()))(request)
    assert seen[0].user_id == user.pk
    assert bool(seen[0].principals) == verified


def _takes(entry: object) -> bool:
    return bool(entry.pattern.converters)  # type: ignore[attr-defined]


def test_a_cookie_of_a_deleted_person_signs_nobody_in() -> None:
    user = person()
    client = personas.signed_in(user)
    get_user_model().objects.filter(pk=user.pk).delete()
    assert client.get(PROFILE).status_code == 302


def test_asking_whether_the_session_stands_neither_lengthens_nor_makes_one(noon: Any) -> None:
    somebody = person()
    client, url = in_browser(somebody), reverse("ui_session")
    answer = client.get(url).json()
    assert answer.keys() == {"alive", "person", "token", "fresh"}
    assert str(somebody.public_id) not in str(answer)
    noon.shift(timedelta(minutes=59))
    assert client.get(url).json()["person"] == answer["person"]
    noon.shift(timedelta(minutes=2))
    assert client.get(url).json() == {"alive": False}
    before = DeviceSession.objects.count()
    stranger = Client().get(url)
    assert stranger.json() == {"alive": False}
    assert not stranger.cookies
    assert DeviceSession.objects.count() == before


def test_the_marker_of_a_person_is_the_same_in_every_session_and_of_nobody_else() -> None:
    def marker(client: Client) -> str:
        return str(client.get(reverse("ui_session")).json()["person"])

    somebody = person()
    assert marker(personas.signed_in(somebody)) == marker(personas.signed_in(somebody))
    assert marker(personas.signed_in(somebody)) != marker(personas.signed_in(person()))


def test_without_the_second_factor_no_form_may_be_sent() -> None:
    assert personas.password_only(person()).get(reverse("ui_session")).json() == {"alive": False}


def test_what_was_sent_after_the_end_is_said_not_to_be_saved(noon: Any) -> None:
    client = in_browser(person())
    noon.shift(timedelta(minutes=61))
    sent = client.post(reverse("clients:enter"), {"family_name": "Berg"}, follow=True)
    assert "what you just sent was not saved" in sent.content.decode()
    assert sent.redirect_chain[0][0].endswith(f"next={reverse('clients:enter')}")
    assert "just sent" not in client.get(PROFILE, follow=True).content.decode()


def test_a_profile_saved_while_the_person_leaves_does_not_undo_it() -> None:
    user, boss = personas.user_for("lawyer"), personas.user_for("administrator")
    stale = User.objects.get(pk=user.pk)
    with access.as_user(boss):
        staff.end_access(actor=boss, user=user, reason="left", now=timezone.now())
    said = {"full_name": "New Name", "initials": "", "language": "en", "time_zone": "Europe/Berlin"}
    request = RequestFactory().post(PROFILE, said)
    request.user, request.session = stale, {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    with access.as_user(stale):
        assert profile.profile(request).status_code == 302
    after = User.objects.get(pk=user.pk)
    assert (after.full_name, after.is_active, after.has_usable_password()) == ("New Name", False, False)
