"""Pictures of the main pages, wide and narrow, light and dark: `python -m tests.journeys.shoot STATE [PAGE…]`.

STATE is the LAWCRM_STATE of a running demo; the pictures go to build/screens/.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from lawcrm.demo import PASSWORD

OUT = Path(__file__).resolve().parents[2] / "build" / "screens"
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
SIGNED_OUT = {"sign-in": "/sign-in/", "forgotten": "/sign-in/forgotten/", "demo-codes": "/demo/codes/"}
# Page name, who looks, address; a second address is a pattern of a link on the first to follow.
PAGES: dict[str, tuple[str, str, str]] = {
    "today": ("partner", "/", ""),
    "contacts": ("partner", "/contacts/", ""),
    "contact": ("partner", "/contacts/", "#list a.row-target"),
    "contact-new": ("partner", "/contacts/new/", ""),
    "import": ("partner", "/contacts/import/", ""),
    "court": ("partner", "/contacts/courts/", "a.row-target"),
    "court-seat": ("partner", "/contacts/courts/", "a.row-target >> a[href$='/seat/']"),
    "matters": ("partner", "/matters/", ""),
    "matter": ("partner", "/matters/", "#list a.row-target"),
    "matter-communication": ("partner", "/matters/", "#list a.row-target >> .tabs a:nth-of-type(2)"),
    "matter-documents": ("partner", "/matters/", "#list a.row-target >> .tabs a:nth-of-type(3)"),
    "matter-deadlines": ("partner", "/matters/", "#list a.row-target >> .tabs a:nth-of-type(4)"),
    "matter-access": ("partner", "/matters/", "#list a.row-target >> .tabs a[href$='/access/']"),
    "matter-history": ("partner", "/matters/", "#list a.row-target >> .tabs a[href$='/history/']"),
    "matter-new": ("partner", "/matters/new/", ""),
    "log-call": ("partner", "/matters/", "#list a.row-target >> a[href$='/log/call/']"),
    "deadlines": ("partner", "/deadlines/", ""),
    "deadline": ("partner", "/deadlines/", "a.row-target"),
    "deadline-pass-on": ("partner", "/deadlines/", "a.row-target >> a[href$='/pass-on/']"),
    "deadline-new": ("partner", "/deadlines/new/", "a.row-target"),
    "week": ("partner", "/deadlines/week/", ""),
    "month": ("partner", "/deadlines/month/", ""),
    "control-sheet": ("partner", "/deadlines/sheet/", ""),
    "tasks": ("partner", "/deadlines/tasks/", ""),
    "task-new": ("partner", "/deadlines/tasks/new/", "a.row-target"),
    "plans": ("partner", "/deadlines/plans/", ""),
    "plan-of-deadlines": ("partner", "/deadlines/plans/", "a.row-target"),
    "plan-use": ("partner", "/deadlines/plans/", "a.row-target >> a[href$='/use/']"),
    "plan-edit": ("partner", "/deadlines/plans/", "a.row-target >> a[href$='/edit/']"),
    "rule-change": ("partner", "/deadlines/rules/", "a.row-target >> a[href*='/change/']"),
    "rules": ("partner", "/deadlines/rules/", ""),
    "rule": ("partner", "/deadlines/rules/", "a.row-target"),
    "calendars": ("partner", "/deadlines/calendars/", ""),
    "calendar": ("partner", "/deadlines/calendars/", "a.row-target"),
    "proposals": ("partner", "/deadlines/proposals/", ""),
    "conflicts": ("conflicts officer", "/conflicts/", ""),
    "conflict": ("conflicts officer", "/conflicts/", "a.row-target"),
    "conflict-ask": ("conflicts officer", "/conflicts/new/", ""),
    "purposes": ("data protection officer", "/consent/purposes/", ""),
    "plan": ("data protection officer", "/privacy/", ""),
    "plan-item": ("data protection officer", "/privacy/", "a.row-target"),
    "holds": ("data protection officer", "/privacy/holds/", ""),
    "certificates": ("data protection officer", "/privacy/certificates/", ""),
    "reviews": ("partner", "/privacy/reviews/", ""),
    "review": ("partner", "/privacy/reviews/", "a.row-target"),
    "group-reviews": ("administrator", "/privacy/reviews/groups/", ""),
    "group-review": ("administrator", "/privacy/reviews/groups/", "a.row-target"),
    "reviews-overview": ("data protection officer", "/privacy/reviews/overview/", ""),
    "review-records": ("data protection officer", "/privacy/reviews/records/", ""),
    "review-rules": ("data protection officer", "/privacy/reviews/rules/", ""),
    "schedule": ("data protection officer", "/privacy/schedule/", ""),
    "log-review": ("data protection officer", "/review/", ""),
    "log-question": ("data protection officer", "/review/ready/refused/", ""),
    "log-volume": ("data protection officer", "/review/reading/", ""),
    "log-months": ("data protection officer", "/review/months/", ""),
    "log-month": ("data protection officer", "/review/months/", "a.row-target"),
    "log-signed": ("data protection officer", "/review/months/", "tr:nth-child(2) a.row-target"),
    "status": ("administrator", "/status/", ""),
    "admin": ("administrator", "/admin/", ""),
    "admin-staff": ("administrator", "/admin/accounts/user/", ""),
    "admin-person": ("administrator", "/admin/accounts/user/", "#result_list tbody th a"),
    "profile": ("partner", "/profile/", ""),
    "devices": ("partner", "/profile/devices/", ""),
    "factors": ("partner", "/profile/factors/", ""),
    "add-passkey": ("partner", "/sign-in/new-passkey/", ""),
    "step-up": ("partner", "/sign-in/again/", ""),
    "factor-rules": ("administrator", "/roles/factors/", ""),
    "factor-rule": ("administrator", "/roles/factors/administrator/", ""),
    "roles": ("partner", "/roles/", ""),
    "groups": ("partner", "/groups/", ""),
    "group": ("partner", "/groups/", "a.row-target"),
    "group-add": ("partner", "/groups/", "a.row-target >> a[href$='/add/']"),
    "group-new": ("partner", "/groups/form/", ""),
    "matter-responsible": (
        "partner",
        "/matters/",
        "#list a.row-target >> .tabs a[href$='/access/'] >> a[href$='/responsible/']",
    ),
    "matter-give": ("partner", "/matters/", "#list a.row-target >> .tabs a[href$='/access/'] >> a[href$='/give/']"),
    "outside-matter": ("translator", "/matters/", "#list a.row-target"),
    "outside-today": ("translator", "/", ""),
    "outside-roles": ("translator", "/roles/", ""),
    "see-as": ("administrator", "/matters/see-as/", ""),
    "demo-mail": ("partner", "/demo/mail/", ""),
    "missing": ("partner", "/nothing-here/", ""),
}


def code_of(page: Page, email: str) -> str:
    page.goto("/demo/codes/")
    return page.get_by_role("row").filter(has_text=email).locator("strong").inner_text()


def sign_in(context: BrowserContext, email: str) -> None:
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/code/**")
    page.get_by_label("One-time code").fill(code_of(context.new_page(), email))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    for opened in context.pages:
        opened.close()


def shoot(context: BrowserContext, name: str, address: str, path: str) -> None:
    page = context.new_page()
    page.goto(address)
    for step in filter(None, path.split(" >> ")):
        if not page.locator(step).count():
            print(f"{name}: nothing to follow")  # noqa: T201
            page.close()
            return
        page.goto(str(page.locator(step).first.get_attribute("href")))
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=OUT / f"{name}-{width}-{theme}.png", full_page=True, animations="disabled")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                print(f"{name}: scrolls sideways at {width}")  # noqa: T201
    page.close()


def firm_at(browser: Browser, address: str, wanted: set[str], logins: dict[str, str]) -> None:
    for role in dict.fromkeys(role for role, _address, _path in PAGES.values()):
        pages = {name: page for name, page in PAGES.items() if page[0] == role and (not wanted or name in wanted)}
        if not pages:
            continue
        context = browser.new_context(base_url=address, locale="en-GB")
        sign_in(context, logins[role])
        for name, (_role, where, path) in pages.items():
            shoot(context, name, where, path)
        context.close()
    context = browser.new_context(base_url=address, locale="en-GB")
    for name, where in SIGNED_OUT.items():
        if not wanted or name in wanted:
            shoot(context, name, where, "")
    context.close()


def logins_of(browser: Browser, address: str) -> dict[str, str]:
    """The first person of each role, as the demo's page of codes lists them."""
    page = browser.new_context(base_url=address).new_page()
    page.goto("/demo/codes/")
    found: dict[str, str] = {}
    for row in page.locator("tbody tr").all():
        email = row.locator("td .second").inner_text()
        for role in row.locator("td").nth(1).inner_text().split(", "):
            if "@journey." not in email:
                found.setdefault(role.lower(), email)
    return found


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    address = (Path(sys.argv[1]) / "demo.lock").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        firm_at(browser, address, set(sys.argv[2:]), logins_of(browser, address))
        browser.close()


if __name__ == "__main__":
    main()
