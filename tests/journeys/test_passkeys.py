"""Passkeys in Chromium with an authenticator of its own: added, given at sign-in and again, copied, removed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.conftest import Desk, sign_in
from tests.journeys.people import KEYHOLDER, PASSWORD

HELD = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """The authenticator of one window."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": HELD})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def copy(self, credential: dict[str, Any]) -> None:
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def verifies(self, *, person: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": person})


@pytest.fixture
def holder(desk: Desk) -> Iterator[Page]:
    """Signed in by code, so that the second factor was given just now."""
    desk.firm.stage("phone_only", email=KEYHOLDER.email)
    page = desk.stranger()
    sign_in(page, KEYHOLDER)
    yield page
    desk.signed_in.pop(KEYHOLDER.email, None)


def add(page: Page, name: str) -> None:
    page.goto("/profile/factors/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add the passkey").click()


def password(page: Page, site: str = "") -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("E-mail address").fill(KEYHOLDER.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def give(page: Page) -> None:
    page.get_by_role("button", name="Use a passkey").click()


def sign_out(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(re.compile(r"/sign-in/$"))


def test_a_passkey_is_added_used_again_copied_and_removed(desk: Desk, holder: Page) -> None:
    keys = Authenticator(holder)
    keys.verifies(person=False)
    add(holder, "İpek's laptop")
    expect(holder.get_by_role("alert")).to_contain_text("Nothing was done")
    keys.verifies(person=True)
    holder.get_by_role("button", name="Add the passkey").click()
    holder.get_by_role("link", name="I have kept them").click()
    add(holder, "once more")
    expect(holder.get_by_role("alert")).to_contain_text("holds a passkey for your account already")
    copied = keys.credentials()[0]

    sign_out(holder)
    password(holder)
    give(holder)
    expect(holder).to_have_url(f"{desk.firm.address}/")

    # A page that asks: first on its own, then a form that was half written meanwhile.
    desk.firm.stage("factor_long_ago", email=KEYHOLDER.email)
    holder.goto("/contacts/export/")
    expect(holder.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    give(holder)
    expect(holder.get_by_role("heading", level=1)).to_have_text("Export contacts")
    holder.get_by_label("What for").fill("Asked for by the auditor")
    desk.firm.stage("factor_long_ago", email=KEYHOLDER.email)
    holder.get_by_role("button", name="Download the file").click()
    expect(holder.get_by_role("dialog", name="Confirm that it is you")).to_be_visible()
    with holder.expect_download() as file:
        give(holder)
    assert file.value.suggested_filename.startswith("contacts-")
    expect(holder.get_by_label("What for")).to_have_value("Asked for by the auditor")

    # Somebody else has a copy, as it was before these uses.
    thief = desk.stranger()
    Authenticator(thief).copy(copied)
    password(thief)
    give(thief)
    expect(thief.get_by_text("There is a copy of this passkey somewhere else").first).to_be_visible()

    holder.goto("/profile/factors/")
    expect(holder).to_have_url(re.compile(r"/sign-in/\?next="))
    removed = desk.stranger()
    sign_in(removed, KEYHOLDER)
    removed.goto("/profile/factors/")
    expect(removed.get_by_role("row", name="İpek's laptop")).to_contain_text("closed: a copy was used")
    removed.get_by_role("link", name="İpek's laptop").click()
    removed.get_by_role("button", name="Remove the passkey").click()
    expect(removed.get_by_text("Removed.")).to_be_visible()
    expect(removed.get_by_text("None yet.")).to_be_visible()


def test_under_an_address_instead_of_a_name_the_page_says_where_passkeys_work(desk: Desk, holder: Page) -> None:
    Authenticator(holder)
    add(holder, "laptop")
    holder.get_by_role("link", name="I have kept them").click()
    elsewhere = desk.stranger()
    password(elsewhere, desk.firm.address.replace("localhost", "127.0.0.1"))
    expect(elsewhere.get_by_role("button", name="Use a passkey")).to_be_disabled()
    expect(elsewhere.get_by_role("alert")).to_have_text(
        f"Passkeys work only under {desk.firm.address}. Open LawCRM there."
    )


def test_what_is_typed_stays_when_the_session_is_ended_from_elsewhere(desk: Desk, holder: Page) -> None:
    other = desk.stranger()
    sign_in(other, KEYHOLDER)
    other.goto("/profile/")
    other.get_by_label("Initials").fill("İK")
    holder.goto("/profile/devices/")
    holder.get_by_role("button", name="Sign out all others").click()
    expect(holder.get_by_text("Signed out there.")).to_be_visible()
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    expect(other.get_by_label("Initials")).to_have_value("İK")
