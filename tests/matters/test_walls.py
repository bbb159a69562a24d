"""Walls in time, changed and lowered; what is refused, and the pages on which it is done."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from clients.models import Contact
from lawcrm import access, audit, jobs
from lawcrm.accounts.actions import practice
from lawcrm.accounts.models import User
from lawcrm.crypto.marks import mark
from lawcrm.db import sight
from lawcrm.models import JournalEntry
from matters.actions import leads, parties, responsibility, team, walls
from matters.actions import wall_refusals as refusals
from matters.models import Matter, Party, Wall, WallBar
from matters.queries import walls as queries
from tests import factories, personas
from tests.access.test_sight import sees
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shared(opened: Opener, ida: User) -> Matter:
    return opened(people=(ida,))


def wall_off(actor: User, matter: Matter, *against: team.Principal, **terms: Any) -> Wall:
    with access.as_user(actor):
        return walls.raise_wall(
            actor=actor,
            matter=Matter.objects.get(pk=matter.pk),
            against=against,
            reason="former client",
            now=NOW,
            terms=walls.Terms(**terms),
        )


def change(actor: User, wall: Wall, *against: team.Principal, ends_at: datetime | None = None) -> None:
    with access.as_user(actor):
        walls.change_wall(actor=actor, wall=wall, against=against, ends_at=ends_at, reason="new facts", now=NOW)


def tick(now: datetime) -> None:
    assert jobs.run("matters.keep_walls", now) == "done"
    assert sight.wrong() == []


def test_it_begins_and_ends_without_anyone_acting(shared: Matter, karin: User, ida: User) -> None:
    wall_off(karin, shared, ida, starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    seen = []
    for hours in (0, 23, 24, 47, 48):
        tick(NOW + timedelta(hours=hours))
        seen.append(sees(ida, shared))
    assert seen == [True, True, False, False, True]
    with access.as_user(karin):
        (shown,) = queries.of_matter(shared)
        said = JournalEntry.objects.filter(matter_id=shared.pk, kind__startswith="wall.").order_by("pk")
        assert [entry.kind for entry in said] == ["wall.begun", "wall.ended"]
    assert (shown.state, shown.kept_out, shown.wall.lowered_at) == ("lifted", ["Ida Berg"], NOW + 2 * DAY)


def test_a_job_that_comes_late_lets_a_wall_stand_longer_only(shared: Matter, karin: User, ida: User) -> None:
    wall_off(karin, shared, ida, ends_at=NOW + DAY)
    assert not sees(ida, shared)
    tick(NOW + 9 * DAY)
    assert sees(ida, shared)
    tick(NOW + 10 * DAY)
    assert sees(ida, shared)


def test_a_planned_wall_can_be_changed_and_lowered_before_it_begins(shared: Matter, karin: User, ida: User) -> None:
    wall = wall_off(karin, shared, ida, starts_at=NOW + DAY)
    change(karin, wall, ida, ends_at=NOW + 3 * DAY)
    with access.as_user(karin):
        walls.lower_wall(actor=karin, wall=wall, reason="did not come", now=NOW)
    tick(NOW + 2 * DAY)
    assert sees(ida, shared)


def test_people_come_and_go_with_a_reason(shared: Matter, karin: User, ida: User, outsider: User) -> None:
    factories.grant(shared, outsider)
    wall = wall_off(karin, shared, ida)
    change(karin, wall, outsider)
    assert (sees(ida, shared), sees(outsider, shared)) == (True, False)
    change(karin, wall, outsider, ida)
    assert (sees(ida, shared), sees(outsider, shared)) == (False, False)
    with access.as_user(karin):
        entry = JournalEntry.objects.filter(kind="wall.changed", matter_id=shared.pk).order_by("pk").last()
        assert entry is not None
        assert (entry.reason, entry.facts["added"], entry.facts["lifted"]) == ("new facts", 1, 0)
        bars = WallBar.objects.order_by("pk").values_list("user_id", "state")
        assert list(bars) == [(ida.pk, "lifted"), (outsider.pk, "standing"), (ida.pk, "standing")]


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"starts_at": NOW - DAY}, refusals.StartsInThePast),
        ({"ends_at": NOW - DAY}, refusals.EndsBeforeStart),
        ({"ends_at": NOW}, refusals.EndsBeforeStart),
        ({"starts_at": NOW + 2 * DAY, "ends_at": NOW + DAY}, refusals.EndsBeforeStart),
    ],
)
def test_times_that_cannot_be_are_refused(
    terms: dict[str, datetime], refusal: type[Exception], shared: Matter, karin: User, ida: User
) -> None:
    with pytest.raises(refusal):
        wall_off(karin, shared, ida, **terms)
    assert sees(ida, shared)
    wall = wall_off(karin, shared, ida)
    with pytest.raises(refusals.EndsBeforeStart):
        change(karin, wall, ida, ends_at=NOW - DAY)


def test_whom_a_wall_may_not_keep_out(opened: Opener, karin: User, ida: User, outsider: User) -> None:
    matter = opened(responsible=ida)
    cases: list[tuple[tuple[team.Principal, ...], type[Exception]]] = [
        ((), refusals.NobodyKeptOut),
        ((Group.objects.get(name="lawyer"),), team.NotAPracticeGroup),
        ((karin,), refusals.KeepsOutYourself),
        ((personas.practice_group("With Karin", karin),), refusals.KeepsOutYourself),
        ((ida,), refusals.KeepsOutResponsible),
        ((personas.practice_group("With Ida", ida),), refusals.KeepsOutResponsible),
    ]
    for against, refusal in cases:
        with pytest.raises(refusal):
            wall_off(karin, matter, *against)
    with access.as_user(karin):
        entries = JournalEntry.objects.filter(kind="matter.wall_raised_refused", matter_id=matter.pk).order_by("pk")
        assert [entry.actor_id for entry in entries] == [karin.pk] * len(cases)
        assert [entry.facts["refusal"] for entry in entries] == [
            audit.attempts.code_of(refusal)
            for _against, refusal in cases  # type: ignore[type-var]
        ]
    wall = wall_off(karin, matter, outsider)
    for against, refusal in cases:
        with pytest.raises(refusal):
            change(karin, wall, *against)


def test_the_last_manager_is_counted_with_groups_and_planned_walls(
    opened: Opener, karin: User, ida: User, outsider: User
) -> None:
    """Karin and Tomas manage; a planned wall takes Karin, so that Tomas must stay."""
    matter = opened(responsible=karin)
    factories.grant(matter, outsider, "manage_matter")
    factories.grant(matter, outsider)
    factories.grant(matter, ida)
    with access.as_system("Karin leaves the front"):
        audit.update(Matter.objects.filter(pk=matter.pk), responsible=ida)
    with access.as_system("planned"):
        walls.raise_wall(
            actor=ida,
            matter=matter,
            against=[personas.practice_group("With Karin", karin)],
            reason="x",
            now=NOW,
            terms=walls.Terms(starts_at=NOW + DAY),
        )
    with pytest.raises(team.LastManager):
        wall_off(karin, matter, outsider)
    tick(NOW + 2 * DAY)
    with access.as_system("still"), pytest.raises(team.LastManager):
        walls.raise_wall(actor=ida, matter=matter, against=[outsider], reason="x", now=NOW)


def test_two_walls_against_one_person_are_one_too_many(shared: Matter, karin: User, ida: User) -> None:
    wall = wall_off(karin, shared, ida, ends_at=NOW + DAY)
    words = r"Ida Berg is already kept out by the wall of .*2026.* \(former client\)"
    for terms in ({}, {"starts_at": NOW + 3 * DAY}):
        with pytest.raises(refusals.AlreadyKeptOut, match=words):
            wall_off(karin, shared, ida, **terms)
    with pytest.raises(refusals.NothingChanged):
        change(karin, wall, ida, ends_at=NOW + DAY)
    with access.as_user(karin):
        walls.lower_wall(actor=karin, wall=wall, reason="x", now=NOW)
        with pytest.raises(refusals.AlreadyLowered):
            walls.lower_wall(actor=karin, wall=wall, reason="x", now=NOW)
    with pytest.raises(refusals.AlreadyLowered):
        change(karin, wall, ida, ends_at=NOW + 2 * DAY)
    wall_off(karin, shared, ida)
    assert not sees(ida, shared)


def test_nobody_behind_a_wall_becomes_responsible(opened: Opener, karin: User, ida: User) -> None:
    client = factories.contact()
    matter = opened(client=client)
    with access.as_user(karin):
        walls.raise_client_wall(
            actor=karin,
            contact=client,
            against=[ida],
            reason="x",
            now=NOW,
            terms=walls.Terms(starts_at=NOW + DAY),
        )
        with pytest.raises(responsibility.BehindTheWall):
            responsibility.hand_over_responsibility(actor=karin, matter=matter, to=ida, keeps=None, reason="x", now=NOW)
    with pytest.raises(leads.ResponsibleBehindWall, match="Ida Berg"):
        opened(client=client, responsible=ida)
    other = opened(responsible=ida)
    with access.as_user(karin), pytest.raises(leads.ResponsibleBehindWall):
        parties.add_party(
            actor=karin, matter=other, contact=client, role=Party.Role.CLIENT, since=date(2026, 1, 1), now=NOW
        )


def test_the_raiser_s_pages(shared: Matter, karin: User, ida: User, browser: Client) -> None:
    url = reverse("matters:raise_wall", args=[shared.public_id])
    page = browser.get(url).content.decode()
    assert "Name neither the client nor the matter" in page
    with time_machine.travel(NOW, tick=False):
        browser = personas.signed_in(karin)
        sent = {"people": [ida.pk], "starts_on": "2026-11-19", "reason": "x", "notice": "Keep away."}
        refused = browser.post(url, sent)
        assert (refused.status_code, "lies in the past" in refused.content.decode()) == (422, True)
        answer = browser.post(url, {**sent, "starts_on": "", "ends_on": "2026-12-24"})
        assert (answer.status_code, answer.url) == (302, reverse("matters:access", args=[shared.public_id]))  # type: ignore[attr-defined]
        with access.as_user(karin):
            wall = Wall.objects.get()
        assert (wall.starts_at, wall.ends_at, wall.notice) == (
            NOW,
            datetime(2026, 12, 24, 23, tzinfo=UTC),
            "Keep away.",
        )
        page = browser.get(reverse("matters:access", args=[shared.public_id])).content.decode()
        assert "Not acknowledged yet:" in page
        change_url, lower_url = reverse("matters:change_wall"), reverse("matters:lower_wall")
        assert "2026-12-24" in browser.post(change_url, {"wall": mark(wall)}).content.decode()
        again = browser.post(
            change_url, {"wall": mark(wall), "people": [ida.pk], "ends_on": "2026-12-24", "reason": "x"}
        )
        assert "Nothing is different" in again.content.decode()
        longer = {"wall": mark(wall), "people": [ida.pk], "ends_on": "", "reason": "x"}
        assert browser.post(change_url, longer).status_code == 302
        assert browser.post(lower_url, {"wall": mark(wall)}).status_code == 200
        assert browser.post(lower_url, {"wall": mark(wall), "reason": "over"}).status_code == 302
        assert browser.post(lower_url, {"wall": mark(wall), "reason": "over"}).status_code == 422
    assert sees(ida, shared)


def test_the_pages_of_a_client(opened: Opener, karin: User, ida: User, browser: Client) -> None:
    client = factories.contact("Nordlys Energi A/S")
    matter = opened(client=client, people=(ida,))
    url = reverse("matters:raise_client_wall", args=[client.public_id])
    contact_page = reverse("clients:detail", args=[client.public_id])
    assert url in browser.get(contact_page).content.decode()
    reader = personas.signed_in(ida)
    assert url not in reader.get(contact_page).content.decode()
    assert reader.get(url).status_code == 403
    assert browser.post(url, {"people": [ida.pk], "reason": "sold"}).status_code == 302
    assert [sees(ida, one) for one in (matter, client)] == [False, False]
    for page in (reverse("matters:client_walls", args=[client.public_id]), contact_page):
        assert "Ida Berg" in browser.get(page).content.decode()
    assert "around the client" in browser.get(reverse("matters:access", args=[matter.public_id])).content.decode()
    with access.as_user(karin):
        wall = Wall.objects.get()
    assert reader.post(reverse("matters:lower_wall"), {"wall": mark(wall), "reason": "x"}).status_code == 404
    assert browser.post(reverse("matters:lower_wall"), {"wall": mark(wall), "reason": "x"}).status_code == 302
    assert sees(ida, client)


def test_someone_who_reads_only_changes_no_wall(opened: Opener, karin: User, ida: User, outsider: User) -> None:
    matter = opened(people=(ida,))
    wall = wall_off(karin, matter, outsider)
    for name in ("change_wall", "lower_wall"):
        answer = personas.signed_in(ida).post(reverse(f"matters:{name}"), {"wall": mark(wall), "reason": "x"})
        assert answer.status_code == 403
    assert not sees(outsider, matter)


def test_a_contact_without_matters_is_walled_by_nobody(karin: User) -> None:
    lonely = factories.contact()
    with access.as_user(karin):
        assert not queries.manages_client(Contact(pk=lonely.pk))


def ended(person: User) -> User:
    person.is_active = False
    person.save()
    return person


def test_who_has_left_is_kept_out_too_and_so_when_they_return(shared: Matter, karin: User, ida: User) -> None:
    browser = personas.signed_in(karin)
    url = reverse("matters:raise_wall", args=[shared.public_id])
    ended(ida)
    assert browser.post(url, {"people": [ida.pk], "reason": "may come back"}).status_code == 302
    ida.is_active = True
    ida.save()
    assert not sees(ida, shared)


def test_changing_a_wall_lifts_nobody_who_left_and_no_dissolved_group(
    shared: Matter, karin: User, ida: User, outsider: User
) -> None:
    keeper = personas.user_for("partner")
    group = personas.practice_group("Energy", keeper=keeper)
    wall = wall_off(karin, shared, ida, outsider, group)
    ended(ida)
    with access.as_user(keeper):
        practice.dissolve_group(actor=keeper, group=group, reason="merged", now=NOW)
    browser, url = personas.signed_in(karin), reverse("matters:change_wall")
    page = browser.post(url, {"wall": mark(wall)}).content.decode()
    chosen = set(re.findall(r'name="(people|groups)" value="(\d+)"[^>]* checked', page))
    kept = {("people", str(one.pk)) for one in (ida, outsider, keeper)} | {("groups", str(group.pk))}
    assert chosen == kept
    sent = {"people": [ida.pk, outsider.pk, keeper.pk], "groups": [group.pk], "ends_on": "2026-12-24", "reason": "term"}
    assert browser.post(url, {"wall": mark(wall), **sent}).status_code == 302
    with access.as_user(karin):
        assert {bar.principal for bar in queries.open_bars(wall)} == {ida.pk, outsider.pk, keeper.pk, -group.pk}
