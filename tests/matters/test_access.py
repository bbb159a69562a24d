"""Giving and taking access, walls, levels and the journal's reasons."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.crypto.marks import mark
from matters.actions import team, walls
from matters.models import Matter, WallBar
from matters.models.levels import Level
from matters.queries import sight
from matters.queries.team import holders_of
from tests import personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db


def give(actor: User, matter: Matter, to: User | Group, level: Level = Level.WORK, reason: str = "joins") -> None:
    with access.as_user(actor):
        team.grant_access(actor=actor, matter=matter, to=to, level=level, reason=reason, now=NOW)


def take(actor: User, matter: Matter, to: User | Group) -> None:
    with access.as_user(actor):
        team.withdraw_access(actor=actor, matter=matter, to=to, reason="leaves", now=NOW)


def wall(actor: User, matter: Matter, *against: User | Group) -> walls.Wall:
    with access.as_user(actor):
        return walls.raise_wall(actor=actor, matter=matter, against=against, reason="former client", now=NOW)


def levels(matter: Matter, viewer: User) -> dict[str, Level]:
    with access.as_user(viewer):
        return {holder.name: holder.level for holder in holders_of(matter)}


def test_a_grant_is_exactly_the_level_given(matter: Matter, karin: User, ida: User) -> None:
    give(karin, matter, ida, Level.MANAGE)
    assert levels(matter, karin)["Ida Berg"] == Level.MANAGE
    give(karin, matter, ida, Level.VIEW)
    assert levels(matter, karin)["Ida Berg"] == Level.VIEW


def test_the_reason_stands_on_the_page(matter: Matter, karin: User, ida: User, browser: Client) -> None:
    give(karin, matter, ida, reason="second chair in the appeal")
    with access.as_user(karin):
        grants = sight.grants_of(matter, holders_of(matter))
    assert [(grant.holder.name, grant.reason, grant.given_by) for grant in grants] == [
        ("Karin Vestergaard", "On the team from the start", "Karin Vestergaard"),
        ("Ida Berg", "second chair in the appeal", "Karin Vestergaard"),
    ]
    assert "second chair in the appeal" in browser.get(f"/matters/{matter.public_id}/access/").content.decode()


def test_a_role_group_never_gets_access(matter: Matter, karin: User) -> None:
    with pytest.raises(team.NotAPracticeGroup):
        give(karin, matter, Group.objects.get(name="lawyer"))
    with pytest.raises(team.NotAPracticeGroup):  # neither role nor practice: of no known kind
        give(karin, matter, Group.objects.create(name="Chess"))
    give(karin, matter, personas.practice_group("Banking"))


def test_no_reason_no_access(matter: Matter, karin: User, ida: User) -> None:
    with pytest.raises(team.ReasonMissing):
        give(karin, matter, ida, reason="  ")


def test_the_responsible_and_the_last_manager_stay(opened: Opener, karin: User, ida: User) -> None:
    matter = opened(responsible=ida)
    with pytest.raises(team.ResponsibleStays):
        take(karin, matter, ida)
    with pytest.raises(team.ResponsibleStays):
        give(karin, matter, ida, Level.VIEW)
    ida.is_active = False
    ida.save()
    with pytest.raises(team.LastManager):
        take(karin, matter, karin)


def test_whoever_leaves_sees_nothing_from_then_on(opened: Opener, karin: User, ida: User) -> None:
    matter = opened(people=(ida,))
    client = personas.signed_in(ida)
    assert client.get(f"/matters/{matter.public_id}/").status_code == 200
    take(karin, matter, ida)
    assert client.get(f"/matters/{matter.public_id}/").status_code == 404


def test_a_wall_bites_in_an_open_session_and_beats_the_group(opened: Opener, karin: User, ida: User) -> None:
    matter = opened(people=(ida,), groups=(personas.practice_group("Banking", ida),))
    client = personas.signed_in(ida)
    assert client.get(f"/matters/{matter.public_id}/").status_code == 200
    standing = wall(karin, matter, ida)
    assert client.get(f"/matters/{matter.public_id}/").status_code == 404
    assert matter.number not in client.get("/matters/").content.decode()
    with access.as_user(karin):
        walls.lower_wall(actor=karin, wall=standing, reason="consent given", now=NOW)
    assert client.get(f"/matters/{matter.public_id}/").status_code == 200


def test_a_wall_keeps_out_neither_its_maker_nor_the_responsible(opened: Opener, karin: User, ida: User) -> None:
    matter = opened(responsible=ida)
    with pytest.raises(walls.KeepsOutYourself):
        wall(karin, matter, karin)
    with pytest.raises(walls.KeepsOutResponsible):
        wall(karin, matter, ida)
    with pytest.raises(walls.KeepsOutYourself):
        wall(karin, matter, personas.practice_group("Banking", karin))
    with pytest.raises(walls.NobodyKeptOut):
        wall(karin, matter)


def test_whom_a_wall_kept_out_stays_with_it(matter: Matter, karin: User, ida: User) -> None:
    standing = wall(karin, matter, ida)
    with access.as_user(karin):
        walls.lower_wall(actor=karin, wall=standing, reason="consent given", now=NOW)
        past = [(row.history_type, row.user_id, row.state) for row in WallBar.history.order_by("history_id")]
        bars = list(WallBar.objects.values_list("user_id", "state"))
        with pytest.raises(walls.AlreadyLowered):
            walls.lower_wall(actor=karin, wall=standing, reason="again", now=NOW)
    assert past == [("+", ida.pk, "standing"), ("~", ida.pk, "lifted")]
    assert bars == [(ida.pk, "lifted")]


def test_derived_sight_agrees_with_the_truth(opened: Opener, karin: User, ida: User, outsider: User) -> None:
    matter = opened(people=(ida,), groups=(personas.practice_group("Banking", outsider),))
    standing = wall(karin, matter, outsider)
    give(karin, matter, outsider, Level.VIEW)
    take(karin, matter, ida)
    with access.as_user(karin):
        walls.lower_wall(actor=karin, wall=standing, reason="done", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("select kind, id from sight_wrong()")
        assert cursor.fetchall() == []


@pytest.mark.parametrize(
    ("level", "codes"),
    [
        (Level.VIEW, {"detail": 200, "log": 403, "file_mail": 403, "grant": 403, "raise_wall": 403, "change": 403}),
        (Level.WORK, {"detail": 200, "log": 200, "file_mail": 200, "grant": 403, "raise_wall": 403, "change": 403}),
        (Level.MANAGE, {"detail": 200, "log": 200, "file_mail": 200, "grant": 200, "raise_wall": 200, "change": 200}),
    ],
)
def test_the_level_decides(matter: Matter, karin: User, ida: User, level: Level, codes: dict[str, int]) -> None:
    from tests.matters.test_pages import address

    give(karin, matter, ida, level)
    client = personas.signed_in(ida)
    assert {name: client.get(address(name, matter)).status_code for name in codes} == codes


def test_the_role_decides_too_and_says_so(matter: Matter, karin: User) -> None:
    clerk = personas.user_for("assistant")
    give(karin, matter, clerk, Level.MANAGE)
    response = personas.signed_in(clerk).get(f"/matters/{matter.public_id}/access/give/")
    assert response.status_code == 403
    assert "Your role does not include this" in response.content.decode()


def test_the_forms_give_wall_and_withdraw(matter: Matter, ida: User, karin: User, browser: Client) -> None:
    base = f"/matters/{matter.public_id}/access/"
    given = browser.post(f"{base}give/", {"to": f"person:{ida.public_id}", "level": "work_matter", "reason": "joins"})
    assert given.status_code == 302
    asked = browser.post(f"{base}withdraw/", {"holder": ida.pk})
    assert asked.status_code == 200
    assert browser.post(f"{base}withdraw/", {"holder": ida.pk, "reason": ""}).status_code == 422
    assert browser.post(f"{base}wall/", {"people": [ida.pk], "reason": "former client"}).status_code == 302
    page = browser.get(base).content.decode()
    assert "former client" in page
    assert "behind the wall" in page
    with access.as_user(karin):
        standing = mark(WallBar.objects.get().wall)
    assert browser.post("/matters/walls/lower/", {"wall": standing, "reason": "consent"}).status_code == 302
    assert browser.post(f"{base}withdraw/", {"holder": ida.pk, "reason": "left"}).status_code == 302
    assert list(levels(matter, karin)) == ["Karin Vestergaard"]


def test_a_refusal_is_said_on_the_form(matter: Matter, karin: User, browser: Client) -> None:
    base = f"/matters/{matter.public_id}/access/"
    response = browser.post(f"{base}withdraw/", {"holder": karin.pk, "reason": "tired"})
    assert response.status_code == 422
    assert "The responsible lawyer manages the matter" in response.content.decode()


def test_who_has_read_it_stands_on_the_page(matter: Matter, karin: User, ida: User, browser: Client) -> None:
    give(karin, matter, ida)
    personas.signed_in(ida).get(f"/matters/{matter.public_id}/")
    page = browser.get(f"/matters/{matter.public_id}/access/")
    assert [reader.name for reader in page.context["readers"]] == ["Ida Berg"]
