"""Steps 5 to 7: a matter that only its team can see, what happens on it, and a deadline that reminds."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk
from tests.journeys.mailbox import wait_for_mail
from tests.journeys.mails import SCAN, summons
from tests.journeys.people import COLLEAGUE, LAWYER, OUTSIDER
from tests.journeys.running import token

NUMBER = re.compile(r"20\d\d-\d{4}")


def new_party(page: Page, picker: str, name: str, kind: str) -> None:
    box = page.locator(f"#picker-{picker}")
    box.get_by_role("textbox").fill(name)
    box.locator("label").filter(has_text=name).locator(f"input[value={kind}]").check()


def open_matter(page: Page, title: str, client: str, adverse: str) -> str:
    """Its number."""
    page.goto("/matters/")
    page.get_by_role("link", name="Open matter").first.click()
    new_party(page, "client", client, "new-person")
    new_party(page, "adverse", adverse, "new-organisation")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Type").select_option(index=1)
    page.get_by_label("Jurisdiction").select_option("DE")
    page.get_by_label("What it is about").fill(f"The hull of {client}")
    page.get_by_label(COLLEAGUE.name).check()
    page.get_by_role("button", name="Open matter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    found = NUMBER.search(page.locator("main").inner_text())
    assert found is not None
    return found.group()


def test_a_matter_has_the_next_number_and_does_not_exist_for_outsiders(desk: Desk) -> None:
    it = token()
    page, outsider, colleague = desk.of(LAWYER), desk.of(OUTSIDER), desk.of(COLLEAGUE)
    first = open_matter(page, f"{it} ./. Werft", f"Aylin {it}", f"{it} Werft GmbH")
    number = open_matter(page, f"{it} ./. Reederei", f"Deniz {it}", f"{it} Reederei KG")
    assert int(number[-4:]) == int(first[-4:]) + 1
    where = page.url
    expect(page.get_by_role("definition").filter(has_text=f"{it} Reederei KG")).to_be_visible()

    colleague.goto("/matters/")
    expect(colleague.get_by_role("link", name=f"{it} ./. Reederei")).to_be_visible()
    outsider.goto("/matters/")
    assert it not in outsider.content()
    outsider.get_by_label("Find a matter by title or number").fill(it)
    outsider.get_by_role("button", name="Find", exact=True).click()
    expect(outsider.get_by_text("Nothing found")).to_be_visible()
    assert number not in outsider.content()
    outsider.goto("/contacts/")
    assert it not in outsider.content()
    answer = outsider.goto(where)
    assert answer is not None
    assert answer.status == 404
    words = outsider.locator("body").inner_text()
    missing = outsider.goto(re.sub(r"[0-9a-f-]{36}", "00000000-0000-4000-8000-000000000000", where))
    assert missing is not None
    assert (missing.status, outsider.locator("body").inner_text()) == (404, words)


def log(page: Page, what: str, subject: str, body: str) -> None:
    link = page.get_by_role("link", name=what, exact=True)
    if not link.is_visible():
        page.locator("main summary").click()
    link.click()
    page.get_by_label("Subject").fill(subject)
    page.get_by_label(re.compile("What was said|What it says")).fill(body)
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_role("heading", name=subject)).to_be_visible()
    expect(page.get_by_text(body)).to_be_visible()
    page.get_by_role("link", name="Overview", exact=True).click()


def on_disk(state: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (state / "files").rglob("*") if path.is_file())


def test_what_happens_is_logged_and_attachments_come_back_as_they_went_in(desk: Desk) -> None:
    it = token()
    page = desk.of(LAWYER)
    open_matter(page, f"{it} ./. Versicherung", f"Elif {it}", f"{it} Versicherung AG")
    log(page, "Log call", f"Call {it}", "She wants to settle.")
    log(page, "Log meeting", f"Meeting {it}", "All at one table.")
    log(page, "Log letter", f"Letter {it}", "Without prejudice.")

    page.get_by_role("link", name="File e-mail").click()
    subject = f"Ladung {it}"
    mail = {
        "name": "ladung.eml",
        "mimeType": "message/rfc822",
        "buffer": summons(subject, "Termin am 14. Januar 2027, Saal 212."),
    }
    page.get_by_label("E-mail", exact=True).set_input_files(mail)
    page.get_by_label("Direction").select_option(label="Received")
    page.get_by_role("button", name="File e-mail").click()
    expect(page.get_by_role("heading", name=subject)).to_be_visible()
    expect(page.get_by_text("Termin am 14. Januar 2027, Saal 212.")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Ladung 14.01.pdf").click()
    assert waiting.value.suggested_filename == "Ladung 14.01.pdf"
    assert waiting.value.path().read_bytes() == SCAN

    stored = on_disk(desk.firm.state)
    assert len(stored) > len(SCAN)
    assert SCAN[9:200] not in stored
    assert b"%PDF" not in stored
    assert subject.encode() not in stored

    page.get_by_role("link", name="Overview", exact=True).click()
    for what in (f"Call {it}", f"Meeting {it}", f"Letter {it}", subject):
        expect(page.get_by_text(what).first).to_be_visible()


def test_a_deadline_due_today_is_reminded_by_mail(desk: Desk) -> None:
    it = token()
    page = desk.of(LAWYER)
    number = open_matter(page, f"{it} ./. Land", f"Jens {it}", f"{it} Land")
    page.goto("/deadlines/")
    page.get_by_role("link", name="Enter deadline").first.click()
    page.get_by_role("link", name=f"{it} ./. Land").click()
    page.get_by_label("What must be done").fill(f"Berufung {it}")
    today = datetime.now(ZoneInfo("Europe/Copenhagen"))
    page.get_by_label("Due on").fill(f"{today:%d.%m.%Y}")
    page.get_by_label("Responsible").select_option(label=LAWYER.name)
    page.get_by_label("Deputy").select_option(label=COLLEAGUE.name)
    page.get_by_role("button", name="Enter deadline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Berufung {it}")
    expect(page.get_by_text("Somebody else has to check and confirm it")).to_be_visible()

    page.goto("/")
    expect(page.get_by_role("cell", name=f"Berufung {it}").first).to_be_visible()
    colleague = desk.of(COLLEAGUE)
    colleague.goto("/deadlines/?state=unconfirmed")
    colleague.get_by_role("row").filter(has_text=f"Berufung {it}").get_by_role("link").first.click()
    colleague.get_by_role("button", name="Confirm the date").click()
    expect(colleague.get_by_role("button", name="Confirm the date")).to_have_count(0)

    desk.firm.stage("due_again", job="deadlines.remind")
    mail = wait_for_mail(page, number, LAWYER.email)
    assert f"Berufung {it}" not in mail
    assert f"A deadline in matter {number} is coming up" in mail
    wait_for_mail(page, number, COLLEAGUE.email)
    page.locator("main a[href*='/deadlines/']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Berufung {it}")
