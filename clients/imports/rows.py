"""From the rows of a table to contacts, each fault with its line, its column and its reason in words."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients import countries, normal
from clients.imports import columns
from clients.imports.columns import Columns
from clients.imports.decoding import UnreadableFile
from clients.models import ContactPoint
from lawcrm.doors import safe_writer

MOST_ROWS = 50_000
MOST_COLUMNS = 200
DELIMITERS = ";,\t"
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")
# Legal forms of Denmark, Sweden, Germany, Türkiye and their neighbours at the end of a name.
COMPANY = re.compile(
    r"(?i)(\b(gmbh|mbh|ag|kg|ohg|ug|gbr|e\.?\s?v\.?|partg|aps|a/s|p/s|k/s|i/s|amba|ab|hb|kommun|stiftung|stiftelse|"
    r"ltd|llp|llc|inc|plc|se|sa|nv|bv|oy|as)\.?|a\.?ş\.?|ltd\.?\s*şti\.?)\s*$|\bA\.Ş\."
)
POINTS = {name: ContactPoint.Kind(name) for name in ("email", "phone", "mobile", "web")}
LONGEST_NAME, LONGEST_CELL = 200, 254
LIMITS = {"given_name": 99, "family_name": 100, "register_number": 40, "lines": 200, "postcode": 16, "city": 100}
KINDS = {
    "person": "person natural naturlig fysisk privat privatperson kisi gercekkisi sahis p mensch",
    "organisation": "organisation organization company firma virksomhed foretag juridisk unternehmen sirket "
    "tuzelkisi tuzel kurum o authority court myndighed domstol behorde gericht",
}
KIND_WORDS = {word: kind for kind, words in KINDS.items() for word in words.split()}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row; `column` is "" when it is the row as a whole."""

    line: int
    column: str | Promise
    reason: str


@dataclass(frozen=True)
class Draft:
    """A row that can become a contact. `points` are kind and value, `normals` their normal forms."""

    line: int
    kind: str
    name: str
    columns: dict[str, Any]
    points: tuple[tuple[str, str], ...] = ()
    normals: tuple[str, ...] = ()
    address: dict[str, str] | None = None

    @property
    def sameness(self) -> tuple[str, ...]:
        return (countries.fold(self.name), *sorted(self.normals))


@dataclass
class Table:
    """What a file holds."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    @property
    def bad_lines(self) -> set[int]:
        return {problem.line for problem in self.problems}


class Unfit(ValueError):
    """A cell that cannot be taken; `column` is its field."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


class Lines:
    """The lines of a text, counted as they are read."""

    def __init__(self, text: str) -> None:
        self._lines = iter(text.splitlines(keepends=True))
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        return line


def read(text: str, *, today: dt.date) -> Table:
    """Raises UnreadableFile when the file as a whole is no table of contacts."""
    # Other line ends than these belong to the cells and are told there.
    lines = Lines(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", " ").replace("\x0c", " "))
    rows = _rows(lines, _delimiter(text))
    header = next(rows, None)
    if header is not None and header[1][0].lower() == "sep=":
        header = next(rows, None)
    if header is None:
        raise UnreadableFile(_("The file holds no rows."))
    known = columns.of(header[1])
    _refuse_useless(known)
    table = Table(ignored=known.ignored)
    seen: dict[tuple[str, ...], int] = {}
    for line, cells in rows:
        if len(table.drafts) + len(table.bad_lines) >= MOST_ROWS:
            raise UnreadableFile(_("The file holds more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
        _take(table, known, line, cells, today=today, seen=seen)
    return table


def _rows(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = safe_writer.read_csv(lines, delimiter=delimiter)
    while True:
        try:
            row = next(reader, None)
        except safe_writer.BrokenTable:
            raise UnreadableFile(
                _("Line %(line)d cannot be read: a quotation mark is out of place or a cell is endless.")
                % {"line": lines.number}
            ) from None
        if row is None:
            return
        if len(row) > MOST_COLUMNS:
            raise UnreadableFile(_("Line %(line)d has too many columns.") % {"line": lines.number})
        if any(cell.strip() for cell in row):
            yield lines.number, row


def _delimiter(text: str) -> str:
    head = text.lstrip("\r\n").partition("\n")[0]
    if head.lower().startswith("sep="):
        return head[4:5] if head[4:5] in DELIMITERS else ";"
    return max(DELIMITERS, key=head.count)


def _refuse_useless(known: Columns) -> None:
    if not known.known & {"name", "organisation", "family_name"}:
        raise UnreadableFile(
            _(
                "No column holds a name. The first line must say what the columns are, "
                "for example: name; e-mail; telephone; street; postcode; town; country."
            )
        )


def _take(  # noqa: PLR0913 - one row into one of the two lists
    table: Table, known: Columns, line: int, cells: list[str], *, today: dt.date, seen: dict[tuple[str, ...], int]
) -> None:
    if len(cells) > len(known.fields) and any(cell.strip() for cell in cells[len(known.fields) :]):
        table.problems.append(Problem(line, "", _("This line has more cells than the first line has headers.")))
        return
    values = {name: cell.strip() for name, cell in zip(known.fields, cells, strict=False) if name}
    draft, unfit = _draft(line, values, today)
    for problem in unfit:
        table.problems.append(Problem(line, columns.TITLES.get(problem.column, ""), problem.reason))
    if draft is None:
        return
    if (twin := seen.setdefault(draft.sameness, line)) != line:
        table.problems.append(Problem(line, "", _("The same as line %(line)d.") % {"line": twin}))
        return
    table.drafts.append(draft)


def _draft(line: int, values: dict[str, str], today: dt.date) -> tuple[Draft | None, list[Unfit]]:
    unfit: list[Unfit] = []

    def take[T](value: Any, of: Any) -> Any:
        try:
            return of(value)
        except Unfit as problem:
            if problem.column not in {known.column for known in unfit}:
                unfit.append(problem)
            return None

    for name, value in values.items():
        take((name, value), _fit_cell)
    country = take(values.get("country", ""), _country)
    collected = take((values.get("collected_on", ""), today), _date)
    named = take(values, _name)
    points = [take((name, values[name], country or ""), _point) for name in POINTS if values.get(name)]
    address = take((values, country or ""), _address)
    language = take(values.get("language", ""), _language)
    if unfit:
        return None, unfit
    kind, name, given, family = named
    own = {
        "given_name": given,
        "family_name": family,
        "country": country,
        "language": language,
        "register_number": values.get("register_number", ""),
        "collected_on": collected,
    }
    pairs = tuple((kind_of, value) for kind_of, value, _normal in points)
    return Draft(line, kind, name, own, pairs, tuple(normal_of for *_rest, normal_of in points), address), []


def _fit_cell(pair: tuple[str, str]) -> None:
    name, value = pair
    if normal.CONTROL.search(value if name != "lines" else value.replace("\n", " ")):
        raise Unfit(name, _("holds line breaks or invisible signs"))
    if len(value) > (longest := LIMITS.get(name, LONGEST_CELL)):
        raise Unfit(name, _("is longer than %(most)d letters") % {"most": longest})
    if name in ("name", "organisation", "given_name", "family_name") and ("<" in value or ">" in value):
        raise Unfit(name, _("holds < or >, which no name does"))
    if value.startswith(("=", "@")) and name != "web":
        raise Unfit(name, _("looks like the formula of a spreadsheet"))


def _name(values: dict[str, str]) -> tuple[str, str, str, str]:
    """Kind, name, given and family name. A person at a company is the person."""
    given, family = values.get("given_name", ""), values.get("family_name", "")
    company, name = values.get("organisation", ""), values.get("name", "")
    said = values.get("kind", "")
    kind = KIND_WORDS.get(countries.fold(said), "")
    if said and not kind:
        raise Unfit("kind", _("“%(value)s” is neither a person nor an organisation") % {"value": said[:40]})
    full = f"{given} {family}".strip() or name
    if not kind:
        kind = "organisation" if (company and not full) or (not family and COMPANY.search(full)) else "person"
    found = (company or full) if kind == "organisation" else (full or company)
    if not found:
        raise Unfit("name", _("is missing"))
    if len(found) > LONGEST_NAME:
        raise Unfit("name", _("is longer than %(most)d letters") % {"most": LONGEST_NAME})
    return (kind, found, given, family) if kind == "person" else (kind, found, "", "")


def _country(value: str) -> str:
    if not value:
        return ""
    if (code := countries.named(value)) is None:
        raise Unfit("country", _("“%(value)s” is not a country known here") % {"value": value[:40]})
    return code


def _language(value: str) -> str:
    code = value.lower()[:2]
    if value and code not in countries.LANGUAGES:
        raise Unfit("language", _("“%(value)s” is not a language known here") % {"value": value[:40]})
    return code


def _date(pair: tuple[str, dt.date]) -> dt.date:
    value, today = pair
    if not value:
        return today
    for form in DATES:
        try:
            found = dt.datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if found > today:
            raise Unfit("collected_on", _("lies in the future"))
        return found
    raise Unfit("collected_on", _("“%(value)s” is not a date") % {"value": value[:40]})


def _point(triple: tuple[str, str, str]) -> tuple[str, str, str]:
    name, value, country = triple
    try:
        found = normal.point(POINTS[name], value, country)
    except normal.UnfitPoint as error:
        raise Unfit(name, str(error)) from None
    return POINTS[name], value, found


def _address(pair: tuple[dict[str, str], str]) -> dict[str, str] | None:
    values, country = pair
    lines = values.get("lines", "").replace("\n", ", ")
    city = values.get("city", "")
    if not lines and not city:
        return None
    if not city:
        raise Unfit("city", _("is missing beside a street"))
    return {"lines": lines, "postcode": values.get("postcode", ""), "city": city, "country": country}
