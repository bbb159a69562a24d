"""The team of a matter: several at once, another level, the responsibility, those who left, time for outsiders."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lawcrm import access
from lawcrm.accounts.models import User
from matters.actions import responsibility, team
from matters.actions.refused import Refused
from matters.models import Matter
from matters.models.levels import Level
from matters.queries import sight
from matters.queries.team import holders_of
from tests import personas
from tests.access import world
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db


def levels(matter: Matter, viewer: User) -> dict[str, Level]:
    with access.as_user(viewer):
        return {holder.name: holder.level for holder in holders_of(matter)}


def hand_over(actor: User, matter: Matter, to: User, keeps: Level | None = Level.WORK) -> Matter:
    with access.as_user(actor):
        return responsibility.hand_over_responsibility(
            actor=actor, matter=matter, to=to, keeps=keeps, reason="parental leave", now=NOW
        )


@pytest.mark.parametrize("keeps", [Level.MANAGE, Level.WORK, Level.VIEW, None])
def test_the_new_one_manages_and_the_old_one_keeps_what_was_said(
    matter: Matter, karin: User, ida: User, keeps: Level | None
) -> None:
    assert hand_over(karin, matter, ida, keeps).responsible == ida
    expected = {"Ida Berg": Level.MANAGE} | ({"Karin Vestergaard": keeps} if keeps else {})
    assert levels(matter, ida) == expected
    code = personas.signed_in(karin).get(f"/matters/{matter.public_id}/").status_code
    assert code == (200 if keeps else 404)


def test_who_cannot_answer_for_a_matter_is_refused_in_words(
    matter: Matter, karin: User, ida: User, outsider: User
) -> None:
    gone, ended = personas.user_for("lawyer"), personas.user_for("lawyer")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    User.objects.filter(pk=ended.pk).update(ends_on=date(2020, 1, 1))
    world.wall_off(matter, outsider)
    world.wall_off(matter, personas.practice_group("Kept out", ida))
    refusals: list[tuple[type[Refused], User]] = [
        (responsibility.ResponsibleAlready, karin),
        (responsibility.NotEntitled, personas.user_for("assistant")),
        (responsibility.NotEntitled, personas.user_for("administrator")),
        (team.NotActive, gone),
        (team.AccountEnded, ended),
        (team.ManagesFromOutside, personas.external_for("external counsel")),
        (responsibility.BehindTheWall, outsider),
        (responsibility.BehindTheWall, ida),
    ]
    for refusal, to in refusals:
        with pytest.raises(refusal):
            hand_over(karin, matter, User.objects.get(pk=to.pk))


def test_the_old_one_may_have_left_the_firm(opened: Opener, karin: User, ida: User) -> None:
    matter = opened(responsible=ida)
    User.objects.filter(pk=ida.pk).update(is_active=False)
    assert hand_over(karin, matter, personas.user_for("lawyer", full_name="New One")).responsible.full_name == "New One"
    assert levels(matter, karin)["New One"] == Level.MANAGE


def test_the_forms_give_to_several_change_in_place_and_hand_over(
    matter: Matter, karin: User, ida: User, outsider: User, browser: Client
) -> None:
    base = f"/matters/{matter.public_id}/access/"
    both = [f"person:{person.public_id}" for person in (ida, outsider)]
    assert browser.post(f"{base}give/", {"to": both, "level": "view_matter", "reason": "review"}).status_code == 302
    assert levels(matter, karin) == {
        "Karin Vestergaard": Level.MANAGE,
        "Ida Berg": Level.VIEW,
        "Tomas Lind": Level.VIEW,
    }
    asked = browser.post(f"{base}level/", {"holder": ida.pk})
    assert (asked.status_code, asked.context["form"]["level"].value()) == (200, Level.VIEW)
    changed = {"holder": ida.pk, "level": "work_matter", "reason": "writes the appeal"}
    assert browser.post(f"{base}level/", changed).status_code == 302
    assert levels(matter, karin)["Ida Berg"] == Level.WORK
    stranger = personas.user_for("lawyer")
    assert browser.post(f"{base}level/", {**changed, "holder": stranger.pk}).status_code == 404
    over = {"to": str(ida.public_id), "keeps": "view_matter", "reason": "parental leave"}
    assert browser.post(f"{base}responsible/", {**over, "reason": ""}).status_code == 422
    assert browser.post(f"{base}responsible/", over).status_code == 302
    assert levels(matter, karin) == {
        "Ida Berg": Level.MANAGE,
        "Karin Vestergaard": Level.VIEW,
        "Tomas Lind": Level.VIEW,
    }
    assert browser.post(f"{base}responsible/", over).status_code == 403


def test_giving_to_several_gives_to_all_or_nobody(matter: Matter, karin: User, ida: User) -> None:
    leyla = personas.external_for()
    with access.as_user(karin), pytest.raises(team.ManagesFromOutside):
        team.grant_access(actor=karin, matter=matter, to=[ida, leyla], level=Level.MANAGE, reason="x", now=NOW)
    assert levels(matter, karin) == {"Karin Vestergaard": Level.MANAGE}


def test_the_page_says_who_left_when_and_why(matter: Matter, karin: User, ida: User, browser: Client) -> None:
    group = personas.practice_group("Banking", ida)
    with access.as_user(karin):
        for to in (ida, group):
            facts: dict[str, Any] = {"actor": karin, "matter": matter, "to": to, "now": NOW}
            team.grant_access(**facts, level=Level.WORK, reason="joins")
            team.withdraw_access(**facts, reason="changed fields")
        gone = sight.former_of(matter, holders_of(matter))
        assert sorted((former.name, former.reason, former.ended_by) for former in gone) == [
            ("Banking", "changed fields", "Karin Vestergaard"),
            ("Ida Berg", "changed fields", "Karin Vestergaard"),
        ]
        team.grant_access(**{**facts, "to": ida}, level=Level.VIEW, reason="back again")
        assert [former.name for former in sight.former_of(matter, holders_of(matter))] == ["Banking"]
    assert "No longer on the team" in browser.get(f"/matters/{matter.public_id}/access/").content.decode()


def test_former_members_get_nothing_on_any_page_of_the_matter(matter: Matter, karin: User, ida: User) -> None:
    from tests.matters.test_pages import OF_ONE_MATTER, address

    with access.as_user(karin):
        facts: dict[str, Any] = {"actor": karin, "matter": matter, "to": ida, "now": NOW}
        team.grant_access(**facts, level=Level.MANAGE, reason="joins")
    client = personas.signed_in(ida)
    assert client.get(address("access", matter)).status_code == 200
    with access.as_user(karin):
        team.withdraw_access(**facts, reason="leaves")
    answers = {
        client.get(address(str(pattern.name), matter), headers=headers).status_code
        for pattern in OF_ONE_MATTER
        for headers in ({}, {"HX-Request": "true"})
    }
    assert answers <= {404, 405}


def test_the_responsible_partner_extends_somebody_from_outside(matter: Matter, karin: User, browser: Client) -> None:
    leyla = personas.external_for(full_name="Leyla Doğan")
    base, today = f"/matters/{matter.public_id}/access/", timezone.localdate()
    person = f"person:{leyla.public_id}"
    assert (
        browser.post(f"{base}give/", {"to": person, "level": "work_matter", "reason": "translates"}).status_code == 302
    )
    assert "From outside, until" in browser.get(base).content.decode()
    wanted = {"holder": leyla.pk, "ends_on": today + timedelta(days=200), "reason": "the appeal goes on"}
    for wrong in ({"ends_on": today + timedelta(days=400)}, {"ends_on": today - timedelta(days=1)}, {"reason": ""}):
        assert browser.post(f"{base}extend/", {**wanted, **wrong}).status_code == 422
    assert browser.post(f"{base}extend/", wanted).status_code == 302
    leyla.refresh_from_db()
    assert leyla.ends_on == today + timedelta(days=200)
    lawyer = personas.user_for("lawyer")
    with access.as_user(karin):
        team.grant_access(actor=karin, matter=matter, to=lawyer, level=Level.MANAGE, reason="x", now=NOW)
    assert personas.signed_in(lawyer).post(f"{base}extend/", wanted).status_code == 403
    partner = personas.user_for("partner")
    with access.as_user(karin):
        team.grant_access(actor=karin, matter=matter, to=partner, level=Level.MANAGE, reason="x", now=NOW)
    assert personas.signed_in(partner).post(f"{base}extend/", wanted).status_code == 422
