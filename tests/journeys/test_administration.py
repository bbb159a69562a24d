"""Step 10: the administrator keeps staff and roles and cannot reach what a matter holds."""

from playwright.sync_api import expect

from tests.journeys.conftest import Desk
from tests.journeys.mailbox import wait_for_mail
from tests.journeys.people import ADMINISTRATOR, COLLEAGUE
from tests.journeys.running import token


def test_the_administrator_invites_staff_gives_roles_and_sees_no_content(desk: Desk) -> None:
    it = token()
    matter = desk.firm.stage("matter", title=f"{it} ./. Bank", adverse=f"{it} Bank", responsible=COLLEAGUE.email)
    page = desk.of(ADMINISTRATOR)
    page.goto("/admin/")
    registered = page.locator("main").inner_text()
    for word in ("Matter", "Contact", "Document", "Communication", "Deadline", "Consent"):
        assert word not in registered
    page.goto("/admin/accounts/user/add/")
    assert page.locator("input[type=password]").count() == 0
    page.locator("#id_email").fill(f"{it.lower()}@journey.example")
    page.locator("#id_full_name").fill(f"Ida {it}")
    page.get_by_label("assistant").check()
    page.locator("input[name=_save]").click()
    expect(page.get_by_role("row").filter(has_text=f"Ida {it}").get_by_text("Assistant")).to_be_visible()
    page.get_by_role("link", name=f"Ida {it}").click()
    page.get_by_label("intake").check()
    page.locator("input[name=_save]").click()
    expect(page.get_by_role("row").filter(has_text=f"Ida {it}").get_by_text("Assistant, Intake")).to_be_visible()
    page.goto("/admin/auth/group/")
    expect(page.get_by_role("link", name="conflicts officer")).to_be_visible()

    for where in (f"/matters/{matter['id']}/", "/admin/matters/matter/", "/admin/clients/contact/"):
        answer = page.goto(where)
        assert answer is not None
        assert answer.status == 404, where
        assert it not in page.content()
    mail = wait_for_mail(page, "/sign-in/link/", f"{it.lower()}@journey.example")
    assert "password" in mail
