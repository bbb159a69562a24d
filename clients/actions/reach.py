"""Names over time, contact points and addresses of a contact, and what several contacts share."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from clients import normal
from clients.actions.contacts import locked
from clients.models import Address, Contact, ContactName, ContactPoint
from lawcrm import audit
from lawcrm.accounts.models import User

type Part = ContactName | ContactPoint | Address
EVENTS = {ContactName: "contact.names_changed", ContactPoint: "contact.reach_changed", Address: "contact.reach_changed"}


class PartsChangedMeanwhile(Exception):
    """Somebody changed the list since the form was opened."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this list while you were writing. Compare with what stands now, then save again.")
        )


class AlreadyShared(Exception):
    """The other contact has it already."""

    def __init__(self) -> None:
        super().__init__(_("That contact has it already."))


def changes_so_far(contact: Contact, model: type[Part]) -> int:
    """How many changes the contact's rows of this model have had; ids of history would count the whole firm's."""
    return int(model.history.filter(contact=contact).count())


@audit.attempt("contact.reach_changed", on="contact")
def rewrite_parts(  # noqa: PLR0913 - a list is rewritten whole
    *,
    actor: User,  # noqa: ARG001
    contact: Contact,
    model: type[Part],
    version: int,
    rows: Sequence[Mapping[str, Any]],
    spread: bool = True,
) -> None:
    """Each row names the one it replaces by `pk` or is new; what no row names is deleted.

    `spread` also changes what visible contacts share with this one. Raises PartsChangedMeanwhile, ContactRestricted.
    """
    present = locked(contact)
    if changes_so_far(present, model) != version:
        raise PartsChangedMeanwhile
    standing = {part.pk: part for part in model.objects.filter(contact=present)}
    kept = [_put(present, model, standing, row, spread=spread) for row in rows]
    gone = [part for pk, part in standing.items() if pk not in {part.pk for part in kept}]
    for part in gone:
        part.delete()
    audit.record(EVENTS[model], present, kept=len(kept), deleted=len(gone))


def _put(
    contact: Contact, model: type[Part], standing: Mapping[int, Part], row: Mapping[str, Any], *, spread: bool
) -> Part:
    values = {name: value for name, value in row.items() if name != "pk"}
    if model is ContactPoint:
        values["normalised"] = normal.point(values["kind"], values["value"], contact.country)
    part = standing.get(row.get("pk") or 0) or model(contact=contact)
    changed = {name: value for name, value in values.items() if getattr(part, name) != value}
    if changed or part.pk is None:
        for name, value in changed.items():
            setattr(part, name, value)
        part.save()
        if spread and not isinstance(part, ContactName):
            _spread(part, changed)
    return part


SHARED = frozenset({"kind", "value", "normalised", "lines", "postcode", "city", "country"})


def _spread(part: ContactPoint | Address, changed: Mapping[str, Any]) -> None:
    """A household moves together; a label or a validity stays each one's own."""
    together = {name: value for name, value in changed.items() if name in SHARED}
    if together:
        audit.update(others_sharing(part), **together)


def others_sharing(part: ContactPoint | Address) -> Any:
    """The same thing in the use of other contacts that the viewer sees and that are not restricted."""
    rows = type(part).objects.filter(share_id=part.share_id).exclude(pk=part.pk)
    return rows.filter(contact_id__in=Contact.objects.filter(restricted_at=None).values("pk"))


@audit.attempt("contact.reach_shared", on="to")
def share_part(*, actor: User, part: ContactPoint | Address, to: Contact) -> None:  # noqa: ARG001
    """The other contact uses it too, from now on together. Raises AlreadyShared, ContactRestricted."""
    target = locked(to)
    model = type(part)
    if model.objects.filter(contact=target, share_id=part.share_id).exists():
        raise AlreadyShared
    copied = (
        ("kind", "value", "normalised", "label")
        if isinstance(part, ContactPoint)
        else (
            "kind",
            "lines",
            "postcode",
            "city",
            "country",
        )
    )
    model.objects.create(contact=target, share_id=part.share_id, **{name: getattr(part, name) for name in copied})
    audit.record("contact.reach_shared", target, contact_id=part.contact_id)
