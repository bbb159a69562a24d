"""What goes wrong in offices: two presses, an old form, a session that ended, a name that is a script."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk, sign_in
from tests.journeys.people import LAWYER, LEAVER, PARTNER
from tests.journeys.running import token


def fill(page: Page, family_name: str) -> None:
    page.goto("/contacts/new/")
    page.get_by_label("Given names").fill("Ada")
    page.get_by_label("Family name").fill(family_name)
    page.get_by_label("Source", exact=True).select_option("client")


def found(page: Page, words: str) -> int:
    page.goto("/contacts/")
    page.get_by_label("Name, e-mail or number").fill(words)
    with page.expect_response(re.compile("/contacts/")):
        page.get_by_label("Name, e-mail or number").press("Enter")
    # Every row of the answer bears the words: those shown before the search do not.
    rows = page.locator("#list tbody tr")
    expect(rows.filter(has_not_text=words)).to_have_count(0)
    return rows.count()


def test_enter_in_a_search_answers_in_place(desk: Desk) -> None:
    it = token()
    desk.firm.stage("matter", title=it, adverse=it, responsible=PARTNER.email)
    page = desk.of(PARTNER)
    for address, field in (("/contacts/", "Name, e-mail or number"), ("/matters/", "Find a matter by title or number")):
        page.goto(address)
        page.evaluate("document.body.dataset.before = '1'")
        page.get_by_label(field).fill(it)
        with page.expect_response(re.compile(address)) as answered:
            page.get_by_label(field).press("Enter")
        assert answered.value.request.header_value("HX-Request") == "true"
        expect(page.locator("#list tbody tr")).to_have_count(1)
        assert page.evaluate("document.body.dataset.before") == "1"


def test_pressing_twice_enters_once(desk: Desk) -> None:
    it = token()
    page = desk.of(LAWYER)
    fill(page, it)
    page.get_by_role("button", name="Enter contact").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Ada {it}")
    assert found(page, it) == 1


def test_a_form_left_open_while_somebody_else_saved_is_not_lost_and_overwrites_nothing(desk: Desk) -> None:
    it = token()
    page = desk.of(LAWYER)
    fill(page, it)
    page.get_by_role("button", name="Enter contact").click()
    page.get_by_role("link", name="Edit").first.click()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Given names").fill("Berta")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(f"Berta {it}")
    page.get_by_label("Given names").fill("Carla")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody changed this contact while you were writing.").first).to_be_visible()
    assert page.get_by_label("Given names").input_value() == "Carla"
    other.reload()
    expect(other.get_by_role("heading", level=1)).to_have_text(f"Berta {it}")


def test_a_script_in_a_title_is_shown_as_text(desk: Desk) -> None:
    it = token()
    hostile = f"<script>alert('{it}')</script><img src=x onerror=alert(1)>"
    desk.firm.stage("matter", title=hostile, adverse=f"{it} & <b>Sons</b>", responsible=PARTNER.email)
    page = desk.of(PARTNER)
    page.on("dialog", lambda dialog: desk.complaints.append(dialog.message))
    page.goto("/matters/")
    page.get_by_role("link", name=hostile).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(hostile)
    expect(page.get_by_text(f"{it} & <b>Sons</b>").first).to_be_visible()
    page.goto("/contacts/")
    expect(page.get_by_text(f"{it} & <b>Sons</b>").first).to_be_visible()


def test_after_signing_out_the_back_button_shows_nothing(desk: Desk) -> None:
    it = token()
    made = desk.firm.stage("matter", title=f"{it} ./. Rest", adverse=f"{it} Rest", responsible=LEAVER.email)
    page = desk.stranger()
    sign_in(page, LEAVER)
    page.goto(f"/matters/{made['id']}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{it} ./. Rest")
    page.goto("/contacts/")
    page.locator("summary:has(.avatar)").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    page.wait_for_load_state()
    assert it not in page.content()
    page.go_back()
    page.wait_for_load_state()
    assert it not in page.content()


def send_after_the_end(desk: Desk, page: Page) -> None:
    """As if the person came back from a long meeting and pressed the button."""
    desk.firm.stage("end_session", email=PARTNER.email)
    desk.signed_in.pop(PARTNER.email)
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 3_600_000; }")
    page.get_by_role("button", name="Enter contact").click()
    expect(page.get_by_role("dialog")).to_contain_text("nothing you typed is lost")


def beside(page: Page) -> Page:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    return opened.value


def test_a_session_that_ended_in_the_middle_of_a_form_loses_nothing(desk: Desk) -> None:
    it = token()
    page = desk.of(PARTNER)
    fill(page, it)
    send_after_the_end(desk, page)
    tab = beside(page)
    sign_in(tab, PARTNER, there=True)
    expect(tab.get_by_role("heading", level=1)).to_have_text("You are signed in")
    tab.close()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Ada {it}")
    assert found(page, it) == 1


def test_a_form_is_not_sent_in_the_name_of_whoever_signed_in_meanwhile(desk: Desk) -> None:
    it = token()
    page = desk.of(PARTNER)
    fill(page, it)
    send_after_the_end(desk, page)
    sign_in(beside(page), LAWYER, there=True)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("dialog")).to_contain_text("Somebody else is signed in now")
    page.keyboard.press("Escape")
    assert page.get_by_label("Family name").input_value() == it
    assert found(desk.of(LAWYER), it) == 0


def test_without_a_script_the_end_of_the_session_is_said_and_leads_back(desk: Desk) -> None:
    it = token()
    signed_in = desk.of(PARTNER).context.storage_state()
    page = desk.stranger(storage_state=signed_in, java_script_enabled=False)
    fill(page, it)
    desk.firm.stage("end_session", email=PARTNER.email)
    desk.signed_in.pop(PARTNER.email)
    page.get_by_role("button", name="Enter contact").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_text("what you just sent was not saved")).to_be_visible()
    assert it not in page.url
    assert page.url.endswith("next=/contacts/new/")
    assert found(desk.of(PARTNER), it) == 0
