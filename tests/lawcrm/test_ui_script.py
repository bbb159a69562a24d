"""What the script adds, in a real browser under the real content security policy."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route

from lawcrm import ui, ui_gallery

SITE = "http://firm.example"
POLICY = "; ".join(
    f"{name} {' '.join(source for source in sources if 'nonce' not in source.lower())}"
    for name, sources in settings.SECURE_CSP.items()
)
pytestmark = [
    pytest.mark.journey,
    pytest.mark.proof,
]


class Person:
    is_authenticated = True
    full_name = "Karin Vestergaard"
    public_id = "00000000-0000-0000-0000-000000000001"

    def has_perm(self, _name: str) -> bool:
        return True

    def is_verified(self) -> bool:
        return True


@pytest.fixture
def pages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    settings.DEMO = True
    monkeypatch.setattr(ui, "nav", ui.Navigation())
    monkeypatch.setattr(ui, "commands", ui.Commands())
    ui.nav.add("work", "ui_gallery", "Components", "eye", phone=True)
    ui.commands.add("ui_stay", "Şirket kaydı", "building-2", menu="new")

    def drawn(where: str) -> str:
        request = RequestFactory().get(where)
        request.user = Person()  # type: ignore[assignment]
        left = 121 if "soon" in where else 3600
        request.session = SimpleNamespace(get_expiry_age=lambda: left)  # type: ignore[assignment]
        return ui_gallery.gallery(request).content.decode()

    return {where: drawn(where) for where in ("/ui/", "/ui/?errors", "/ui/?soon")}


class Served:
    """The gallery and the static files, answered without a server; what was posted is kept."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.slow = False
        self.posted: list[str] = []
        self.sent: list[str] = []
        self.session: dict[str, Any] | None = {"alive": True}  # None: the line is dead
        self.asked = 0
        self.complaints: list[str] = []

    def answer(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        where = f"{asked.path}?{asked.query}" if asked.query else asked.path
        if route.request.method == "POST":
            self.posted.append(where)
            self.sent.append(route.request.post_data or "")
            if self.slow:
                return
        if asked.path == "/ui/session/":
            self.asked += 1
            route.fulfill(json=self.session) if self.session else route.abort()
        elif asked.path.startswith("/static/"):
            file = Path(settings.BASE_DIR, asked.path[1:])
            kind = mimetypes.guess_type(file.name)[0] or "font/woff2"
            route.fulfill(body=file.read_bytes(), content_type=kind)
        else:
            headers = {"Content-Security-Policy": POLICY}
            body = self.pages.get(where, self.pages["/ui/"])
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

    def open(self, browser: Browser, **options: Any) -> Page:
        page = browser.new_context(locale="en-GB", **options).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.route("**/*", self.answer)
        page.goto(f"{SITE}/ui/")
        return page


@pytest.fixture
def served(pages: dict[str, str]) -> Served:
    return Served(pages)


@pytest.fixture
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    page = served.open(chromium)
    yield page
    page.context.close()
    assert served.complaints == []


def test_the_palette_finds_commands_whatever_the_letters(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("sirket kaydi")
    shown = page.locator("#palette [data-commands] [role=option]:visible")
    assert [text.split("\n")[0] for text in shown.all_inner_texts()] == ["Şirket kaydı"]
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('palette').open")


def test_the_palette_opens_what_is_chosen_with_the_keyboard(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation(url=f"{SITE}/ui/"):
        page.keyboard.press("Enter")


def test_leaving_with_changes_asks_and_without_changes_does_not(page: Page) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{SITE}/ui/?errors")
    assert asked == []
    page.fill("#id_title", "Berufung")
    page.goto(f"{SITE}/ui/")
    assert asked == ["beforeunload"]


IMPATIENCE = """async () => {
  const button = document.querySelector("#form .main");
  button.form.noValidate = true;
  for (const press of [1, 2, 3]) {
    button.click();
    await new Promise((later) => setTimeout(later, 200));
  }
  return button.disabled;
}"""


def test_a_form_is_sent_once_while_its_answer_is_awaited(page: Page, served: Served) -> None:
    served.slow = True
    assert page.evaluate(IMPATIENCE) is True
    assert served.posted == ["/ui/"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("21/11/2026", "Saturday 21 November 2026"),
        ("21.11.2026", "Saturday 21 November 2026"),
        ("2026-11-21", "Saturday 21 November 2026"),
        ("1.2.26", "Sunday 1 February 2026"),
        ("31.02.2026", "This is not a date"),
        ("soon", "This is not a date"),
        ("", ""),
    ],
)
def test_a_date_is_read_back_in_words(page: Page, typed: str, said: str) -> None:
    page.fill("#id_served_on", typed)
    assert page.inner_text(".date-field .hint").replace(",", "") == said


def test_a_link_to_a_form_opens_it_as_a_dialog_that_posts_to_its_own_page(page: Page) -> None:
    page.click('a[data-dialog=""]')
    dialog = page.locator("#dialog")
    dialog.wait_for()
    assert dialog.locator("h2").first.inner_text() == "Components"
    assert dialog.locator("form#form").get_attribute("action") == f"{SITE}/ui/?errors"
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('dialog').open")


def test_the_end_of_the_session_is_said_before_and_can_be_put_off(page: Page, served: Served) -> None:
    warning = page.locator("#banners .banner", has_text="You will be signed out soon")
    page.wait_for_timeout(1200)
    assert warning.count() == 0
    page.goto(f"{SITE}/ui/?soon")
    warning.wait_for()
    warning.locator("button").click()
    warning.wait_for(state="detached")
    assert served.posted == ["/ui/stay/"]


ENDED = "#session-ended"


def write_and_send(page: Page, *, minutes: int) -> None:
    """A form filled in, left alone for a while, and then sent."""
    token = '<input type="hidden" name="csrfmiddlewaretoken" value="old">'
    page.evaluate("token => document.getElementById('form').insertAdjacentHTML('beforeend', token)", token)
    page.evaluate("document.getElementById('form').noValidate = true")
    page.fill("#id_title", "Berufung")
    page.evaluate("minutes => { const now = Date.now; Date.now = () => now() + minutes * 60_000; }", minutes)
    page.click("#form .main")


def sent(served: Served) -> dict[str, list[str]]:
    body = served.sent[-1]
    names = re.findall(r'name="(\w+)"\r\n\r\n([^\r]*)', body)
    return {name: [value for other, value in names if other == name] for name, _value in names} or parse_qs(body)


def marker(page: Page) -> str:
    return str(page.get_attribute("body", "data-person"))


def test_a_button_of_a_fresh_page_sends_without_asking(page: Page, served: Served) -> None:
    page.clock.install()
    page.goto(f"{SITE}/ui/")
    page.clock.fast_forward(9 * 60_000)
    with page.expect_navigation():
        page.evaluate("() => { const f = document.querySelector('#form'); f.noValidate = true; f.requestSubmit(); }")
    assert (served.asked, served.posted) == (0, ["/ui/"])


def test_what_was_typed_is_asked_for_first_however_fresh_the_page(page: Page, served: Served) -> None:
    """The session may have been ended from another device a second ago."""
    served.session = {"alive": False}
    write_and_send(page, minutes=1)
    page.locator(ENDED).wait_for()
    assert (served.asked, served.posted, page.input_value("#id_title")) == (1, [], "Berufung")


def test_an_old_page_asks_first_and_sends_when_the_session_stands(page: Page, served: Served) -> None:
    served.session = {"alive": True, "person": marker(page), "token": "renewed"}
    with page.expect_navigation():
        write_and_send(page, minutes=11)
    assert (served.asked, served.posted) == (1, ["/ui/"])
    assert sent(served)["title"] == ["Berufung"]


def test_a_session_that_ended_sends_nothing_and_loses_nothing(page: Page, served: Served) -> None:
    served.session = {"alive": False}
    write_and_send(page, minutes=61)
    said = page.locator(ENDED)
    said.wait_for()
    assert "nothing you typed is lost" in said.inner_text()
    link = said.get_by_role("link", name="Sign in in a new tab")
    assert link.get_attribute("href") == "/sign-in/?next=/ui/signed-in/"
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")
    assert (served.posted, page.input_value("#id_title")) == ([], "Berufung")
    served.session = {"alive": True, "person": marker(page), "token": "renewed"}
    with page.expect_navigation():
        said.get_by_role("button", name="Try again").click()
    assert served.posted == ["/ui/"]
    assert sent(served)["title"] == ["Berufung"]
    assert sent(served)["csrfmiddlewaretoken"] == ["renewed"]


def test_nothing_is_sent_in_the_name_of_somebody_else(page: Page, served: Served) -> None:
    served.session = {"alive": True, "person": "somebody else", "token": "renewed"}
    write_and_send(page, minutes=61)
    said = page.locator(ENDED)
    said.wait_for()
    said.get_by_role("button", name="Try again").click()
    page.wait_for_timeout(300)
    assert "Somebody else is signed in now" in said.inner_text()
    assert (served.asked, served.posted, page.input_value("#id_title")) == (2, [], "Berufung")


def test_without_a_connection_nothing_is_sent_and_nothing_lost(page: Page, served: Served) -> None:
    served.session = None
    write_and_send(page, minutes=61)
    said = page.locator(ENDED)
    said.wait_for()
    assert "Check your connection" in said.inner_text()
    page.keyboard.press("Escape")
    assert (served.posted, page.input_value("#id_title")) == ([], "Berufung")
    served.complaints[:] = [line for line in served.complaints if "ERR_FAILED" not in line]


def test_typing_into_a_search_asks_too_and_goes_on(page: Page, served: Served) -> None:
    served.session = {"alive": False}
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 3_600_000; }")
    page.keyboard.press("Control+k")
    page.keyboard.type("berg")
    page.locator(ENDED).wait_for()
    assert served.posted == []
    served.session = {"alive": True, "person": marker(page), "token": "renewed"}
    with page.expect_response("**/search/palette/") as answered:
        page.locator(ENDED).get_by_role("button", name="Try again").click()
    assert answered.value.request.headers["x-csrftoken"] == "renewed"
    assert served.posted == ["/search/palette/"]


def test_a_form_whose_answer_is_a_file_can_be_sent_again(page: Page, served: Served) -> None:
    served.slow = True
    page.evaluate("document.getElementById('form').dataset.download = ''")
    assert page.evaluate(IMPATIENCE) is False
    assert served.posted == ["/ui/"] * 3


def test_errors_take_the_focus(page: Page) -> None:
    page.goto(f"{SITE}/ui/?errors")
    page.wait_for_function("document.activeElement.matches('.form-errors')")


def test_choosing_all_rows_shows_the_bar_with_their_number(page: Page) -> None:
    bar = page.locator("[data-bulk]")
    assert not bar.is_visible()
    page.check("th.check input")
    assert "2 chosen" in bar.inner_text()


def test_the_theme_changes_at_once_and_is_posted(page: Page, served: Served) -> None:
    page.click("summary:has(.avatar)")
    with page.expect_request("**/ui/theme/"):
        page.click("button[value=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert served.posted == ["/ui/theme/"]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_scrolls_sideways(chromium: Browser, served: Served, width: int) -> None:
    page = served.open(chromium, viewport={"width": width, "height": 800})
    page.goto(f"{SITE}/ui/?errors")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_without_a_script_menus_dialogs_and_search_still_lead_somewhere(chromium: Browser, served: Served) -> None:
    page = served.open(chromium, java_script_enabled=False)
    page.click("summary:has(.avatar)")
    with page.expect_navigation():
        page.click("button[value=dark]")
    assert served.posted == ["/ui/theme/"]
    with page.expect_navigation(url=f"{SITE}/ui/?errors"):
        page.click('a[data-dialog=""]')
    assert page.locator(".form-errors").is_visible()
    page.context.close()
