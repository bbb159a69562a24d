"""Who sees the made-up matters: their lawyers first, then the viewers, then colleagues and practice groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from matters.models.levels import Level
from privacy.generation.chance import share
from privacy.generation.plan import Plan
from privacy.generation.rows import Table, line


@dataclass(frozen=True)
class Budget:
    """How many grants each pass may give; the sum is what was asked for, unless the firm is too small for it."""

    view: int
    broad: int
    work: int
    manage: int
    people: int
    groups: int


@cache
def budget(plan: Plan) -> Budget:
    """Passes in order of need; what is left goes half to colleagues, half to practice groups."""
    left, matters = plan.size.grants, plan.size.matters
    fixed = sum(2 * plan.is_narrow(place) + plan.is_middle(place) for place in range(matters))
    left = max(0, left - fixed)
    given: list[int] = []
    for _pass in range(4):
        given.append(min(left, matters))
        left -= given[-1]
    view, broad, work, manage = given
    people = min((left + 1) // 2, matters * (plan.workers - 1))
    return Budget(view, broad, work, manage, people, min(left - people, matters * plan.practices))


def people(plan: Plan) -> Iterator[str]:
    pk, first = plan.first["matters_matteruserobjectpermission"], plan.first["matters_matter"]
    given, matters = budget(plan), plan.size.matters
    view, work, manage = (plan.permissions[level] for level in Level)
    narrow = plan.viewer("narrow")
    for place in range(matters):
        lawyer = plan.worker_of(place)
        mine = [view] * (place < given.view) + [work] * (place < given.work) + [manage] * (place < given.manage)
        rows = [(permission, plan.user(lawyer)) for permission in mine]
        if plan.is_narrow(place):
            rows += [(view, narrow), (work, narrow)]
        others = plan.chance("team", place)
        wanted = share(given.people, matters, place)
        rows += [(view, plan.user(lawyer + 1 + (others + n) % (plan.workers - 1))) for n in range(wanted)]
        for permission, user in rows:
            yield line(pk, permission, user, first + place)
            pk += 1


def groups(plan: Plan) -> Iterator[str]:
    pk, first = plan.first["matters_mattergroupobjectpermission"], plan.first["matters_matter"]
    given, matters, view = budget(plan), plan.size.matters, plan.permissions[Level.VIEW]
    middle, broad = plan.group_of("middle"), plan.group_of("broad")
    for place in range(matters):
        seeing = [broad] * (place < given.broad) + [middle] * plan.is_middle(place)
        chance = plan.chance("practice", place)
        seeing += [plan.practice(chance + n) for n in range(share(given.groups, matters, place))]
        for group in seeing:
            yield line(pk, view, group, first + place)
            pk += 1


TABLES = (
    Table("matters_matteruserobjectpermission", "id permission_id user_id content_object_id", people),
    Table("matters_mattergroupobjectpermission", "id permission_id group_id content_object_id", groups),
)
