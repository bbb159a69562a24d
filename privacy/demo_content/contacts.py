"""The firm's contacts: entered by those who act for them, with former names and what a household shares."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from clients.actions.confidential import change_confidential
from clients.actions.contacts import NewPoint, change_contact, enter_contact
from clients.actions.reach import changes_so_far, rewrite_parts, share_part
from clients.models import Address, Contact, ContactName, ContactPoint, Court
from clients.queries import confidential, versions
from lawcrm import access
from privacy.demo_content.scene import Scene, number

HERE = Path(__file__).parent
MOBILE = ("+45 2", "+46 7", "+49 1", "+90 5")

# Names borne before, found by search and conflict checks. A trading name is kept beside the legal one.
OTHER_NAMES: list[tuple[str, str, str, date | None, date | None]] = [
    ("moeller", "birth", "Line Krogh Damgaard", None, date(2011, 6, 18)),
    ("weissgerber", "alias", "Jörg Weissgerber", None, None),
    ("ilgin", "birth", "Işıl Iğdırlıoğlu", None, date(2014, 9, 6)),
    ("kuzey", "trade", "Northern Lights Logistics", date(2019, 1, 1), None),
    ("hansson", "former", "Ingegerd Fjällström-Hansson", date(1998, 5, 2), date(2016, 3, 31)),
]
RENAMED = [
    ("oresund", "Øresund Container Terminal A/S"),
    ("nordbau", "Nordbau Gesellschaft für Tief- und Wasserbau mbH"),
]
# The numbers are made up; the digits that a real one would be checked by are wrong.
CONFIDENTIAL: list[tuple[str, dict[str, Any]]] = [
    ("moeller", {"national_id": "290285-0000", "born_on": date(1985, 2, 28)}),
    ("akesson", {"national_id": "19620514-0000", "born_on": date(1962, 5, 14)}),
    ("brandt", {"born_on": date(1991, 11, 3), "special_note": "Tidligere dom fra 2019, se sagens bilag 4."}),
    ("ilgin", {"special_note": "Adres karşı tarafa verilmeyecek (koruma kararı)."}),
]
SHARED = [("yildiz", "yildiz_e"), ("gunes", "gunes_ayse"), ("sjohasten", "berggren")]


def enter_all(scene: Scene, entered_by: Mapping[str, str]) -> None:
    """`entered_by` names who enters a contact and thereby those who share with it; the others are Karin's."""
    entered_by = {**entered_by, **{other: entered_by[owner] for owner, other in SHARED}}
    for row in _rows("courts.txt"):
        scene.courts[row["key"]] = _court(row)
    for row in _rows("contacts.txt"):
        by = entered_by.get(row["key"], "karin")
        with scene.acting(by) as actor:
            scene.contacts[row["key"]] = enter_contact(
                actor=actor,
                public_id=number("contact", row["key"]),
                values=_values(row, scene),
                points=list(_points(row)),
                address=_address(row),
            )
    for key, kind, name, since, until in OTHER_NAMES:
        added = {"kind": kind, "name": name, "valid_from": since, "valid_to": until}
        _also_named(scene, entered_by.get(key, "karin"), scene.contacts[key], added)
    for key, former in RENAMED:
        _rename_from(scene, entered_by.get(key, "karin"), scene.contacts[key], former)
    for key, values in CONFIDENTIAL:
        with scene.acting(entered_by.get(key, "karin")) as actor:
            contact = scene.contacts[key]
            version = versions.version_of(contact, confidential.readable())
            change_confidential(actor=actor, contact=contact, version=version, values=values)
    for owner, other in SHARED:
        _share(scene, entered_by.get(owner, "karin"), scene.contacts[owner], scene.contacts[other])


def _rows(name: str) -> Iterator[dict[str, str]]:
    head, *lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    for line in lines:
        yield dict(zip(head.split("|"), line.split("|"), strict=True))


def _values(row: Mapping[str, str], scene: Scene) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "name": row["name"] or f"{row['given']} {row['family']}",
        "given_name": row["given"],
        "family_name": row["family"],
        "country": row["country"],
        "language": row["language"],
        "source": row["source"],
        "source_detail": row["detail"],
        "collected_on": scene.day(-30 - len(scene.contacts) * 11),
    }


def _points(row: Mapping[str, str]) -> Iterator[NewPoint]:
    if row["email"]:
        yield NewPoint(ContactPoint.Kind.EMAIL, row["email"], is_primary=True)
    if row["phone"]:
        kind = ContactPoint.Kind.MOBILE if row["phone"].startswith(MOBILE) else ContactPoint.Kind.PHONE
        yield NewPoint(kind, row["phone"])


def _address(row: Mapping[str, str]) -> dict[str, str] | None:
    return {name: row[name] for name in ("lines", "postcode", "city", "country")} if row["city"] else None


@transaction.atomic
def _court(row: Mapping[str, str]) -> Court:
    """A directory entry, which everyone sees."""
    with access.as_system("directory of courts"):
        contact = Contact.objects.create(
            public_id=number("court", row["key"]),
            kind=Contact.Kind.ORGANISATION,
            name=row["name"],
            country=row["country"],
            source=Contact.Source.PUBLIC_REGISTER,
            collected_on=date(2024, 1, 2),
            is_directory=True,
            directory_reason="Court or authority",
        )
        ContactName.objects.create(contact=contact, name=contact.name)
        Address.objects.create(contact=contact, kind=Address.Kind.VISIT, **(_address(row) or {}))
        for point in _points({**row, "phone": ""}):
            ContactPoint.objects.create(contact=contact, normalised=point.value.lower(), **vars(point))
        facts = {name: row[name] for name in ("country", "subdivision", "seat", "level")}
        return Court.objects.create(contact=contact, **facts)


def _also_named(scene: Scene, by: str, contact: Contact, added: Mapping[str, Any]) -> None:
    with scene.acting(by) as actor:
        columns = ("pk", "kind", "name", "valid_from", "valid_to")
        standing = [dict(row) for row in ContactName.objects.filter(contact=contact).values(*columns)]
        rewrite_parts(
            actor=actor,
            contact=contact,
            model=ContactName,
            version=changes_so_far(contact, ContactName),
            rows=[*standing, added],
        )


def _rename_from(scene: Scene, by: str, contact: Contact, former: str) -> None:
    with scene.acting(by) as actor:
        for name in (former, contact.name):
            version = versions.version_of(contact, versions.plain())
            change_contact(actor=actor, contact=contact, version=version, values={"name": name})


def _share(scene: Scene, by: str, owner: Contact, other: Contact) -> None:
    """One address for the household or the firm: a move moves both."""
    with scene.acting(by) as actor:
        share_part(actor=actor, part=Address.objects.get(contact=owner), to=other)
