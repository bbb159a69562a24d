"""Two people without sight crawl the site in a browser: what scripts fetch, draw and keep is read too."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, Error, Page, Response

from tests.access import canary
from tests.access.canary import HIDDEN, OWN, Place, place

pytestmark = [
    pytest.mark.journey,
    pytest.mark.usefixtures("valkey"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.proof,
]
# An error page of the browser's own has no storage and says so by throwing.
KEPT = """() => { try { return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie]) }
                catch { return "" } }"""
DRAWN = "() => document.body.innerText + [...document.querySelectorAll('input, textarea')].map(i => i.value).join()"


class Window:
    """A page of somebody signed in that keeps what the server answered, whoever in the page asked."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.answers: list[Response] = []
        page.on("response", self._keep)

    def _keep(self, answer: Response) -> None:
        if "/static/" not in answer.url:
            self.answers.append(answer)

    def open(self, address: str) -> str:
        """Everything that came or stands there once the page rests."""
        self.answers.clear()
        with suppress(Error):  # a download is no page; what it hands over is read without the browser
            self.page.goto(self.site + address, wait_until="load")
        return "\n".join([*map(body, self.answers), self.page.content(), *map(self.page.evaluate, (DRAWN, KEPT))])


def body(answer: Response) -> str:
    with suppress(Error):  # a redirect has none
        return answer.text() + str(answer.headers)
    return str(answer.headers)


@contextmanager
def window(browser: Browser, site: str, client: Client) -> Iterator[Window]:
    with browser.new_context(base_url=site, accept_downloads=False) as context:
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
        yield Window(context.new_page(), site)


def crawled(there: Place, opened: Window) -> Iterator[tuple[str, str]]:
    """From the front page by links, and to every address of the hidden matter; forms' addresses show nothing."""
    frontier = canary.Frontier(["/", *canary.addresses(there.hidden, only_of_objects=True)], variants=1)
    for address in frontier:
        text = opened.open(address)
        yield address, text
        frontier.add(canary.links(opened.page.content(), address, of_forms=False))


@pytest.mark.parametrize("person", ["walled", "superuser"])
def test_a_browser_of_somebody_without_sight_is_given_no_word(person: str, chromium: Browser, live_server: Any) -> None:
    with transaction.atomic():
        there = place(person)
    with window(chromium, live_server.url, there.client) as opened, canary.logged() as lines:
        pages = list(crawled(there, opened))
    assert len(pages) > 100
    assert canary.found_in(pages, HIDDEN) == {}
    assert canary.OF_A_FILE - {"document.content"} - canary.fields_in(pages, OWN) == set()
    assert canary.found_in(enumerate(lines), HIDDEN) == {}
