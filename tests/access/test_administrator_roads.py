"""An administrator tries each road to a lawyer's matter, and reads nothing; each attempt leaves a trace."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lawcrm import access
from lawcrm.accounts.actions import account_changes
from lawcrm.accounts.models import AccountChange, GroupKind, RecoverySheet, User
from lawcrm.models import JournalEntry
from lawcrm.models.outbox import OutboxMessage
from lawcrm.models.refusals import RefusedRequest
from matters.actions import break_glass
from tests import factories, personas
from tests.access import world
from tests.access.two_worlds import SEARCHES

pytestmark = pytest.mark.django_db
FACTS = {"full_name": "Puppet", "initials": "P", "language": "en", "time_zone": "Europe/Berlin", "ends_on": ""}
STAFF = "admin:accounts_user_changelist"
SECRETS = (world.CANARY.encode(), b"k@k.example")
# Where a matter shows itself first; the proof asks every address there is.
WINDOWS = (
    *("matters:list", "matters:detail", "matters:documents", "matters:document", "matters:communication"),
    *("matters:access", "matters:history", "matters:hand_over", "matters:successions", "clients:list"),
    *("clients:detail", "clients:history", "deadlines:list", "deadlines:detail", "deadlines:of_matter", "today"),
)


class Office:
    """The administrator, the lawyer with the secret matter and a practice group that sees it."""

    def __init__(self, *, superuser: bool) -> None:
        self.lawyer = personas.user_for("lawyer", password=personas.PASSWORD)
        self.secret = world.secret(self.lawyer)
        assert self.secret.matter is not None
        self.group = personas.practice_group("Disputes", self.lawyer)
        factories.grant(self.secret.matter, self.group)
        self.boss = personas.user_for("administrator", password=personas.PASSWORD)
        if superuser:
            User.objects.filter(pk=self.boss.pk).update(is_superuser=True, is_staff=True)
        self.client = personas.signed_in(User.objects.get(pk=self.boss.pk))

    def change(self, user: User, **facts: object) -> None:
        self.client.post(reverse("admin:accounts_user_change", args=[user.pk]), {**FACTS, **facts})

    def act(self, action: str, user: User) -> None:
        data = {"action": action, "_selected_action": [user.pk], "reason": "asked at the desk"}
        self.client.post(reverse(STAFF), data)

    def puppet(self, *roles: str, name: str = "puppet") -> User:
        """An account of the administrator's own making, with an address of their own."""
        chosen = [Group.objects.get(name=role).pk for role in roles]
        url, email = reverse("admin:accounts_user_add"), f"{name}@evil.example"
        self.client.post(url, {**FACTS, "email": email, "roles": chosen})
        user = User.objects.get(email=email)
        User.objects.filter(pk=user.pk).update(is_active=True)
        return user

    def ask(self, kind: str, **facts: str) -> AccountChange:
        url = reverse("accounts:ask_change", args=[self.lawyer.public_id])
        self.client.post(url, {"kind": kind, "reason": "x", **facts})
        return AccountChange.objects.get(user=self.lawyer, kind=kind)

    def confirm(self, change: AccountChange, by: Client | None = None) -> None:
        (by or self.client).post(reverse("accounts:confirm_change", args=[change.public_id]))

    def leave(self, user: User, to: User | None = None) -> None:
        data = {"reason": "x", "successor": to.public_id if to else ""}
        self.client.post(reverse("accounts:leave", args=[user.public_id]), data)


type Road = Callable[[Office], Iterable[Client] | None]


def group_in_the_administration(office: Office) -> None:
    office.change(office.boss, roles=[office.group.pk], groups=[office.group.pk])
    for name in ("admin:auth_group_change", "admin:auth_group_delete", "admin:auth_group_history"):
        data = {"name": "x", "user_set": [office.boss.pk], "user": office.boss.pk}
        office.client.post(reverse(name, args=[office.group.pk]), data)
    office.client.post(reverse("admin:auth_group_add"), {"name": "own", "user_set": [office.boss.pk]})


def own_roles(office: Office) -> None:
    office.change(office.boss, roles=[Group.objects.get(name=name).pk for name in ("lawyer", "partner")])
    url = reverse("accounts:change_function", args=[office.boss.public_id])
    office.client.post(url, {"roles": [Group.objects.get(name="partner").pk], "reason": "x"})


def hidden_fields(office: Office) -> Iterable[Client]:
    """Mass assignment on one's own account and on a puppet's."""
    puppet = office.puppet("administrator")
    hidden = {
        "is_superuser": "on",
        "is_staff": "on",
        "groups": [office.group.pk],
        "user_permissions": ["1", "2", "3"],
        "acl": "{0}",
        "roles": [Group.objects.get(name="administrator").pk],
    }
    for user in (office.boss, puppet):
        office.change(user, **hidden)
        office.client.post(reverse("accounts:profile"), {**FACTS, **hidden})
    return [personas.signed_in(User.objects.get(pk=puppet.pk))]


def raw_addresses_of_the_administration(office: Office) -> None:
    """Objects of other rooms under the administration's addresses, popups, look-ups, translations."""
    key = office.secret.objects["matter"]
    for path in (
        *("matters/matter/", f"matters/matter/{key}/change/", "matters/matteruserobjectpermission/add/"),
        *("accounts/membership/add/", "clients/contact/", "lawcrm/journalentry/", "accounts/user/?_popup=1"),
        *("autocomplete/?app_label=matters&model_name=matter&field_name=responsible&term=K", "jsi18n/", "r/1/1/"),
        f"accounts/user/{office.lawyer.pk}/history/",
        f"accounts/user/?full_name__startswith=K&responsible__title__startswith={world.CANARY[:3]}",
    ):
        office.client.get(f"/admin/{path}")
    office.client.post(reverse("admin:auth_group_add"), {})


def password_link_alone(office: Office) -> Iterable[Client]:
    """The link is neither made nor seen; asking for the forgotten password sends it to the lawyer."""
    office.confirm(office.ask("password"))
    Client().post(reverse("accounts:forgotten"), {"email": office.lawyer.email})
    recipients = OutboxMessage.objects.filter(kind="accounts.password_link").values_list("recipient_id", flat=True)
    assert set(recipients) == {office.lawyer.pk}
    return []


def factor_reset_alone(office: Office) -> None:
    change = office.ask("factor")
    office.confirm(change)
    office.act("ask_factor_reset", office.lawyer)


def factor_reset_with_a_puppet(office: Office) -> Iterable[Client]:
    """A second administrator of one's own making confirms nothing yet."""
    puppet = personas.signed_in(office.puppet("administrator"))
    change = office.ask("factor")
    office.confirm(change, puppet)
    change.refresh_from_db()
    assert change.confirmed_at is None
    return [puppet]


def new_address_alone(office: Office) -> None:
    change = office.ask("address", new_email="mine@evil.example")
    office.confirm(change)
    with access.as_system("test"), transaction.atomic():
        account_changes.carry_out_due(now=timezone.now() + timedelta(days=30))
    office.change(office.lawyer, email="mine@evil.example")
    assert User.objects.get(pk=office.lawyer.pk).email == office.lawyer.email


def guessing_the_envelope(office: Office) -> None:
    with access.as_system("test"):
        account_changes.seal_envelope(now=timezone.now())
    change = office.ask("factor")
    for code in ("0-AAAAA-AAAAA", "9", "x"):
        office.client.post(reverse("accounts:confirm_change", args=[change.public_id]), {"code": code})
    assert User.objects.get(pk=office.lawyer.pk).has_usable_password()


def another_s_session(office: Office) -> Iterable[Client]:
    """With the rows of the sessions in hand, and with the lawyer's number in one's own session."""
    personas.signed_in(office.lawyer)
    thief = Client()
    thief.cookies["sessionid"] = office.lawyer.sessions.values_list("session_key", flat=True)[0]
    office.client.get(reverse("matters:detail", args=[office.secret.objects["matter"]]))
    return [thief]


def a_puppet_lawyer(office: Office) -> Iterable[Client]:
    """Invited, made a lawyer, signed in, and asking for a grant on an address guessed right."""
    puppet = personas.signed_in(office.puppet("lawyer"))
    key = office.secret.objects["matter"]
    wanted = {"level": "manage_matter", "reason": "x", "to": f"person:{office.boss.public_id}"}
    for name in ("matters:grant", "matters:withdraw", "matters:raise_wall"):
        for client in (puppet, office.client):
            client.post(reverse(name, args=[key]), wanted)
    return [puppet]


def two_puppets_that_lay_still(office: Office) -> Iterable[Client]:
    """The fourteen days are over, and each is the other's second person."""
    puppets = [office.puppet("lawyer"), office.puppet("lawyer", name="second")]
    now = timezone.now()
    User.objects.filter(pk__in=[puppet.pk for puppet in puppets]).update(powers_from=now)
    asker, confirmer = (User.objects.get(pk=puppet.pk) for puppet in puppets)
    assert office.secret.matter is not None
    number = office.secret.matter.number
    with suppress(break_glass.SameHand):
        with access.as_user(asker):
            asked = break_glass.ask(actor=asker, number=number, reason="x", hours=4, confirmer=confirmer, now=now)
        with access.as_user(confirmer):
            break_glass.confirm(actor=confirmer, asked=asked, now=now)
    break_glass.settle_confirmed(now=now)
    return [personas.signed_in(asker), personas.signed_in(confirmer)]


def reviving_a_leaver(office: Office) -> Iterable[Client]:
    """The lawyer leaves, is opened again, and the old browser, link and grants are tried."""
    old = personas.signed_in(office.lawyer)
    office.leave(office.lawyer)
    office.act("reactivate", office.lawyer)
    office.change(office.lawyer, roles=[Group.objects.get(name="partner").pk])
    revived = User.objects.get(pk=office.lawyer.pk)
    assert revived.is_active
    return [old, personas.signed_in(revived)]


def becoming_the_successor(office: Office) -> Iterable[Client]:
    """Oneself, and a puppet lawyer; before and after the lawyer has left."""
    puppet = office.puppet("lawyer")
    office.leave(office.lawyer, office.boss)
    for to in (puppet, puppet, office.boss):
        office.leave(office.lawyer, to)
    client = personas.signed_in(puppet)
    data = {"to": puppet.public_id, "reason": "x", "matters": [office.secret.objects["matter"]]}
    for by in (client, office.client):
        by.post(reverse("matters:hand_over", args=[office.lawyer.public_id]), data)
    return [client]


def another_function_for_the_lawyer(office: Office) -> Iterable[Client]:
    """What the lawyer may do no more passes to nobody who did not see it."""
    puppet = office.puppet("lawyer")
    url = reverse("accounts:change_function", args=[office.lawyer.public_id])
    office.client.post(
        url, {"roles": [Group.objects.get(name="marketing").pk], "reason": "x", "successor": puppet.public_id}
    )
    return [personas.signed_in(puppet)]


def bare_sql_of_the_web_role(office: Office) -> None:
    """What code run in the administrator's request can do: rows stay hidden, grants and groups refused."""
    matter = office.secret.matter
    assert matter is not None
    with access.as_user(User.objects.get(pk=office.boss.pk)), connection.cursor() as cursor:
        for table in ("matters_matter", "matters_document", "deadlines_deadline", "clients_contactname"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table
        for statement in (
            f"update matters_matter set acl = '{{{office.boss.pk}}}' where id = {matter.pk}",
            f"insert into accounts_user_groups (user_id, group_id) values ({office.boss.pk}, {office.group.pk})",
            "update accounts_accountpast set email = 'x'",
            "delete from lawcrm_journalentry",
        ):
            refused_or_without_effect(statement)
    office.client.get(reverse("matters:detail", args=[office.secret.objects["matter"]]))


def refused_or_without_effect(statement: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 0, statement
    except DatabaseError:
        return


ROADS: tuple[Road, ...] = (
    group_in_the_administration,
    own_roles,
    hidden_fields,
    raw_addresses_of_the_administration,
    password_link_alone,
    factor_reset_alone,
    factor_reset_with_a_puppet,
    new_address_alone,
    guessing_the_envelope,
    another_s_session,
    a_puppet_lawyer,
    two_puppets_that_lay_still,
    reviving_a_leaver,
    becoming_the_successor,
    another_function_for_the_lawyer,
    bare_sql_of_the_web_role,
)


def traces(user: User) -> int:
    with access.as_system("test"):
        refused = RefusedRequest.objects.filter(user_id=user.pk).count()
        return refused + JournalEntry.objects.filter(actor_id=user.pk).count()


def leaks(client: Client, secret: world.World, names: Iterable[str]) -> list[str]:
    """Addresses whose answer, by GET, POST or search, holds a text of the secret matter."""
    wanted, found = world.names(), []
    for name in names:
        url = reverse(name, kwargs=world.arguments(name, wanted[name], secret))
        typed = {"q": world.CANARY[:5], "names": world.CANARY[:5]} if name in SEARCHES else {}
        for method in ("get", "post"):
            with world.undone():
                response = getattr(client, method)(url, typed)
                body = b"".join(response.streaming_content) if response.streaming else response.content
            headers = str(response.headers).encode()
            if any(text in body + headers for text in SECRETS):
                found.append(f"{method} {name}")
    return found


def walked(road: Road, *, superuser: bool, names: Iterable[str]) -> tuple[list[str], bool]:
    office = Office(superuser=superuser)
    assert leaks(personas.signed_in(office.lawyer), office.secret, ["matters:detail"]) == ["get matters:detail"]
    before = traces(office.boss)
    clients = [office.client, *(road(office) or ())]
    noted = traces(office.boss) > before
    return [found for client in clients for found in leaks(client, office.secret, names)], noted


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_the_road_leads_nowhere_and_leaves_a_trace(road: Road) -> None:
    assert walked(road, superuser=True, names=WINDOWS) == ([], True)


@pytest.mark.proof
@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_no_address_shows_a_word_of_it(road: Road) -> None:
    assert walked(road, superuser=False, names=sorted(world.names())) == ([], True)


def test_the_roads_end_with_no_more_rights_than_they_began() -> None:
    """Sight is asked of the truth as well: no grant, no group, no role but the administrator's."""
    office = Office(superuser=True)
    for road in (group_in_the_administration, own_roles, hidden_fields, raw_addresses_of_the_administration):
        road(office)
    boss = User.objects.get(pk=office.boss.pk)
    assert [group.name for group in boss.groups.all()] == ["administrator"]
    assert boss.user_permissions.count() == 0
    assert GroupKind.objects.filter(kind="practice").count() == 1
    assert RecoverySheet.objects.filter(user=office.lawyer).count() == 0
    with access.as_user(boss):
        assert office.secret.matter is not None
        assert type(office.secret.matter).objects.count() == 0
