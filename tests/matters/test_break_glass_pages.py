"""Break-glass in the browser: the same answers in every world, marks, banners, mails, and the ways to end it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deadlines.models import Deadline, Task
from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry, ReadEntry
from lawcrm.models.outbox import OutboxMessage
from matters.actions import break_glass as actions
from matters.actions import break_glass_notice as notice
from matters.actions import walls
from matters.models import BreakGlass, BreakGlassRequest, Matter
from tests import factories, personas
from tests.matters import glass
from tests.matters.conftest import NOW, Opener
from tests.matters.test_pages import query_count

pytestmark = pytest.mark.django_db
LIST, ASK = reverse("matters:break_glass"), reverse("matters:ask_break_glass")
MASKED = re.compile(r'[0-9a-f]{8}-[0-9a-f-]{27}|nonce="[^"]+"|(csrfmiddlewaretoken" value|"X-CSRFToken"): ?"?[^"]+"')


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def erik() -> User:
    return personas.user_for("lawyer", full_name="Erik Sandström")


@pytest.fixture
def officer() -> User:
    return personas.user_for("data protection officer", full_name="Nanna Ravn")


def form(number: str, second: User, **given: str) -> dict[str, str]:
    return {"number": number, "reason": "hearing at nine", "hours": "4", "confirmer": str(second.pk), **given}


def of(name: str, row: BreakGlassRequest | BreakGlass | Matter) -> str:
    return reverse(f"matters:{name}", args=[row.public_id])


type Answer = tuple[int, str, str, int]


def answered(client: Client, method: str, url: str, data: dict[str, str] | None = None) -> Answer:
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(url, data or {})
    body = re.sub(r'name="(csrf\w+|token|once)" value="[^"]+"', "#", MASKED.sub("#", response.content.decode()))
    return response.status_code, MASKED.sub("#", response.get("Location", "")), body, len(queries)


def story(asker: Client, second: Client, number: str, erik: User) -> list[Answer]:
    """All that asker and second person are shown of a request, before and after it was confirmed and settled."""
    told = [answered(asker, "post", ASK, form(number, erik))]
    with access.as_system("test"):
        asked = BreakGlassRequest.objects.latest("pk")
    one, answer = of("break_glass_one", asked), of("answer_break_glass", asked)
    told += [answered(client, "get", url) for client in (asker, second) for url in (LIST, one, "/")]
    told.append(answered(second, "post", answer, {"confirm": "1"}))
    told += [answered(client, "get", url) for client in (asker, second) for url in (LIST, one, "/")]
    actions.settle_confirmed(now=NOW)
    told += [answered(second, "get", url) for url in (LIST, one, "/")]
    return told + [answered(asker, "get", url) for url in (LIST, one, "/", "/matters/")]


@pytest.mark.parametrize("world", ["hidden", "walled", "second person walled"])
def test_nobody_is_told_whether_the_number_exists_or_a_wall_stands(
    karin: User, ida: User, erik: User, world: str
) -> None:
    """The only difference in all that is shown is that for the asker, at last, the matter opens."""
    number, asker, second = "9999-0007", personas.signed_in(ida), personas.signed_in(erik)
    walled = {"walled": ida, "second person walled": erik}.get(world)
    # A notice of a wall names no matter: in both worlds one waits, only the matter it is about differs.
    nothing = told_and_undone(
        asker, second, number, erik, made=lambda: numbered("9999-0008", karin, walled) if walled else None
    )
    numbered(number, karin, walled)
    here = story(asker, second, number, erik)
    different = [index for index, (one, other) in enumerate(zip(nothing, here, strict=True)) if one != other]
    assert different == ([18, 19, 20] if world == "hidden" else [])


def numbered(number: str, responsible: User, walled: User | None) -> None:
    matter = factories.matter(number=number, responsible=responsible)
    factories.grant(matter, responsible, "manage_matter")
    if walled is not None:
        wall_off(matter, walled)


def told_and_undone(*who: Any, made: Callable[[], None] = lambda: None) -> list[Answer]:
    from tests.access.world import undone

    told: list[Answer] = []
    with undone():
        made()
        told += story(*who)
    return told


def wall_off(matter: Matter, person: User) -> None:
    from matters.actions import walls

    with access.as_system("test"):
        walls.raise_wall(actor=matter.responsible, matter=matter, against=[person], reason="x", now=NOW)


def test_every_reading_is_marked_and_no_other(
    opened: Opener, ida: User, erik: User, karin: User, officer: User
) -> None:
    contact, document = factories.contact(), "/matters/{}/documents/"
    matter, own = opened(client=contact), factories.matter("Own", number="9999-0002")
    factories.grant(own, ida)
    found = glass.broken(ida, erik, matter)
    assert found is not None
    client = personas.signed_in(ida)
    for url in (f"/matters/{matter.public_id}/", document.format(matter.public_id), f"/contacts/{contact.public_id}/"):
        assert client.get(url).status_code == 200
    assert client.get(f"/matters/{own.public_id}/").status_code == 200
    personas.signed_in(karin).get(f"/matters/{matter.public_id}/")
    with access.as_system("test"):
        marks = list(ReadEntry.objects.order_by("pk").values_list("user_id", "object_type", "break_glass_id"))
    assert marks == [
        (ida.pk, "matters.matter", found.pk),
        (ida.pk, "matters.matter", found.pk),
        (ida.pk, "clients.contact", found.pk),
        (ida.pk, "matters.matter", found.pk),  # the card on the contact's page
        (ida.pk, "matters.matter", None),
        (karin.pk, "matters.matter", None),
    ]
    page = personas.signed_in(karin).get(f"/matters/{matter.public_id}/access/")
    assert {(reader.name, reader.by_glass) for reader in page.context["readers"]} == {
        ("Ida Berg", True),
        ("Karin Vestergaard", False),
    }
    shown = personas.signed_in(officer).get(reverse("matters:break_glass_one", args=[request_of(found).public_id]))
    assert [reading.noun for reading in shown.context["readings"]] == ["matter", "contact", "matter", "matter"]


def request_of(found: BreakGlass) -> BreakGlassRequest:
    with access.as_system("test"):
        return BreakGlassRequest.objects.get(pk=found.request_id)


def test_a_grant_given_meanwhile_takes_the_mark_away(matter: Matter, ida: User, erik: User) -> None:
    glass.broken(ida, erik, matter)
    factories.grant(matter, ida)
    client = personas.signed_in(ida)
    page = client.get(f"/matters/{matter.public_id}/").content.decode()
    assert "You are here by break-glass" not in page
    with access.as_system("test"):
        assert list(ReadEntry.objects.values_list("break_glass_id", flat=True)) == [None]


def test_pages_say_so_to_the_holder_and_to_the_team(matter: Matter, ida: User, erik: User, karin: User) -> None:
    before = query_count(personas.signed_in(karin), f"/matters/{matter.public_id}/")
    glass.broken(ida, erik, matter)
    holder, team = personas.signed_in(ida), personas.signed_in(karin)
    # 10:00 UTC and four hours, told in the holder's own time zone.
    for name in ("detail", "documents", "history", "access"):
        page = holder.get(of(name, matter)).content.decode()
        assert "You are here by break-glass until 15:00. It is for reading, and each reading is marked." in page
        assert "Ida Berg sees this matter by break-glass until 15:00." in team.get(of(name, matter)).content.decode()
    assert "break-glass until 15:00" in holder.get("/matters/").content.decode()
    assert "break-glass until" not in team.get("/matters/").content.decode()
    assert (
        query_count(team, f"/matters/{matter.public_id}/") == before + 2
    )  # who holds it, and the name in the timeline
    assert "hearing at nine" in team.get(of("access", matter)).content.decode()
    assert "Break-glass began" in team.get(of("history", matter)).content.decode()


@pytest.mark.parametrize(
    ("who", "outcome"),
    [
        ("holder", (302, "holder")),
        ("responsible", (302, "manager")),
        ("officer", (302, "officer")),
        ("manager", (302, "manager")),
        ("worker", (403, "")),
        ("reader", (403, "")),
        ("second person", (404, "")),
        ("stranger", (404, "")),
        ("administrator", (404, "")),
    ],
)
def test_who_may_end_it(matter: Matter, ida: User, erik: User, who: str, outcome: tuple[int, str]) -> None:
    found = glass.broken(ida, erik, matter)
    assert found is not None
    people = {"holder": ida, "responsible": matter.responsible, "second person": erik}
    roles = {"officer": "data protection officer", "administrator": "administrator"}
    person = people.get(who) or personas.user_for(roles.get(who, "lawyer"))
    levels = {"reader": 1, "worker": 2, "manager": 3}.get(who, 0)
    for level in ("view_matter", "work_matter", "manage_matter")[:levels]:
        factories.grant(matter, person, level)
    code = personas.signed_in(person).post(of("end_break_glass", found)).status_code
    with access.as_system("test"):
        found.refresh_from_db()
    assert (code, found.ending) == outcome
    assert glass.sees(ida, matter) is (found.ending == "")


def test_the_asker_is_told_in_words_what_is_wrong(matter: Matter, ida: User, erik: User, karin: User) -> None:
    client = personas.signed_in(ida)
    wrong = {
        "reason": client.post(ASK, form(matter.number, erik, reason="")),
        "confirmer": client.post(ASK, form(matter.number, ida)),
        "hours": client.post(ASK, form(matter.number, erik, hours="48")),
    }
    assert {name: (page.status_code, [*page.context["form"].errors]) for name, page in wrong.items()} == {
        name: (422, [name]) for name in wrong
    }
    known = personas.signed_in(karin).post(ASK, form(f" {matter.number.lower()} ", erik))
    assert "You see this matter already" in known.content.decode()


def test_an_administrator_is_refused_also_as_a_lawyer(matter: Matter, erik: User) -> None:
    client = personas.client_for("administrator", "lawyer")
    page = client.get(ASK)
    assert (page.status_code, client.post(ASK, form(matter.number, erik)).status_code) == (403, 403)
    assert "never for an account that keeps other accounts" in page.content.decode()
    assert client.get(LIST).context["may_ask"] is False


def test_asking_and_answering_want_the_second_factor_again(matter: Matter, ida: User, erik: User, clock: Any) -> None:
    asker, second = personas.signed_in(ida), personas.signed_in(erik)
    asked = glass.ask(ida, erik, matter.number)
    clock.shift(timedelta(minutes=11))
    before = BreakGlassRequest.history.model
    for client, url in ((asker, ASK), (second, of("answer_break_glass", asked))):
        page = client.post(url, {"confirm": "1", **form("X", erik)})
        assert "step_up" in page.get("Location", "") or "second factor" in page.content.decode().lower()
    with access.as_system("test"):
        assert (BreakGlassRequest.objects.count(), before.objects.count()) == (1, 1)


def test_the_responsible_lawyer_and_every_officer_are_told_at_once_without_content(
    opened: Opener, ida: User, erik: User, karin: User, officer: User
) -> None:
    matter = opened("Nordbau ./. Yıldız", client=factories.contact("Mehmet Yıldız"))
    other = personas.user_for("data protection officer")
    personas.user_for("auditor")
    glass.broken(ida, erik, matter)
    with access.as_system("test"):
        rows = OutboxMessage.objects.filter(kind=notice.BEGAN)
        assert {row.recipient_id for row in rows} == {karin.pk, officer.pk, other.pk}
        rule = outbox.kind_of(notice.BEGAN)
        mails = {row.recipient_id: rule.compose(row) for row in rows if rule.may_send(row)}
    told = mails[karin.pk]
    assert told.subject == f"Break-glass in matter {matter.number}"
    assert told.text.splitlines()[0] == (
        f"Ida Berg sees matter {matter.number} by break-glass until 20 November 2026, 15:00."
        " Erik Sandström confirmed it."
    )
    for mail in mails.values():
        for content in ("Nordbau", "Yıldız", "hearing"):
            assert content not in mail.subject + mail.text
    assert f"/matters/{matter.public_id}/access/" in told.text
    assert "/matters/break-glass/" in mails[officer.pk].text


def test_the_mails_are_judged_again_as_they_go_out(matter: Matter, ida: User, erik: User, officer: User) -> None:
    asked = glass.ask(ida, erik, matter.number)
    with access.as_system("test"):
        row = OutboxMessage.objects.get(kind=notice.ASKED)
        rule = outbox.kind_of(notice.ASKED)
        mail = rule.compose(row)
        assert (row.recipient_id, rule.may_send(row)) == (erik.pk, True)
    assert matter.number not in mail.subject + mail.text
    assert "hearing" not in mail.subject + mail.text
    glass.confirm(asked, erik)
    actions.settle_confirmed(now=NOW)
    officer.groups.clear()
    with access.as_system("test"):
        assert rule.may_send(row) is False
        began = outbox.kind_of(notice.BEGAN)
        assert [began.may_send(row) for row in OutboxMessage.objects.filter(kind=notice.BEGAN).order_by("pk")].count(
            True
        ) == 1


def test_it_stands_on_the_front_page_of_those_it_concerns(
    matter: Matter, ida: User, erik: User, karin: User, officer: User
) -> None:
    asked = glass.ask(ida, erik, matter.number)
    assert "Ida Berg asks you to confirm" in personas.signed_in(erik).get("/").content.decode()
    glass.confirm(asked, erik)
    actions.settle_confirmed(now=NOW)
    shown = {
        person.full_name: "confirmed by Erik Sandström" in personas.signed_in(person).get("/").content.decode()
        for person in (ida, erik, karin, officer, personas.user_for("lawyer", full_name="Stranger"))
    }
    assert shown == {
        "Ida Berg": True,
        "Erik Sandström": False,
        "Karin Vestergaard": True,
        "Nanna Ravn": True,
        "Stranger": False,
    }


@pytest.mark.parametrize("planned", [False, True])
def test_an_officer_behind_a_wall_is_told_nothing_of_that_matter_by_mail_or_page(  # noqa: PLR0917
    matter: Matter,
    ida: User,
    erik: User,
    karin: User,
    officer: User,
    planned: bool,  # noqa: FBT001
) -> None:
    other = personas.user_for("data protection officer")
    starts_at = NOW + timedelta(days=1) if planned else None
    with access.as_user(karin):
        terms = walls.Terms(starts_at=starts_at)
        walls.raise_wall(actor=karin, matter=matter, against=[officer], reason="sister", now=NOW, terms=terms)
    found = glass.broken(ida, erik, matter)
    assert found is not None
    with access.as_system("test"):
        rule = outbox.kind_of(notice.BEGAN)
        mailed = {row.recipient_id for row in OutboxMessage.objects.filter(kind=notice.BEGAN) if rule.may_send(row)}
    assert mailed == {karin.pk, other.pk}
    one, end = of("break_glass_one", request_of(found)), of("end_break_glass", found)
    for person, told in ((other, True), (officer, False)):
        client = personas.signed_in(person)
        shown = [matter.number in client.get(url).content.decode() for url in ("/", LIST)]
        assert (shown, client.get(one).status_code == 200) == ([told, told], told)
    assert personas.signed_in(officer).post(end).status_code == 404
    assert personas.signed_in(other).post(end).status_code == 302


def test_what_had_no_effect_is_known_to_the_journal_alone(matter: Matter, ida: User, erik: User, officer: User) -> None:
    wall_off(matter, ida)
    glass.broken(ida, erik, matter)
    glass.confirm(glass.ask(ida, erik, "9999-0009"), erik)
    actions.settle_confirmed(now=NOW)
    told = {}
    for person in (officer, ida, erik, matter.responsible):
        with access.as_user(person):
            rows = JournalEntry.objects.filter(kind="break_glass.without_effect").order_by("pk")
            told[person] = [row.facts["why"] for row in rows]
    assert told == {officer: ["walled", "no_matter"], ida: [], erik: [], matter.responsible: []}


def test_an_export_leaves_out_what_is_seen_by_break_glass(opened: Opener, erik: User) -> None:
    partner = personas.user_for("partner")
    matter, own = opened(client=factories.contact("Hidden Person")), factories.matter("Own", number="9999-0002")
    factories.party(own, factories.contact("Own Person"))
    factories.grant(own, partner)
    glass.broken(partner, erik, matter)
    client = personas.signed_in(partner)
    assert "Hidden Person" in client.get("/contacts/").content.decode()
    export = client.post(reverse("clients:export"), {"reason": "moving house"})
    text = b"".join(export.streaming_content).decode()
    assert ("Own Person" in text, "Hidden Person" in text) == (True, False)


LISTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "matters": ("get", "/matters/", {}),
    "matters searched": ("post", reverse("matters:search"), {"q": "Nordbau"}),
    "contacts": ("get", reverse("clients:list"), {}),
    "palette": ("post", reverse("search_palette"), {"q": "Nordbau"}),
    "deadlines": ("get", reverse("deadlines:list"), {}),
    "today": ("get", "/", {}),
    "tasks": ("get", reverse("deadlines:tasks"), {}),
}
SHOWN = {
    "matters": {"matters.matter"},
    "matters searched": {"matters.matter"},
    "contacts": {"clients.contact"},
    "palette": {"matters.matter", "clients.contact", "deadlines.deadline"},
    "deadlines": {"deadlines.deadline"},
    "today": {"deadlines.deadline", "deadlines.task"},
    "tasks": {"deadlines.task"},
}


@pytest.mark.parametrize("name", LISTS)
def test_what_a_list_shows_by_break_glass_is_noted_and_nothing_else(ida: User, erik: User, name: str) -> None:
    matter = told_of(ida, "Hidden ./. Nordbau", factories.user("Karin Vestergaard"))
    own = told_of(ida, "Own ./. Nordbau", ida)
    factories.grant(own, ida)
    found = glass.broken(ida, erik, matter)
    client = personas.signed_in(ida)
    method, url, data = LISTS[name]
    assert getattr(client, method)(url, data).status_code == 200
    with access.as_system("test"):
        entries = list(ReadEntry.objects.filter(user_id=ida.pk, what="list"))
    assert found is not None
    assert {entry.object_type for entry in entries} == SHOWN[name]
    assert {entry.break_glass_id for entry in entries} == {found.pk}


def told_of(person: User, title: str, responsible: User) -> Matter:
    """A matter with everything lists could show to this person of it."""
    matter = factories.matter(title, responsible=responsible)
    factories.party(matter, factories.contact(title))
    with access.as_system("test"):
        Deadline.objects.create(
            matter=matter,
            sealed_for=matter.public_id,
            kind="statutory",
            title=f"Reply {title}",
            due_on=NOW.date(),
            time_zone="Europe/Berlin",
            assignee=person,
            entered_by=responsible,
        )
        Task.objects.create(matter=matter, title=title, assignee=person, created_by=responsible)
    return matter
