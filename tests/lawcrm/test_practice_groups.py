"""Practice groups: who is in one is decided by their keepers, and by the database whoever asks it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection, transaction

from lawcrm import access
from lawcrm.accounts.actions import practice
from lawcrm.accounts.models import GroupKind, Membership, User
from lawcrm.models import JournalEntry
from tests import personas

pytestmark = pytest.mark.django_db
NOW = "2026-11-20T10:00:00+00:00"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def karin() -> User:
    return personas.user_for("partner", full_name="Karin Vestergaard")


@pytest.fixture
def ida() -> User:
    return personas.user_for("lawyer", full_name="Ida Berg")


@pytest.fixture
def banking(karin: User) -> Group:
    return personas.practice_group("Banking", keeper=karin)


def members(group: Group) -> set[int]:
    """What sight goes by."""
    return set(group.user_set.values_list("pk", flat=True))


def run(viewer: User | None, sql: str, **values: Any) -> None:
    """Bare SQL as the application's role, with this person declared."""
    declared = access.viewer_of(viewer) if viewer else access.Viewer(None, system="maintenance")
    with access.as_viewer(declared), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


ADD_ROW = "insert into accounts_user_groups (user_id, group_id) values (%(user)s, %(group)s)"
JOIN = (
    "insert into accounts_membership (group_id, user_id, is_keeper, since, added_by_id, reason, end_reason)"
    f" values (%(group)s, %(user)s, false, '{NOW}', %(by)s, 'x', '')"
)


def test_sight_follows_the_membership(banking: Group, karin: User, ida: User) -> None:
    assert members(banking) == {karin.pk}
    run(karin, JOIN, group=banking.pk, user=ida.pk, by=karin.pk)
    assert members(banking) == {karin.pk, ida.pk}
    personas.leave(banking, ida)
    assert members(banking) == {karin.pk}
    assert access.viewer_of(User.objects.get(pk=ida.pk)).principals == (0, ida.pk, *_roles(ida))


def _roles(user: User) -> list[int]:
    return [-pk for pk in user.groups.values_list("pk", flat=True)]


@pytest.mark.parametrize("who", ["the person", "a keeper", "the system"])
@pytest.mark.parametrize(
    "statement",
    [
        ADD_ROW,
        "update accounts_user_groups set group_id = %(group)s where user_id = %(user)s",
        "delete from accounts_user_groups where group_id = %(group)s",
    ],
)
def test_rows_of_a_practice_group_refuse_every_other_road(
    banking: Group, karin: User, ida: User, who: str, statement: str
) -> None:
    viewer = {"the person": ida, "a keeper": karin, "the system": None}[who]
    with pytest.raises(ProgrammingError, match="follow their memberships"):
        run(viewer, statement, user=ida.pk, group=banking.pk)
    assert members(banking) == {karin.pk}


def test_the_orm_and_the_admin_s_form_are_refused_as_well(banking: Group, ida: User) -> None:
    for change in (lambda: ida.groups.add(banking), lambda: banking.user_set.set([ida]), banking.user_set.clear):
        with pytest.raises(ProgrammingError, match="follow their memberships"), transaction.atomic():
            change()


def test_nobody_adds_themselves_not_even_as_the_system_in_a_request(banking: Group, karin: User, ida: User) -> None:
    personas.leave(banking, karin)
    for person in (karin, ida):
        with pytest.raises(ProgrammingError, match="nobody adds themselves"):
            run(person, JOIN, group=banking.pk, user=person.pk, by=person.pk)
    refused = pytest.raises(ProgrammingError, match="nobody adds themselves")
    with access.as_user(ida), access.as_system("a job of this request"), refused, transaction.atomic():
        Membership.objects.create(group=banking, user=ida, since=NOW, reason="x")


def test_only_a_keeper_adds_and_in_their_own_name(banking: Group, karin: User, ida: User) -> None:
    third = personas.user_for("lawyer")
    personas.join(banking, ida)  # a member who does not keep it
    for viewer, by in ((ida, ida), (personas.user_for("administrator"), None), (ida, karin), (karin, ida)):
        with pytest.raises(ProgrammingError, match="only who keeps"):
            run(viewer, JOIN, group=banking.pk, user=third.pk, by=by.pk if by else None)


def test_nobody_makes_themselves_keeper(banking: Group, ida: User) -> None:
    personas.join(banking, ida)
    with pytest.raises(ProgrammingError, match="nobody makes themselves keeper"):
        run(ida, "update accounts_membership set is_keeper = true where user_id = %(user)s", user=ida.pk)


@pytest.mark.parametrize(
    "change",
    ["until = null", "group_id = group_id + 1", "user_id = %(other)s", "since = since - interval '1 year'"],
)
def test_what_was_is_not_rewritten(banking: Group, karin: User, ida: User, change: str) -> None:
    personas.join(banking, ida)
    personas.leave(banking, ida)
    with pytest.raises(ProgrammingError, match="a membership may end"):
        run(karin, f"update accounts_membership set {change} where user_id = %(user)s", user=ida.pk, other=karin.pk)
    with pytest.raises(ProgrammingError, match="not deleted"):
        run(karin, "delete from accounts_membership where user_id = %(user)s", user=ida.pk)


def test_inactive_and_external_people_and_dissolved_groups_are_refused(banking: Group, karin: User, ida: User) -> None:
    ida.is_active = False
    ida.save()
    for user in (ida, personas.external_for()):
        with pytest.raises(ProgrammingError, match="active members of the firm"):
            run(karin, JOIN, group=banking.pk, user=user.pk, by=karin.pk)
    third = personas.user_for("lawyer")
    GroupKind.objects.filter(pk=banking.pk).update(dissolved_at=NOW)
    with pytest.raises(ProgrammingError, match="that exists"):
        run(karin, JOIN, group=banking.pk, user=third.pk, by=karin.pk)
    with pytest.raises(ProgrammingError, match="does not change"):
        run(karin, "update accounts_groupkind set dissolved_at = null where group_id = %(group)s", group=banking.pk)


def test_a_group_cannot_be_filled_first_and_turned_into_a_practice_group(ida: User, banking: Group) -> None:
    chess = Group.objects.create(name="Chess")
    ida.groups.add(chess)
    with pytest.raises(ProgrammingError, match="begins empty"), transaction.atomic():
        GroupKind.objects.create(group=chess, kind=GroupKind.Kind.PRACTICE)
    lawyers = GroupKind.objects.get(group__name="lawyer")
    for statement, group in (
        ("update accounts_groupkind set kind = 'practice' where group_id = %(group)s", lawyers.pk),
        ("update accounts_groupkind set kind = 'role' where group_id = %(group)s", banking.pk),
        ("delete from accounts_groupkind where group_id = %(group)s", banking.pk),
    ):
        with pytest.raises(ProgrammingError):
            run(ida, statement, group=group)


def form(actor: User, keeper: User, name: str = "Shipping") -> Group:
    with access.as_user(actor):
        return practice.form_group(actor=actor, name=name, keeper=keeper, reason="grew", now=NOON)


def add(*, user: User, **rest: Any) -> None:
    practice.add_members(users=[user], **rest)


def act(action: Any, actor: User, group: Group, user: User) -> None:
    with access.as_user(actor):
        action(actor=actor, group=group, user=user, reason="asked for", now=NOON)


def test_a_group_begins_with_a_keeper_who_lets_the_founder_in(karin: User, ida: User) -> None:
    group = form(karin, ida)
    assert members(group) == {ida.pk}
    with pytest.raises(practice.NotKeeper):
        act(add, karin, group, personas.user_for("lawyer"))
    act(add, ida, group, karin)
    assert members(group) == {ida.pk, karin.pk}
    record = Membership.objects.get(user=karin)
    assert (record.added_by, record.reason, record.since, record.until) == (ida, "asked for", NOON, None)


def test_leaving_is_recorded_and_effective_at_once(banking: Group, karin: User, ida: User) -> None:
    act(add, karin, banking, ida)
    act(practice.remove_member, karin, banking, ida)
    record = Membership.objects.get(user=ida)
    assert (record.until, record.ended_by, record.end_reason) == (NOON, karin, "asked for")
    assert -banking.pk not in access.viewer_of(User.objects.get(pk=ida.pk)).principals
    act(add, karin, banking, ida)
    act(practice.remove_member, ida, banking, ida)  # of one's own will
    assert Membership.objects.filter(user=ida).count() == 2
    assert [row.history_type for row in Membership.history.filter(user_id=ida.pk)] == ["~", "+", "~", "+"]


def test_refusals_are_words_and_the_journal_shows_who_tried(banking: Group, karin: User, ida: User) -> None:
    leyla, gone = personas.external_for(), personas.user_for("lawyer")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    cases = [
        (practice.Yourself, add, karin, karin),
        (practice.NotKeeper, add, ida, ida),
        (practice.NotKeeper, add, personas.user_for("administrator"), ida),
        (practice.NotFromHere, add, karin, leyla),
        (practice.NotFromHere, add, karin, User.objects.get(pk=gone.pk)),
        (practice.NotMember, practice.remove_member, karin, ida),
        (practice.LastKeeper, practice.remove_member, karin, karin),
        (practice.LastKeeper, practice.end_keeping, karin, karin),
        (practice.Yourself, practice.name_keeper, karin, karin),
        (practice.NotMember, practice.name_keeper, karin, ida),
    ]
    for refusal, action, actor, user in cases:
        with pytest.raises(refusal):
            act(action, actor, banking, user)
    with access.as_system("test"):
        kept = JournalEntry.objects.filter(object_type="auth.group", kind__endswith="_refused").order_by("pk")
        assert [entry.actor_id for entry in kept] == [actor.pk for _refusal, _action, actor, _user in cases]
    with pytest.raises(practice.NameTaken):
        form(karin, ida, "banking")
    with pytest.raises(practice.NameTaken):
        form(karin, ida, "Lawyer")
    with pytest.raises(practice.ReasonMissing), access.as_user(karin):
        practice.add_members(actor=karin, group=banking, users=[ida], reason=" ", now=NOON)


def test_a_group_left_without_keepers_is_given_one_from_among_its_members(
    banking: Group, karin: User, ida: User
) -> None:
    anders, clerk = personas.user_for("partner"), personas.user_for("assistant")
    personas.join(banking, ida, anders)
    with pytest.raises(practice.NotKeeper):
        act(practice.name_keeper, anders, banking, ida)
    personas.leave(banking, karin)
    with pytest.raises(practice.NotKeeper):
        act(practice.name_keeper, clerk, banking, ida)
    with pytest.raises(practice.Yourself):
        act(practice.name_keeper, anders, banking, anders)
    act(practice.name_keeper, anders, banking, ida)
    assert [membership.user for membership in practice.keepers_of(banking)] == [ida]


def test_a_dissolved_group_is_empty_for_good(banking: Group, karin: User, ida: User) -> None:
    personas.join(banking, ida)
    with access.as_user(karin):
        practice.dissolve_group(actor=karin, group=banking, reason="merged", now=NOON)
    assert members(banking) == set()
    for action in (add, practice.name_keeper):
        with pytest.raises(practice.Dissolved):
            act(action, karin, banking, ida)
