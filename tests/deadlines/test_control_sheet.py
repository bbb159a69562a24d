"""The control sheet: what stands on it, who signs it and what they saw, and how it looks on paper."""

import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from deadlines.actions import ending, entering
from deadlines.models import Deadline, SignedSheet
from deadlines.queries import sheet as sheets
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry, ReadEntry
from tests import factories, personas
from tests.access import two_worlds
from tests.deadlines.office import NOW, TODAY, Office, entered, fresh, proposed, wall_off, work_on
from tests.deadlines.test_book_pages import queries_of

pytestmark = pytest.mark.django_db
SHEET, SIGN, PRINT = (reverse(f"deadlines:{name}") for name in ("sheet", "sign_sheet", "print_sheet"))
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def filled(office: Office) -> dict[str, Deadline]:
    """One entry for each section, entered two days ago unless the section is about that."""
    before = {"now": NOW - 2 * DAY}
    rows = {
        "overdue": entered(office, title="Overdue", due_on=TODAY - DAY, criticality="normal", **before),
        "due": entered(office, title="Due", criticality="normal", **before),
        "unconfirmed": entered(office, title="Unconfirmed", due_on=TODAY + 9 * DAY, **before),
        "done": entered(office, title="Done", due_on=TODAY + 3 * DAY, **before),
        "struck": entered(office, title="Struck", due_on=TODAY + 3 * DAY, **before),
        "entered": entered(office, title="Entered", due_on=TODAY + 5 * DAY, criticality="normal"),
    }
    with access.as_system("test"), transaction.atomic():
        past = Deadline.objects.exclude(pk=rows["entered"].pk)
        audit.update(past, entered_at=NOW - 2 * DAY)
    with access.as_user(office.lawyer):
        said: dict[str, Any] = {"actor": office.lawyer, "seen": TODAY + 3 * DAY, "now": NOW}
        ending.mark_done(deadline=rows["done"], reason="filed by beA", receipt="beA 4711", **said)
        ending.strike_deadline(deadline=rows["struck"], reason="settled", **said)
    return rows


def shown(client: Client, **chosen: str) -> dict[str, list[str]]:
    page = client.get(SHEET, chosen)
    assert page.status_code == 200
    return {section.key: [row.title for row in section.rows] for section in page.context["sheet"].sections}


def test_each_entry_stands_where_it_belongs(office: Office) -> None:
    filled(office)
    assert shown(office.browser(office.lawyer)) == {
        "overdue": ["Overdue"],
        "due": ["Due"],
        "unconfirmed": ["Unconfirmed"],
        "unchecked": ["Done"],
        "entered": ["Entered"],
        "done": ["Done"],
        "struck": ["Struck"],
    }


def test_what_would_be_due_earlier_by_a_proposal_stands_on_the_earlier_day(office: Office) -> None:
    """Until somebody has decided it counts, and the day is not signed without a word about it."""
    for title, new_on in (("Late", TODAY - DAY), ("Today", TODAY), ("Later", TODAY + DAY)):
        proposed(entered(office, title=title, due_on=TODAY + 9 * DAY, criticality="normal"), new_on)
    found = shown(office.browser(office.lawyer))
    assert (found["overdue"], found["due"]) == (["Late"], ["Today"])


def test_a_day_that_is_over_is_told_without_what_is_open_now(office: Office) -> None:
    filled(office)
    yesterday = shown(office.browser(office.lawyer), on=(TODAY - DAY).isoformat())
    assert yesterday == {"due": ["Overdue"], "entered": [], "done": [], "struck": []}


def test_what_was_struck_before_is_looked_at_again_on_its_day(office: Office) -> None:
    """BGH NJW 2000, 1957: a date struck by mistake is found in the evening."""
    filled(office)
    later = shown(office.browser(office.lawyer), on=(TODAY + 3 * DAY).isoformat())
    assert (later["due"], later["struck"]) == (["Done", "Struck"], [])


def test_one_s_own_sheet_holds_what_one_answers_for(office: Office) -> None:
    entered(office, title="Karins", assignee=office.lawyer)
    entered(office, title="Idas", assignee=office.assistant)
    assert shown(office.browser(office.assistant), who="mine")["due"] == ["Idas"]


def of(person: User) -> dict[str, str]:
    return {"who": str(person.public_id)}


def offered(client: Client) -> list[str]:
    return [str(label) for _value, label in client.get(SHEET).context["whose"].fields["who"].choices]


def test_the_sheet_of_a_lawyer_is_opened_by_who_keeps_their_book(office: Office) -> None:
    """What they answer for alone, with their group or as a deputy, as far as the viewer sees it."""
    group = personas.practice_group("Transport", office.lawyer)
    entered(office, title="Karins", assignee=office.lawyer)
    entered(office, title="Of the group", assignee=None, group=group)
    entered(office, title="As deputy", assignee=office.assistant, deputy=office.lawyer)
    entered(office, title="Idas", assignee=office.assistant)
    hidden(office, office.lawyer)
    page = office.browser(office.assistant).get(SHEET, of(office.lawyer))
    found = {section.key: {row.title for row in section.rows} for section in page.context["sheet"].sections}
    assert found["due"] == found["entered"] == {"Karins", "Of the group", "As deputy"}
    assert "Control sheet of Karin Vestergaard" in page.content.decode()
    assert "Deputy: Karin Vestergaard" in page.content.decode()


def hidden(office: Office, *people: User) -> None:
    """Entries of theirs in a matter that nobody else but the outsider sees."""
    matter = factories.matter("Hidden ./. Nordbau", responsible=office.outsider)
    work_on(matter, office.outsider)
    for person in people:
        work_on(matter, person)
        entered(office, by=office.outsider, matter=fresh(matter), title="Hidden", assignee=person)


def test_those_are_offered_of_whom_the_viewer_sees_an_entry(office: Office) -> None:
    everybody, mine = "All I may see", "Mine"
    group = personas.practice_group("Transport", office.reader)
    entered(office, title="Done with", assignee=office.lawyer, due_on=TODAY + 30 * DAY)
    hidden(office, office.reader)
    assert offered(office.browser(office.assistant)) == [everybody, mine, "Karin Vestergaard"]
    assert offered(office.browser(office.lawyer)) == [everybody, mine]
    entered(office, assignee=office.lawyer, deputy=office.assistant)
    entered(office, assignee=None, group=group)
    assert offered(office.browser(office.lawyer)) == [everybody, mine, "Ida Berg", "Tomas Lind"]
    assert offered(office.browser(office.outsider)) == [everybody, mine, "Tomas Lind"]


def test_of_whom_one_sees_nothing_one_is_told_nothing(office: Office) -> None:
    """One without entries, one whose entries are hidden, and one who does not exist."""
    hidden(office, office.reader)
    client = office.browser(office.assistant)
    named = [str(office.lawyer.public_id), str(office.reader.public_id), str(uuid4()), str(office.reader.pk), "ü\0"]
    for method, url in (("get", SHEET), ("post", SIGN), ("post", PRINT)):
        answers = [getattr(client, method)(f"{url}?{urlencode({'who': who})}") for who in named]
        assert {answer.status_code for answer in answers} == {404}
        assert len({two_worlds.MASKED.sub(b"#", answer.content) for answer in answers}) == 1
    with access.as_system("test"):
        assert not SignedSheet.objects.exists()
    assert shown(client, who=str(office.assistant.public_id)) == shown(client, who="mine")


def test_hidden_entries_stand_on_no_sheet_and_no_paper(office: Office) -> None:
    filled(office)
    wall_off(office.matter, office.assistant)
    for person in (office.assistant, office.outsider):
        client = office.browser(person)
        assert not any(shown(client).values())
        assert "Nordbau" not in text_of(client.post(PRINT).content)


def test_the_queries_do_not_grow_with_the_rows(office: Office) -> None:
    counts = []
    for _round in range(2):
        filled(office)
        counts.append(queries_of(office.browser(office.lawyer), SHEET))
    assert counts[0] == counts[1] <= 15


def test_neither_do_those_of_one_person_s_sheet(office: Office) -> None:
    counts = []
    for _round in range(2):
        filled(office)
        colleague = personas.user_for("lawyer")
        work_on(office.matter, colleague)
        entered(office, assignee=colleague)
        counts.append(queries_of(office.browser(office.assistant), f"{SHEET}?{urlencode(of(office.lawyer))}"))
    assert counts[0] == counts[1] <= 15


def sign(client: Client, who: str = "", **said: str) -> Any:
    chosen = f"?{urlencode({'who': who})}" if who else ""
    seen = client.get(f"{SHEET}{chosen}").context["seen"]
    return client.post(f"{SIGN}{chosen}", {"seen": seen, **said})


def test_a_quiet_evening_is_signed_at_once_and_frozen(office: Office) -> None:
    client = office.browser(office.lawyer)
    assert sign(client).status_code == 302
    with access.as_system("test"):
        signed = SignedSheet.objects.get()
        entry = JournalEntry.objects.get(kind="deadline.sheet_signed")
        assert (signed.open_ones, entry.facts["sha256"]) == (0, audit.digest(signed.record))
        assert audit.verify() == []
        with connection.cursor() as cursor:
            cursor.execute("update deadlines_signedsheet set record = '{}'")
        assert [problem.what for problem in audit.verify()] == ["differs from what was signed"]


def test_what_is_still_open_needs_a_word_about_it(office: Office) -> None:
    entered(office)
    client = office.browser(office.lawyer)
    refused = sign(client)
    assert refused.status_code == 422
    assert "Say what will be done about it" in refused.content.decode()
    assert sign(client, note="Karin files tonight by beA").status_code == 302
    page = client.get(SHEET).content.decode()
    assert "Karin files tonight by beA" in page
    with access.as_system("test"):
        kinds = JournalEntry.objects.filter(kind__startswith="deadline.sheet").order_by("pk")
        assert list(kinds.values_list("kind", flat=True)) == ["deadline.sheet_signed_refused", "deadline.sheet_signed"]


def test_it_is_kept_whose_sheet_was_signed_and_by_whom(office: Office) -> None:
    entered(office)
    client = office.browser(office.assistant)
    answer = sign(client, **of(office.lawyer), note="Karin files tonight")
    assert answer["Location"] == f"{SHEET}?{urlencode({'on': TODAY.isoformat(), **of(office.lawyer)})}"
    with access.as_system("test"):
        signed = SignedSheet.objects.get()
        assert (signed.about, signed.signed_by) == (office.lawyer, office.assistant)
        assert signed.record["about"] == str(office.lawyer.public_id)
        assert audit.verify() == []
    assert signed_on(client, of(office.lawyer)) == ["Ida Berg"]
    assert signed_on(client, {}) == signed_on(client, {"who": "mine"}) == []
    assert signed_on(client, {"on": (TODAY - DAY).isoformat(), **of(office.lawyer)}) == []
    assert signed_on(office.browser(office.lawyer), {"who": "mine"}) == []


def signed_on(client: Client, chosen: dict[str, str]) -> list[str]:
    page = client.get(SHEET, chosen)
    names = [row.signed_by.full_name for row in page.context["signed"]]
    assert all(f"{name}, Today" in page.content.decode() for name in names)
    return names


def test_what_was_seen_of_one_sheet_signs_no_other(office: Office) -> None:
    entered(office)
    client = office.browser(office.assistant)
    seen = client.get(SHEET).context["seen"]
    answer = client.post(f"{SIGN}?{urlencode(of(office.lawyer))}", {"seen": seen, "note": "x"})
    assert (answer.status_code, "has changed while you looked" in answer.content.decode()) == (422, True)


def test_nobody_signs_for_what_they_have_not_seen(office: Office) -> None:
    client = office.browser(office.lawyer)
    seen = client.get(SHEET).context["seen"]
    entered(office)
    answer = client.post(SIGN, {"seen": seen, "note": "x"})
    assert (answer.status_code, "has changed while you looked" in answer.content.decode()) == (422, True)
    assert client.post(SIGN, {"note": "x"}).status_code == 422


def test_a_day_to_come_is_not_signed(office: Office) -> None:
    tomorrow = (TODAY + DAY).isoformat()
    client = office.browser(office.lawyer)
    page = client.get(SHEET, {"on": tomorrow})
    assert page.context["may_sign"] is False
    answer = client.post(f"{SIGN}?on={tomorrow}", {"seen": page.context["seen"]})
    assert "when it has come" in answer.content.decode()


def test_a_sheet_that_shows_a_part_only_is_not_signed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST", 1)
    for _number in range(2):
        entered(office)
    answer = sign(office.browser(office.lawyer), note="x")
    assert "only a part" in answer.content.decode()


def test_a_signature_is_seen_by_its_signer_and_by_who_answers_for_the_journal(office: Office) -> None:
    sign(office.browser(office.lawyer))
    officer = personas.user_for("data protection officer")
    people: dict[User, int] = {office.lawyer: 1, office.assistant: 0, office.outsider: 0, officer: 1}
    for person, count in people.items():
        with access.as_user(person), connection.cursor() as cursor:
            assert SignedSheet.objects.count() == count
            cursor.execute("select count(*) from deadlines_signedsheet")
            assert cursor.fetchone() == (count,)


def test_the_database_wants_a_word_about_what_is_open(office: Office) -> None:
    facts: dict[str, Any] = {"day": TODAY, "signed_by": office.lawyer, "signed_at": NOW, "record": {}}
    with access.as_system("test"), pytest.raises(IntegrityError, match="says_what_is_done"), transaction.atomic():
        SignedSheet.objects.create(open_ones=1, note="", **facts)


def test_on_paper_stand_the_same_entries_with_who_checked_them(office: Office) -> None:
    rows = filled(office)
    with access.as_user(office.lawyer):
        due = rows["due"]
        entering.confirm_deadline(actor=office.lawyer, deadline=due, seen=due.due_on, now=NOW)
    answer = office.browser(office.lawyer).post(PRINT)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = text_of(answer.content)
    for words in (*(row.title for row in rows.values()), "Yıldız ./. Nordbau", "filed by beA"):
        assert words in text, words
    assert "confirmed by Karin Vestergaard" in text.replace("- ", "")  # words may be divided
    with access.as_system("test"):
        exported = ReadEntry.objects.filter(what="export", object_type="deadlines.deadline")
        assert exported.count() == len(rows)


def test_the_paper_of_one_person_bears_their_name_and_nobody_else_s_entries(office: Office) -> None:
    entered(office, title="Karins", assignee=office.lawyer)
    entered(office, title="As deputy", assignee=office.assistant, deputy=office.lawyer)
    entered(office, title="Idas", assignee=office.assistant)
    answer = office.browser(office.assistant).post(f"{PRINT}?{urlencode(of(office.lawyer))}")
    text = text_of(answer.content)
    assert "Control sheet of Karin Vestergaard, Friday 20 November" in text
    assert ("Karins" in text, "deputy: Karin Vestergaard" in text, "Idas" in text) == (True, True, False)
    assert "Vestergaard" not in answer["Content-Disposition"]


def test_markup_in_a_title_is_printed_as_it_stands(office: Office) -> None:
    title = r'#read("/etc/passwd") *x* $1$ <a> \ "ß"'
    entered(office, title=title)
    assert title.replace(" ", "") in text_of(office.browser(office.lawyer).post(PRINT).content).replace(" ", "")


def text_of(pdf: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())
