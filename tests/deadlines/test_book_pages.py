"""The pages of the deadline book, by the people who use them."""

from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deadlines.actions import ending
from deadlines.forms.dates import read_date
from deadlines.models import Deadline, Reminder, Task
from deadlines.queries import book
from lawcrm import access
from tests.deadlines.office import NOW, TODAY, Office, again, enter_url, entered, proposed, typed, wall_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_person_enters_a_deadline_and_another_confirms_it(office: Office) -> None:
    ida, karin = office.browser(office.assistant), office.browser(office.lawyer)
    answer = ida.post(enter_url(office.matter), typed(office, trigger_on="30/10/2026", trigger_label="judgment served"))
    assert answer.status_code == 302
    page = text(ida.get(answer.url))
    assert "30 Oct 2026, Fri" in page
    assert "Confirm the date" not in page
    assert "waits for your confirmation" in text(karin.get(reverse("today")))
    assert "Confirm the date" in text(karin.get(answer.url))
    confirmed = karin.post(f"{answer.url}confirm/", {"seen": "2026-11-30"}, follow=True)
    assert "Two people answer" in text(confirmed)
    assert "waits for your confirmation" not in text(karin.get(reverse("today")))


def test_who_entered_it_is_refused_in_words(office: Office) -> None:
    deadline = entered(office, by=office.lawyer)
    url = reverse("deadlines:confirm", args=[deadline.public_id])
    answer = office.browser(office.lawyer).post(url, {"seen": "2026-11-20"}, follow=True)
    assert "Somebody else has to check" in text(answer)
    assert not again(deadline).is_confirmed


def test_the_date_confirmed_is_the_date_seen(office: Office) -> None:
    deadline = entered(office)
    url = reverse("deadlines:confirm", args=[deadline.public_id])
    karin = office.browser(office.lawyer)
    for seen in ({"seen": "2026-11-19"}, {"seen": "x"}, {}):
        assert "was moved while you looked" in text(karin.post(url, seen, follow=True))
    assert not again(deadline).is_confirmed


PAGES = ("detail", "confirm", "acknowledge", "move", "done", "strike")


@pytest.mark.parametrize("name", PAGES)
def test_outsiders_and_walled_off_people_find_nothing(name: str, office: Office) -> None:
    url = reverse(f"deadlines:{name}", args=[entered(office).public_id])
    wall_off(office.matter, office.assistant)
    for person in (office.outsider, office.assistant):
        browser = office.browser(person)
        assert (browser.post(url) if name in {"confirm", "acknowledge"} else browser.get(url)).status_code == 404


@pytest.mark.parametrize("name", ["confirm", "move", "done", "strike"])
def test_who_may_only_read_is_told_so(name: str, office: Office) -> None:
    deadline = entered(office)
    url = reverse(f"deadlines:{name}", args=[deadline.public_id])
    reader = office.browser(office.reader)
    answer = reader.post(url, {"seen": "2026-11-20"})
    assert answer.status_code == 403
    assert "this needs more" in text(answer)
    assert reader.get(reverse("deadlines:detail", args=[deadline.public_id])).status_code == 200
    assert reader.get(enter_url(office.matter)).status_code == 403


def test_outsiders_learn_of_no_deadline_in_list_counter_or_today(office: Office) -> None:
    entered(office, by=office.assistant, assignee=office.assistant)
    outsider = office.browser(office.outsider)
    for url in (reverse("today"), reverse("deadlines:list"), reverse("deadlines:enter"), enter_url(office.matter)):
        page = outsider.get(url)
        assert "Nordbau" not in text(page)
        assert office.matter.number not in text(page)
    assert outsider.get(enter_url(office.matter)).status_code == 404


def test_the_team_alone_is_offered_and_accepted(office: Office) -> None:
    browser = office.browser(office.assistant)
    page = text(browser.get(enter_url(office.matter)))
    assert "Tomas Lind" in page
    assert "Otto Aussen" not in page
    answer = browser.post(enter_url(office.matter), typed(office, assignee=str(office.outsider.pk)))
    assert answer.status_code == 422
    with access.as_system("test"):
        assert Deadline.objects.count() == 0


def test_the_same_form_twice_is_one_deadline(office: Office) -> None:
    browser, form = office.browser(office.assistant), typed(office)
    first, second = (browser.post(enter_url(office.matter), form) for _ in range(2))
    assert first.url == second.url
    with access.as_system("test"):
        assert Deadline.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("due_on", "11/21/2026", "There is no such date"),
        ("due_on", "31.02.2026", "There is no such date"),
        ("due_on", "21.11.0026", "Check the year"),
        ("due_on", "", "required"),
        ("due_time", "25:00", "valid time"),
        ("trigger_on", "1.12.2026", "after the deadline itself"),
        ("title", "x" * 201, "at most 200"),
        ("once", "1", "This form is stale"),
    ],
)
def test_bad_input_is_said_in_words_and_kept(field: str, value: str, words: str, office: Office) -> None:
    answer = office.browser(office.assistant).post(enter_url(office.matter), typed(office, **{field: value}))
    assert answer.status_code == 422
    assert words in text(answer)
    assert 'value="Berufung"' in text(answer) or field == "title"


@pytest.mark.parametrize("language", ["en", "da", "sv", "de", "tr"])
@pytest.mark.parametrize("written", ["21.11.2026", "2026-11-21", "21/11/2026", "21-11-26", " 21. 11. 2026 "])
def test_dates_are_understood_in_every_language(written: str, language: str, office: Office) -> None:
    browser = office.browser(office.assistant)
    answer = browser.post(
        enter_url(office.matter), typed(office, due_on=written), headers={"accept-language": language}
    )
    assert answer.status_code == 302
    with access.as_system("test"):
        assert Deadline.objects.get().due_on == date(2026, 11, 21)


@pytest.mark.parametrize(
    "written", ["", "x", "21.11", "1.2.3.4", "٢١.١١.٢٠٢٦", "999.1.1", "21.11.123", "0.0.0", "-1-1-1"]
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_date(written) is None


def queries_of(browser: Any, url: str) -> int:
    """Without the savepoints, which only a request inside a test's transaction has."""
    browser.get(url)
    with CaptureQueriesContext(connections["default"]) as caught:
        assert browser.get(url).status_code == 200
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in caught.captured_queries)


@pytest.mark.parametrize(("name", "most"), [("today", 15), ("deadlines:list", 10), ("deadlines:tasks", 10)])
def test_a_page_costs_the_same_with_one_row_and_three(name: str, most: int, office: Office) -> None:
    url, browser = reverse(name), office.browser(office.lawyer)
    entered(office)
    one = queries_of(browser, url)
    for _ in range(2):
        entered(office, note="sealed", due_on=TODAY + timedelta(days=3))
    assert queries_of(browser, url) == one
    assert one <= most, one


def test_pages_by_key_show_each_row_once(office: Office) -> None:
    for day in (3, 1, 2, 1, 5):
        entered(office, title=f"D{day}", due_on=TODAY + timedelta(days=day))
    with access.as_user(office.lawyer):
        seen, cursor = [], ""
        while True:
            page = book.page_of(today=TODAY, after=cursor, size=2)
            seen += page.rows
            if not (cursor := page.later):
                break
        back = book.page_of(today=TODAY, before=str(seen[-1].public_id), size=2)
    assert [row.due_on.day - TODAY.day for row in seen] == [1, 1, 2, 3, 5]
    assert [row.pk for row in back.rows] == [row.pk for row in seen[2:4]]


def test_what_is_due_earlier_in_the_day_stands_first(office: Office) -> None:
    for title, hour in (("whole day", None), ("evening", time(23, 59)), ("afternoon", time(15))):
        entered(office, title=title, due_time=hour, due_on=TODAY + timedelta(days=3))
    entered(office, title="the day after", due_time=time(9), due_on=TODAY + timedelta(days=4))
    with access.as_user(office.lawyer):
        page = book.page_of(today=TODAY)
    assert [row.title for row in page.rows] == ["afternoon", "evening", "whole day", "the day after"]


def test_filters_stand_in_the_address_and_nonsense_is_ignored(office: Office) -> None:
    entered(office, title="Later one", due_on=TODAY + timedelta(days=9), assignee=office.assistant)
    entered(
        office,
        title="Missed one",
        due_on=TODAY - timedelta(days=2),
        kind=Deadline.Kind.FOLLOW_UP,
        criticality=Deadline.Criticality.NORMAL,
    )
    browser, url = office.browser(office.lawyer), reverse("deadlines:list")

    def shown(query: str) -> tuple[bool, bool]:
        page = text(browser.get(f"{url}?{query}"))
        return "Later one" in page, "Missed one" in page

    assert shown("") == shown("state=nonsense&kind=%00&before=x&after=1") == (True, True)
    assert shown("state=overdue") == shown("who=mine") == shown("kind=follow_up") == (False, True)
    assert shown("state=ended") == (False, False)
    assert shown("state=unconfirmed") == (True, True)


def test_overdue_is_also_what_was_due_by_a_date_that_is_only_proposed(office: Office) -> None:
    """Of the open ones; until somebody has decided, the earlier of both dates counts."""
    day = timedelta(days=1)
    for title, due_on, new_on in (("Late", TODAY - day, TODAY + day), ("Today", TODAY + day, TODAY)):
        proposed(entered(office, title=title, due_on=due_on), new_on)
    done = proposed(entered(office, title="Struck", due_on=TODAY + day), TODAY - day)
    with access.as_user(office.lawyer):
        ending.strike_deadline(actor=office.lawyer, deadline=done, seen=TODAY + day, reason="settled", now=NOW)
    client, url = office.browser(office.lawyer), f"{reverse('deadlines:list')}?state=overdue"
    costs = []
    for number in range(1, 4):
        proposed(entered(office, title=f"By proposal {number}", due_on=TODAY + 9 * day), TODAY - number * day)
        costs.append(queries_of(client, url))
    page = client.get(url)
    assert [row.title for row in page.context["rows"]] == ["Late", *(f"By proposal {number}" for number in (1, 2, 3))]
    assert "another date proposed: Thu 19 Nov" in text(page)
    assert text(page).count('class="when danger"') == 4
    assert costs[0] == costs[2] <= 11
    wall_off(office.matter, office.assistant)
    assert not office.browser(office.assistant).get(url).context["rows"]


def test_done_and_struck_stay_in_the_book_with_their_reason(office: Office) -> None:
    browser = office.browser(office.assistant)
    before = NOW - timedelta(hours=1)
    first, second = entered(office), entered(office, by=office.lawyer, now=before, title="Wrong one")
    done = {"seen": "2026-11-20", "reason": "sent by beA", "receipt": "14:02"}
    browser.post(reverse("deadlines:done", args=[first.public_id]), done)
    browser.post(reverse("deadlines:strike", args=[second.public_id]), {**done, "reason": "entered twice"})
    assert (again(first).state, again(second).state) == ("done", "struck")
    page = text(browser.get(reverse("deadlines:list") + "?state=ended"))
    assert "Berufung Nordbau" in page
    assert "Wrong one" in page
    struck = text(browser.get(reverse("deadlines:detail", args=[second.public_id])))
    assert '<dt>Struck</dt><dd>Ida Berg<span class="second">Today 12:00: entered twice</span></dd>' in struck
    again_done = browser.post(reverse("deadlines:done", args=[first.public_id]), done)
    assert again_done.status_code == 422
    assert "has ended already: it is done" in text(again_done)


def test_a_move_needs_a_reason_and_a_second_person_anew(office: Office) -> None:
    deadline = entered(office)
    ida, karin = office.browser(office.assistant), office.browser(office.lawyer)
    karin.post(reverse("deadlines:confirm", args=[deadline.public_id]), {"seen": "2026-11-20"})
    url = reverse("deadlines:move", args=[deadline.public_id])
    move = {"seen": "2026-11-20", "due_on": "4.12.2026", "reason": ""}
    assert karin.post(url, move).status_code == 422
    assert karin.post(url, {**move, "reason": "extended"}).status_code == 302
    moved = again(deadline)
    assert (moved.due_on, moved.is_confirmed, moved.entered_by) == (date(2026, 12, 4), False, office.lawyer)
    assert "was moved while you looked" in text(ida.post(url, {**move, "reason": "again"}))
    ida.post(reverse("deadlines:confirm", args=[deadline.public_id]), {"seen": "2026-12-04"})
    assert again(deadline).confirmed_by == office.assistant
    assert "extended" in text(ida.get(reverse("deadlines:detail", args=[deadline.public_id])))


def test_a_new_person_finds_first_steps(office: Office) -> None:
    page = text(office.browser(office.outsider).get(reverse("today")))
    assert "First steps" in page
    assert "Nothing due" in page


@pytest.mark.parametrize("role", ["administrator", "marketing", "auditor"])
def test_who_keeps_no_deadlines_still_has_a_front_page(role: str) -> None:
    from tests import personas

    browser = personas.client_for(role)
    assert browser.get(reverse("today")).status_code == 200
    assert browser.get(reverse("deadlines:list")).status_code == 403


def test_a_form_changed_after_it_was_sent_is_kept_as_a_second_deadline(office: Office) -> None:
    browser, form = office.browser(office.assistant), typed(office)
    browser.post(enter_url(office.matter), form)
    answer = browser.post(enter_url(office.matter), {**form, "title": "Begründung"})
    assert "used before, with other content" in text(answer)
    renewed = str(answer.context["form"]["once"].value())
    assert browser.post(enter_url(office.matter), {**form, "title": "Begründung", "once": renewed}).status_code == 302
    with access.as_system("test"):
        assert sorted(Deadline.objects.values_list("title", flat=True)) == ["Begründung", "Berufung"]


def test_a_matter_shows_its_next_deadline_and_its_book(office: Office) -> None:
    entered(office, title="Later one", due_on=TODAY + timedelta(days=9))
    entered(office, title="Next one", due_on=TODAY + timedelta(days=2))
    browser = office.browser(office.lawyer)
    page = text(browser.get(reverse("matters:detail", args=[office.matter.public_id])))
    assert "Next one" in page
    assert "Later one" not in page
    assert "Deadline entered" in page
    of_matter = reverse("deadlines:of_matter", args=[office.matter.public_id])
    assert "Later one" in text(browser.get(of_matter))
    assert office.browser(office.outsider).get(of_matter).status_code == 404


def test_a_matter_with_open_deadlines_is_not_closed(office: Office) -> None:
    from matters.actions.closing import close_matter

    deadline = entered(office)
    with access.as_user(office.lawyer), pytest.raises(ending.MatterHasOpenDeadlines, match="1 deadline of this"):
        close_matter(actor=office.lawyer, matter=office.matter, closed_on=TODAY, reason="", now=NOW)
    with access.as_user(office.lawyer):
        ending.strike_deadline(actor=office.lawyer, deadline=deadline, seen=TODAY, reason="settled", now=NOW)
        close_matter(actor=office.lawyer, matter=office.matter, closed_on=TODAY, reason="", now=NOW)
    assert office.browser(office.lawyer).get(enter_url(office.matter)).status_code == 403


def test_a_task_is_added_done_and_reopened(office: Office) -> None:
    browser = office.browser(office.assistant)
    form = {"once": typed(office)["once"], "title": "Call the court", "assignee": str(office.assistant.pk)}
    url = f"{reverse('deadlines:add_task')}?matter={office.matter.public_id}"
    assert [browser.post(url, {**form, "due_on": "1.12.2026"}).status_code for _ in range(2)] == [302, 302]
    with access.as_system("test"):
        task = Task.objects.get()
    assert "Call the court" in text(browser.get(reverse("today")))
    done, reopen = (reverse(f"deadlines:{name}_task", args=[task.public_id]) for name in ("finish", "reopen"))
    assert office.browser(office.outsider).post(done).status_code == 404
    browser.post(done, {"next": "//evil.example/"})
    browser.post(done)
    assert "Call the court" not in text(browser.get(reverse("deadlines:tasks")))
    with access.as_system("test"):
        assert Task.objects.get().done_by == office.assistant
        assert Task.history.count() == 2
    browser.post(reopen)
    assert "Call the court" in text(browser.get(reverse("deadlines:tasks")))
    reader = office.browser(office.reader)
    assert "this matter is not open to you" in text(reader.post(done, follow=True)).lower()


def test_ctrl_k_finds_deadlines_of_matters_in_sight(office: Office) -> None:
    deadline = entered(office, title="Berufung %_ Nordbau")
    address = reverse("deadlines:detail", args=[deadline.public_id])
    for words in ("berufung %_", office.matter.number[:7], "NORDBAU"):
        assert address in text(office.browser(office.reader).post(reverse("search_palette"), {"q": words}))
        assert address not in text(office.browser(office.outsider).post(reverse("search_palette"), {"q": words}))
    assert address not in text(office.browser(office.reader).post(reverse("search_palette"), {"q": "Berufungx"}))


def test_no_person_deletes_an_entry(office: Office) -> None:
    """Not even one who may change it: rows go with their matter alone, when its retention is over."""
    deadline = entered(office)
    with access.as_system("test"):
        Reminder.objects.all().delete()
    for person in (office.assistant, office.lawyer, office.matter.responsible):
        with access.as_user(person):
            assert Deadline.objects.filter(pk=deadline.pk)._raw_delete("default") == 0
    assert again(deadline).title == deadline.title
    with access.as_system("erasure"):
        assert Deadline.objects.filter(pk=deadline.pk)._raw_delete("default") == 1
