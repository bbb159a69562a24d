"""Steps of break-glass for tests: asking, confirming, letting the job run, looking."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from lawcrm import access
from lawcrm.accounts.models import User
from matters.actions import break_glass as actions
from matters.models import BreakGlass, BreakGlassRequest, Matter
from tests.matters.conftest import NOW

AFTER_CONFIRMING = timedelta(minutes=1)


def ask(asker: User, confirmer: User, number: str, **said: Any) -> BreakGlassRequest:
    values = {"reason": "hearing at nine, Karin is on a plane", "hours": 4, "now": NOW, **said}
    with access.as_user(asker):
        return actions.ask(actor=asker, confirmer=confirmer, number=number, **values)


def confirm(asked: BreakGlassRequest, by: User, now: datetime = NOW) -> None:
    with access.as_user(by):
        actions.confirm(actor=by, asked=asked, now=now)


def broken(asker: User, confirmer: User, matter: Matter, **said: Any) -> BreakGlass | None:
    """Asked, confirmed and settled; None where it took no effect."""
    asked = ask(asker, confirmer, matter.number, **said)
    confirm(asked, confirmer)
    actions.settle_confirmed(now=NOW)
    return effect(asked)


def effect(asked: BreakGlassRequest) -> BreakGlass | None:
    with access.as_system("test"):
        return BreakGlass.objects.filter(request=asked).first()


def sees(user: User, matter: Matter) -> bool:
    """Managers and policies asked apart, with the viewer the person is at this moment; they must agree."""
    with access.as_user(User.objects.get(pk=user.pk)):
        rows = Matter.objects.filter(pk=matter.pk)
        both, statement = rows.exists(), rows.values("pk").query.sql_with_params()
        by_policy = bool(fetched("select 1 from matters_matter where id = %s", [matter.pk]))
    with access.as_system("the policies let the system see everything"):
        by_predicate = bool(fetched(*statement))
    assert both == by_policy == by_predicate
    return both


def fetched(sql: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def truth_is_kept() -> bool:
    return fetched("select kind, id from sight_wrong()", []) == []
