"""People from outside: named matters, their own roles, an end; and nothing of the firm beside that."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clients.models import Contact, ContactUserObjectPermission, Court
from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.actions import team
from matters.models import Matter
from matters.models.levels import Level
from tests import factories, personas
from tests.access import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def karin() -> User:
    return personas.user_for("partner", full_name="Karin Vestergaard")


@pytest.fixture
def matter(karin: User) -> Matter:
    matter = factories.matter(responsible=karin)
    for permission in ("view_matter", "work_matter", "manage_matter"):
        factories.grant(matter, karin, permission)
    return matter


@pytest.fixture
def leyla() -> User:
    return personas.external_for("translator", full_name="Leyla Doğan")


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_the_viewer_is_the_person_alone(leyla: User) -> None:
    viewer = access.viewer_of(leyla)
    assert (viewer.principals, viewer.flags) == ((leyla.pk,), frozenset())


def test_only_the_named_matter_and_its_parties_are_seen(matter: Matter, leyla: User) -> None:
    other, court = factories.matter(), factories.contact("Landgericht", kind="organisation")
    with access.as_system("test"), transaction.atomic():
        court.is_directory, court.directory_reason = True, "court"
        court.save()
    client, stranger = factories.contact(), factories.contact("Somebody else")
    factories.party(matter, client)
    factories.party(other, stranger)
    factories.grant(matter, leyla)
    with access.as_user(fresh(leyla)):
        assert list(Matter.objects.all()) == [matter]
        assert list(Contact.objects.all()) == [client]
        with connection.cursor() as cursor:
            cursor.execute("select id from clients_contact")
            assert cursor.fetchall() == [(client.pk,)]


def test_an_account_sees_nothing_from_the_day_after_its_end(matter: Matter, leyla: User) -> None:
    factories.grant(matter, leyla)
    browser = personas.signed_in(leyla)
    assert browser.get(f"/matters/{matter.public_id}/").status_code == 200
    User.objects.filter(pk=leyla.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert access.viewer_of(fresh(leyla)).principals == ()
    assert browser.get(f"/matters/{matter.public_id}/").status_code == 302


def grant(karin: User, matter: Matter, to: User, level: Level) -> None:
    with access.as_user(karin):
        team.grant_access(actor=karin, matter=matter, to=to, level=level, reason="translates", now=timezone.now())


def test_what_cannot_be_given_is_refused_in_words(matter: Matter, karin: User, leyla: User) -> None:
    with pytest.raises(team.ManagesFromOutside):
        grant(karin, matter, leyla, Level.MANAGE)
    User.objects.filter(pk=leyla.pk).update(ends_on=date(2020, 1, 1))
    with pytest.raises(team.AccountEnded):
        grant(karin, matter, fresh(leyla), Level.VIEW)


def test_the_database_refuses_managing_contacts_groups_and_other_roles(matter: Matter, leyla: User) -> None:
    view = Permission.objects.get(content_type__app_label="clients", codename="view_contact")
    refused = (
        lambda: factories.grant(matter, leyla, "manage_matter"),
        lambda: ContactUserObjectPermission.objects.create(
            content_object=factories.contact(), user=leyla, permission=view
        ),
        lambda: leyla.groups.add(Group.objects.get(name="lawyer")),
        lambda: leyla.groups.add(Group.objects.create(name="of no known kind")),
        lambda: personas.practice_group("Banking", leyla),
        lambda: User.objects.filter(pk=leyla.pk).update(is_external=False),
        lambda: User.objects.filter(is_external=False).update(is_external=True, ends_on=date(2030, 1, 1)),
    )
    for change in refused:
        with access.as_system("test"), pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_an_external_account_has_an_end_and_administers_nothing(leyla: User) -> None:
    for change in ({"ends_on": None}, {"is_staff": True}, {"is_superuser": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=leyla.pk).update(**change)


# Everything that somebody from outside with a grant on the matter may open; any other address refuses them.
OPEN_TO_ANYBODY_SIGNED_IN = {
    *(
        "accounts:add_passkey",
        "matters:notices",  # a wall can keep them out too
        "accounts:factors",
        "accounts:enrol",
        "accounts:forgotten",
        "accounts:forgotten_sent",
        "accounts:password",
        "accounts:profile",
    ),
    *("accounts:recovery_codes", "accounts:roles", "accounts:sessions", "accounts:step_up"),
    *("today", "ui_session", "ui_signed_in"),
}
OF_THE_MATTER = {
    *("matters:list", "matters:detail", "matters:communication_list", "matters:communication"),
    *("matters:documents", "matters:document", "matters:parties"),
}
OPEN_TO = {
    "translator": OPEN_TO_ANYBODY_SIGNED_IN | OF_THE_MATTER,
    "external auditor": OPEN_TO_ANYBODY_SIGNED_IN | OF_THE_MATTER,
    "external counsel": OPEN_TO_ANYBODY_SIGNED_IN
    | OF_THE_MATTER
    | {"matters:log", "matters:file_mail"}
    | {"deadlines:list", "deadlines:detail", "deadlines:of_matter", "deadlines:tasks"}
    | {"deadlines:month", "deadlines:week", "deadlines:nothing_open", "deadlines:sheet"},
}


@pytest.mark.parametrize("role", list(OPEN_TO))
def test_every_other_address_is_closed_to_people_from_outside(role: str) -> None:
    """Closed by default: a new page that opens to them fails here until somebody decides so."""
    secret = world.secret(personas.user_for("lawyer"))
    assert secret.matter is not None
    user = personas.external_for(role)
    for level in ("view_matter", "work_matter"):
        factories.grant(secret.matter, user, level)
    client = personas.signed_in(user)
    opened = set()
    for name, wanted in world.names().items():
        if name.startswith("health_"):  # open to anyone, and at the mercy of the machine
            continue
        response = client.get(reverse(name, kwargs=world.arguments(name, wanted, secret)))
        list(getattr(response, "streaming_content", ()))
        assert response.status_code != 500, name
        if response.status_code == 200:
            opened.add(name)
    assert opened == OPEN_TO[role]


def test_the_court_is_shown_on_their_matter_and_nowhere_else(matter: Matter, leyla: User) -> None:
    court = factories.contact("Landgericht Köln", kind="organisation")
    elsewhere = factories.contact("Amtsgericht Bonn", kind="organisation")
    with access.as_system("test"), transaction.atomic():
        for entry in (court, elsewhere):
            entry.is_directory, entry.directory_reason = True, "court"
            entry.save()
        seat = Court.objects.create(contact=court, country="DE")
        matter.court = seat
        matter.save()
    factories.party(matter, elsewhere, "witness")
    factories.grant(matter, leyla)
    client = personas.signed_in(leyla)
    for page in ("", "parties/"):
        text = client.get(f"/matters/{matter.public_id}/{page}").content.decode()
        assert ("Landgericht Köln" in text, "Amtsgericht Bonn" in text, "/contacts/" in text) == (True, True, False)
    assert client.get("/contacts/").status_code == 403


def test_they_are_told_neither_reasons_nor_walls_nor_readers(matter: Matter, karin: User, leyla: User) -> None:
    grant(karin, matter, leyla, Level.WORK)
    world.wall_off(matter, personas.user_for("lawyer"))
    with access.as_user(karin), transaction.atomic():
        audit.record("matter.wall_raised", matter, reason="Close to the injured party", people=1)
    client, inside = personas.signed_in(leyla), personas.signed_in(karin)
    address = f"/matters/{matter.public_id}/"
    said = [
        word in viewer.get(address).content.decode()
        for viewer in (inside, client)
        for word in ("Close to the injured party", "Wall: 1", "access/")
    ]
    assert said == [True, True, True, False, False, False]
    assert [client.get(f"{address}{page}/").status_code for page in ("access", "history")] == [403, 403]


def test_the_palette_finds_nothing_beyond_their_matters(matter: Matter, leyla: User) -> None:
    factories.matter("Yıldız, another matter")
    factories.party(matter, factories.contact("Yıldız Holding"))
    factories.grant(matter, leyla)
    found = personas.signed_in(leyla).post("/search/palette/", {"q": "yildiz"}).content.decode()
    assert (found.count(matter.number), "another matter" in found, "Holding" in found) == (1, False, False)
