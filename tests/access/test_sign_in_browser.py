"""A first sign-in, the account's pages and the administration in a browser that reports every breach of policy."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from lawcrm.accounts.models import TotpDevice, User
from lawcrm.accounts.models.devices import step_at
from tests import personas

SHOTS = os.environ.get("SHOTS", "")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.proof,
    pytest.mark.usefixtures("valkey"),
    pytest.mark.django_db(transaction=True),
]
OWN_PAGES = ("profile", "password", "sessions", "recovery_codes", "roles", "enrol")
ADMIN_PAGES = ("index", "accounts_user_changelist", "accounts_user_add", "auth_group_changelist")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 800}) as context:
        yield context.new_page()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def sign_in_for_the_first_time(page: Page, site: str, user: User) -> None:
    page.goto(site + reverse("accounts:sign_in"))
    shoot(page, "sign_in")
    page.fill("input[name=email]", user.email)
    page.fill("input[name=password]", personas.PASSWORD)
    page.click("form[method=post] button[type=submit]")
    page.wait_for_url(f"**{reverse('accounts:enrol')}")
    assert page.evaluate("document.querySelector('img').naturalWidth") > 100
    shoot(page, "enrol")
    page.fill("input[name=code]", TotpDevice.objects.get(user=user).code_at(step_at(datetime.now(UTC))))
    page.click("form[method=post] button[type=submit]")
    page.wait_for_selector(".code")
    assert len(page.inner_text(".code pre").split()) == 10
    shoot(page, "recovery_codes")


def test_first_sign_in_own_pages_and_administration(page: Page, complaints: list[str], live_server: Any) -> None:
    user = personas.user_for("administrator", "lawyer", password=personas.PASSWORD, full_name="Karin Lindqvist")
    colleague = personas.user_for("lawyer", full_name="Jonas Weber")
    sign_in_for_the_first_time(page, live_server.url, user)
    targets = [f"accounts:{name}" for name in OWN_PAGES] + [f"admin:{name}" for name in ADMIN_PAGES]
    for url, name in [
        *((reverse(target), target.partition(":")[2]) for target in targets),
        (reverse("admin:accounts_user_change", args=[colleague.pk]), "accounts_user_change"),
    ]:
        answer = page.goto(live_server.url + url)
        assert answer is not None
        assert answer.status == 200, url
        shoot(page, name)
    assert complaints == []
