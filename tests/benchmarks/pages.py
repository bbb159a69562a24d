"""Measures the pages of a generated firm: `python -m tests.benchmarks.pages --contacts 100000 --matters 100000`.

Each page is asked for in-process through Django's test client, by viewers who see nothing, little, some and
nearly all. The ratio compares the time spent in the database with that of the same page asked as the system,
whose queries carry no need-to-know condition.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
VIEWERS = ("nobody", "narrow", "middle", "broad")
# What is planned once is planned five times for its values before (docs/decisions/prepared.md).
WARM, RUNS = 6, 30
MOST_QUERIES, MOST_MEDIAN, MOST_P95 = 15, 25.0, 60.0
HEAD = ("page", "viewer", "queries", "best ms", "median ms", "p95 ms", "database ms", "ratio", "web processor ms", "KB")
MOST_SEARCH_MEDIAN, MOST_SEARCH_P95 = 80.0, 150.0


@dataclass(frozen=True)
class Ask:
    """A page: how it is asked for once the viewer is known."""

    name: str
    send: Callable[[Any], Any]

    @property
    def is_search(self) -> bool:
        return "search" in self.name or "palette" in self.name


@dataclass(frozen=True)
class Measured:
    queries: int
    best: float
    median: float
    p95: float
    database: float
    own: float  # the web process's processor time, which a busy machine does not stretch
    kilobytes: int


class Stopwatch:
    """Counts queries and the time they take, as an execute wrapper."""

    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0
        self.slowest: list[tuple[float, str, Any]] = []

    def __call__(self, execute: Any, statement: str, params: Any, many: Any, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(statement, params, many, context)
        finally:
            took = time.perf_counter() - began
            self.queries, self.seconds = self.queries + 1, self.seconds + took
            self.slowest.append((took, statement, params))


def measure(ask: Ask, browser: Any) -> tuple[Measured, Stopwatch]:
    from django.db import connection

    totals, databases, own, watch, response = [], [], [], Stopwatch(), None
    for number in range(WARM + RUNS):
        watch = Stopwatch()
        with connection.execute_wrapper(watch):
            began, processor = time.perf_counter(), time.process_time()
            response = ask.send(browser)
            took, used = time.perf_counter() - began, time.process_time() - processor
        if response.status_code != 200:
            raise SystemExit(f"{ask.name} answered {response.status_code}")
        if number >= WARM:
            totals.append(took * 1000)
            databases.append(watch.seconds * 1000)
            own.append(used * 1000)
    p95 = statistics.quantiles(totals, n=20)[-1]
    size = len(response.content) // 1024
    found = Measured(
        watch.queries,
        min(totals),
        statistics.median(totals),
        p95,
        statistics.median(databases),
        statistics.median(own),
        size,
    )
    return found, watch


@contextmanager
def as_the_system() -> Iterator[None]:
    """The same person, whose queries are nevertheless written without need-to-know conditions."""
    from lawcrm import access

    original = access.viewer_of

    def seeing_all(*args: Any, **options: Any) -> Any:
        viewer = original(*args, **options)
        return access.Viewer(viewer.user_id, viewer.principals, viewer.flags, system="benchmark")

    with mock.patch.object(access, "viewer_of", seeing_all):
        yield


def prepare(options: argparse.Namespace) -> None:
    """A firm of this size in a state of its own, made once."""
    state = Path(options.state or ROOT / ".state" / f"benchmark-{options.contacts}-{options.matters}-{options.grants}")
    os.environ |= {"LAWCRM_STATE": str(state), "DJANGO_SETTINGS_MODULE": "lawcrm.settings.demo"}
    from lawcrm import engines

    engines.join(["manage.py", "benchmark"])
    import django

    django.setup()
    from django.core.management import call_command

    import lawcrm.wsgi  # noqa: F401 - the process as it serves

    made = state / "generated"
    if not made.exists():
        words = {name: getattr(options, name) for name in ("contacts", "matters", "users", "grants", "seed")}
        call_command("generate_firm", **words)
        made.touch()


def browser_of(viewer: str) -> Any:
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY

    from lawcrm.accounts.models import RecoverySheet, User

    user = User.objects.get(email=f"{viewer}@generated.example")
    browser = Client(headers={"host": "localhost"})
    browser.force_login(user, backend="lawcrm.accounts.backends.RoleBackend")
    sheet, _made = RecoverySheet.objects.get_or_create(user=user, defaults={"name": ""})
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = sheet.persistent_id
    session.save()
    return browser


def asks(viewer: str) -> list[Ask]:
    """The pages; a detail and a deep page start from a row in the middle of what this viewer sees."""
    from clients.models import Contact
    from lawcrm import access
    from lawcrm.accounts.models import User
    from matters.models import Matter

    with access.as_user(User.objects.get(email=f"{viewer}@generated.example")):
        matter = Matter.objects.order_by("pk")[100:101].first()
        people = Contact.objects.filter(is_directory=False)
        contact, busy = people.order_by("pk")[200:201].first(), people.filter(kind="organisation").earliest("pk") \
            if viewer != "nobody" else None  # fmt: skip
        rare = people.filter(kind="organisation").order_by("-pk").values_list("name", flat=True).first() or "Xylofon"
    get, post = _get, _post
    word = rare.split()[0]
    found = [
        Ask("contacts: list", get("/contacts/")),
        Ask("contacts: search, common", post("/contacts/", "müller")),
        Ask("contacts: search, rare", post("/contacts/", word)),
        Ask("matters: list", get("/matters/")),
        Ask("matters: search, common", post("/matters/find/", "müller")),
        Ask("matters: search, rare", post("/matters/find/", word)),
        Ask("deadlines: list", get("/deadlines/")),
        Ask("palette: rare", post("/search/palette/", word)),
        Ask("today", get("/")),
    ]
    if contact and matter:
        found += [
            Ask("contacts: deep page", get(f"/contacts/?after={contact.public_id}")),
            Ask("contacts: detail", get(f"/contacts/{contact.public_id}/")),
            Ask("contacts: detail of a bank", get(f"/contacts/{busy.public_id}/")),  # type: ignore[union-attr]
            Ask("matters: deep page", get(f"/matters/?before={matter.public_id}")),
            Ask("matters: detail", get(f"/matters/{matter.public_id}/")),
        ]
    return found


def _get(url: str) -> Callable[[Any], Any]:
    return lambda browser: browser.get(url, follow=False)


def _post(url: str, words: str) -> Callable[[Any], Any]:
    return lambda browser: browser.post(url, {"q": words})


def over_budget(ask: Ask, found: Measured) -> bool:
    median, p95 = (MOST_SEARCH_MEDIAN, MOST_SEARCH_P95) if ask.is_search else (MOST_MEDIAN, MOST_P95)
    return found.queries > MOST_QUERIES or found.median > median or found.p95 > p95


def run(options: argparse.Namespace) -> None:
    out = sys.stdout.write
    out(f"| {' | '.join(HEAD)} |\n{'|---' * len(HEAD)}|\n")
    for viewer in options.viewers:
        browser = browser_of(viewer)
        for ask in asks(viewer):
            if options.only not in ask.name:
                continue
            found, watch = measure(ask, browser)
            with as_the_system():
                base, _watch = measure(ask, browser)
            mark = " **over**" if over_budget(ask, found) else ""
            ratio = f"{found.database / base.database:.1f}"
            times = [f"{value:.1f}" for value in (found.best, found.median, found.p95, found.database)]
            cells = [ask.name + mark, viewer, found.queries, *times, ratio, f"{found.own:.1f}", found.kilobytes]
            out(f"| {' | '.join(map(str, cells))} |\n")
            sys.stdout.flush()
            if options.explain and mark:
                explain(watch)


def explain(watch: Stopwatch) -> None:
    """The two slowest statements of the last run, to be looked at with EXPLAIN."""
    from django.db import connection

    for took, statement, params in sorted(watch.slowest, key=lambda one: -one[0])[:2]:
        text = connection.ops.compose_sql(statement, params) if params else statement
        sys.stdout.write(f"\n-- {took * 1000:.0f} ms\n{text}\n\n")


def firm_arguments(words: str | None) -> argparse.ArgumentParser:
    """What firm to measure in; the same words and sizes lead to the same one."""
    parser = argparse.ArgumentParser(description=words)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--matters", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--grants", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", help="where the generated firm is kept; else .state/benchmark-…")
    return parser


def main() -> None:
    parser = firm_arguments(__doc__)
    parser.add_argument("--viewers", nargs="+", choices=VIEWERS, default=VIEWERS)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--explain", action="store_true", help="print the slow statements of pages over budget")
    options = parser.parse_args()
    prepare(options)
    run(options)


if __name__ == "__main__":
    main()
