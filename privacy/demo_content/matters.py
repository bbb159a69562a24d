"""The firm's matters: open ones in four countries, one behind a wall, and some that ended long ago."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clients.models import Contact
from lawcrm.accounts.models import User
from matters.actions.closing import close_matter
from matters.actions.opening import Opening, open_matter
from matters.actions.parties import add_party
from matters.actions.team import grant_access
from matters.models import Matter, MatterType, Party
from matters.models.levels import Level
from privacy.demo_content import walls
from privacy.demo_content.scene import Scene, number
from privacy.demo_content.staff import COMPANIES, DISPUTES, FAMILY

YEAR = 365


@dataclass(frozen=True)
class Case:
    """A matter as its responsible lawyer opened it, days ago."""

    key: str
    days: int
    title: str
    kind: str
    country: str
    lawyer: str
    client: str
    adverse: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    court: str = ""
    reference: str = ""
    summary: str = ""
    others: tuple[tuple[str, Party.Role], ...] = ()
    ended: int = 0


CASES = [
    Case(
        *("kruse", 11 * YEAR, "Kruse ./. Hanseatische Schiffsmakler", "litigation", "DE", "karin", "kruse"),
        adverse=("hanseatic",),
        team=("mette",),
        summary="Courtage aus der Vermittlung des Küstenmotorschiffs „Weserlust“. Vergleich.",
        ended=9 * YEAR,
    ),
    Case(
        *("thorsen", 10 * YEAR, "Thorsen mod Vinther Møbler", "litigation", "DK", "karin", "thorsen"),
        adverse=("vinther",),
        team=("mette",),
        summary="Mangler ved leverede møbler. Dom efter påstanden.",
        ended=8 * YEAR,
    ),
    Case(
        *("ozturk", 8 * YEAR, "Öztürk, kira uyuşmazlığı", "advisory", "TR", "karin", "ozturk"),
        team=("asli",),
        summary="İşyeri kira sözleşmesinin feshi hakkında danışmanlık.",
        ended=6 * YEAR,
    ),
    Case(
        *("hansson", 2 * YEAR, "Hansson, gåvobrev", "inheritance", "SE", "erik", "hansson"),
        team=("karin",),
        summary="Gåvobrev avseende fritidshus i Grebbestad.",
        ended=200,
    ),
    Case(
        *("akesson", 300, "Åkesson, bodelning", "family", "SE", "karin", "akesson"),
        adverse=("akesson_b",),
        team=("erik", "mette"),
        court="tingsratt",
        reference="T 4417-25",
        summary="Bodelning efter äktenskapsskillnad; värdering av villan i Älvsjö tvistig.",
    ),
    Case(
        *("moeller", 240, "Møller mod Øresund Havn", "litigation", "DK", "karin", "moeller"),
        adverse=("oresund",),
        team=("ida", "mette"),
        court="byret",
        reference="BS-19883/2026-KBH",
        summary="Personskade ved kajarbejde; ansvarsgrundlag og godtgørelse for svie og smerte.",
        others=(("forsikring", Party.Role.INSURER), ("brown", Party.Role.WITNESS)),
    ),
    Case(
        *("nordlys", 210, "Nordlys Energi, kapitalforhøjelse", "corporate", "DK", "anders", "nordlys"),
        team=("friederike",),
        summary="Rettet emission, ændring af vedtægter og ejeraftale.",
    ),
    Case(
        *("lindqvist", 180, "Lindqvist, testamente", "inheritance", "SE", "karin", "lindqvist"),
        team=("erik",),
        summary="Testamente med förordnande om enskild egendom; syster som särkullsfråga utredd.",
        others=(("lindqvist_m", Party.Role.THIRD),),
    ),
    Case(
        *("yildiz", 150, "Yıldız ./. Nordbau GmbH", "litigation", "DE", "karin", "yildiz"),
        adverse=("nordbau",),
        team=("ida", "mette", "asli"),
        court="olg_koeln",
        reference="12 C 201/26",
        summary="Werklohn und Nachträge aus dem Kaimauerprojekt; Berufung gegen das Urteil des Landgerichts.",
        others=(("luetzow", Party.Role.ADVERSE_COUNSEL), ("kowalczyk", Party.Role.WITNESS)),
    ),
    Case(
        *("sjohasten", 120, "Brf Sjöhästen mot Bygg & Betong i Älvsjö", "litigation", "SE", "erik", "sjohasten"),
        adverse=("bygg",),
        team=("karin", "mette"),
        court="tingsratt",
        reference="T 902-26",
        summary="Fuktskador efter fasadrenovering; garantiansvar enligt ABT 06.",
    ),
    Case(
        *("weissgerber", 90, "Weißgerber, Kündigungsschutz", "employment", "DE", "friederike", "weissgerber"),
        adverse=("suesswaren",),
        team=("karin",),
        court="arbg_d",
        reference="7 Ca 1104/26",
        summary="Betriebsbedingte Kündigung nach Standortverlagerung; Sozialauswahl fehlerhaft.",
    ),
    Case(
        *("gunes", 75, "Güneş Tekstil – Kuzey Işıkları Lojistik", "litigation", "TR", "asli", "gunes"),
        adverse=("kuzey",),
        team=("karin", "ida"),
        court="anadolu",
        reference="2026/418 E.",
        summary="Taşıma sırasında zayi olan ihracat malı; CMR hükümlerine göre tazminat.",
        others=(("gunes_ayse", Party.Role.THIRD),),
    ),
    Case(
        *("rasmussen", 60, "Rasmussen, bortvisning", "employment", "DK", "ida", "rasmussen"),
        adverse=("kaffe",),
        team=("karin", "mette"),
        summary="Bortvisning uden varsel; krav efter funktionærlovens § 3.",
    ),
    Case(
        *("ilgin", 45, "Ilgın, velayet", "family", "TR", "asli", "ilgin"),
        adverse=("ilgin_c",),
        team=("karin",),
        summary="Velayetin değiştirilmesi ve kişisel ilişki kurulması.",
    ),
    Case(
        *("brandt", 21, "Anklagemyndigheden mod Brandt", "criminal", "DK", "karin", "brandt"),
        adverse=("anklager",),
        team=("ida",),
        court="byret",
        reference="SS 2-7716/2026",
        summary="Sigtelse efter straffelovens § 279; klienten nægter sig skyldig.",
    ),
]
# Matter, who gives it, to whom from outside, how far, why.
OUTSIDERS = [
    ("yildiz", "karin", "leyla", Level.WORK, "Translates the invoices and the site diary"),
    ("gunes", "asli", "piet", Level.WORK, "Dutch counsel for the carrier's insurer in Rotterdam"),
    ("nordlys", "anders", "sigrid", Level.VIEW, "Examines the capital increase for the bank"),
]
GROUPS = {"litigation": DISPUTES, "family": FAMILY, "inheritance": FAMILY, "corporate": COMPANIES}


def entered_by() -> dict[str, str]:
    """Who opened a contact's first matter has entered the contact."""
    found: dict[str, str] = {}
    for case in CASES:
        for key in (case.client, *case.adverse, *(other for other, _role in case.others)):
            found.setdefault(key, case.lawyer)
    return found


def open_all(scene: Scene) -> None:
    for case in CASES:
        with scene.acting(case.lawyer) as actor:
            scene.matters[case.key] = _opened(scene, case, actor)
    walls.raise_all(scene)
    _let_in(scene)


def end_all(scene: Scene) -> None:
    """Last of all: nothing is logged on a closed matter."""
    for case in CASES:
        if case.ended:
            with scene.acting(case.lawyer) as actor:
                close_matter(
                    actor=actor,
                    matter=scene.matters[case.key],
                    closed_on=scene.day(-case.ended),
                    reason="Finished",
                    now=scene.now,
                )


@transaction.atomic
def _opened(scene: Scene, case: Case, actor: User) -> Matter:
    now = scene.at(case.days, "10:05")
    matter = open_matter(actor=actor, wanted=_wanted(scene, case, actor), now=now)
    for key, role in case.others:
        _add(matter, scene.contacts[key], role, now)
    if case.court:
        court = scene.courts[case.court]
        _add(matter, court.contact, Party.Role.COURT, now, case.reference)
    return matter


def _wanted(scene: Scene, case: Case, actor: User) -> Opening:
    group = GROUPS.get(case.kind)
    return Opening(
        once=number("matter", case.key),
        title=case.title,
        matter_type=MatterType.objects.get(code=case.kind),
        jurisdiction=case.country,
        opened_on=scene.day(-case.days),
        responsible=actor,
        client=scene.contacts[case.client],
        adverse=tuple(scene.contacts[key] for key in case.adverse),
        people=tuple(scene.staff[key] for key in case.team),
        groups=(scene.groups[group],) if group and not case.ended else (),
        court=scene.courts[case.court] if case.court else None,
        court_reference=case.reference,
        summary=case.summary,
    )


def _add(matter: Matter, contact: Contact, role: Party.Role, now: datetime, reference: str = "") -> None:
    since = timezone.localdate(now)
    add_party(
        actor=matter.responsible, matter=matter, contact=contact, role=role, reference=reference, since=since, now=now
    )


def _let_in(scene: Scene) -> None:
    for key, by, who, level, reason in OUTSIDERS:
        with scene.acting(by) as actor:
            grant_access(
                actor=actor, matter=scene.matters[key], to=scene.staff[who], level=level, reason=reason, now=scene.now
            )
