"""The two walls of need to know taken down one at a time: what each hides alone, and which check misses the other."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test.utils import isolate_apps
from django.urls import reverse

from lawcrm import access
from lawcrm.accounts.models import User
from matters.models import Matter
from tests import personas
from tests.access import canary, filling, test_matrix, world
from tests.access.canary import HIDDEN, place
from tests.access.test_planted_bugs import DETAIL, LIST, Plant, View, plant
from tests.access.test_row_security_proof import different
from tests.access.test_sight_races import planted_in_the_database
from tests.access.test_two_worlds import both_worlds
from tests.access.two_worlds import differences
from tests.architecture.test_row_security import made_by_hand, unguarded, without_policy

__all__ = ["plant"]  # a fixture
pytestmark = [pytest.mark.django_db, pytest.mark.proof]
TABLE = "matters_matter"
OFF = (f"alter table {TABLE} disable row level security", f"alter table {TABLE} enable row level security")
# Still secured, still with a policy, and it lets everybody through.
OPEN = (f"create policy planted on {TABLE} using (true)", f"drop policy planted on {TABLE}")


def plain_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse("\n".join(Matter.everything.values_list("title", flat=True)))


def plain_count(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"0 of {Matter.everything.count()}")


def plain_page(request: HttpRequest, public_id: Any) -> HttpResponse:
    if (found := Matter.everything.filter(public_id=public_id).first()) is None:
        raise Http404
    return HttpResponse(found.title)


def plain_forbidden(request: HttpRequest, public_id: Any) -> HttpResponse:
    if not Matter.everything.filter(public_id=public_id).exists():
        raise Http404
    if not Matter.objects.filter(public_id=public_id).exists():
        raise PermissionDenied
    return HttpResponse("")


VIEWS = [
    (LIST, plain_list, "body"),
    (LIST, plain_count, "body"),
    (DETAIL, plain_page, "status"),
    (DETAIL, plain_forbidden, "status"),
]


@contextmanager
def second_manager(model: type[models.Model]) -> Iterator[None]:
    """`everything`, as Django makes one where nothing is said."""
    manager = models.Manager()
    model.add_to_class("everything", manager)
    try:
        yield
    finally:
        model._meta.local_managers.remove(manager)
        model._meta._expire_cache()
        del model.everything


@pytest.fixture
def everything() -> Iterator[None]:
    with second_manager(Matter):
        yield


def told(name: str) -> set[str]:
    """In what the answers to an outsider differ; all is undone, so that no lock outlives it."""
    with world.undone():
        return {part for _request, parts in differences(*both_worlds("lawyer", only={name})) for part in parts}


def seen_otherwise() -> set[str]:
    """Tables of which bare SQL shows somebody without sight other rows than the managers."""
    with world.undone():
        filling.fill(HIDDEN, personas.user_for("lawyer"))
        found = different(User.objects.get(pk=personas.user_for("lawyer").pk))
    return set(found)


def wrong_in_the_matrix() -> str:
    with world.undone():
        secret = world.secret(personas.user_for("lawyer"))
        return test_matrix.wrong(test_matrix.answers(secret, "get", only={DETAIL}), "get", only={DETAIL})


@pytest.mark.parametrize(("name", "view"), [(name, view) for name, view, _part in VIEWS])
def test_row_security_hides_alone_what_a_plain_manager_asks_for(
    name: str, view: View, plant: Plant, everything: None
) -> None:
    """No page tells, so the declaration itself is what is found."""
    plant(name, view)
    assert told(name) == set()
    assert unguarded([Matter]) == ["matters.Matter.everything"]
    assert (without_policy(), seen_otherwise()) == ([], set())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("statements", "in_the_schema"), [(OFF, [TABLE]), (OPEN, [])], ids=["off", "open"])
def test_the_guarded_manager_hides_alone_what_no_policy_does(
    statements: tuple[str, str], in_the_schema: list[str]
) -> None:
    """No page tells; bare SQL does, and finds a policy that lets everybody through as well as none."""
    with planted_in_the_database(*statements):
        assert (told(LIST), told(DETAIL), wrong_in_the_matrix()) == (set(), set(), "")
        assert unguarded([Matter]) == []
        with transaction.atomic():
            assert without_policy() == in_the_schema
        assert seen_otherwise() >= {TABLE, "matters_document"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "view", "part"), VIEWS)
def test_without_either_the_two_worlds_differ(name: str, view: View, part: str, plant: Plant, everything: None) -> None:
    plant(name, view)
    with planted_in_the_database(*OFF):
        assert part in told(name)
        assert name != DETAIL or DETAIL in wrong_in_the_matrix()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "view"), [(LIST, plain_list), (DETAIL, plain_page)])
def test_without_either_the_crawl_meets_a_word(name: str, view: View, plant: Plant, everything: None) -> None:
    plant(name, view)
    assert met(name) == {}
    with planted_in_the_database(*OFF):
        assert met(name) != {}


def met(name: str) -> dict[str, set[str]]:
    """Words of the hidden matter that a lawyer without sight is shown there."""
    with world.undone():
        there = place("lawyer")
        address = reverse(name, args=[there.hidden.matter.public_id] if name == DETAIL else [])
        return canary.found_in([(address, canary.said(there.client.get(address)))], HIDDEN)


@pytest.mark.parametrize(
    ("managers", "found"),
    [
        ({}, "objects"),
        ({"objects": models.Manager()}, "objects"),
        ({"objects": access.GuardedManager(), "everything": models.Manager()}, "everything"),
    ],
    ids=["none named", "plain", "beside the guarded one"],
)
def test_a_model_with_a_plain_manager_is_found(managers: dict[str, Any], found: str) -> None:
    meta = {"Meta": type("Meta", (), {"app_label": "lawcrm"}), "__module__": __name__}
    with isolate_apps("lawcrm"):
        model = type("Planted", (models.Model,), {"need_to_know": "self", **meta, **managers})
    assert unguarded([model]) == [f"lawcrm.Planted.{found}"]


def test_a_plain_manager_of_the_past_is_found() -> None:
    past = Matter.history.model
    assert unguarded([past]) == []
    with second_manager(past):
        assert unguarded([past]) == ["matters.HistoricalMatter.everything"]


@pytest.mark.parametrize(
    "line", ["QuerySet(Matter)", "models.QuerySet(model=Matter).count()", "rows = models.Manager()", "Manager()"]
)
def test_a_manager_made_by_hand_is_found(line: str) -> None:
    assert made_by_hand(ast.parse(line)) == [1]
    assert made_by_hand(ast.parse("rows: QuerySet[Matter] = Matter.objects.all()")) == []
