"""Which views ask for the second factor again, and that nobody adds one of their kind without it."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ALWAYS, SENDING = "always", "sending"
# docs/administration.md tells people the same list in words.
ASKS = {
    "accounts:add_passkey": ALWAYS,
    "accounts:change_factor_rule": SENDING,
    "accounts:change_passkey": ALWAYS,
    "accounts:enrol": ALWAYS,
    "accounts:enrol_begin": ALWAYS,
    "accounts:new_passkey_challenge": ALWAYS,
    "accounts:ask_change": SENDING,
    "deadlines:print_sheet": ALWAYS,
    "accounts:change_function": SENDING,
    "accounts:confirm_change": ALWAYS,
    "accounts:leave": SENDING,
    "accounts:vouch": ALWAYS,
    "accounts:add_members": SENDING,
    "accounts:dissolve_group": SENDING,
    "accounts:form_group": SENDING,
    "accounts:rename_group": SENDING,
    "accounts:recovery_codes": ALWAYS,
    "accounts:remove_app_factor": ALWAYS,
    "admin:accounts_accountchange_add": SENDING,
    "admin:accounts_accountchange_change": SENDING,
    "admin:accounts_accountchange_changelist": SENDING,
    "admin:accounts_user_add": SENDING,
    "admin:accounts_user_change": SENDING,
    "admin:accounts_user_changelist": SENDING,
    "clients:export": ALWAYS,
    "deadlines:make_feed": ALWAYS,
    "matters:hand_over": SENDING,
    "matters:answer_takeover": ALWAYS,
    "matters:ask_takeover": SENDING,
    "matters:answer_break_glass": ALWAYS,
    "matters:ask_break_glass": ALWAYS,
    "matters:change_wall": ALWAYS,
    "matters:lower_wall": ALWAYS,
    "matters:see_as": ALWAYS,
    "matters:raise_client_wall": ALWAYS,
    "matters:raise_wall": ALWAYS,
    "privacy:export_reviews": ALWAYS,
    "privacy:put_forward": ALWAYS,
    "privacy:release": ALWAYS,
    "privacy:release_hold": ALWAYS,
    "review:export": ALWAYS,
    "review:sign": SENDING,
}
# Names that say that something leaves the house, opens or closes a file, or changes how people get in.
TELLING = re.compile(
    r"export|download|feed|release|erase|erasure|put_forward|wall|glass|reset|factor|passkey|enrol|recovery|master_key|sign_off"
)
# Names that only sound like it.
HARMLESS = {
    "accounts:factor_rules": "a list; what changes it asks",
    "accounts:factors": "a list; what changes it asks",
    "accounts:passkey_challenge": "gives the second factor",
    "accounts:recovery": "gives the second factor",
    "accounts:second_factor": "gives the second factor",
    "matters:break_glass": "a list",
    "matters:break_glass_one": "what was asked, and for officers what was read",
    "matters:end_break_glass": "closes what was open",
    "deadlines:feed": "asked by a calendar program, which has no session",
    "deadlines:feeds": "a list; what adds one asks",
    "deadlines:revoke_feed": "closes what was open",
    "admin:accounts_accountchange_delete": "deletes nothing: refused to all",
    "admin:accounts_accountchange_history": "shows nothing: the journal is kept elsewhere",
    "matters:client_walls": "only shows them",
    "clients:release": "widens who sees an imported contact, inside the firm",
}


def addresses(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join((*spaces, pattern.name or "")), getattr(pattern.callback, "step_up", "")
        else:
            yield from addresses(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)


@pytest.fixture(scope="module")
def marks() -> dict[str, str]:
    return dict(addresses(get_resolver()))


def test_the_listed_views_ask_for_the_second_factor_again(marks: dict[str, str]) -> None:
    assert {name: mark for name, mark in marks.items() if mark} == ASKS


def test_an_address_that_sounds_like_one_of_them_is_one(marks: dict[str, str]) -> None:
    sounding = {name for name in marks if TELLING.search(name)}
    assert sorted(sounding - ASKS.keys() - HARMLESS.keys()) == []


def test_what_is_harmless_still_exists(marks: dict[str, str]) -> None:
    assert sorted(HARMLESS.keys() - marks.keys()) == []
