"""Compute a deadline and show its arithmetic."""

import contextlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from deadlines.engine import CannotCompute, Direction, Period, Result, Unit, compute, packs, rules
from deadlines.engine.calendars import Calendars
from deadlines.engine.steps import day_of
from deadlines.engine.trace import Line, Moment
from lawcrm import access

if TYPE_CHECKING:
    from deadlines.queries.rulebook import Entry

REFUSED = 2
FIRM = ("pack", "approved_by", "overridden")
INSTALLED = "with this firm's rules and calendars instead of the shipped ones: opens the database"


class Command(BaseCommand):
    help = "Compute a deadline from a profile and a period or from a rule, with each step's source; list the rules."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        self.add_compute(acts.add_parser("compute", help="compute one deadline"))
        listed = acts.add_parser("rules", help="list the rules of the packs")
        listed.add_argument("--pack", help="of one jurisdiction, as in de")
        listed.add_argument("--installed", action="store_true", help=INSTALLED)
        written = acts.add_parser("export", help="write a pack with its checksum to the standard output")
        written.add_argument("pack")
        written.add_argument("--installed", action="store_true", help=INSTALLED)
        compared = acts.add_parser(
            "compare", help="check a pack in a file and show where it differs from the shipped one"
        )
        compared.add_argument("file", type=Path)
        compared.add_argument("--installed", action="store_true", help=INSTALLED)
        imported = acts.add_parser("import", help="put a pack in the place of the one of its name, as drafts")
        imported.add_argument("file", type=Path)
        acts.add_parser("calendars", help="fill the book's calendars from the library; safe to repeat")

    def add_compute(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--profile", help="as in roll:de-be, tr-hmk, hours@Europe/Copenhagen")
        what.add_argument("--rule", help="a rule of the catalogue, as in de.zpo.517")
        parser.add_argument("--second", help="the date of the rule's second trigger, which may set a limit")
        parser.add_argument("--zone", default=settings.TIME_ZONE, help="for rules in hours")
        parser.add_argument("--calendar", help="of the court's seat, as in de-be")
        parser.add_argument("--from", dest="trigger", required=True, help="YYYY-MM-DD or YYYY-MM-DDTHH:MM")
        parser.add_argument("--amount")
        parser.add_argument("--unit", choices=[str(unit) for unit in Unit])
        parser.add_argument(
            "--direction", choices=[str(way) for way in Direction], help="after, unless the rule says otherwise"
        )
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--installed", action="store_true", help=INSTALLED)

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        try:
            getattr(self, "import_" if act == "import" else act)(**options)
        except CannotCompute as why:
            refuse(str(why))

    def compute(self, *, trigger: str, installed: bool, **options: Any) -> None:
        at = moment(trigger)
        with in_the_book(installed=installed) as book:
            found = by_rule(at, book, **options) if options["rule"] else as_dict(by_profile(at, book, **options))
        if day_of(at) > timezone.localdate():
            found["notices"].append("The trigger lies in the future: compute again once it has happened.")
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else as_text(found))

    def rules(self, *, pack: str | None, installed: bool, **_options: Any) -> None:
        for rule, more in listed(installed=installed):
            if pack in (None, rule.jurisdiction):
                period = f"{rule.period.amount} {rule.period.label}" if rule.amount else "set by the court"
                facts = (rule.code, rule.title, period, rule.profile, rule.statute, rule.confidence, rule.status)
                self.stdout.write("\t".join((*facts, *more)))

    def export(self, *, pack: str, installed: bool, **_options: Any) -> None:
        self.stdout.write(packs.dump(known(pack, installed=installed)), ending="")

    def compare(self, *, file: Path, installed: bool, **_options: Any) -> None:
        other = packs.load(text_of(file))
        self.tell(packs.compare(known(other.name, installed=installed), other))

    def import_(self, *, file: Path, **_options: Any) -> None:
        self.tell(import_pack(text_of(file)))

    def tell(self, found: list[packs.Difference]) -> None:
        for one in found:
            self.stdout.write(f"{one.code}\t{one.field}\t{as_value(one.old)}\t{as_value(one.new)}")
        self.stdout.write(f"{len(found)} differences")

    def calendars(self, **_options: Any) -> None:
        changed = fill_calendars()
        self.stdout.write(f"{len(changed)} calendars changed")


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        refuse(f"The file {file.name} cannot be read.")


def import_pack(text: str) -> list[packs.Difference]:
    """What differs from the pack that was in use; its deadlines are computed again and none moves."""
    from deadlines.actions import rulebook

    with access.as_system("manage.py deadline import", source="command"):
        return rulebook.import_pack(text=text, now=timezone.now())


def fill_calendars() -> list[str]:
    """Imported late: everything else here computes without the database."""
    from deadlines.actions import holidays

    with access.as_system("manage.py deadline calendars", source="command"):
        return holidays.fill(now=timezone.now())


def known(name: str, *, installed: bool) -> packs.Pack:
    found = {pack.name: pack for pack in (of_the_firm() if installed else packs.shipped())}
    if name not in found:
        refuse(f"There is no pack {name!r}. There are: {', '.join(sorted(found))}.")
    return found[name]


def of_the_firm() -> list[packs.Pack]:
    from deadlines.queries import rulebook

    with access.as_system("manage.py deadline --installed", source="command"):
        return rulebook.packs_of_the_firm()


def as_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@contextlib.contextmanager
def in_the_book(*, installed: bool) -> Iterator[Calendars | None]:
    """The calendars as the firm has them; None stands for the published ones, and for no database."""
    if not installed:
        yield None
        return
    from deadlines.queries.calendars import Book

    with access.as_system("manage.py deadline --installed", source="command"):
        yield Book()


def entries(code: str = "") -> list["Entry"]:
    from deadlines.queries import rulebook

    return rulebook.entries(code)


def listed(*, installed: bool) -> Iterator[tuple[rules.Rule, tuple[str, ...]]]:
    """With what the firm made of each, where that is asked."""
    if not installed:
        yield from ((rule, ()) for rule in packs.shipped_rules())
        return
    with in_the_book(installed=True):
        yield from ((entry.rule, tuple(firm_says(entry).values())) for entry in entries())


def firm_says(entry: "Entry") -> dict[str, str]:
    """The pack it came with, who stands by it, and why the firm has it otherwise than the pack."""
    approved = f"{entry.rule.reviewer}, {entry.rule.reviewed_on}" if entry.approval else ""
    changed = entry.override.reason if entry.override else ""
    return {"pack": f"{entry.pack} {entry.version}", "approved_by": approved, "overridden": changed}


def by_profile(
    trigger: Moment, book: Calendars | None, *, profile: str, direction: str | None, **options: Any
) -> Result:
    if options["second"]:
        refuse("A second trigger belongs to a rule: give --rule.")
    if options["unit"] is None:
        refuse("A profile needs --amount and --unit.")
    period = Period(whole(options["amount"]), Unit(options["unit"]), Direction(direction or "after"))
    return compute(profile, trigger, period, calendar=options["calendar"], calendars=book)


def by_rule(
    trigger: Moment, book: Calendars | None, *, rule: str, second: str | None, **options: Any
) -> dict[str, Any]:
    if any(options[name] for name in ("amount", "unit", "direction")):
        refuse("The rule sets amount, unit and direction; leave them out.")
    installed = {entry.rule: entry for entry in entries(rule)} if book else {}
    found = rules.in_force(tuple(installed) if book else packs.shipped_rules(), rule, day_of(trigger))
    if second and found.second is None:
        refuse(f"The rule {rule} has no second trigger.")
    limit = day_of(moment(second)) if second else None
    done = rules.apply(found, trigger, rules.Place(options["calendar"], options["zone"], book), limit)
    said_rule = {"rule": found.code, "statute": found.statute, "criticality": found.criticality, "status": found.status}
    firm = firm_says(installed[found]) if book else {}
    return {**as_dict(done.result), **said_rule, **firm, "pre_deadline": done.pre_deadline and said(done.pre_deadline)}


def refuse(words: str) -> NoReturn:
    raise CommandError(words, returncode=REFUSED)


def moment(text: str) -> Moment:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        refuse(f"{text!r} is not a date (YYYY-MM-DD) or a local time (YYYY-MM-DDTHH:MM).")


def whole(text: str | None) -> int:
    """Digits only: neither 1.5 nor a sign is an amount of days."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= 6):  # noqa: PLR2004
        refuse(f"The amount must be a whole number from 1, not {text!r}.")
    return int(text)


def said(day: Moment) -> str:
    return day.isoformat(timespec="minutes") if isinstance(day, datetime) else day.isoformat()


def as_dict(result: Result) -> dict[str, Any]:
    return {
        "due": said(result.due),
        "due_safe": said(result.due_safe),
        "due_latest": said(result.due_latest),
        "profile": result.profile,
        "calendar": result.calendar,
        "trigger": said(result.trigger),
        "amount": result.period.amount,
        "unit": str(result.period.unit),
        "direction": str(result.period.direction),
        "trace": told(result.trace),
        "readings": [
            {"why": other.why, "due": said(other.due), "trace": told(other.trace)} for other in result.readings
        ],
        "notices": list(result.notices),
    }


def told(trace: tuple[Line, ...]) -> list[dict[str, str]]:
    return [{"step": line.step, "text": line.text, "day": said(line.day), "citation": line.citation} for line in trace]


def as_text(found: dict[str, Any]) -> str:
    names = ("due", "due_safe", "due_latest", "pre_deadline", "rule", "statute", "criticality", "status", *FIRM)
    lines = [f"{name}: {found[name]}" for name in names if found.get(name)]
    lines += ["trace:", *lines_of(found["trace"])]
    for other in found["readings"]:
        lines += [f"another reading: {other['due']}, {other['why']}", *lines_of(other["trace"])]
    lines += ["notices:", *(f"  {notice}" for notice in found["notices"])] if found["notices"] else []
    return "\n".join(lines)


def lines_of(trace: list[dict[str, str]]) -> list[str]:
    return [f"  {line['step']}: {line['text']} [{line['citation']}]" for line in trace]
