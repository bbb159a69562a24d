"""What was said and written in the matters, and the files that came with it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from matters.actions.communications import Exchange, file_mail, log_communication
from matters.actions.documents import Incoming, add_documents
from matters.models import Communication
from privacy.demo_content import papers
from privacy.demo_content.scene import Scene, number
from privacy.demo_content.texts import TEXTS

Kind, Direction = Communication.Kind, Communication.Direction
type Paper = Callable[[], Incoming]


@dataclass(frozen=True)
class Said:
    """A call, meeting or letter; its text is TEXTS[matter/number of days]."""

    matter: str
    days: int
    clock: str
    by: str
    kind: Communication.Kind
    subject: str
    direction: Communication.Direction = Direction.NONE
    minutes: int | None = None
    counterpart: str = ""
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True)
class Mailed:
    """An e-mail saved from the mail program and filed."""

    matter: str
    days: int
    clock: str
    by: str
    sender: str
    to: str
    subject: str
    counterpart: str
    papers: tuple[Paper, ...] = ()

    @property
    def direction(self) -> Communication.Direction:
        return Direction.OUT if self.sender.endswith("@holm.example>") else Direction.IN


def _pdf(name: str, key: str) -> Paper:
    return partial(papers.pdf, name, TEXTS[key])


def _text(name: str, key: str) -> Paper:
    return partial(papers.text, name, TEXTS[key])


KARIN, ASLI = "Karin Vestergaard <karin.vestergaard@holm.example>", "Aslı Yıldırım <asli.yildirim@holm.example>"
SAID = [
    Said("kruse", 9 * 365 + 20, "11:00", "karin", Kind.LETTER, "Vergleichsprotokoll", Direction.IN),
    Said("thorsen", 8 * 365 + 12, "13:30", "karin", Kind.CALL, "Dommen gennemgået med klienten", minutes=20),
    Said("ozturk", 6 * 365 + 9, "15:00", "asli", Kind.MEETING, "Fesih ihbarnamesi görüşüldü", minutes=45),
    Said("yildiz", 120, "09:30", "karin", Kind.MEETING, "Erstgespräch mit Herrn Yıldız", minutes=70,
         counterpart="yildiz"),
    Said("yildiz", 31, "12:10", "mette", Kind.LETTER, "Urteil des Landgerichts zugestellt", Direction.IN,
         papers=(_pdf("Urteil LG Köln 12 O 88-25.pdf", "urteil"),)),
    Said("yildiz", 12, "16:40", "ida", Kind.CALL, "Telefonat mit der Gegenseite: Vergleich über 60 %", Direction.IN, 18,
         "luetzow"),
    Said("moeller", 60, "10:00", "ida", Kind.MEETING, "Syn og skøn på kajen", minutes=140, counterpart="moeller"),
    Said("moeller", 9, "14:20", "karin", Kind.CALL, "Expert witness confirms crane log", Direction.OUT, 25, "brown"),
    Said("moeller", 5, "09:00", "mette", Kind.LETTER, "Retten fastsætter frist for svarskrift", Direction.IN,
         papers=(_pdf("Retsbog.pdf", "retsbog"),)),
    Said("akesson", 33, "13:00", "erik", Kind.MEETING, "Möte om värdering av villan", minutes=55,
         counterpart="akesson"),
    Said("akesson", 8, "15:45", "karin", Kind.CALL, "Gunilla Åkesson om mäklarens utlåtande", Direction.IN, 12,
         "akesson"),
    Said("lindqvist", 41, "10:30", "karin", Kind.LETTER, "Utkast till testamente", Direction.OUT,
         counterpart="lindqvist",
         papers=(_pdf("Testamente, utkast 2.pdf", "testamente"),)),
    Said("sjohasten", 14, "08:50", "erik", Kind.CALL, "Ordföranden om besiktningen", Direction.IN, 22, "berggren"),
    Said("gunes", 40, "11:15", "asli", Kind.MEETING, "Güneş Tekstil ile ön görüşme", minutes=80,
         counterpart="gunes_ayse"),
    Said("gunes", 11, "10:00", "asli", Kind.LETTER, "Dava dilekçesi tebliğ alındı", Direction.IN,
         papers=(_text("Dava dilekçesi özeti.txt", "dilekce"),)),
    Said("rasmussen", 17, "09:40", "ida", Kind.CALL, "Bent Ove Rasmussen om bortvisningen", Direction.IN, 35,
         "rasmussen"),
    Said("brandt", 6, "18:05", "karin", Kind.MEETING, "Samtale i Vestre Fængsel", minutes=50, counterpart="brandt"),
    Said("weissgerber", 20, "11:20", "friederike", Kind.CALL, "Sozialauswahl mit Herrn Weißgerber besprochen",
         Direction.OUT, 30, "weissgerber"),
]  # fmt: skip
MAILED = [
    Mailed("yildiz", 25, "17:22", "karin", "Mehmet Yıldız <m.yildiz@posta.example>", KARIN,
           "Kararın çevirisi için teşekkürler", "yildiz"),
    Mailed("yildiz", 2, "08:15", "ida", KARIN, "Mehmet Yıldız <m.yildiz@posta.example>",
           "Berufung: Entwurf zur Durchsicht",
           "yildiz", (_pdf("Berufungsschrift Entwurf.pdf", "berufung"),)),
    Mailed("moeller", 3, "20:41", "mette", "Line Møller <line.moller@post.example>", KARIN, "Re: Udkast til svarskrift",
           "moeller"),
    Mailed("akesson", 15, "07:58", "erik", "Gunilla Åkesson <gunilla.akesson@post.example>", KARIN,
           "Värderingsutlåtande bifogas", "akesson", (_pdf("Värdering Älvsjövägen 17.pdf", "vardering"),)),
    Mailed("gunes", 7, "13:05", "asli", "Ayşe Güneş <ayse@gunes.example>", ASLI, "Sözleşme ve CMR senedi", "gunes_ayse",
           (_text("CMR senedi.txt", "cmr"),)),
    Mailed("sjohasten", 10, "19:12", "erik", "Hjördis Berggren <hjordis.berggren@sjohasten.example>",
           "Erik Sandström <erik.sandstrom@holm.example>", "Foton från vindsvåningen", "berggren"),
    Mailed("rasmussen", 4, "21:30", "ida", "Bent Ove Rasmussen <bent.ove@post.example>",
           "Ida Berg <ida.berg@holm.example>", "Lønsedler og ansættelseskontrakt", "rasmussen",
           (_pdf("Ansættelseskontrakt.pdf", "kontrakt"),)),
]  # fmt: skip
DOCUMENTS = [
    ("yildiz", 28, "ida", _pdf("Vollmacht Yıldız.pdf", "vollmacht")),
    ("moeller", 55, "mette", _pdf("Skønserklæring.pdf", "skoen")),
    ("nordlys", 30, "anders", _pdf("Vedtægter, udkast.pdf", "vedtaegter")),
    ("kruse", 9 * 365 + 15, "karin", _pdf("Vergleich.pdf", "vergleich")),
    ("thorsen", 8 * 365 + 30, "karin", _pdf("Dom.pdf", "dom")),
]


def exchange_all(scene: Scene) -> None:
    for said in sorted(SAID, key=lambda said: -said.days):
        _log(scene, said)
    for mailed in MAILED:
        _file(scene, mailed)
    for matter, days, by, paper in DOCUMENTS:
        with scene.acting(by) as actor:
            add_documents(
                actor=actor,
                matter=scene.matters[matter],
                once=number("document", matter, days),
                incoming=[paper()],
                now=scene.at(days, "12:00"),
            )


def _log(scene: Scene, said: Said) -> None:
    happened_at = scene.at(said.days, said.clock)
    exchange = Exchange(
        once=number("said", said.matter, said.days),
        kind=said.kind,
        happened_at=happened_at,
        subject=said.subject,
        body=TEXTS[f"{said.matter}/{said.days}"],
        direction=said.direction,
        minutes=said.minutes,
        counterpart=scene.contacts.get(said.counterpart),
        incoming=tuple(paper() for paper in said.papers),
    )
    with scene.acting(said.by) as actor:
        log_communication(actor=actor, matter=scene.matters[said.matter], exchange=exchange, now=happened_at)


def _file(scene: Scene, mailed: Mailed) -> None:
    sent_at = scene.at(mailed.days, mailed.clock)
    body = TEXTS[f"{mailed.matter}/{mailed.days}"]
    attached = [paper() for paper in mailed.papers]
    header = papers.Header(mailed.sender, mailed.to, mailed.subject)
    with scene.acting(mailed.by) as actor:
        file_mail(
            actor=actor,
            matter=scene.matters[mailed.matter],
            once=number("mail", mailed.matter, mailed.days),
            incoming=papers.mail(header, body, sent_at, attached),
            direction=mailed.direction,
            counterpart=scene.contacts[mailed.counterpart],
            now=sent_at,
        )
