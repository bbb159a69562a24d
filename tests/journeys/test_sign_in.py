"""Step 2: password and one-time code lead to Today; signing out leaves nothing on the screen."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.conftest import Desk
from tests.journeys.people import LAWYER, NEWCOMER, PASSWORD


def test_a_lawyer_signs_in_with_the_code_of_the_demo_page_and_lands_on_today(desk: Desk) -> None:
    page = desk.stranger()
    page.goto("/")
    page.get_by_label("E-mail address").fill(NEWCOMER.email)
    page.get_by_label("Password").fill("wrong-horse-battery-7")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The e-mail address or the password is not right.").first).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()

    codes = page.context.new_page()
    codes.goto("/demo/codes/")
    code = codes.get_by_role("row").filter(has_text=NEWCOMER.email).locator("strong").inner_text()
    page.get_by_label("One-time code").fill(code)
    page.get_by_role("button", name="Sign in").click()

    today = datetime.now(ZoneInfo("Europe/Copenhagen"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"{today:%A} {today.day} {today:%B}"))
    assert page.url == f"{desk.firm.address}/"
    expect(page.get_by_role("link", name="Matters").first).to_be_visible()


def test_whoever_wanted_a_page_gets_there_after_signing_in(desk: Desk) -> None:
    page = desk.of(LAWYER)
    page.context.clear_cookies()
    page.goto("/matters/")
    assert "/sign-in/?next=" in page.url
