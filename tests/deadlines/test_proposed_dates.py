"""A computed date that would be another one now is proposed to a person, and never moves by itself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Court
from deadlines.actions import recomputing, triggering
from deadlines.actions.entering import confirm_deadline, move_deadline
from deadlines.models import Basis, Deadline, HolidayCalendar, OwnHoliday, Proposal, Recalculation
from deadlines.queries import recomputing as queries
from lawcrm import access, audit, jobs, outbox
from matters.actions.closing import version_of
from tests import factories, personas
from tests.deadlines.office import (
    NOW,
    TODAY,
    Office,
    again,
    enter_url,
    entered,
    fresh,
    proposed,
    sit_in_cologne,
    steps,
    typed,
    wall_off,
)
from tests.lawcrm.mail_server import Post

pytestmark = pytest.mark.django_db
APPEAL = "de.zpo.517"
DUE, LATER, PRE = date(2026, 11, 30), date(2026, 12, 1), date(2026, 11, 23)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seat(office: Office) -> Court:
    return sit_in_cologne(office)


@pytest.fixture
def deadline(office: Office, seat: Court) -> Deadline:
    """An appeal by rule, confirmed by a second person, with its pre-deadline."""
    data = typed(office, due_on="30.11.2026", rule=APPEAL, trigger_on="30.10.2026", with_pre_deadline="on")
    assert office.browser(office.assistant).post(enter_url(office.matter), data).status_code == 302
    with access.as_system("test"):
        made = Deadline.objects.get(due_on=DUE)
    with access.as_user(office.lawyer):
        confirm_deadline(actor=office.lawyer, deadline=made, seen=DUE, now=NOW, checked_statute=True)
    return again(made)


def closes(day: str = "30.11.2026", how: str = "closed") -> Client:
    """A keeper of the calendars says something of a day, and the job runs."""
    keeper = personas.signed_in(personas.user_for("docket desk"))
    said = {"day": day, "how": how, "kind": "court", "name": "Court moves", "reason": "Notice 7/26"}
    assert keeper.post(reverse("deadlines:calendar", args=["de-nw"]), said).status_code == 302
    assert jobs.run("deadlines.recompute", NOW) == "done"
    return keeper


def proposals(*kinds: str) -> list[Proposal]:
    """Those of the appeal itself, if no kinds are named."""
    with access.as_system("test"):
        rows = Proposal.objects.filter(deadline__kind__in=kinds or ["statutory"])
        return list(rows.select_related("deadline").order_by("pk"))


def send(office: Office, name: str, deadline: Deadline, **fields: Any) -> Any:
    url = reverse(f"deadlines:{name}", args=[deadline.public_id])
    return office.browser(office.assistant).post(url, {"seen": again(deadline).due_on.isoformat(), **fields})


def test_a_holiday_added_after_the_fact_moves_nothing_and_proposes_the_right_date(
    office: Office, deadline: Deadline
) -> None:
    closes()
    found = again(deadline)
    assert (found.due_on, found.is_confirmed, found.proposed_on) == (DUE, True, LATER)
    (proposal,) = proposals()
    assert (proposal.old_on, proposal.new_on, proposal.source, proposal.state) == (DUE, LATER, "holiday", "open")
    assert proposal.why == "de-nw, 2026-11-30: Court moves. Notice 7/26"
    page = office.browser(office.lawyer).get(reverse("deadlines:detail", args=[deadline.public_id])).content.decode()
    for words in ("Tuesday 1 December 2026 instead of Monday 30 November 2026", "Notice 7/26", "has not moved"):
        assert words in page, words


def test_computing_again_and_again_asks_once(deadline: Deadline) -> None:
    closes()
    for minutes in range(1, 4):
        assert jobs.run("deadlines.recompute", NOW + minutes * MINUTE) == "done"
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    assert len(proposals()) == 1
    assert Recalculation.objects.filter(done_at=None).count() == 0


def test_accepted_it_is_a_new_entry_to_be_confirmed_with_its_arithmetic(office: Office, deadline: Deadline) -> None:
    closes()
    assert send(office, "accept_proposal", deadline, proposed="2026-12-02").status_code == 302
    assert again(deadline).due_on == DUE  # another date than the one that waits
    assert send(office, "accept_proposal", deadline, proposed="2026-12-01").status_code == 302
    found = again(deadline)
    assert (found.due_on, found.computed_on, found.proposed_on, found.is_confirmed) == (LATER, LATER, None, False)
    assert found.entered_by == office.assistant
    assert any("Court moves (entered by the firm)" in line["right"] for line in found.trace)
    assert {at[:10] for _step, at, state in steps(found) if state == "waiting"} >= {"2026-12-01"}
    assert [row.state for row in proposals()] == ["accepted"]
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    assert len(proposals()) == 1


def test_declined_with_a_reason_the_date_stands_and_nobody_asks_again(office: Office, deadline: Deadline) -> None:
    closes()
    assert send(office, "decline_proposal", deadline, reason=" ").status_code == 422
    assert send(office, "decline_proposal", deadline, reason="we file earlier").status_code == 302
    found = again(deadline)
    assert (found.due_on, found.proposed_on, found.is_confirmed) == (DUE, None, True)
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    (proposal,) = proposals()
    assert (proposal.state, proposal.answer, proposal.settled_by) == ("declined", "we file earlier", office.assistant)


def test_an_earlier_date_reminds_at_once_and_declining_it_takes_a_second_person(
    office: Office, deadline: Deadline
) -> None:
    """Served a week earlier than noted."""
    assert send(office, "change_trigger", deadline, trigger_on="23.10.2026", reason="served before").status_code == 302
    found = again(deadline)
    assert (found.due_on, found.proposed_on, found.trigger_on) == (DUE, date(2026, 11, 23), date(2026, 10, 23))
    assert "2026-11-23 13:00" in {at for _step, at, state in steps(found) if state == "waiting"}
    assert send(office, "decline_proposal", deadline, reason="receipt shows the 30th").status_code == 302
    found = again(deadline)
    assert (found.due_on, found.is_confirmed, found.entered_by) == (DUE, False, office.assistant)
    assert "2026-11-30 07:00" in {at for _step, at, state in steps(found) if state == "waiting"}


def test_another_trigger_takes_the_pre_deadline_along(office: Office, deadline: Deadline) -> None:
    send(office, "change_trigger", deadline, trigger_on="2.11.2026", reason="served later")
    found = {row.deadline.kind: (row.old_on, row.new_on, row.source) for row in proposals("statutory", "pre_deadline")}
    assert found == {
        "statutory": (DUE, date(2026, 12, 2), "trigger"),
        "pre_deadline": (PRE, date(2026, 11, 25), "trigger"),
    }


def test_a_trigger_that_gives_the_same_date_or_none_proposes_nothing(office: Office, deadline: Deadline) -> None:
    assert send(office, "change_trigger", deadline, trigger_on="29.10.2026", reason="served before").status_code == 302
    assert send(office, "change_trigger", deadline, trigger_on="15.12.2050", reason="served later").status_code == 422
    found = again(deadline)
    assert (found.trigger_on, found.due_on, found.is_confirmed, proposals()) == (date(2026, 10, 29), DUE, True, [])
    assert "2026-10-29 + 1 months" in " ".join(line["right"] for line in found.trace)


@pytest.mark.parametrize(("day", "said"), [("20.11.2026", False), ("21.11.2026", True)])
def test_a_trigger_to_come_is_said_and_kept(office: Office, deadline: Deadline, day: str, *, said: bool) -> None:
    """In the words of the entry form, where it is changed and in the arithmetic of the date that is proposed."""
    words, url = "lies in the future", reverse("deadlines:change_trigger", args=[deadline.public_id])
    change = {"seen": "2026-11-30", "trigger_on": day, "reason": "served later"}
    page = office.browser(office.assistant).post(url, change, follow=True)
    assert (words in " ".join(str(message) for message in page.context["messages"])) is said
    (proposal,) = proposals()
    assert any(words in line["right"] for line in proposal.trace) is said


def test_a_trigger_to_come_is_kept_where_the_date_stays(office: Office, deadline: Deadline) -> None:
    """From a day to come to the same day: a month before the 30th, now to be counted from the 29th."""
    with access.as_user(office.assistant):
        said: dict[str, Any] = {"trigger_on": date(2026, 10, 29), "second_on": None, "reason": "sent out"}
        before = datetime(2026, 10, 28, 11, tzinfo=UTC)
        noted = triggering.change_trigger(actor=office.assistant, deadline=deadline, seen=DUE, **said, now=before)
    assert (noted.is_proposed, noted.is_ahead) == (False, True)
    assert any("lies in the future" in line["right"] for line in again(deadline).trace)


def test_a_day_taken_back_overtakes_the_question(office: Office, deadline: Deadline) -> None:
    keeper = closes()
    url = reverse("deadlines:withdraw_holiday", args=[OwnHoliday.objects.get().public_id])
    assert keeper.post(url, {"reason": "a mistake"}).status_code == 302
    assert jobs.run("deadlines.recompute", NOW + MINUTE) == "done"
    assert [row.state for row in proposals()] == ["lapsed"]
    assert (again(deadline).due_on, again(deadline).proposed_on) == (DUE, None)
    assert send(office, "accept_proposal", deadline, proposed="2026-12-01").status_code == 302
    assert again(deadline).due_on == DUE


def test_another_court_is_another_calendar(office: Office, deadline: Deadline) -> None:
    """The Day of Women is a day of rest in Berlin and none in Cologne: a month from 8 February 2027."""
    assert send(office, "change_trigger", deadline, trigger_on="8.2.2027", reason="served later").status_code == 302
    assert send(office, "accept_proposal", deadline, proposed="2027-03-08").status_code == 302
    elsewhere = factories.contact("Kammergericht", kind="organisation", is_directory=True, directory_reason="court")
    with access.as_system("test"):
        Court.objects.create(contact=elsewhere, country="DE", subdivision="DE-BE", seat="Berlin")
    factories.grant(office.matter, office.lawyer, "manage_matter")
    browser, url = office.browser(office.lawyer), reverse("matters:change", args=[office.matter.public_id])
    matter = fresh(office.matter)
    with access.as_system("test"):
        said = {"title": "x", "matter_type": matter.matter_type_id, "jurisdiction": "DE", "version": version_of(matter)}
    looked = browser.post(url, {**said, "find": "court", "court_words": "Kammer"})
    assert (looked.status_code, "Kammergericht" in looked.content.decode()) == (200, True)
    assert browser.post(url, {**said, "court_words": "Kammer"}).status_code == 422
    assert browser.post(url, {**said, "court_words": "Kammer", "court": str(elsewhere.public_id)}).status_code == 302
    last = proposals()[-1]
    assert (last.source, last.new_on, again(deadline).due_on) == ("court", date(2027, 3, 9), date(2027, 3, 8))
    assert last.caused_by == office.lawyer


def test_a_matter_saved_without_naming_a_court_keeps_its_own(office: Office, deadline: Deadline) -> None:
    factories.grant(office.matter, office.lawyer, "manage_matter")
    matter = fresh(office.matter)
    with access.as_system("test"):
        said = {"title": "x", "matter_type": matter.matter_type_id, "jurisdiction": "DE", "version": version_of(matter)}
    url = reverse("matters:change", args=[office.matter.public_id])
    assert office.browser(office.lawyer).post(url, said).status_code == 302
    assert (fresh(office.matter).court_id, proposals()) == (matter.court_id, [])


def test_a_corrected_seat_proposes_and_moves_nothing(office: Office, deadline: Deadline, seat: Court) -> None:
    """30 November 2026 is a Monday; a day on which the other Land's courts are closed makes the difference."""
    keeper = personas.signed_in(personas.user_for("docket desk"))
    said = {"day": "30.11.2026", "how": "closed", "kind": "court", "name": "Court moves", "reason": "Notice 7/26"}
    assert keeper.post(reverse("deadlines:calendar", args=["de-be"]), said).status_code == 302
    assert jobs.run("deadlines.recompute", NOW) == "done"
    assert proposals() == []
    lawyer, url = office.browser(office.lawyer), reverse("clients:correct_seat", args=[seat.contact.public_id])
    seen = lawyer.get(url).context["form"]["seen"].value()
    given = {"country": "DE", "subdivision": "BE", "seat": "Berlin", "reason": "sits in Berlin", "seen": seen}
    assert lawyer.post(url, given).status_code == 302
    assert jobs.run("deadlines.recompute", NOW + MINUTE) == "done"
    (proposal,) = proposals()
    assert (proposal.source, proposal.new_on, proposal.caused_by) == ("court", LATER, office.lawyer)
    assert proposal.why == "Landgericht sits in DE-BE. sits in Berlin"
    assert again(deadline).due_on == DUE


def test_a_seat_whose_calendar_stays_is_not_computed_again(office: Office, deadline: Deadline, seat: Court) -> None:
    lawyer, url = office.browser(office.lawyer), reverse("clients:correct_seat", args=[seat.contact.public_id])
    seen = lawyer.get(url).context["form"]["seen"].value()
    given = {"country": "DE", "subdivision": "NW", "seat": "Köln", "level": "LG", "reason": "level", "seen": seen}
    assert lawyer.post(url, given).status_code == 302
    assert not Recalculation.objects.exists()


def test_a_seat_changed_in_the_directory_is_found_at_night(office: Office, deadline: Deadline) -> None:
    with access.as_system("test"):
        audit.update(Court.objects.filter(pk=office.matter.court_id), country="", subdivision="")
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    found = [row for row in proposals() if row.deadline == deadline]
    assert [(row.source, row.new_on, "no seat in the directory" in row.why) for row in found] == [("check", None, True)]
    assert send(office, "accept_proposal", deadline, proposed="").status_code == 302
    assert send(office, "decline_proposal", deadline, reason="sits in Köln").status_code == 302
    assert jobs.run("deadlines.check_dates", NOW + timedelta(days=1)) == "done"
    assert len([row for row in proposals() if row.deadline == deadline]) == 1
    assert again(deadline).due_on == DUE


def test_a_date_entered_instead_of_the_rule_s_is_asked_about_only_when_the_rule_s_changes(office: Office) -> None:
    data = typed(office, due_on="27.11.2026", rule=APPEAL, trigger_on="30.10.2026", other_reason="closes at noon")
    office.browser(office.assistant).post(enter_url(office.matter), data)
    assert jobs.run("deadlines.check_dates", NOW) == "done"
    assert proposals() == []


def test_a_deadline_moved_by_hand_meanwhile_is_still_asked_about(office: Office, deadline: Deadline) -> None:
    closes()
    with access.as_user(office.lawyer):
        said: dict[str, Any] = {"due_on": date(2026, 12, 14), "due_time": None, "reason": "extended"}
        move_deadline(actor=office.lawyer, deadline=deadline, seen=DUE, **said, now=NOW)
    assert [row.state for row in proposals()] == ["open"]
    assert again(deadline).reminds_by == LATER


def test_the_mail_that_reminds_names_the_proposed_date(deadline: Deadline, post: Post) -> None:
    closes()
    morning = datetime(2026, 11, 23, 8, tzinfo=UTC)  # seven days before
    with time_machine.travel(morning, tick=False), access.as_system("test"):
        assert jobs.run("deadlines.remind", morning) == "done"
        outbox.send_due(morning)
    texts = [mail.get_content() for mail in post.mails]
    assert any("it would be due on Tuesday 1 December 2026" in text for text in texts)


def test_the_list_and_the_front_page_show_what_waits_to_those_who_see_it(
    office: Office, deadline: Deadline, django_assert_num_queries: Any
) -> None:
    closes()
    listed = reverse("deadlines:proposals")
    page = office.browser(office.lawyer).get(listed).content.decode()
    assert ("Berufung" in page, "Notice 7/26" in page) == (True, True)
    assert "Would fall on another day" in office.browser(office.lawyer).get(reverse("today")).content.decode()
    wall_off(office.matter, office.reader)
    for person in (office.reader, office.outsider):
        assert "Berufung" not in office.browser(person).get(listed).content.decode()


def test_the_list_costs_the_same_with_one_row_and_three(office: Office, deadline: Deadline) -> None:
    closes()
    browser, url = office.browser(office.lawyer), reverse("deadlines:proposals")

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(url)
        return len(page.context["rows"]), len(asked)

    with access.as_system("test"):
        pre = Deadline.objects.get(kind="pre_deadline")
        audit.update(Proposal.objects.filter(deadline=pre), state="lapsed")
        cost()
        one = cost()
        for number in range(2):
            entered(office, title=f"Other {number}")
        for other in Deadline.objects.filter(title__startswith="Other"):
            Proposal.objects.create(
                deadline=other, matter=office.matter, source="rule", old_on=DUE, new_on=LATER, why="x", made_at=NOW
            )
    three = cost()
    assert (one[0], three[0], one[1] <= 12) == (1, 3, True)
    assert one[1] == three[1]


def test_who_may_only_read_the_matter_decides_nothing(office: Office, deadline: Deadline) -> None:
    closes()
    url = reverse("deadlines:accept_proposal", args=[deadline.public_id])
    seen = {"seen": "2026-11-30", "proposed": "2026-12-01"}
    assert office.browser(office.reader).post(url, seen).status_code == 403
    with access.as_user(office.reader), pytest.raises(recomputing.Refused):
        recomputing.accept(actor=office.reader, deadline=deadline, seen=DUE, proposed=LATER, now=NOW)
    assert again(deadline).due_on == DUE


def test_a_run_that_was_killed_is_made_again(office: Office, deadline: Deadline) -> None:
    """Should it look at a deadline twice, it asks once."""
    closes()
    Recalculation.objects.update(done_at=None, found=None, reached=None)
    with access.as_system("test"):
        Basis.objects.all().delete()
    assert jobs.run("deadlines.recompute", NOW + MINUTE) == "done"
    assert (len(proposals()), Recalculation.objects.filter(done_at=None).count()) == (1, 0)


def test_an_update_of_the_library_asks_too(deadline: Deadline) -> None:
    """Here the table is the odd one: the published calendar knows no such day."""
    closes()
    with access.as_system("test"):
        row = HolidayCalendar.objects.get(code="de-nw")
        row.made_from = "before"
        row.save()
    assert jobs.run("deadlines.fill_calendars", NOW) == "done"
    with access.as_system("test"):
        assert Recalculation.objects.filter(done_at=None, code="de-nw", asked_by=None).count() == 1


def test_the_earliest_date_comes_first_also_where_it_is_only_proposed(office: Office) -> None:
    """The front page shows three: one that would be due tomorrow must not stand behind them."""
    day = timedelta(days=1)
    later = [entered(office, title=f"In {n} days", due_on=TODAY + n * day, assignee=office.lawyer) for n in (9, 10, 60)]
    for row, new_on in zip(later, (TODAY + 8 * day, TODAY + 7 * day, TODAY + day), strict=True):
        proposed(row, new_on)
    with access.as_user(office.lawyer):
        first = [row.title for row in queries.waiting_for(office.lawyer.pk, 3)]
    assert first == ["In 60 days", "In 10 days", "In 9 days"]
