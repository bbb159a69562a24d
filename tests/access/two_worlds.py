"""The same requests in a world with a secret matter and in one without, and in what the answers differ."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from itertools import product
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import Group
from django.db import connections
from django.forms.models import ModelChoiceIterator
from django.http.request import HttpHeaders
from django.test import Client
from django.test.client import ClientHandler
from django.urls import resolve, reverse

from deadlines.models import Deadline
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.crypto import marks
from matters.forms.picker import Picker
from tests.access import cast, filling, world
from tests.access.papers import text_of
from tests.access.uploads import Upload, upload

# Nonces, form tokens, request ids and random ids differ from page to page in one world too.
UUIDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MASKED = re.compile(
    rb'nonce[-=]"?[^"\' ]+|csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": ?"[^"]+|name="(token|once)" value="[^"]+"|'
    rb'"token": "[^"]+"|"challenge": "[^"]+"|/calendar/[\w-]{43}|data-once="[^"]+"|[0-9a-f]{16}'
)
# Rows of the logs bear the database's clock, which no test can stop: it is the day on which the test runs.
DAYS = [f"{datetime.now(UTC) + timedelta(days):%-d %b %Y}" for days in (0, 1)]  # the firm is ahead of UTC
SHORT_DAYS = [f"{datetime.now(UTC) + timedelta(days):%a %-d %b}" for days in (0, 1)]
DATABASE_TIME = re.compile(rf"({'|'.join(DAYS)}), \d\d:\d\d|({'|'.join(SHORT_DAYS)}) \d\d:\d\d".encode())
# Pages that count what runs for the whole firm, without saying what, or say whether its servers answer in a second.
ABOUT_THE_RUNNING = {"health_on_time", "health_ready", "status"}
ENDS_THE_SESSION = {"accounts:sign_out"}
SIGN_IN = ("accounts:sign_in", "accounts:second_factor")
# What an office is shown of every matter, by its number and nothing else.
BY_OFFICE = {"partner": {"matters:answer_takeover"}, "administrator": {"matters:see_as"}}
# Names under which views read an id from the address or the form without a form class.
PARAMETERS = (
    *("matter", "contact", "find", "wall", "party", "document", "consent", "item", "deadline", "task", "to", "who"),
)
# Models of those names; and addresses that take words to look for.
KINDS = {"contact": "clients.Contact", "wall": "matters.Wall", "party": "matters.Party", "document": "matters.Document"}
SEARCHES = {
    *("clients:list", "matters:search", "matters:list", "matters:find_contact", "search", "search_palette"),
    *("conflicts:ask", "deadlines:enter", "deadlines:add_task", "clients:enter"),
}
# Sent by a script that puts a part of the page in the place of another.
PART = "HX-Request"
type Request = tuple[str, str, dict[str, Any]]
type Answer = tuple[int, tuple[tuple[str, bytes], ...], bytes, tuple[str, ...], int]
# Hidden fields whose value is new on each page.
ONCE = {"once", "token"}
PARTS = ("status", "headers", "body", "cookies", "queries")


@dataclass
class Secret:
    """What an outsider could try: ids that lead to the matter and texts that stand in it, true or made up."""

    own: dict[str, UUID]  # what the outsider has in sight
    left_out: frozenset[str]  # addresses that are not asked
    feed: str = ""  # the token of the outsider's own calendar, where they may have one
    ids: dict[str, UUID] = field(default_factory=dict)
    keys: dict[str | None, int] = field(default_factory=dict)  # by model
    texts: dict[str, str] = field(default_factory=dict)

    def learn(self, made: world.World, filled: filling.Filling) -> None:
        self.ids.update(made.objects)
        assert made.matter is not None
        self.keys.update({label: row.pk for label, row in filled.rows.items()})
        self.texts.update(
            number=made.matter.number,
            title=made.matter.title,
            name=f"{world.CANARY} Person",
            email="k@k.example",
            value="k@k.example",
            court_reference=filled.matter.court_reference,
            register_number=filled.contact.register_number,
        )

    def mark_of(self, label: str) -> str:
        return marks.mark_of(label.lower(), self.keys[label])


def establish(secret: Secret, keeper: User, group: Group, person: cast.Person, outsider: User) -> None:
    """The secret comes to be, and what ties the outsider to it; people and groups of the firm are no secret."""
    made, filled = world.secret(keeper), filling.fill("ALPHA", keeper, group)
    assert made.matter is not None
    for matter in (made.matter, filled.matter):
        person.involve(matter, outsider)
    if "administrator" not in person.roles:  # who is told how much somebody holds, as a number
        with access.as_system("test"):  # theirs by name, and out of their sight all the same
            audit.update(Deadline.objects.filter(matter=filled.matter.pk), assignee=outsider)
    secret.learn(made, filled)
    secret.ids["who"] = keeper.public_id


@contextmanager
def unchanged(client: Client) -> Iterator[None]:
    """What is asked inside leaves neither rows nor cookies behind."""
    cookies = client.cookies.output(header="", sep=";")
    with world.undone():
        yield
    client.cookies.clear()
    client.cookies.load(cookies)


class Headers(HttpHeaders):
    """Remember whether it was looked up that only a part of the page is wanted."""

    has_parts = False

    def __getitem__(self, name: str) -> str:
        self.has_parts = self.has_parts or name.replace("_", "-").lower() == PART.lower()
        return super().__getitem__(name)


class Handler(ClientHandler):
    def get_response(self, request: Any) -> Any:
        request.headers = Headers(request.META)
        return super().get_response(request)


@dataclass
class Asked:
    """How a request was answered, what the page was made of, and whether its part is answered otherwise."""

    answer: Answer
    response: Any
    has_parts: bool


def ask(client: Client, secret: Secret, request: Request, *, part: bool = False) -> Asked:
    method, url, data = request
    queries: list[str] = []
    headers = {PART: "true"} if part else {}
    with connections["default"].execute_wrapper(noted(queries)), unchanged(client):
        response = getattr(client, method)(url, data, headers=headers)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if data and response.status_code == HTTPStatus.FOUND:
            content += page_after(client, response)
    if content.startswith(b"%PDF"):  # bears the time of its making and a random mark
        content = text_of(content).encode()
    said = tuple(sorted((name, masked(value.encode(), secret)) for name, value in response.headers.items()))
    answer = response.status_code, said, masked(content, secret), tuple(sorted(response.cookies)), len(queries)
    return Asked(answer, response, response.wsgi_request.headers.has_parts)


def page_after(client: Client, response: Any) -> bytes:
    """What the person is led to once it is done."""
    then = client.get(response.headers["Location"])
    content = b"".join(then.streaming_content) if then.streaming else then.content
    return f"then {then.status_code}: ".encode() + content


def noted(queries: list[str]) -> Any:
    def note(execute: Any, statement: str, *rest: Any) -> Any:
        queries.append(statement)
        return execute(statement, *rest)

    return note


def masked(content: bytes, secret: Secret) -> bytes:
    """Without what is random; an id of the secret stays and would be seen."""
    known = {str(key).encode() for key in secret.ids.values()}
    content = UUIDS.sub(lambda found: found[0] if found[0] in known else b"#", content)
    return DATABASE_TIME.sub(b"#", MASKED.sub(b"#", content))


def addresses(secret: Secret, ids: dict[str, UUID]) -> dict[str, str]:
    """Every address by name, leading to these objects."""
    there = world.World(objects=ids)
    return {
        name: reverse(name, kwargs=world.arguments(name, wanted, there))
        for name, wanted in sorted(world.names().items())
        if name not in secret.left_out
    }


def bare_requests(secret: Secret) -> Iterator[Request]:
    """Every address, of the secret and in the outsider's sight, with nothing sent."""
    urls = {*addresses(secret, secret.ids).values(), *addresses(secret, secret.own).values()}
    if secret.feed:
        urls.add(reverse("deadlines:feed", args=[secret.feed]))
    return ((method, url, {}) for method, url in product(("get", "post"), sorted(urls)))


def plain_requests(secret: Secret) -> Iterator[Request]:
    """Addresses in the outsider's sight with the secret's ids and texts."""
    for name, url in addresses(secret, secret.own).items():
        public = {word: str(secret.ids.get(word, secret.ids["matter"])) for word in PARAMETERS}
        yield "get", url, public
        yield "post", url, public
        yield "post", url, {word: str(secret.keys[KINDS.get(word, "matters.Matter")]) for word in PARAMETERS}
        yield "post", url, {word: secret.mark_of(KINDS.get(word, "matters.Matter")) for word in PARAMETERS}
        if name in SEARCHES:
            for method, text in product(("get", "post"), ("title", "name", "email", "number")):
                yield method, url, dict.fromkeys(("q", "names"), secret.texts[text])


def forms_of(client: Client, url: str) -> list[forms.BaseForm]:
    """The forms a page shows to this person."""
    with unchanged(client):
        response = client.get(url)
        list(getattr(response, "streaming_content", ()))  # else the file behind it stays open
    return forms_in(response)


def forms_in(response: Any) -> list[forms.BaseForm]:
    contexts = response.context if isinstance(response.context, list) else [response.context]
    found = [value for context in contexts if context is not None for value in context.flatten().values()]
    return list({id(value): value for value in found if isinstance(value, forms.BaseForm)}.values())


def form_requests(url: str, form: forms.BaseForm, secret: Secret, *, by_get: bool) -> Iterator[Request]:
    """Sent as a person would, then with the secret's texts in all fields and in their own, then with its ids."""
    good = filled_in(form)
    yield "post", url, good
    if by_get or form.is_bound:
        yield "get", url, good
    yield "post", url, good | with_texts(form, secret)
    if alike := {form.add_prefix(name): secret.texts[name] for name in form.fields if name in secret.texts}:
        yield "post", url, good | alike
    if papers := files_in(form, secret):
        yield "post", url, good | papers
    if taking := {form.add_prefix(name): one_of(secret, name, column) for name, column in ids_in(form)}:
        yield "post", url, good | taking
    for picker in pickers_in(form):
        yield "post", url, good | {picker.name: str(secret.ids["contact"])}
        yield "post", url, good | {f"{picker.name}_words": secret.texts["name"]}


def pickers_in(form: forms.BaseForm) -> list[Picker]:
    """What a form lets choose by searching, beside its fields."""
    return [value for value in vars(form).values() if isinstance(value, Picker)]


def files_in(form: forms.BaseForm, secret: Secret) -> dict[str, Upload]:
    """About the secret's person."""
    return {
        form.add_prefix(name): upload(name, secret.texts["name"], secret.texts["email"])
        for name, column in form.fields.items()
        if isinstance(column, forms.FileField)
    }


def ids_in(form: forms.BaseForm) -> list[tuple[str, forms.Field]]:
    kinds = forms.ModelChoiceField | forms.UUIDField | forms.IntegerField
    return [
        (name, column)
        for name, column in form.fields.items()
        if name not in ONCE and (isinstance(column, kinds) or isinstance(column.widget, forms.HiddenInput))
    ]


def one_of(secret: Secret, name: str, column: Any) -> str:
    """The secret's row of the kind this field chooses from."""
    if isinstance(column, forms.UUIDField):
        return str(secret.ids.get(name, secret.ids["matter"]))
    model = column.queryset.model._meta.label if isinstance(column, forms.ModelChoiceField) else KINDS.get(name)
    return str(secret.keys.get(model, secret.keys["matters.Matter"]))


def filled_in(form: forms.BaseForm) -> dict[str, Any]:
    """What stands in the form already, and something fitting where nothing does."""
    data = {}
    for name, column in form.fields.items():
        present = None if isinstance(column, forms.FileField) else form[name].value()
        value = present if present not in (None, "", []) else fitting(name, column)
        if value is not None and value is not False:
            data[form.add_prefix(name)] = value
    for picker in pickers_in(form):
        if picker.required:
            data |= {f"{picker.name}_words": "New Person", picker.name: "new-person"}
    return data


def fitting(name: str, column: forms.Field) -> Any:
    if isinstance(column, forms.ChoiceField | forms.ModelChoiceField):
        first = _first_choice(column)
        return [first] if isinstance(column, forms.MultipleChoiceField) and first else first
    by_kind: dict[type[forms.Field], Any] = {
        forms.EmailField: "new@person.example",
        forms.DateTimeField: "2026-11-20 09:00",
        forms.DateField: date(2026, 11, 24).isoformat(),
        forms.TimeField: "09:00",
        forms.BooleanField: "on",
        forms.IntegerField: "1",
        forms.UUIDField: str(world.NOTHING),
        forms.FileField: upload(name, "New Person", "new@person.example"),
    }
    for kind, value in by_kind.items():
        if isinstance(column, kind):
            return value
    return f"Plausible {name}"


def _first_choice(column: Any) -> Any:
    choices = column.choices
    rows = choices if isinstance(choices, ModelChoiceIterator) else _flat(choices)
    return next((str(value) for value, _label in rows if value not in ("", None)), None)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def with_texts(form: forms.BaseForm, secret: Secret) -> dict[str, str]:
    return {
        form.add_prefix(name): secret.texts.get(name, secret.texts["title"])
        for name, column in form.fields.items()
        if isinstance(column, forms.CharField) and not isinstance(column.widget, forms.HiddenInput)
    }


class Questions:
    """What one person was answered in one world, by what was asked."""

    def __init__(self, client: Client, secret: Secret) -> None:
        client.handler = Handler(client.handler.enforce_csrf_checks)
        self.client, self.secret = client, secret
        self.seen: dict[Any, Answer] = {}

    def ask(self, request: Request) -> Any:
        """In full, and in part where the site tells the two apart; answers what came in full."""
        asked = ask(self.client, self.secret, request)
        self.seen[key(request)] = asked.answer
        if asked.has_parts:
            self.seen["part", *key(request)] = ask(self.client, self.secret, request, part=True).answer
        return asked.response

    def bare(self, method: str, url: str) -> Answer:
        return self.seen[key((method, url, {}))]


def answered(client: Client, outsider: User, secret: Secret) -> dict[Any, Answer]:
    """Each request by what was asked; a door that is shut to this person is tried once, not with all variants."""
    asked = Questions(client, secret)
    shown = {request[:2]: forms_in(asked.ask(request)) for request in bare_requests(secret)}
    held = outsider.role_permissions()
    of_forms: list[Request] = []
    with access.as_user(outsider):  # choosing from a list of rows asks who looks
        for url in addresses(secret, secret.own).values():
            by_get = is_shut(asked.bare("post", url), url, held)
            for form in shown["get", url]:
                of_forms += form_requests(url, form, secret, by_get=by_get)
    for request in (*plain_requests(secret), *of_forms):
        if not is_shut(asked.bare(*request[:2]), request[1], held):
            asked.ask(request)
    return asked.seen


def key(request: Request) -> tuple[str, ...]:
    method, url, data = request
    return method, url, *(f"{name}={value}" for name, value in sorted(data.items()) if name not in ONCE)


def is_shut(bare: Answer, url: str, held: frozenset[str]) -> bool:
    """The view is never reached: another method, nobody signed in, or a role without the permission."""
    status, headers = bare[0], dict(bare[1])
    wanted = getattr(resolve(url).func, "wants_one_of", ())
    to_sign_in = headers.get("Location", b"").startswith(tuple(reverse(name).encode() for name in SIGN_IN))
    return (
        status == HTTPStatus.METHOD_NOT_ALLOWED
        or (status == HTTPStatus.FOUND and to_sign_in)
        or (status == HTTPStatus.FORBIDDEN and bool(wanted) and held.isdisjoint(wanted))
    )


def differences(one: dict[Any, Answer], other: dict[Any, Answer]) -> list[tuple[Any, list[str]]]:
    """Requests answered differently, and in what; what could be asked in one world only differs, too."""
    found = [(key, ["only in one"]) for key in one.keys() ^ other.keys()]
    for key in one.keys() & other.keys():
        parts = [part for part, left, right in zip(PARTS, one[key], other[key], strict=True) if left != right]
        if parts:
            found.append((key, parts))
    return sorted(found)
