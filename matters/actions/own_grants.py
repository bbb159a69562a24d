"""A person's own grants on contacts: they end where a matter the contact is in is closed to that person.

Whoever entered a client holds such a grant, which would outlive the matter. A contact that another matter opens to
them stays visible through that one. Whoever calls holds the sight lock of the matters with their contacts.
"""

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.models import Contact, ContactUserObjectPermission
from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.models import Matter, Party, Wall, WallBar
from matters.queries.team import among

WHY = "own grants are hidden from whoever does not see the contact"


def end_of(matter: Matter, to: User | Group, *, reason: str) -> None:
    """Of a person taken off the team, or of those a group that was taken off let in alone."""
    with access.as_system(WHY):
        if ended := _end(Party.objects.filter(matter=matter), _let_in_alone(matter, to)):
            audit.record("matter.contact_grants_ended", matter, reason=reason, contacts=ended, **_fact(to))


def end_behind(wall: Wall, people: Collection[int] = ()) -> None:
    """Of everybody the wall keeps out at this moment, or of these among them; what is only planned ends nothing."""
    with access.as_system(WHY):
        out = _kept_out(wall)
        out &= set(people) or out
        if ended := _end(Party.objects.filter(matter__in=_closed_by(wall)), out):
            audit.record("wall.contact_grants_ended", wall, reason=wall.reason, contacts=ended)


def end_of_party(matter: Matter, contact: Contact) -> None:
    """Of everybody whom walls keep out of the matter that the contact has just become a party of."""
    with access.as_system(WHY):
        deny = Matter.objects.values_list("deny", flat=True).get(pk=matter.pk)
        out = {*User.objects.filter(among(deny)).values_list("pk", flat=True)} if deny else set()
        if ended := _end(Party.objects.filter(matter=matter, contact=contact), out):
            reason = _("A party of a matter behind a wall")
            audit.record("matter.contact_grants_ended", matter, reason=reason, contacts=ended)


def end_of_left(person: User, matters: QuerySet[Matter], *, reason: str) -> None:
    """Of somebody who has left the group that let them into these matters; asked as the system."""
    principals = [access.WHOLE_FIRM, person.pk, *(-group for group in person.groups.values_list("pk", flat=True))]
    closed = matters.filter(pk__in=with_own(person)).exclude(acl__overlap=principals)
    for matter in closed.defer("summary").order_by("pk"):
        if ended := _end(Party.objects.filter(matter=matter), {person.pk}):
            audit.record("matter.contact_grants_ended", matter, reason=reason, contacts=ended, user_id=person.pk)


def with_own(person: User) -> QuerySet[Party, int]:
    """Matters with a party on which the person holds a grant of their own."""
    own = ContactUserObjectPermission.objects.filter(user=person, content_object__is_directory=False)
    return Party.objects.filter(contact__in=own.values("content_object")).values_list("matter_id", flat=True)


def _end(parties: QuerySet[Party], people: Collection[int]) -> int:
    """Answers how many there were. Entries of the directory are seen without a grant and are not locked."""
    if not people:
        return 0
    contacts = Contact.objects.filter(pk__in=parties.values("contact_id"), is_directory=False).values("pk")
    ended, _models = ContactUserObjectPermission.objects.filter(user__in=people, content_object__in=contacts).delete()
    return ended


def _let_in_alone(matter: Matter, to: User | Group) -> set[int]:
    if isinstance(to, User):
        return {to.pk}
    acl = Matter.objects.values_list("acl", flat=True).get(pk=matter.pk)
    return {*to.user_set.exclude(pk__in=User.objects.filter(among(acl)).values("pk")).values_list("pk", flat=True)}


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
