"""The demo's page of sent mail, as the journeys read it."""

import time

from playwright.sync_api import Page

PATIENCE = 120  # seconds: a tick of beat, the job, the outbox and SMTP on a busy machine


def wait_for_mail(page: Page, words: str, recipient: str) -> str:
    """The newest mail to this person with these words; leaves it on the screen."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        page.goto("/demo/mail/")
        links = page.get_by_role("row").filter(has_text=recipient).get_by_role("link").all()
        for where in [link.get_attribute("href") for link in links]:
            page.goto(str(where))
            if words in (text := page.locator("main").inner_text()):
                return text
        page.wait_for_timeout(1000)
    raise AssertionError(f"no mail to {recipient} within {PATIENCE} seconds")
