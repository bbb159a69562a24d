"""Filling a firm with a plan's rows."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.contrib.auth.models import Group, Permission

from lawcrm.accounts.models import User
from lawcrm.db.bulk import Load, loading
from matters.models import MatterType
from matters.models.levels import Level
from privacy.generation import book, contacts, grants, matters, staff
from privacy.generation.plan import LEAST_USERS, VIEWERS, Plan, Size

TABLES = (*staff.TABLES, *grants.TABLES, *matters.TABLES, *contacts.TABLES, *book.TABLES)
# Few rows and much that leans on them: loaded with their keys in place.
SMALL = {table.name for table in staff.TABLES}
DERIVED = Path(__file__).with_name("derived.sql")


class Unfit(Exception):
    """The firm asked for cannot be made; the sentence says why."""


def fill(size: Size, *, today: date, say: Callable[[str], None]) -> None:
    """Everything or nothing. Raises Unfit."""
    _check(size)
    permissions = _permissions()
    types = tuple(MatterType.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    began = time.monotonic()
    with loading([table.name for table in TABLES if table.name not in SMALL]) as load:
        first = {table.name: load.next_id(table.name) for table in TABLES if table.name != "accounts_groupkind"}
        plan = Plan(size, today, first, permissions, types)
        for table in TABLES:
            target = load.stage(table.name) if table.staged else table.name
            load.copy(target, table.columns.split(), table.lines(plan))
            say(f"{time.monotonic() - began:6.1f} s  {table.name}")
        _derive(load, plan)
        say(f"{time.monotonic() - began:6.1f} s  who sees what")
        for name in SMALL - {"accounts_groupkind"}:
            load.count_on(name)
    say(f"{time.monotonic() - began:6.1f} s  indexes, keys, statistics")


def _check(size: Size) -> None:
    if size.users < LEAST_USERS or min(size.contacts, size.matters) < 100:  # noqa: PLR2004
        raise Unfit(f"A made-up firm has at least {LEAST_USERS} users, 100 contacts and 100 matters.")
    if User.objects.filter(email=f"{VIEWERS[0]}@generated.example").exists():
        raise Unfit("This firm was generated before; generate into an empty one.")


def _permissions() -> dict[str, int]:
    """Ids of the permissions that are granted, and of the role everybody gets."""
    held = Permission.objects.filter(content_type__app_label__in=["matters", "clients"])
    ids = dict(held.filter(codename__in=[*Level.values, "view_contact"]).values_list("codename", "pk"))
    return ids | {"lawyer": Group.objects.get(name="lawyer").pk}


def _derive(load: Load, plan: Plan) -> None:
    columns = {table.name: table.columns.split() for table in TABLES if table.staged}
    words: dict[str, object] = {
        "first_matter": plan.first["matters_matter"],
        "first_contact": plan.first["clients_contact"],
    }
    for word, table in (("matter", "matters_matter"), ("contact", "clients_contact")):
        words[f"{word}_columns"] = ", ".join(columns[table])
        words[f"{word}_values"] = ", ".join(f"s.{column}" for column in columns[table])
    load.run(DERIVED.read_text().format(**words))
