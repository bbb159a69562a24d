"""One running firm and one browser for all journeys; whatever the browser complains about fails the test."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from tests.journeys.people import PASSWORD, Person
from tests.journeys.running import Firm

PATIENCE = 60_000  # milliseconds; two cores run the other tests at the same time
expect.set_options(timeout=PATIENCE)


def pytest_itemcollected(item: pytest.Item) -> None:
    """All journeys on one worker: they share one firm, and two cores carry no second one."""
    item.add_marker("journey")
    item.add_marker("proof")  # minutes, not seconds: starting and filling a firm takes most of them
    item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def firm(chromium: Browser) -> Iterator[Firm]:
    """Starts after the browser, so that a machine without one is told so at once.

    JOURNEY_FIRM names the LAWCRM_STATE of a demo that runs already, for whoever writes journeys.
    """
    if running := os.environ.get("JOURNEY_FIRM"):
        firm = Firm(Path(running))
        firm.address = (firm.state / "demo.lock").read_text()
        firm.stage("people")
        yield firm
        return
    # Not pytest's own folder, which every other run of pytest closes to the database's user.
    with TemporaryDirectory(prefix="lawcrm-journeys-", ignore_cleanup_errors=True) as folder:
        firm = Firm(Path(folder) / "state")
        try:
            firm.address = firm.start()
            firm.stage("people")
            yield firm
        finally:
            firm.stop()


class Desk:
    """Opens windows for people and keeps what the browser complained about in them."""

    def __init__(self, firm: Firm, browser: Browser, signed_in: dict[str, Any], closing: ExitStack) -> None:
        self.firm, self.browser, self.signed_in, self.closing = firm, browser, signed_in, closing
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def context(self, **options: Any) -> BrowserContext:
        options = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **options}
        context = self.browser.new_context(base_url=self.firm.address, **options)
        context.set_default_timeout(PATIENCE)
        self.closing.callback(context.close)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("response", self._answered)
        return context

    def _heard(self, line: ConsoleMessage) -> None:
        """Chromium reports every answer of 400 and above as an error; those are judged by `_answered`."""
        if line.type == "error" and not line.text.startswith("Failed to load resource"):
            self.complaints.append(line.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def stranger(self, **options: Any) -> Page:
        """A window in which nobody is signed in."""
        return self.context(**options).new_page()

    def of(self, person: Person, **options: Any) -> Page:
        """A window in which this person is signed in."""
        if person.email not in self.signed_in:
            page = self.stranger()
            sign_in(page, person)
            self.signed_in[person.email] = page.context.storage_state()
        return self.stranger(storage_state=self.signed_in[person.email], **options)


used: set[str] = set()


def unused_code(person: Person) -> str:
    """A code works once: whoever signs in again waits for the next one."""
    while person.email + (code := person.code()) in used:
        time.sleep(1)
    used.add(person.email + code)
    return code


def sign_in(page: Page, person: Person, *, there: bool = False) -> None:
    """`there`: the page already asks for it."""
    if not there:
        page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("One-time code").fill(unused_code(person))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    return {}


@pytest.fixture
def desk(firm: Firm, chromium: Browser, signed_in: dict[str, Any]) -> Iterator[Desk]:
    with ExitStack() as closing:
        desk = Desk(firm, chromium, signed_in, closing)
        yield desk
    assert desk.complaints == []


type Windows = Callable[..., Page]


@pytest.fixture
def at(desk: Desk) -> Windows:
    return desk.of
