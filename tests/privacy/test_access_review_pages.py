"""The pages of access reviews, by the people who use them."""

import csv
import io
import json
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.audit import signing
from lawcrm.crypto.marks import mark
from lawcrm.models import JournalEntry
from matters.models import Matter
from privacy.models import GroupReview, MatterReview, ReviewRules
from tests import factories, personas
from tests.privacy.review_office import (
    DAY,
    NOW,
    asked_three_times,
    began,
    items_of,
    lawyer,
    matter_of,
    opened,
    opening,
    read,
    review_of,
    say,
    silent,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner() -> User:
    began()
    return lawyer("Karin Vestergaard")


@pytest.fixture
def browser(owner: User) -> Client:
    return personas.signed_in(owner)


def page_of(review: MatterReview) -> str:
    return reverse("privacy:matter_review", args=[review.public_id])


def form_for(review: MatterReview, **said: User) -> dict[str, str]:
    """`form_for(review, keep=a, remove=b)` as the browser would send it."""
    items = items_of(review)
    data = {f"answer-{mark(items[who.pk])}": answer for answer, who in said.items()}
    return data | {f"reason-{mark(items[who.pk])}": "Left" for answer, who in said.items() if answer == "remove"}


def test_the_owner_answers_in_part_leaves_and_comes_back(owner: User, browser: Client) -> None:
    stays, goes, later = lawyer("Aslı Yıldırım"), lawyer("Dr. Friederike von Thurn-Habermann"), lawyer("Later")
    matter = matter_of(owner, stays, goes, later)
    review = opened(matter)
    page = browser.get(page_of(review)).content.decode()
    assert all(who.full_name in page for who in (stays, goes, later))
    answer = browser.post(page_of(review), form_for(review, keep=stays, remove=goes), follow=True)
    assert "2 answers are kept" in answer.content.decode()
    assert "Left" in answer.content.decode()
    closing = browser.post(page_of(review), form_for(review, keep=later), follow=True)
    assert "its record signed" in closing.content.decode()
    assert set(states(review).values()) == {"kept", "removed"}


def test_a_second_tab_is_told_who_answered(owner: User, browser: Client) -> None:
    member, other = lawyer(), lawyer()
    review = opened(matter_of(owner, member, other))
    data = form_for(review, keep=member)
    browser.post(page_of(review), data)
    again = browser.post(page_of(review), data)
    assert again.status_code == 422
    assert "Karin Vestergaard has answered this meanwhile" in again.content.decode()


def test_a_removal_without_a_reason_says_so_at_the_row_and_keeps_the_choice(owner: User, browser: Client) -> None:
    member = lawyer()
    review = opened(matter_of(owner, member))
    number = mark(items_of(review)[member.pk])
    answer = browser.post(page_of(review), {f"answer-{number}": "remove"})
    assert answer.status_code == 422
    assert "Say why access is removed" in answer.content.decode()
    assert f'name="answer-{number}" value="remove" checked' in answer.content.decode()


def test_one_click_keeps_those_who_used_it_and_leaves_the_others_open(owner: User, browser: Client) -> None:
    used, never = lawyer(), lawyer()
    matter = matter_of(owner, used, never)
    read(matter, used, NOW - DAY)
    review = opened(matter)
    assert "Keep the 1 who used it" in browser.get(page_of(review)).content.decode()
    browser.post(page_of(review), {"keep": "used"})
    assert states(review) == {used.pk: "kept", never.pk: "open"}


@pytest.mark.parametrize(
    "rubbish", [{"answer-99999999": "keep"}, {"answer-x": "keep"}, {"answer-1": "burn"}, {"keep": "all"}, {}]
)
def test_rubbish_changes_nothing(owner: User, browser: Client, rubbish: dict[str, str]) -> None:
    member = lawyer()
    review = opened(matter_of(owner, member))
    answer = browser.post(page_of(review), rubbish, follow=True)
    assert (answer.status_code, states(review)) == (200, {member.pk: "open"})
    assert "Nothing was chosen" in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("outsider", 404), ("officer", 403), ("manager", 200)])
def test_who_sees_a_review(owner: User, who: str, status: int) -> None:
    person = personas.user_for("data protection officer" if who == "officer" else "lawyer")
    matter = matter_of(owner, lawyer(), *([person] if who in {"reader", "manager"} else []))
    if who == "manager":
        factories.grant(matter, person, "manage_matter")
    review = opened(matter)
    answer = personas.signed_in(person).get(page_of(review))
    assert answer.status_code == status
    assert ("Karin Vestergaard is asked" in answer.content.decode()) == (who == "manager")


def test_several_are_answered_at_once_exactly_as_previewed(owner: User, browser: Client) -> None:
    used, never = lawyer("Used Person"), lawyer("Never Person")
    matters = [matter_of(owner, used, never) for _ in range(3)]
    opening.open_due(now=NOW)
    for matter in matters:
        read(matter, used, NOW - DAY)
    chosen = [str(review_of(matter).public_id) for matter in matters[:2]]
    listing = browser.get(reverse("privacy:reviews")).content.decode()
    assert [matter.number in listing for matter in matters] == [True] * 3
    preview = browser.post(reverse("privacy:reviews_preview"), {"review": chosen, "plan": "used"})
    assert preview.status_code == 200
    assert {str(state) for matter in matters for state in states(review_of(matter)).values()} == {"open"}
    items = [items_of(review_of(matter)) for matter in matters[:2]]
    data = {
        "review": chosen,
        "plan": "used",
        "confirm": "1",
        "kept": [mark(one[used.pk]) for one in items],
        "removed": [mark(one[never.pk]) for one in items],
    }
    assert browser.post(reverse("privacy:reviews_preview"), data).status_code == 422
    newcomer = lawyer()
    factories.grant(matters[0], newcomer)
    browser.post(reverse("privacy:reviews_preview"), data | {"reason": "Not used for half a year"})
    done = {used.pk: "kept", never.pk: "removed"}
    assert [states(review_of(matter)) for matter in matters] == [done, done, {used.pk: "open", never.pk: "open"}]


def test_what_another_is_asked_about_cannot_be_answered_in_bulk(owner: User) -> None:
    member = lawyer()
    matter = matter_of(owner, member)
    review = opened(matter)
    data = {
        "review": [str(review.public_id), "x"],
        "plan": "keep",
        "confirm": "1",
        "kept": [mark(items_of(review)[member.pk])],
    }
    answer = personas.signed_in(member).post(reverse("privacy:reviews_preview"), data, follow=True)
    assert "Choose at least one" in answer.content.decode()
    assert states(review) == {member.pk: "open"}


@pytest.mark.parametrize("number", [1, 3])
def test_the_statements_of_the_list_do_not_depend_on_the_matters(owner: User, browser: Client, number: int) -> None:
    members = [lawyer() for _ in range(number)]
    for _ in range(number):
        matter_of(owner, *members)
    opening.open_due(now=NOW)
    browser.get(reverse("privacy:reviews"))
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(reverse("privacy:reviews")).status_code == 200
    assert len(queries) == 12


def test_today_says_what_waits(owner: User, browser: Client) -> None:
    opened(matter_of(owner, lawyer()))
    assert "1 matter: who still needs access?" in browser.get("/").content.decode()
    assert "who still needs access?" not in personas.client_for("lawyer").get("/").content.decode()


def test_an_administrator_answers_for_a_role(owner: User) -> None:
    first = personas.user_for("assistant", full_name="A One")
    administrator = personas.client_for("administrator")
    opening.open_due(now=NOW)
    review = GroupReview.objects.get(group__name="assistant")
    assert "assistant" in administrator.get(reverse("privacy:group_reviews")).content.decode()
    address = reverse("privacy:group_review", args=[review.public_id])
    assert "A One" in administrator.get(address).content.decode()
    administrator.post(address, {f"answer-{mark(review.items.get())}": "keep"})
    assert review.items.get().state == "kept"
    assert personas.signed_in(first).get(address).status_code == 404


@pytest.fixture
def officer(owner: User) -> Client:
    return personas.client_for("data protection officer")


def test_the_officer_sees_numbers_and_who_is_late_and_no_titles(owner: User, officer: Client) -> None:
    matters = [matter_of(owner, lawyer()) for _ in range(4)]
    opening.open_due(now=NOW)
    say(owner, review_of(matters[0]), keep=[_member(matters[0])])
    with access.as_system("test"):
        MatterReview.objects.filter(matter=matters[1]).update(times_asked=3)
        MatterReview.objects.filter(matter=matters[2]).update(escalated_at=NOW)
    answer = officer.get(reverse("privacy:reviews_overview"))
    coverage = answer.context["matters"]
    numbers = (coverage.total, coverage.reviewed, coverage.waiting, coverage.overdue, coverage.passed_on)
    assert numbers == (4, 1, 1, 1, 1)
    assert [(one.name, one.overdue) for one in answer.context["late"]] == [("Karin Vestergaard", 1)]
    page = answer.content.decode()
    assert matters[2].number in page
    assert matters[0].title not in page


def _member(matter: Matter) -> User:
    (principal,) = items_of(review_of(matter))
    return User.objects.get(pk=principal)


def _exported(officer: Client, kind: str) -> str:
    data = {"since": "2026-01-01", "kind": kind, "reason": "Yearly audit"}
    answer = officer.post(reverse("privacy:export_reviews"), data)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_the_signed_records_leave_as_a_table_without_titles_and_reasons(owner: User, officer: Client) -> None:
    stays, goes = lawyer("=Stays"), lawyer("Goes")
    matter = matter_of(owner, stays, goes)
    say(owner, opened(matter), keep=[stays], remove=[goes])
    text = _exported(officer, "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["subject"], row["who"], row["answer"], row["by"]) for row in rows] == [
        (matter.number, "'=Stays", "Kept", "Karin Vestergaard"),
        (matter.number, "Goes", "Removed", "Karin Vestergaard"),
    ]
    assert not {matter.title, "Left the team"} & set(text.splitlines())
    assert matter.title not in text
    with access.as_system("test"):
        entry = JournalEntry.objects.get(kind="access_review.exported")
    assert (entry.reason, entry.facts["count"]) == ("Yearly audit", 1)


def test_anybody_can_compute_the_hash_of_an_exported_record(owner: User, officer: Client) -> None:
    member = lawyer()
    review = opened(matter_of(owner, member))
    say(owner, review, keep=[member])
    (exported,) = json.loads(_exported(officer, "json"))["records"]
    assert signing.digest(exported["record"]) == exported["sha256"]
    with access.as_system("test"):
        entry = JournalEntry.objects.get(kind="access_review.closed", object_id=review.pk)
    assert entry.facts["sha256"] == exported["sha256"]


def test_the_records_page_shows_answers_and_silence(owner: User, officer: Client) -> None:
    member = lawyer("Erik Sandström")
    matter = matter_of(owner, member)
    opened(matter)
    last = asked_three_times()
    silent(last + 14 * DAY)
    with time_machine.travel(last + 15 * DAY, tick=False):
        page = personas.signed_in(officer.user).get(reverse("privacy:review_records")).content.decode()  # type: ignore[attr-defined]
    assert all(words in page for words in (matter.number, "Erik Sandström", "Removed by silence"))
    assert matter.title not in page


@pytest.mark.parametrize(
    ("values", "status"),
    [({}, 302), ({"grace_days": "1"}, 422), ({"matter_months": "x"}, 422), ({"external_days": ""}, 422)],
)
def test_the_officer_sets_the_rules_within_bounds(officer: Client, values: dict[str, str], status: int) -> None:
    data = {"matter_months": "3", "group_months": "12", "external_days": "14", "grace_days": "21", **values}
    assert officer.post(reverse("privacy:review_rules"), data).status_code == status
    assert ReviewRules.objects.get().matter_months == (3 if status == 302 else 6)


@pytest.mark.parametrize("name", ["reviews_overview", "review_records", "export_reviews", "review_rules"])
def test_nobody_else_oversees(owner: User, name: str) -> None:
    for role in ("partner", "lawyer", "administrator"):
        assert personas.client_for(role).get(reverse(f"privacy:{name}")).status_code == 403
