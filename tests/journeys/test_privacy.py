"""Steps 8 and 9: consent given and withdrawn, and a matter erased by two people and a job."""

import json
import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Desk
from tests.journeys.mailbox import wait_for_mail
from tests.journeys.people import GUARDIAN, LAWYER, PARTNER
from tests.journeys.running import token

WORDING = "You may write to me by e-mail about changes in shipping law. I can withdraw this at any time."


def enter_contact(page: Page, family_name: str, email: str) -> None:
    page.goto("/contacts/new/")
    page.get_by_label("Given names").fill("Aylin")
    page.get_by_label("Family name").fill(family_name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Source", exact=True).select_option("client")
    page.get_by_role("button", name="Enter contact").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Aylin {family_name}")


def new_purpose(page: Page, name: str) -> None:
    page.goto("/consent/purposes/")
    page.get_by_role("link", name="New purpose").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Code").fill(name.lower().replace(" ", "-"))
    page.get_by_label("Basis").select_option("consent")
    page.get_by_role("button", name="Add purpose").click()
    page.get_by_role("link", name="New wording").first.click()
    page.get_by_label("Language").select_option("en")
    page.get_by_label("Wording").fill(WORDING)
    page.get_by_role("button", name="Put in use").click()
    expect(page.get_by_text(WORDING)).to_be_visible()


def test_a_consent_is_recorded_with_its_words_and_withdrawn_through_the_link_without_signing_in(desk: Desk) -> None:
    it = token()
    new_purpose(desk.of(GUARDIAN), f"News {it}")
    page = desk.of(LAWYER)
    enter_contact(page, f"{it}su", f"{it.lower()}@client.example")
    where = page.url
    page.get_by_role("link", name="All and new").click()
    page.get_by_role("link", name="Record consent").click()
    page.get_by_label("Agreed to").select_option(label=f"News {it} · en · v1")
    page.get_by_label("How").select_option("paper")
    page.get_by_label("Confirm by e-mail to").select_option(label=f"{it.lower()}@client.example")
    page.get_by_role("button", name="Record consent").click()
    expect(page.get_by_text("The consent is recorded.")).to_be_visible()
    expect(page.get_by_text(WORDING)).to_be_visible()
    page.goto(where)
    expect(page.get_by_text(f"News {it}")).to_be_visible()

    mail = wait_for_mail(page, WORDING, f"{it.lower()}@client.example")
    link = re.search(r"http://\S+/w/\S+", mail)
    assert link is not None
    client = desk.stranger()
    client.goto(link.group())
    expect(client.get_by_role("heading", level=1)).to_have_text("Withdraw your consent")
    assert it not in client.content().replace(f"News {it}", "")
    page.goto(where)
    expect(page.locator("main").get_by_text("Withdrawn")).to_have_count(0)
    client.get_by_role("button", name="Withdraw consent").click()
    expect(client.get_by_role("heading", level=1)).to_have_text("Your consent is withdrawn")
    page.reload()
    expect(page.locator("main").get_by_text("Withdrawn")).to_be_visible()


def left(desk: Desk, text: str) -> list[dict[str, object]]:
    done = desk.firm.manage("privacy", "scan", text, "--json")
    assert done.returncode in (0, 1), done.stderr
    return [find for find in json.loads(done.stdout)["finds"] if find["count"]]


def test_two_people_and_a_job_erase_a_matter_and_a_hold_keeps_another(desk: Desk) -> None:
    it, kept = token(), token()
    gone = desk.firm.stage("ended", secret=it, responsible=PARTNER.email)
    held = desk.firm.stage("ended", secret=kept, responsible=PARTNER.email)
    assert left(desk, it) != []
    desk.firm.stage("due_again", job="privacy.propose")
    page, second = desk.of(GUARDIAN), desk.of(PARTNER)
    page.goto("/privacy/holds/new/")
    page.get_by_label("Matter number").fill(held["number"])
    page.get_by_label("Reason").fill("Appeal pending")
    page.get_by_role("button", name="Place the hold").click()
    expect(page.get_by_role("cell", name=held["number"])).to_be_visible()

    page.goto("/privacy/")
    for _second in range(90):
        if page.get_by_role("link", name=gone["number"]).is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.get_by_role("link", name=gone["number"]).click()
    page.get_by_role("button", name="Put forward for erasure").click()
    expect(page.get_by_text("A second person has to release it.")).to_be_visible()
    expect(page.get_by_role("button", name="Release for erasure")).to_have_count(0)
    second.goto(page.url)
    second.get_by_role("button", name="Release for erasure").click()
    expect(second.get_by_text("The erasure job takes it within minutes.")).to_be_visible()

    desk.firm.stage("due_again", job="privacy.erase")
    for _second in range(90):
        if page.get_by_text("Nothing of this matter is left.").is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.get_by_text("Nothing of this matter is left.")).to_be_visible()
    page.goto("/privacy/certificates/")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Certificate of erasure")
    assert gone["number"] not in page.content()
    expect(page.get_by_role("definition").filter(has_text=GUARDIAN.name)).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=PARTNER.name)).to_be_visible()
    assert left(desk, it) == []

    answer = second.goto(f"/matters/{gone['id']}/")
    assert answer is not None
    assert answer.status == 404
    second.goto(f"/matters/{held['id']}/")
    expect(second.get_by_role("heading", level=1)).to_have_text(f"{kept} ./. Nordbau")
