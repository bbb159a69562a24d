"""The review of the logs: what an officer can ask, what is unusual, and that nothing of a file is shown."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry, LogQuestion, ReadEntry
from lawcrm.review import asking, kinds, questions, telling, volume
from lawcrm.review.asking import Asked, Mark
from lawcrm.review.kinds import Part
from matters.actions import team, walls
from matters.models import Matter
from matters.models.levels import Level
from tests import factories, personas
from tests.lawcrm.trail import readings

pytestmark = pytest.mark.django_db
# The journal dates its own entries: a Friday noon would be better, but now is when it is.
TODAY = datetime.now(ZoneInfo("Europe/Copenhagen")).date()
WIDE = {"since": TODAY - timedelta(days=400), "until": TODAY + timedelta(days=1)}
MONDAY_NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture
def officer() -> User:
    return personas.user_for("data protection officer", full_name="Sanne Holm")


@pytest.fixture
def karin() -> User:
    return personas.user_for("partner", full_name="Karin Vestergaard")


@pytest.fixture
def ida() -> User:
    return personas.user_for("lawyer", full_name="Ida Berg")


@pytest.fixture
def matter(karin: User) -> Matter:
    matter = factories.matter("Yıldız ./. Nordbau", responsible=karin)
    for level in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(matter, karin, level)
    return matter


@pytest.fixture
def told(officer: User, karin: User, ida: User, matter: Matter) -> Any:
    """A grant, a refused wall, a page, a download, a sealed part, a closed door; told as the officer sees it."""
    contact = factories.contact("Elif Demir")
    with access.as_user(karin):
        team.grant_access(
            actor=karin, matter=matter, to=ida, level=Level.WORK, reason="Elif begged for it", now=MONDAY_NOON
        )
        with pytest.raises(audit.Refused):
            walls.raise_wall(actor=karin, matter=matter, against=[], reason="x", now=MONDAY_NOON)
        audit.read(matter)
    with access.as_user(ida):
        audit.read(matter, "download")
        audit.read(contact, "confidential")
    personas.signed_in(ida).get("/privacy/")

    def lines(**asked: Any) -> list[tuple[str, str, str]]:
        with access.as_user(officer):
            page = asking.page(Asked(**WIDE, **asked))
            assert page.count == len(page.entries)
            return sorted((line.who, line.what, line.about) for line in telling.told(page.entries))

    return lines


GRANT, WALL = "Access to a matter given", "Refused: Wall raised"


def test_all_three_sources_answer_in_one_order(told: Any, matter: Matter) -> None:
    assert told() == [
        ("Ida Berg", "Confidential part opened", f"contact {sealed_contact()}"),
        ("Ida Berg", "Downloaded", matter.number),
        ("Ida Berg", "Not allowed", "privacy:plan"),
        ("Karin Vestergaard", GRANT, matter.number),
        ("Karin Vestergaard", "Opened", matter.number),
        ("Karin Vestergaard", WALL, matter.number),
    ]


def sealed_contact() -> int:
    with access.as_system("test"):
        return ReadEntry.objects.get(what="confidential").object_id


@pytest.mark.parametrize(
    ("parts", "whats"),
    [
        ({Part.READING}, ["Opened"]),
        ({Part.EXPORT}, ["Downloaded"]),
        ({Part.SEALED}, ["Confidential part opened"]),
        ({Part.READING, Part.EXPORT}, ["Downloaded", "Opened"]),
        ({Part.READING, Part.EXPORT, Part.SEALED}, ["Confidential part opened", "Downloaded", "Opened"]),
        ({Part.EXPORT, Part.SEALED}, ["Confidential part opened", "Downloaded"]),
        ({Part.RIGHT}, [GRANT]),
        ({Part.WALL}, []),
        ({Part.REFUSED}, ["Not allowed", WALL]),
        ({Part.GLASS}, []),
    ],
)
def test_parts_choose(told: Any, parts: set[str], whats: list[str]) -> None:
    assert sorted(what for _who, what, _about in told(parts=frozenset(parts))) == whats


def test_person_and_matter_choose(told: Any, ida: User, matter: Matter) -> None:
    assert {who for who, _what, _about in told(person=ida.pk)} == {"Ida Berg"}
    assert len(told(person=ida.pk)) == 3
    assert {about for _who, _what, about in told(matter=matter.pk)} == {matter.number}
    assert len(told(matter=matter.pk)) == 4
    assert told(matter=matter.pk + 1) == []


def test_a_reading_by_break_glass_is_a_reading_and_more(told: Any, ida: User, matter: Matter) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "insert into lawcrm_readentry (user_id, object_type, object_id, matter_id, what, at, request_id,"
            " break_glass_id) values (%s, 'matters.matter', %s, %s, 'page', now(), '', 4)",
            [ida.pk, matter.pk, matter.pk],
        )
    by_glass = ("Ida Berg", "Opened", matter.number)
    assert told(parts=frozenset({Part.GLASS})) == [by_glass]
    assert by_glass in told(parts=frozenset({Part.READING}))
    assert by_glass in told(parts=frozenset({Part.GLASS, Part.EXPORT}))


def test_every_part_has_a_kind_or_a_reading_and_refusals_have_words() -> None:
    from_log = {Part.READING, Part.SEALED, Part.EXPORT, Part.REFUSED}
    assert {kind.part for kind in kinds.KINDS.values()} | from_log == set(Part)
    assert kinds.part_of("matter.closed_refused") == Part.REFUSED
    assert kinds.words_of("matter.closed_refused") == "Refused: Matter closed"
    assert (kinds.part_of("something.new"), kinds.words_of("something.new")) == (Part.WORK, "something.new")


@pytest.mark.parametrize(
    ("at", "late"),
    [
        ("2026-03-02 05:59", True),  # Monday
        ("2026-03-02 06:00", False),
        ("2026-03-02 20:59", False),
        ("2026-03-02 21:00", True),
        ("2026-03-06 12:00", False),  # Friday
        ("2026-03-07 12:00", True),
        ("2026-03-08 12:00", True),
        ("2026-06-01 05:30", True),  # in summer time
        ("2026-06-01 06:30", False),
    ],
)
def test_nights_and_weekends_are_those_of_the_firm(at: str, late: bool, ida: User, matter: Matter) -> None:  # noqa: FBT001
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Copenhagen"), microsecond=0)
    readings(ida, matter, moment - timedelta(seconds=1))
    asked = Asked(since=moment.date(), until=moment.date(), out_of_hours=True)
    with access.as_system("test"):
        assert asking.counted(asked) == int(late)
        volume.count_readings()
        (day,) = volume.volume(moment.date(), moment.date()).readers
    assert (day.out_of_hours, day.readings) == (int(late), 1)


@pytest.mark.parametrize(("source", "many"), [("same moment", 120), ("a second apart", 120), ("one page", 50)])
def test_pages_follow_each_other_without_gap_or_double(source: str, many: int, ida: User, matter: Matter) -> None:
    with time_machine.travel(MONDAY_NOON, tick=False):
        client = personas.signed_in(ida)
        for _n in range(3):  # refusals of the very same moment
            client.get("/privacy/")
    if source == "same moment":
        for _n in range(many):
            readings(ida, matter, MONDAY_NOON - timedelta(seconds=1))
    else:
        readings(ida, matter, MONDAY_NOON - timedelta(seconds=1), many)
    asked = Asked(since=MONDAY_NOON.date(), until=MONDAY_NOON.date())
    seen: list[tuple[str, int]] = []
    after: Mark | None = None
    with access.as_system("test"):
        for _page in range(10):
            page = asking.page(asked, after and Mark.read(str(after)))
            seen += [(type(entry).__name__, entry.pk) for entry in page.entries]
            if (after := page.after) is None:
                break
    assert (len(seen), len(set(seen))) == (many + 3, many + 3)
    assert page.count == many + 3


@pytest.mark.parametrize("text", ["", "x", "1-2", "1-2-3-4", "nan-0-1", "1e99-0-1", "inf-0-1", "1-x-1"])
def test_a_mark_that_is_none_begins_at_the_newest(text: str, officer: User) -> None:
    assert Mark.read(text) is None
    assert personas.signed_in(officer).get("/review/", {"after": text}).status_code == 200


# Pages


@pytest.fixture
def browser(officer: User) -> Client:
    return personas.signed_in(officer)


PLAIN = {"period": "between", "since": str(WIDE["since"] + timedelta(days=60)), "until": str(WIDE["until"])}


def test_the_page_shows_staff_and_numbers_and_nothing_of_the_file(told: Any, browser: Client, matter: Matter) -> None:
    for response in (browser.get("/review/"), browser.post("/review/", {**PLAIN, "matter_number": matter.number})):
        page = response.content.decode()
        assert response.status_code == 200
        assert matter.number in page
        assert "Ida Berg" in page
        assert [word for word in ("Yıldız", "Nordbau", "Elif", "begged") if word in page] == []


def test_a_question_is_posted_and_kept_and_asked_again_by_one_click(
    told: Any, browser: Client, officer: User, ida: User, matter: Matter
) -> None:
    form = {"period": "30", "person": str(ida.public_id), "matter_number": matter.number, "parts": ["export"]}
    assert b"Downloaded" in browser.post("/review/", form).content
    kept = browser.post("/review/keep/", {**form, "name": "Ida's downloads"})
    with access.as_system("test"):
        question = LogQuestion.objects.get()
    assert kept["Location"] == f"/review/kept/{question.public_id}/"
    page = browser.get(kept["Location"]).content.decode()
    assert "Downloaded" in page
    assert f'<option value="{ida.public_id}" selected>' in page
    assert f'value="{matter.number}"' in page
    assert (question.owner, question.person, question.matter_id) == (officer, ida, matter.pk)
    other = personas.client_for("auditor")
    assert other.get(kept["Location"]).status_code == 404
    browser.post(f"/review/kept/{question.public_id}/drop/")
    assert browser.get(kept["Location"]).status_code == 404


def test_a_shared_question_is_asked_by_others_and_dropped_by_its_owner_only(browser: Client, officer: User) -> None:
    browser.post("/review/keep/", {"period": "7", "parts": ["wall"], "name": "Walls", "is_shared": "on"})
    with access.as_system("test"):
        question = LogQuestion.objects.get()
    other = personas.client_for("auditor")
    assert other.get(f"/review/kept/{question.public_id}/").status_code == 200
    other.post(f"/review/kept/{question.public_id}/drop/")
    with access.as_system("test"):
        assert LogQuestion.objects.count() == 1
        refused = JournalEntry.objects.get(kind="log_question.dropped_refused")
    assert refused.facts == {"refusal": "not_yours"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"period": "between"}, "Name both days."),
        ({"period": "between", "since": "2026-02-02", "until": "2026-02-01"}, "Choose days in order"),
        ({"period": "between", "since": "2020-02-02", "until": "2026-02-01"}, "at most a year apart"),
        ({"period": "7", "matter_number": "2099-9999"}, "There is no matter with this number."),
        ({"period": "7", "person": "00000000-0000-0000-0000-000000000000"}, "valid choice"),
        ({"period": "7", "parts": ["everything"]}, "valid choice"),
        ({}, "required"),
    ],
)
def test_bad_questions_are_answered_in_words(browser: Client, data: dict[str, str], words: str) -> None:
    response = browser.post("/review/", data)
    assert response.status_code == 422
    assert words in response.content.decode()


@pytest.mark.parametrize("code", questions.READY)
def test_every_ready_question_is_one_click(told: Any, browser: Client, code: str) -> None:
    assert browser.get(f"/review/ready/{code}/").status_code == 200


def test_no_such_question(browser: Client) -> None:
    assert browser.get("/review/ready/everything/").status_code == 404


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("7", ("2026-03-09", "2026-03-15")),
        ("30", ("2026-02-14", "2026-03-15")),
        ("month", ("2026-03-01", "2026-03-15")),
        ("last_month", ("2026-02-01", "2026-02-28")),
        ("between", ("2026-01-05", "2026-01-06")),
        ("nonsense", ("2026-03-09", "2026-03-15")),
    ],
)
def test_periods(period: str, days: tuple[str, str]) -> None:
    found = questions.days_of(period, date(2026, 3, 15), date(2026, 1, 5), date(2026, 1, 6))
    assert tuple(map(str, found)) == days


def test_the_pages_ask_as_often_for_one_entry_as_for_fifty(browser: Client, ida: User, matter: Matter) -> None:
    counts = []
    for many in (1, 60):
        readings(ida, matter, datetime.now(UTC) - timedelta(hours=2), many)
        for url in ("/review/", "/review/reading/"):
            with CaptureQueriesContext(connections["default"]) as asked:
                assert browser.get(url).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 15


# Volume


def month_of(ida: User, karin: User, matter: Matter, last_day: int = 12) -> volume.Volume:
    """Both read twelve pages on each weekday of eight weeks; Ida then as many as given on the last Friday."""
    friday = MONDAY_NOON + timedelta(days=4)
    for back in range(56):
        day = friday - timedelta(days=back)
        if day.weekday() < 5 and back:
            for reader in (ida, karin):
                readings(reader, matter, day, 12)
    readings(ida, matter, friday, last_day)
    readings(karin, matter, friday, 12)
    with access.as_system("test"):
        volume.count_readings()
        return volume.volume(friday.date() - timedelta(days=6), friday.date())


@pytest.mark.parametrize(("many", "unusual"), [(12, 0), (30, 0), (36, 0), (37, 1), (300, 1)])
def test_more_than_three_times_the_usual_day_is_unusual(
    many: int, unusual: int, ida: User, karin: User, matter: Matter
) -> None:
    found = month_of(ida, karin, matter, last_day=many)
    by_person = {reader.user_id: reader for reader in found.readers}
    assert (len(by_person[ida.pk].unusual), len(by_person[karin.pk].unusual)) == (unusual, 0)
    assert (by_person[ida.pk].usual, found.usual, by_person[ida.pk].most.readings) == (12, 12, max(many, 12))
    assert not unusual or found.readers[0].user_id == ida.pk


def test_who_has_no_usual_day_yet_is_measured_by_everybody(ida: User, karin: User, matter: Matter) -> None:
    month_of(ida, karin, matter)
    new = personas.user_for("lawyer")
    readings(new, matter, MONDAY_NOON + timedelta(days=4), 40)
    with access.as_system("test"):
        volume.count_readings()
        found = volume.volume(MONDAY_NOON.date(), MONDAY_NOON.date() + timedelta(days=4))
    first = found.readers[0]
    assert (first.user_id, first.usual, len(first.unusual)) == (new.pk, 12, 1)


def test_counting_again_changes_nothing_and_forgotten_days_go(ida: User, karin: User, matter: Matter) -> None:
    first = month_of(ida, karin, matter)
    with access.as_system("test"):
        volume.count_readings()
        again = volume.volume(first.readers[0].days[0].day, first.readers[0].days[-1].day)
        assert [reader.readings for reader in again.readers] == [reader.readings for reader in first.readers]
        assert volume.forget_days(MONDAY_NOON + timedelta(days=100)) == 80


def test_the_page_names_the_day_in_words_and_draws_it(ida: User, karin: User, matter: Matter, browser: Client) -> None:
    friday = MONDAY_NOON + timedelta(days=4)
    month_of(ida, karin, matter, last_day=140)
    with time_machine.travel(friday + timedelta(hours=1)):
        page = personas.signed_in(User.objects.get(full_name="Sanne Holm")).get("/review/reading/").content.decode()
        own = personas.signed_in(User.objects.get(full_name="Sanne Holm")).get(f"/review/reading/{karin.public_id}/")
    assert "140 readings in 1 matters." in page
    assert 'class="bar warn"' in page
    assert "Karin Vestergaard" in own.content.decode()
    assert 'class="bar warn"' not in own.content.decode()
