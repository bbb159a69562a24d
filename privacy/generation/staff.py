"""Made-up members of staff, practice groups, and the viewers for measuring. Nobody can sign in by password."""

from collections.abc import Iterator

from lawcrm.accounts.models import GroupKind
from privacy.generation import names
from privacy.generation.chance import number_of
from privacy.generation.plan import VIEWERS, Plan
from privacy.generation.rows import Table, line

NO_PASSWORD = "!generated"  # noqa: S105 - the mark of an unusable password
WIDE = ("middle", "broad")


def users(plan: Plan) -> Iterator[str]:
    for place in range(plan.size.users):
        pk = plan.first["accounts_user"] + place
        if place < len(VIEWERS):
            name, email = f"Viewer {VIEWERS[place].title()}", f"{VIEWERS[place]}@generated.example"
        else:
            name = names.person(names.COUNTRIES[place % len(names.COUNTRIES)], plan.chance("staff", place)).name
            email = f"staff{place}@generated.example"
        initials = "".join(word[0] for word in name.split())[:5].upper()
        zone, joined = "Europe/Copenhagen", plan.today.isoformat()
        public_id = number_of(plan.size.seed + 1, place)
        yield line(pk, NO_PASSWORD, "f", public_id, email, name, initials, "en", zone, "t", "f", joined)


def groups(plan: Plan) -> Iterator[str]:
    for name in WIDE:
        yield line(plan.group_of(name), f"Generated: {name}")
    for place in range(plan.practices):
        yield line(plan.practice(place), f"Generated: practice {place + 1}")


def kinds(plan: Plan) -> Iterator[str]:
    for pk in (*map(plan.group_of, WIDE), *map(plan.practice, range(plan.practices))):
        yield line(pk, GroupKind.Kind.PRACTICE)


def members(plan: Plan) -> Iterator[str]:
    """Everybody is a lawyer and in one or two practice groups."""
    pairs = [(plan.first["accounts_user"] + place, plan.permissions["lawyer"]) for place in range(plan.size.users)]
    pairs += [(plan.viewer(name), plan.group_of(name)) for name in WIDE]
    for worker in range(plan.workers):
        pairs += [(plan.user(worker), pk) for pk in sorted({plan.practice(worker), plan.practice(worker * 7 + 1)})]
    for number, (user, group) in enumerate(pairs):
        yield line(plan.first["accounts_user_groups"] + number, user, group)


TABLES = (
    Table(
        "accounts_user",
        "id password is_superuser public_id email full_name initials language time_zone is_active is_staff joined_at",
        users,
    ),
    Table("auth_group", "id name", groups),
    Table("accounts_groupkind", "group_id kind", kinds),
    Table("accounts_user_groups", "id user_id group_id", members),
)
