"""Contacts as rows of a table, a thousand at a time."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.models import Address, Contact, ContactPoint
from lawcrm import access, audit
from lawcrm.doors.safe_writer import Cell

CHUNK = 1000
POINTS = ("email", "phone", "mobile", "web")


def header() -> list[str]:
    """Words the import understands, so that what goes out can come back."""
    words = (_("Type"), _("Name"), _("E-mail"), _("Telephone"), _("Mobile"), _("Web site"))
    return [*words, _("Street"), _("Postcode"), _("Town"), _("Country"), _("Language"), _("Known since"), _("Source")]


def rows(contacts: QuerySet[Contact], viewer: access.Viewer) -> Iterator[list[Cell]]:
    """Read while the answer streams, so each chunk declares the viewer anew; each is noted in the read log."""
    last = 0
    while True:
        with access.as_viewer(access.renewed(viewer)):
            chunk = list(contacts.filter(pk__gt=last).order_by("pk")[:CHUNK])
            if not chunk:
                return
            cells = _cells(chunk)
            audit.read_each(chunk, "export")
        last = chunk[-1].pk
        yield from cells


def _cells(contacts: list[Contact]) -> list[list[Cell]]:
    ids = [contact.pk for contact in contacts]
    points: dict[tuple[int, str], str] = {}
    for row in ContactPoint.objects.filter(contact_id__in=ids).order_by("-is_primary", "pk"):
        points.setdefault((row.contact_id, row.kind), row.value)
    homes: dict[int, Any] = {}
    for address in Address.objects.filter(contact_id__in=ids).order_by("pk"):
        homes.setdefault(address.contact_id, address)
    return [_row(contact, points, homes.get(contact.pk)) for contact in contacts]


def _row(contact: Contact, points: dict[tuple[int, str], str], home: Address | None) -> list[Cell]:
    reach: list[Cell] = [points.get((contact.pk, kind), "") for kind in POINTS]
    where: list[Cell] = [home.lines, home.postcode, home.city] if home else ["", "", ""]
    rest: list[Cell] = [contact.country, contact.language, contact.collected_on, contact.source]
    return [contact.kind, contact.name, *reach, *where, *rest]
