"""The migrations of the deadline book are undone on a database with rows and done again: the schema is the same."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from deadlines.actions import reminding
from deadlines.models import Deadline, Reminder, SignedSheet, Task
from lawcrm import access, engines
from lawcrm.accounts.models import User
from lawcrm.crypto import keyring
from matters.models import Matter
from tests import factories, personas
from tests.access.filling import fill
from tests.conftest import urls
from tests.deadlines.office import NOW, Office, entered, open_office

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
APPS = ("deadlines",)
BACK_AND_FORTH = """
import sys

import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from lawcrm import access
from lawcrm.db.owner import connected_as_owner


def is_undone(graph, key):
    around = [graph.nodes[step] for step in graph.backwards_plan(key)]
    return not key[1].startswith("0001") and all(one.reversible for one in around)


with access.as_system("migrate"), connected_as_owner("default"):
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    for node in graph.nodes.values():
        node.reversible = all(operation.reversible for operation in node.operations)
    ours = sorted(key for key in graph.nodes if key[0] in sys.argv[1].split(","))
    stay = {key[0]: key for key in ours if not is_undone(graph, key)}
    stay |= {name.split(".")[0]: tuple(name.split(".")) for name in sys.argv[2:]}
    print(*(".".join(key) for key in stay.values()), flush=True)
    leaves = graph.leaf_nodes()
    executor.migrate(sorted(stay.values()))
    MigrationExecutor(connection).migrate(leaves)
"""


def schema() -> str:
    """As the owner would restore it, without what differs from dump to dump."""
    dump = [engines.program_path("pg_dump"), "--schema-only", f"--dbname={_owner_url()}"]
    text = subprocess.run(dump, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return re.sub(r"^\\(un)?restrict .*$", "", text, flags=re.MULTILINE)


def _owner_url() -> str:
    return urls("default", str(connection.settings_dict["NAME"]))["DATABASE_OWNER_URL"]


def back_and_forth(*until: str) -> list[str]:
    """The last migration that stays of each app; that is the first unless another is named."""
    environment = {
        **os.environ,
        **urls("default", str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "lawcrm.settings.test",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", BACK_AND_FORTH, ",".join(APPS), *until]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr[-5000:]
    return done.stdout.split()


def rows(model: Any) -> list[tuple[Any, ...]]:
    with access.as_system("test"):
        return sorted(model.objects.values_list("pk", "public_id"))


def test_what_can_be_undone_is_undone_with_rows_and_done_again() -> None:
    """What a practice group answers for goes to the lawyer responsible for the matter, with its reminders."""
    with keyring.fresh():
        office = open_office()
        fill("back", office.lawyer)
        grouped = given_to_a_group(office)
        before, kept = schema(), {model: rows(model) for model in (Matter, Deadline, Task)}
        stay = back_and_forth()
        assert schema() == before
        assert {model: rows(model) for model in kept} == kept
    assert stay == ["deadlines.0001_initial"]
    with access.as_system("test"):
        people = Deadline.objects.get(pk=grouped.pk).assignee, Task.objects.get(title="For all").assignee
        assert people == (office.lawyer, office.lawyer)
        assert not Reminder.objects.filter(recipient=None).exists()


def test_a_sheet_stays_one_s_own_where_sheets_are_of_nobody_else() -> None:
    """In its history too, to which nothing is ever added or changed but by signing."""
    with keyring.fresh():
        office = open_office()
        signed = [signed_about(office, about) for about in (office.lawyer, None, office.assistant)]
        assert back_and_forth("deadlines.0023_deleted_by_erasure_alone") == ["deadlines.0023_deleted_by_erasure_alone"]
    with access.as_system("test"):
        for model in (SignedSheet, SignedSheet.history.model):
            about = dict(model.objects.values_list("id", "about"))
            assert [about[row.pk] for row in signed] == [office.lawyer.pk, None, None], model


def signed_about(office: Office, about: User | None) -> SignedSheet:
    facts: dict[str, Any] = {"signed_by": office.lawyer, "signed_at": NOW, "open_ones": 0, "record": {}}
    with access.as_system("test"), transaction.atomic():
        return SignedSheet.objects.create(day=NOW.date(), about=about, **facts)


def given_to_a_group(office: Office) -> Deadline:
    """A deadline whose reminders wait or were told to the members, and a task."""
    team = personas.practice_group("litigation", office.lawyer)
    factories.grant(office.matter, team, "view_matter")
    factories.grant(office.matter, team, "work_matter")
    made = entered(office, assignee=None, group=team)
    with access.as_system("test"), transaction.atomic():
        Task.objects.create(matter=office.matter, title="For all", group=team, created_by=office.lawyer)
        reminding.hand_over(now=NOW + timedelta(hours=6))
        told = Reminder.objects.filter(deadline=made)
        assert told.filter(recipient=None).exists()
        assert told.filter(recipient=office.lawyer).exists()
    return made
