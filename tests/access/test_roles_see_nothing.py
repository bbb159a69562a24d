"""No role opens a file: with every role, superuser rights included, no row of any guarded table is there."""

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.accounts.roles import ROLES
from tests import factories, personas
from tests.access import filling

pytestmark = pytest.mark.django_db
# What officers see by their office: numbers, rules, who did what; of a file only what its holder wrote to the office.
CONFLICTS = {"matters.ConflictCheck", "matters.ConflictHit"}
PLAN = {"privacy.ErasureItem", "privacy.Hold", "privacy.Certificate", "clients.ContactImport"}
LOGS = {
    *("lawcrm.LogQuestion", "lawcrm.LogReview", "lawcrm.LogReviewAnswer"),
    *("lawcrm.ReadingDay", "lawcrm.RefusedRequest", "privacy.ReviewCount", "deadlines.SignedSheet"),
}
GLASS = {"matters.BreakGlass", "matters.BreakGlassRequest"}
TAKEOVERS = {"matters.Takeover"}
DOCKET = {"deadlines.DocketEntry"}  # the desk's own rows of number, date and grade
BY_OFFICE = {
    "partner": TAKEOVERS,
    "conflicts officer": CONFLICTS,
    "data protection officer": PLAN | LOGS | GLASS | TAKEOVERS,
    "auditor": PLAN | LOGS,
}
EVERY_ROLE = [name for name, role in ROLES.items() if not role.for_externals]


def person(name: str) -> User:
    if name == "superuser with every role":
        user = personas.user_for(*EVERY_ROLE)
        User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
        return User.objects.get(pk=user.pk)
    return personas.external_for(name) if ROLES[name].for_externals else personas.user_for(name)


def rows_of(label: str, table: str) -> int:
    """Through bare SQL, past every manager."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("name", [*ROLES, "superuser with every role"])
def test_no_role_sees_a_row_without_a_grant(name: str) -> None:
    filling.fill("ALPHA", personas.user_for("lawyer"))
    user = person(name)
    with access.as_user(user):
        by_manager = {model._meta.label for model in filling.guarded() if model._default_manager.exists()}
        by_sql = {model._meta.label for model in filling.guarded() if rows_of(model._meta.label, model._meta.db_table)}
    allowed: set[str] = set()
    for held in EVERY_ROLE if name not in ROLES else [name]:
        allowed |= BY_OFFICE.get(held, set())
    assert (by_manager, by_sql) == (allowed, allowed)


def test_there_would_be_something_to_see() -> None:
    """Else the test above proves nothing: who holds the file sees a row of every kind but the officers' own."""
    owner = personas.user_for("lawyer")
    filling.fill("ALPHA", owner)
    with access.as_user(owner):
        unseen = {model._meta.label for model in filling.guarded() if not model._default_manager.exists()}
    assert unseen <= CONFLICTS | PLAN | LOGS | GLASS | TAKEOVERS | DOCKET


def test_a_role_is_given_no_matter_by_any_road() -> None:
    matter = filling.fill("ALPHA", personas.user_for("lawyer")).matter
    with pytest.raises(DatabaseError, match="no grant to a role"), transaction.atomic():
        factories.grant(matter, Group.objects.get(name="marketing"))
