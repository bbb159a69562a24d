"""What a person who leaves has in this room: own grants on contacts, files checked and not imported."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from clients.actions import contacts, imports
from clients.models import Contact, ContactImport, ContactUserObjectPermission
from lawcrm import access
from lawcrm.accounts.leaving import Burden, Successor, register
from lawcrm.accounts.models import User
from lawcrm.db import sight


def register_burdens() -> None:
    register(
        Burden(
            code="contacts",
            words=_("Contacts only they saw"),
            count=lambda user: seen_by_nobody_else(user).count(),
            end_or_hand_over=_wait,
            matters=lambda _user: (),
            left=lambda: left_behind().values_list("created_by_id", Value(0)),
            order=40,
        )
    )
    register(
        Burden(
            code="contact_grants",
            words=_("Own access to contacts"),
            count=lambda user: _grants(user).values("content_object_id").distinct().count(),
            end_or_hand_over=_end_grants,
            needs=("clients.view_contact",),
        )
    )
    register(
        Burden(
            code="imports",
            words=_("Files of contacts checked and not imported"),
            count=lambda user: _checked(user).count(),
            end_or_hand_over=_discard,
            needs=("clients.import_contacts",),
        )
    )


def _wait(user: User, to: Successor | None, reason: str, now: datetime) -> None:
    """No single person passes them on: two do, by a takeover (matters/actions/takeover.py)."""


def seen_by_nobody_else(user: User) -> QuerySet[Contact]:
    """What they entered and no other grant, group or matter opens. Ask in system scope."""
    return _unseen([user.pk]).filter(created_by=user)


def left_behind() -> QuerySet[Contact]:
    """The same of all whose own grants have ended: answered from an index of such contacts."""
    return _unseen([]).filter(created_by__isnull=False)


def _unseen(but_by: list[int]) -> QuerySet[Contact]:
    none = Value([], output_field=ArrayField(IntegerField()))
    sees = Q(acl=none) | Q(acl=but_by) if but_by else Q(acl=none)
    return Contact.objects.filter(sees, Q(acl_walled=None) | Q(acl_walled=none), is_directory=False)


def give_left_behind(user: User, to: User) -> int:
    """The successor sees them from now on, but for those a wall keeps from them; answers how many."""
    rows = seen_by_nobody_else(user)
    sight.lock([], rows.values_list("pk", flat=True))
    denied = set(access.viewer_of(to).principals)
    given = [row for row in rows.only("pk", "deny") if denied.isdisjoint(row.deny)]
    contacts.give_sight(to, given)
    return len(given)


def _grants(user: User) -> QuerySet[ContactUserObjectPermission]:
    return ContactUserObjectPermission.objects.filter(user=user)


def _end_grants(user: User, _to: Successor | None, _reason: str, _now: datetime) -> None:
    sight.lock([], _grants(user).values_list("content_object_id", flat=True))
    _grants(user).delete()


def _checked(user: User) -> QuerySet[ContactImport]:
    return ContactImport.objects.filter(started_by=user, state=ContactImport.State.CHECKED)


def _discard(user: User, _to: Successor | None, _reason: str, now: datetime) -> None:
    for batch in _checked(user):
        imports.discard_import(actor=user, batch=batch, now=now)
