"""Where the marked words of a matter turn up: in answers, mails, log lines, the broker and the arguments of jobs."""

import base64
import binascii
import html
import json
import logging
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

import redis
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from lawcrm.accounts.models import User
from lawcrm.celery import app
from lawcrm.logs import JsonFormatter
from tests import personas
from tests.access import cast, filling, world
from tests.access.papers import text_of
from tests.access.two_worlds import ENDS_THE_SESSION

HIDDEN, OWN = "ALPHA", "OMEGA"
NOT_SIGNED_IN: dict[str, Callable[[User], Client]] = {
    "anonymous": lambda _user: Client(),
    "password": personas.password_only,
}
STRANGERS = cast.OUTSIDERS | {name: cast.Person(("lawyer",)) for name in NOT_SIGNED_IN}
# A word of each kind that stands on the pages of whoever has sight.
OF_A_FILE = {
    *("matter.number", "matter.title", "matter.summary", "matter.court_reference", "party.reference"),
    *("communication.subject", "communication.body", "communication.envelope", "document.name", "document.content"),
    *("contact.name", "contactname.name", "contactpoint.value", "address.lines", "court.seat", "consentevent.evidence"),
    *("deadline.title", "deadline.note", "deadline.trace", "task.title", "wall.reason", "journal.reason"),
}
LINKS = re.compile(r"""(href|src|action|formaction|hx-get|data-href|data-url)=["']([^"'#][^"']*)["']""")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
NOT_FOLLOWED = ("/static/", "//", "mailto:", "tel:", "javascript:", "data:")
VARIANTS = 4  # pages of one address with the same parameters, such as the columns a list sorts by


def words(text: str, mark: str) -> set[str]:
    """Which fields' words of this mark stand there, as `model.field`; the first that fits one cut short."""
    said = re.findall(rf"{filling.CANARY}\W?{mark}\W?([\w.]*)", html.unescape(unquote(text)), re.IGNORECASE)
    return {_field(word.rstrip(".").lower()) for word in said}


@cache
def _field(word: str) -> str:
    return next((name for name in filling.fields() if name.startswith(word)), word) if word else word


def said(response: HttpResponseBase) -> str:
    """Everything an answer hands over: status line, headers and body, documents as their text."""
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{response.cookies.output()}\n{text_of(content)}"


def links(page: str, address: str, *, of_forms: bool = True) -> Iterator[str]:
    """Where a page leads within the site; a form's address too, because pages answer a GET there."""
    for kind, link in LINKS.findall(page):
        if not of_forms and kind.endswith("action"):
            continue
        target = urldefrag(urljoin(address, html.unescape(link)))[0]
        if not html.unescape(link).startswith(NOT_FOLLOWED) and not urlsplit(target).netloc:
            yield target


def shape(address: str) -> tuple[Any, ...]:
    """Pages that differ in the values of their parameters only are of one shape."""
    path, query = urlsplit(address).path, urlsplit(address).query
    try:
        found = resolve(path)
    except Resolver404:
        return path, ()
    ids = tuple(sorted((name, str(value)) for name, value in found.kwargs.items()))
    return found.view_name, ids, tuple(sorted({name for name, _value in parse_qsl(query)}))


class Frontier:
    """Addresses still to be opened, each once and not every variant."""

    def __init__(self, starts: Iterable[str], variants: int = VARIANTS) -> None:
        self.most = variants
        self.waiting: deque[str] = deque()
        self.known: set[str] = set()
        self.variants: Counter[tuple[Any, ...]] = Counter()
        self.add(starts)

    def add(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            self.variants[shape(address)] += address not in self.known
            if address not in self.known and self.variants[shape(address)] <= self.most:
                self.known.add(address)
                self.waiting.append(address)

    def __iter__(self) -> Iterator[str]:
        while self.waiting:
            yield self.waiting.popleft()


def crawled(client: Client, starts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every page that can be reached from these, with what it says."""
    frontier = Frontier(starts)
    for address in frontier:
        response = client.get(address)
        page = said(response)
        yield address, page
        if response.headers.get("Content-Type", "").startswith("text/html"):
            frontier.add(links(page, address))
        if "Location" in response.headers:
            frontier.add(links(f'href="{response.headers["Location"]}"', address))


def found_in[Where](pages: Iterable[tuple[Where, str]], mark: str) -> dict[Where, set[str]]:
    """Fields of this mark by where they stood."""
    return {place: fields for place, text in pages if (fields := words(text, mark))}


def fields_in(pages: Iterable[tuple[Any, str]], mark: str) -> set[str]:
    return set().union(*found_in(pages, mark).values())


def in_broker(address: str) -> Iterator[tuple[str, str]]:
    """Every key of Valkey with its value, and what is encoded in it."""
    with redis.Redis.from_url(address) as broker:
        for key in broker.scan_iter():
            yield key.decode(), "\n".join(_unpacked(value) for value in _values(broker, key))


def _values(broker: Any, key: bytes) -> list[bytes]:
    readers = {
        b"string": lambda: [broker.get(key)],
        b"list": lambda: broker.lrange(key, 0, -1),
        b"set": lambda: list(broker.smembers(key)),
        b"hash": lambda: [part for pair in broker.hgetall(key).items() for part in pair],
        b"zset": lambda: broker.zrange(key, 0, -1),
    }
    return list(readers[broker.type(key)]())


def _unpacked(value: bytes) -> str:
    """The value and whatever it holds in base 64, in which Celery writes its arguments."""
    inside = (_decoded(piece) for piece in BASE64.findall(value))
    return "\n".join([value.decode("utf-8", "replace"), *(text for text in inside if text)])


def _decoded(piece: bytes) -> str:
    try:
        return base64.b64decode(piece, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def job_arguments(address: str) -> list[tuple[str, Any]]:
    """Name and arguments of every job that waits for a worker."""
    with redis.Redis.from_url(address) as broker:
        waiting = [json.loads(message) for message in broker.lrange(app.conf.task_default_queue, 0, -1)]
    bodies = [(one["headers"]["task"], json.loads(base64.b64decode(one["body"]))) for one in waiting]
    return [(name, [*positional, *named.values()]) for name, (positional, named, _embed) in bodies]


class Listener(logging.Handler):
    """Keeps what is logged, written as production writes it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def logged() -> Iterator[list[str]]:
    listener, root = Listener(), logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.INFO)
    try:
        yield listener.lines
    finally:
        root.removeHandler(listener)
        root.setLevel(before)


@dataclass
class Place:
    """A person at a browser, a matter hidden from them and one of their own."""

    user: User
    client: Client
    hidden: filling.Filling
    own: filling.Filling

    @property
    def starts(self) -> list[str]:
        return ["/", *addresses(self.own), *addresses(self.hidden)]


def place(person: str) -> Place:
    who = (cast.EVERYBODY | STRANGERS)[person]
    user = who.account()
    hidden = filling.fill(HIDDEN, personas.user_for("lawyer"))
    own = filling.fill(OWN, personas.user_for("lawyer"), hidden.group)
    who.involve(hidden.matter, user)
    cast.with_levels(2 if who.is_external else 3)(own.matter, user)
    who.since(user)
    return Place(user, NOT_SIGNED_IN.get(person, personas.signed_in)(User.objects.get(pk=user.pk)), hidden, own)


def addresses(filled: filling.Filling, *, only_of_objects: bool = False) -> list[str]:
    there = world.World(objects=filled.ids)
    return [
        reverse(name, kwargs=world.arguments(name, wanted, there))
        for name, wanted in sorted(world.names().items())
        if name not in ENDS_THE_SESSION and (wanted or not only_of_objects)
    ]
