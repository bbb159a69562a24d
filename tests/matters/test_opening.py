"""Opening a matter: numbers without gaps, the team, the parties, the form sent twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client

from clients.models import Contact
from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import JournalEntry
from matters.actions import team
from matters.actions.opening import AlreadyOpened, NewContact, Opening, SamePartyTwice, open_matter
from matters.models import Matter, NumberSeries, Party
from matters.models.levels import Level
from matters.queries.team import holders_of
from tests import factories, personas
from tests.matters.conftest import NOW, Opener

pytestmark = pytest.mark.django_db
THREADS = 24


def opening(responsible: User, client: Contact, title: str = "A ./. B") -> Opening:
    return Opening(
        once=uuid4(),
        title=title,
        matter_type=factories.matter_type(),
        jurisdiction="DE",
        opened_on=date(2026, 2, 3),
        responsible=responsible,
        client=client,
    )


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_double_under_threads() -> None:
    karin = personas.user_for("partner")
    client = factories.show(factories.contact(), karin)
    wanted = [opening(karin, client) for _ in range(THREADS)]
    together = threading.Barrier(THREADS)

    def run(place: int) -> str:
        together.wait()
        try:
            with access.as_user(karin):
                if place % 6 == 5:  # a refused opening must not use up a number
                    bad = Opening(**{**vars(wanted[place]), "adverse": (client,)})
                    with pytest.raises(SamePartyTwice):
                        open_matter(actor=karin, wanted=bad, now=NOW)
                    return ""
                return open_matter(actor=karin, wanted=wanted[place], now=NOW).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        numbers = [number for number in pool.map(run, range(THREADS)) if number]
    assert sorted(numbers) == [f"2026-{number:04d}" for number in range(1, 21)]


def test_the_next_year_starts_at_one_and_the_firm_decides_the_form(opened: Opener, karin: User) -> None:
    assert opened().number == "2026-0001"
    with access.as_system("test"):
        from lawcrm.models.firm import Firm

        Firm.objects.create(
            pk=1,
            name="F",
            country="DE",
            languages=["de"],
            time_zone="Europe/Berlin",
            number_format="{number}/{year}",
            set_up_at=NOW,
        )
    client = factories.show(factories.contact(), karin)
    with access.as_user(karin):
        later = open_matter(actor=karin, wanted=opening(karin, client), now=NOW.replace(year=2027))
    assert later.number == "1/2027"


def test_the_team_is_named_with_reasons(opened: Opener, ida: User, outsider: User) -> None:
    practice = personas.practice_group("Banking")
    matter = opened(people=(ida,), groups=(practice,))
    with access.as_user(ida):
        found = [(holder.name, holder.level) for holder in holders_of(Matter.objects.get(pk=matter.pk))]
        assert found == [("Karin Vestergaard", Level.MANAGE), ("Ida Berg", Level.WORK), ("Banking", Level.WORK)]
        kinds = JournalEntry.objects.filter(matter_id=matter.pk).order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["matter.opened"] + ["matter.access_granted"] * 3
    with access.as_user(outsider):
        assert not Matter.objects.exists()


def test_whoever_opens_for_another_keeps_sight(opened: Opener, karin: User, ida: User) -> None:
    matter = opened(responsible=ida)
    for person in (karin, ida):
        with access.as_user(person):
            assert Matter.objects.filter(pk=matter.pk).exists()


def test_a_contact_is_seen_through_the_party(opened: Opener, ida: User, outsider: User) -> None:
    opened(people=(ida,), adverse=(NewContact("Nordbau GmbH", Contact.Kind.ORGANISATION),))
    for person, names in ((ida, {"Mehmet Yıldız", "Nordbau GmbH"}), (outsider, set())):
        with access.as_user(person):
            assert set(Contact.objects.values_list("name", flat=True)) == names


def test_one_contact_on_both_sides_is_refused(opened: Opener) -> None:
    client = factories.contact()
    with pytest.raises(SamePartyTwice):
        opened(client=client, adverse=(client,))


def test_a_role_group_and_an_ended_account_are_refused_from_the_start(opened: Opener, ida: User) -> None:
    with pytest.raises(team.NotAPracticeGroup):
        opened(groups=(Group.objects.get(name="lawyer"),))
    ida.is_active = False
    ida.save()
    with pytest.raises(team.NotActive):
        opened(people=(ida,))
    assert not NumberSeries.objects.filter(next_number__gt=1).exists()


def test_the_same_form_twice_opens_once(opened: Opener) -> None:
    once = uuid4()
    matter = opened(once=once)
    with pytest.raises(AlreadyOpened) as refused:
        opened(once=once)
    assert refused.value.matter == matter


def form(client: Client, /, **changes: str) -> dict[str, str]:
    page = client.get("/matters/new/")
    shown = page.context["form"]
    person = page.wsgi_request.user
    values = {
        "once": str(shown["once"].value()),
        "title": "Øresund Havn",
        "matter_type": str(factories.matter_type().pk),
        "jurisdiction": "DK",
        "opened_on": "2026-11-20",
        "responsible": str(person.pk),
        "client_words": "Møller",
        "client": "new-person",
    }
    return {**values, **changes}


def test_the_form_opens_a_matter_and_sent_twice_leads_to_the_same(browser: Client, karin: User) -> None:
    sent = form(browser)
    first, second = browser.post("/matters/new/", sent), browser.post("/matters/new/", sent)
    with access.as_user(karin):
        matter = Matter.objects.get()
        assert Party.objects.get().role == "client"
    assert (first.status_code, first["Location"]) == (302, f"/matters/{matter.public_id}/")
    assert second["Location"] == first["Location"]


def test_the_id_of_a_form_cannot_be_chosen(browser: Client) -> None:
    response = browser.post("/matters/new/", form(browser, once=str(uuid4())))
    assert response.status_code == 422
    assert "This form is stale" in response.content.decode()


def test_finding_keeps_what_was_typed_and_offers_visible_contacts_only(opened: Opener, browser: Client) -> None:
    opened()
    factories.contact("Mehmet Yildirim (somebody else's)")
    response = browser.post("/matters/new/", form(browser, client_words="mehmet yil", client="", find="client"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Mehmet Yıldız" in page
    assert "Yildirim" not in page
    assert "Øresund Havn" in page


def test_typing_answers_with_choices(opened: Opener, browser: Client) -> None:
    opened()
    page = browser.post("/matters/new/find/", {"find": "client", "client_words": "yildiz"}).content.decode()
    assert page.count('type="radio"') == 3  # found, new person, new organisation
    assert "Mehmet Yıldız" in page


def test_what_is_wrong_is_said_in_words_and_nothing_is_lost(browser: Client, karin: User) -> None:
    response = browser.post("/matters/new/", form(browser, client="", opened_on="yesterday"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose one of those found, or add a new contact." in page
    assert 'value="yesterday"' in page
    assert 'value="Møller"' in page
    with access.as_user(karin):
        assert not Matter.objects.exists()


def test_a_hidden_contact_cannot_be_made_a_party(browser: Client, karin: User) -> None:
    hidden = factories.contact("Hidden Person")
    response = browser.post("/matters/new/", form(browser, client_words="", client=str(hidden.public_id)))
    assert response.status_code == 422
    assert "Hidden Person" not in response.content.decode()
