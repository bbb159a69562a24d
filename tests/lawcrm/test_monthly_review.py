"""The monthly review: frozen figures, a word to each question, one signature, and nothing changed behind it."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from lawcrm import access, audit, outbox
from lawcrm.accounts.models import User
from lawcrm.doors import safe_writer
from lawcrm.models import JournalEntry, LogReview, LogReviewAnswer, OutboxMessage, ReadEntry
from lawcrm.review import keeping, monthly, questions, reminding
from tests import factories, personas
from tests.lawcrm.trail import readings

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
SATURDAY = datetime(2026, 10, 10, 12, tzinfo=UTC)


@pytest.fixture
def officer() -> User:
    return personas.user_for("data protection officer", full_name="Sanne Holm")


@pytest.fixture
def made(officer: User) -> LogReview:
    """Three readings of a Saturday, two of them downloads."""
    ida, matter = personas.user_for("lawyer", full_name="Ida Berg"), factories.matter()
    readings(ida, matter, SATURDAY)
    readings(ida, matter, SATURDAY, 2, "download")
    with access.as_user(officer):
        return monthly.make_review(actor=officer, month=OCTOBER, now=NOW)


def answers(review: LogReview) -> dict[str, LogReviewAnswer]:
    with access.as_system("test"):
        return {answer.question: answer for answer in monthly.answers_of(review)}


def answer_all(officer: User, review: LogReview) -> None:
    with access.as_user(officer):
        for answer in answers(review).values():
            monthly.answer(actor=officer, answer=answer, finding="nothing", comment="", now=NOW)


@pytest.fixture
def signed(officer: User, made: LogReview) -> LogReview:
    answer_all(officer, made)
    with access.as_user(officer):
        monthly.sign(actor=officer, review=made, now=NOW)
    return made


def test_the_figures_are_counted_per_question_and_bound_by_a_hash(made: LogReview) -> None:
    found = answers(made)
    assert list(found) == [*questions.READY, monthly.VOLUME]
    assert {code: answer.count for code, answer in found.items() if answer.count} == {"exports": 2, "out_of_hours": 3}
    with access.as_system("test"):
        downloads = ReadEntry.objects.filter(what="download").order_by("pk")
        ids = list(downloads.values_list("pk", flat=True))
    expected = hashlib.sha256("\n".join(f"1:{pk}" for pk in ids).encode()).hexdigest()
    assert found["exports"].entries_sha256 == expected
    assert found["walls"].entries_sha256 == hashlib.sha256(b"").hexdigest()


def test_figures_stay_when_more_comes_later(made: LogReview, officer: User) -> None:
    readings(officer, factories.matter(), SATURDAY, 5, "download")
    assert answers(made)["exports"].count == 2


def test_shared_questions_are_asked_too(officer: User) -> None:
    asked = {"period": "7", "since": None, "until": None, "person": None, "matter_id": None, "out_of_hours": False}
    with access.as_user(officer):
        for name, shared in (("Mine", False), ("Ours", True)):
            keeping.keep_question(actor=officer, name=name, is_shared=shared, parts=["wall"], **asked)
        review = monthly.make_review(actor=officer, month=OCTOBER, now=NOW)
    assert [answer.name for answer in answers(review).values()].count("Ours") == 1
    assert "Mine" not in [answer.name for answer in answers(review).values()]


def test_the_days_of_unusual_reading_are_a_question_of_their_own(officer: User) -> None:
    ida, matter = personas.user_for("lawyer"), factories.matter()
    for day in range(1, 9):
        readings(ida, matter, datetime(2026, 10, day, 10, tzinfo=UTC), 5)
    readings(ida, matter, datetime(2026, 10, 9, 10, tzinfo=UTC), 90)
    with access.as_user(officer):
        review = monthly.make_review(actor=officer, month=OCTOBER, now=NOW)
    answer = answers(review)[monthly.VOLUME]
    digest = hashlib.sha256(f"{ida.pk}:2026-10-09".encode()).hexdigest()
    assert (answer.count, answer.entries_sha256) == (1, digest)


type Step = Callable[[User, LogReview], Any]


def make_again(officer: User, _review: LogReview) -> None:
    monthly.make_review(actor=officer, month=OCTOBER, now=NOW)


def make_this_month(officer: User, _review: LogReview) -> None:
    monthly.make_review(actor=officer, month=date(2026, 11, 1), now=NOW)


def sign_again(officer: User, review: LogReview) -> None:
    monthly.sign(actor=officer, review=review, now=NOW)


def answer_later(officer: User, review: LogReview) -> None:
    monthly.answer(actor=officer, answer=answers(review)["walls"], finding="nothing", comment="", now=NOW)


def find_without_words(officer: User, review: LogReview) -> None:
    monthly.answer(actor=officer, answer=answers(review)["walls"], finding="finding", comment=" ", now=NOW)


@pytest.mark.parametrize(
    ("state", "step", "refusal", "kind"),
    [
        ("made", make_again, monthly.AlreadyMade, "log_review.made_refused"),
        ("made", make_this_month, monthly.MonthNotOver, "log_review.made_refused"),
        ("made", sign_again, monthly.NotAllAnswered, "log_review.signed_refused"),
        ("made", find_without_words, monthly.CommentMissing, "log_review.answered_refused"),
        ("signed", sign_again, monthly.AlreadySigned, "log_review.signed_refused"),
        ("signed", answer_later, monthly.AlreadySigned, "log_review.answered_refused"),
    ],
)
def test_what_does_not_fit_is_refused_and_kept(  # noqa: PLR0917
    state: str, step: Step, refusal: type[audit.Refused], kind: str, officer: User, request: pytest.FixtureRequest
) -> None:
    review = request.getfixturevalue(state)
    with access.as_user(officer), pytest.raises(refusal):
        step(officer, review)
    with access.as_system("test"):
        assert JournalEntry.objects.filter(kind=kind).count() == 1


def test_a_signature_binds_names_figures_and_findings(signed: LogReview, officer: User) -> None:
    with access.as_system("test"):
        review = LogReview.objects.get()
        entry = JournalEntry.objects.get(kind="log_review.signed")
        assert audit.verify() == []
    assert review.record is not None
    assert entry.facts == {"sha256": audit.digest(review.record), "month": "2026-10-01"}
    assert (entry.actor_id, entry.object_id) == (officer.pk, review.pk)
    assert (review.record["signed_by"], review.record["month"]) == ("Sanne Holm", "2026-10")
    assert [row["finding"] for row in review.record["answers"]] == ["nothing"] * len(review.record["answers"])


def test_a_later_change_of_what_was_signed_is_found(signed: LogReview) -> None:
    with connection.cursor() as cursor, access.as_system("test"):
        cursor.execute("""update lawcrm_logreview set record = jsonb_set(record, '{answers,0,count}', '0'::jsonb)
            where (record #>> '{answers,0,count}') <> '0'""")
        assert audit.verify() == []
        cursor.execute("""update lawcrm_logreview set record = jsonb_set(record, '{answers,2,count}', '1'::jsonb)""")
        assert [problem.what for problem in audit.verify()] == ["differs from what was signed"]


# Pages


@pytest.fixture
def browser(officer: User) -> Client:
    return personas.signed_in(officer)


def test_from_the_figures_to_the_signed_export(browser: Client, officer: User) -> None:
    with time_machine.travel(NOW, tick=False):
        browser = personas.signed_in(officer)
        page = browser.post("/review/months/make/", {"month": "2026-10-01"}, follow=True)
        assert page.status_code == 200
        with access.as_system("test"):
            review = LogReview.objects.get()
        url = f"/review/months/{review.public_id}/"
        assert browser.get(f"{url}export.csv").status_code == 404  # nothing signed yet
        for code in answers(review):
            response = browser.post(f"{url}answer/{code}/", {f"{code}-finding": "action", f"{code}-comment": "=told"})
            assert response["Location"] == f"{url}#{code}"
        browser.post(f"{url}sign/")
        assert "Signed by Sanne Holm" in browser.get(url).content.decode()
        digest = digest_of(review)
        exported = json.loads(browser.get(f"{url}export.json").content)
        table = browser.get(f"{url}export.csv").content.decode()
    assert exported["sha256"] == digest == audit.digest(exported["record"])
    rows = list(safe_writer.read_csv(table.splitlines(keepends=True)))
    assert rows[-1] == ["sha256", digest]
    assert rows[1][4:6] == ["action", "=told"]
    assert "'=told" in table


def digest_of(review: LogReview) -> str:
    with access.as_system("test"):
        return audit.digest(LogReview.objects.get(pk=review.pk).record)


def test_each_question_leads_to_the_entries_of_its_month(made: LogReview, browser: Client) -> None:
    page = browser.get(f"/review/months/{made.public_id}/").content.decode()
    addresses = re.findall(r'href="(/review/[^"]+month=2026-10-01)"', page)
    assert len(addresses) == len(questions.READY) + 1
    for answer, address in zip(answers(made).values(), addresses, strict=True):
        shown = browser.get(address).content.decode()
        word = "entry" if answer.count == 1 else "entries"
        assert answer.question == monthly.VOLUME or f"{answer.count} {word}" in shown, answer.question


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "required"), ({"walls-finding": "finding"}, "Say what you found or did."), ({"walls-finding": "x"}, "valid")],
)
def test_an_answer_that_says_nothing_is_given_back(
    made: LogReview, browser: Client, data: dict[str, str], words: str
) -> None:
    response = browser.post(f"/review/months/{made.public_id}/answer/walls/", data)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_an_auditor_reads_and_signs_nothing(signed: LogReview, officer: User) -> None:
    auditor = personas.client_for("auditor")
    url = f"/review/months/{signed.public_id}/"
    assert [auditor.get(url).status_code, auditor.get("/review/months/").status_code] == [200, 200]
    assert auditor.post(f"{url}sign/").status_code == 403
    assert auditor.post(f"{url}answer/walls/").status_code == 403
    assert auditor.post("/review/months/make/", {"month": "2026-10-01"}).status_code == 403
    assert b"Sign the review" not in auditor.get(url).content


# Reminding


@pytest.mark.parametrize(
    ("day", "signed_before", "late"),
    [(10, False, False), (11, False, True), (30, False, True), (11, True, False)],
)
def test_after_the_tenth_the_officer_is_reminded_once(
    day: int,
    signed_before: bool,  # noqa: FBT001
    late: bool,  # noqa: FBT001
    officer: User,
) -> None:
    with access.as_user(officer):  # the journal is dated by the database: today
        keeping.keep_question(actor=officer, name="x", is_shared=False, period="7", parts=[])
    today = datetime.now(UTC)
    year, month = (today.year, today.month + 1) if today.month < 12 else (today.year + 1, 1)
    then = datetime(year, month, day, 9, tzinfo=UTC)
    if signed_before:
        sign_month(officer, monthly.last_month(then.date()), then)
    with time_machine.travel(then, tick=False):
        with access.as_system("test"):
            reminding.remind(then)
            reminding.remind(then)
            mails = list(OutboxMessage.objects.filter(kind=reminding.KIND))
        page = personas.signed_in(officer).get("/").content.decode()
        assert ("have not been reviewed" in page) is late
        assert [mail.recipient_id for mail in mails] == ([officer.pk] if late else [])
        for mail in mails:
            with access.as_system("test"):
                rule = outbox.kind_of(mail.kind)
                assert rule.may_send(mail)
                assert "has signed the review" in rule.compose(mail).text
                officer.groups.clear()
                assert not rule.may_send(mail)


def test_a_firm_that_has_just_begun_is_not_late() -> None:
    with access.as_system("test"):
        assert not monthly.late(date(2000, 11, 20))


def test_a_month_that_was_missed_stays_late_until_it_is_signed(officer: User) -> None:
    """Also when the ones after it were signed in time, and on the first days of a month."""
    with access.as_user(officer):
        keeping.keep_question(actor=officer, name="x", is_shared=False, period="7", parts=[])
    first = datetime.now(UTC).date().replace(day=1)
    second, third = monthly.after(first), monthly.after(monthly.after(first))
    then = datetime(third.year, third.month, 5, 9, tzinfo=UTC)
    with time_machine.travel(then, tick=False):
        sign_month(officer, second, then)
        with access.as_system("test"):
            assert (monthly.unsigned(then.date()), monthly.late(then.date())) == ([first], [first])
            assert reminding.remind(then) == 1
            text = outbox.kind_of(reminding.KIND).compose(OutboxMessage.objects.get(kind=reminding.KIND)).text
        browser = personas.signed_in(officer)
        shown = [
            f"{first:%B %Y}" in page for page in (text, content(browser, "/"), content(browser, "/review/months/"))
        ]
        assert shown == [True, True, True]
        sign_month(officer, first, then)
        with access.as_system("test"):
            assert (monthly.late(then.date()), reminding.remind(then)) == ([], 0)


def content(browser: Client, url: str) -> str:
    return browser.get(url).content.decode()


def sign_month(officer: User, month: date, now: datetime) -> None:
    with access.as_user(officer):
        review = monthly.make_review(actor=officer, month=month, now=now)
    answer_all(officer, review)
    with access.as_user(officer):
        monthly.sign(actor=officer, review=review, now=now)
