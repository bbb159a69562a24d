"""Step 2: password and one-time code lead to Today; signing out leaves nothing on the screen."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Desk
from tests.journeys.people import LAWYER, PASSWORD


def test_a_lawyer_signs_in_with_the_code_of_the_demo_page_and_goes_on_where_they_wanted(desk: Desk) -> None:
    page = desk.stranger()
    page.goto("/matters/")
    page.get_by_label("E-mail address").fill(LAWYER.email)
    page.get_by_label("Password").fill("wrong-horse-battery-7")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The e-mail address or the password is not right.").first).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()

    codes = page.context.new_page()
    codes.goto("/demo/codes/")
    code = codes.get_by_role("row").filter(has_text=LAWYER.email).locator("strong").inner_text()
    page.get_by_label("One-time code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/matters/$"))
