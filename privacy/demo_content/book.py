"""The deadline book and the tasks: what is due today and in the next two weeks, by whom, and what is unconfirmed."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial

from deadlines.actions.ending import mark_done, strike_deadline
from deadlines.actions.entering import Entry, confirm_deadline, enter_deadline
from deadlines.actions.todo import add_task, finish_task
from deadlines.models import Deadline
from privacy.demo_content.scene import Scene, number

Kind = Deadline.Kind
CRITICAL, NORMAL = Deadline.Criticality.CRITICAL, Deadline.Criticality.NORMAL
MIDNIGHT = time(23, 59)


@dataclass(frozen=True)
class Due:
    """So many days from today; the one who confirms it is empty while it waits for a second pair of eyes."""

    matter: str
    days: int
    kind: Kind
    title: str
    by: str
    confirmed_by: str = ""
    criticality: Deadline.Criticality = NORMAL
    clock: time | None = None
    trigger: tuple[int, str] | None = None
    note: str = ""
    assignee: str = "karin"
    deputy: str | None = None
    repeat: str = ""

    def on(self, scene: Scene) -> date:
        return scene.day(self.days)


DUES = [
    Due("yildiz", 0, Kind.STATUTORY, "Berufung, § 517 ZPO", "ida", "mette", CRITICAL, MIDNIGHT,
        (-31, "Urteil zugestellt"), "Ein Monat; fällt das Ende auf einen Samstag, der nächste Werktag.", deputy="ida"),
    Due("moeller", 0, Kind.COURT_FIXED, "Svarskrift", "mette", "", CRITICAL, time(15),
        (-5, "Retsbog modtaget"), "Fastsat af retten, ingen udsættelse.", deputy="ida"),
    Due("akesson", 1, Kind.PRE_DEADLINE, "Pre-deadline: statement on the valuation", "erik", "mette", deputy="erik"),
    Due("gunes", 3, Kind.STATUTORY, "Cevap dilekçesi, HMK m. 127", "asli", "ida", CRITICAL, MIDNIGHT,
        (-11, "Dava dilekçesi tebliğ edildi"), "İki hafta.", deputy="asli"),
    Due("gunes", 3, Kind.FOLLOW_UP, "Ek süre talebini değerlendir", "asli", "ida"),
    Due("rasmussen", 4, Kind.COURT_FIXED, "Stævning til Sø- og Handelsretten", "ida", "mette", deputy="ida"),
    Due("lindqvist", 5, Kind.APPOINTMENT, "Undertecknande av testamente, två vittnen", "erik", "karin",
        clock=time(10, 30)),
    Due("akesson", 7, Kind.COURT_FIXED, "Yttrande över värderingen", "erik", "mette", CRITICAL, MIDNIGHT,
        (-14, "Föreläggande från tingsrätten"), deputy="erik"),
    Due("weissgerber", 7, Kind.APPOINTMENT, "Gütetermin, Saal 113", "friederike", "", clock=time(9, 15)),
    Due("moeller", 8, Kind.PRE_DEADLINE, "Pre-deadline: list of witnesses", "mette", "ida", deputy="ida"),
    Due("sjohasten", 9, Kind.FOLLOW_UP, "Svar från styrelsen om besiktningen", "erik", "mette",
        repeat="FREQ=WEEKLY;INTERVAL=2"),
    Due("yildiz", 10, Kind.PRE_DEADLINE, "Vorfrist: Entwurf der Berufungsbegründung", "ida", "mette", deputy="ida"),
    Due("brandt", 10, Kind.APPOINTMENT, "Grundlovsforhør, retssal 21", "ida", "karin", CRITICAL, time(13),
        assignee="ida", deputy="karin"),
    Due("ilgin", 11, Kind.COURT_FIXED, "Velayet raporuna beyan", "asli", "", CRITICAL, deputy="asli"),
    Due("yildiz", 31, Kind.STATUTORY, "Berufungsbegründung, § 520 Abs. 2 ZPO", "ida", "", CRITICAL, MIDNIGHT,
        (-31, "Urteil zugestellt"), "Zwei Monate ab Zustellung.", deputy="ida"),
    Due("sjohasten", 24, Kind.LIMITATION, "Preskription av reklamationen, ABT 06", "erik", "karin", CRITICAL,
        assignee="erik"),
    Due("nordlys", 6, Kind.STATUTORY, "Anmeldelse til Erhvervsstyrelsen", "friederike", "anders", CRITICAL,
        assignee="anders", deputy="friederike"),
    Due("nordlys", 12, Kind.APPOINTMENT, "Ekstraordinær generalforsamling", "friederike", "", clock=time(14),
        assignee="anders"),
]  # fmt: skip
# Matter, days from today, what, who entered and confirmed it, and how it ended.
ENDED = [
    (Due("weissgerber", 2, Kind.STATUTORY, "Kündigungsschutzklage, § 4 KSchG", "friederike", "karin", CRITICAL,
         trigger=(-20, "Kündigung zugegangen"), deputy="friederike"), "done", "Eingereicht per beA, Eingang bestätigt"),
    (Due("moeller", 2, Kind.COURT_FIXED, "Kommentarer til skønserklæring", "mette", "ida", deputy="ida"),
     "done", "Sent through minretssag.dk, receipt on file"),
    (Due("rasmussen", 13, Kind.FOLLOW_UP, "Indkald til mægling", "ida", ""), "struck", "The other side declined"),
]  # fmt: skip
TASKS = [
    ("akesson", "Call Åkesson about the valuation", "karin", "erik", -1),
    ("moeller", "Conflict review: Baltic Shipping ApS", "karin", "ida", 0),
    ("lindqvist", "Ask the second witness whether she is free", "karin", "erik", 4),
    ("yildiz", "Angebot der Gegenseite mit dem Mandanten besprechen", "karin", "ida", 2),
    ("yildiz", "Kowalczyk'e tanık çağrısı gönder", "asli", "karin", 3),
    ("gunes", "CMR senedinin aslını iste", "asli", "ida", 1),
    ("moeller", "Bestil kopi af kranens servicebog", "mette", "ida", 1),
    ("sjohasten", "Boka besiktningsman", "erik", "karin", 6),
    ("rasmussen", "Beregn løn i opsigelsesperioden", "mette", "ida", 5),
    ("nordlys", "Vedtægter til korrektur", "friederike", "anders", 2),
    ("brandt", "Aktindsigt i revisionsrapporten", "ida", "karin", 2),
]
DONE = ("moeller", "Send the crane log to the expert", "karin", "ida", -8)


def enter_all(scene: Scene) -> None:
    for due in DUES:
        _enter(scene, due)
    for due, end, how in ENDED:
        deadline = _enter(scene, due)
        with scene.acting(due.by) as actor:
            ending = partial(mark_done, receipt=how) if end == "done" else strike_deadline
            ending(actor=actor, deadline=deadline, seen=deadline.due, reason=how, now=scene.now)
    for matter, title, assignee, by, days in [*TASKS, DONE]:
        with scene.acting(by) as actor:
            task = add_task(
                actor=actor,
                once=number("task", title),
                matter=scene.matters[matter],
                title=title,
                assignee=scene.staff[assignee],
                due_on=scene.day(days),
                now=scene.now,
            )
    with scene.acting("karin") as actor:
        finish_task(actor=actor, task=task, now=scene.now - timedelta(hours=2))


def _enter(scene: Scene, due: Due) -> Deadline:
    """Entered yesterday, so that only the latest step of each ladder is made up for by mail."""
    entered, confirmed = scene.now - timedelta(hours=20), scene.now - timedelta(hours=3)
    with scene.acting(due.by) as actor:
        deadline = enter_deadline(actor=actor, entry=_entry(scene, due), now=entered)
    if due.confirmed_by:
        with scene.acting(due.confirmed_by) as actor:
            confirm_deadline(actor=actor, deadline=deadline, seen=deadline.due, now=confirmed)
    return deadline


def _entry(scene: Scene, due: Due) -> Entry:
    on, label = due.trigger or (0, "")
    return Entry(
        once=number("deadline", due.matter, due.title),
        matter=scene.matters[due.matter],
        kind=due.kind,
        criticality=due.criticality,
        title=due.title,
        due_on=due.on(scene),
        due_time=due.clock,
        trigger_on=scene.day(on) if label else None,
        trigger_label=label,
        note=due.note,
        assignee=scene.staff[due.assignee],
        deputy=scene.staff[due.deputy] if due.deputy else None,
        repeat=due.repeat,
    )
