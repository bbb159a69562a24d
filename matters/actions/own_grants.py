"""A person's own grants on contacts: they end where a matter the contact is in is closed to that person.

Whoever entered a client holds such a grant, which would outlive the matter. A contact that another matter opens to
them stays visible through that one. Whoever calls holds the sight lock of the matters with their contacts.
"""

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet

from clients.models import Contact, ContactUserObjectPermission
from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.models import Matter, Party, Wall, WallBar

WHY = "own grants are hidden from whoever does not see the contact"


def end_of(matter: Matter, to: User | Group, *, reason: str) -> None:
    """Of a person taken off the team, or of those a group that was taken off let in alone."""
    with access.as_system(WHY):
        if ended := _end([matter.pk], _let_in_alone(matter, to)):
            audit.record("matter.contact_grants_ended", matter, reason=reason, contacts=ended, **_fact(to))


def end_behind(wall: Wall, people: Collection[int] = ()) -> None:
    """Of everybody the wall keeps out at this moment, or of these among them; what is only planned ends nothing."""
    with access.as_system(WHY):
        out = _kept_out(wall)
        out &= set(people) or out
        if ended := _end(_closed_by(wall), out):
            audit.record("wall.contact_grants_ended", wall, reason=wall.reason, contacts=ended)


def _end(matters: Collection[int] | QuerySet[Party, int], people: Collection[int]) -> int:
    """Answers how many there were. Entries of the directory are seen without a grant and are not locked."""
    if not people:
        return 0
    parties = Party.objects.filter(matter__in=matters).values("contact_id")
    contacts = Contact.objects.filter(pk__in=parties, is_directory=False).values("pk")
    ended, _models = ContactUserObjectPermission.objects.filter(user__in=people, content_object__in=contacts).delete()
    return ended


def _let_in_alone(matter: Matter, to: User | Group) -> set[int]:
    if isinstance(to, User):
        return {to.pk}
    acl = Matter.objects.values_list("acl", flat=True).get(pk=matter.pk)
    still = Q(pk__in=[one for one in acl if one > 0]) | Q(groups__in=[-one for one in acl if one < 0])
    return {*to.user_set.exclude(pk__in=User.objects.filter(still).values("pk")).values_list("pk", flat=True)}


def _kept_out(wall: Wall) -> set[int]:
    bars = list(WallBar.objects.filter(wall=wall, state=WallBar.State.STANDING))
    members = User.objects.filter(groups__in=[bar.group_id for bar in bars if bar.group_id is not None])
    return {bar.user_id for bar in bars if bar.user_id is not None} | {*members.values_list("pk", flat=True)}


def _closed_by(wall: Wall) -> list[int] | QuerySet[Party, int]:
    if wall.matter_id is not None:
        return [wall.matter_id]
    return Party.objects.filter(contact=wall.contact_id or 0, role=Party.Role.CLIENT).values_list(
        "matter_id", flat=True
    )


def _fact(to: User | Group) -> dict[str, int]:
    return {"user_id": to.pk} if isinstance(to, User) else {"group_id": to.pk}
