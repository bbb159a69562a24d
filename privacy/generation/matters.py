"""Made-up matters with their parties and a few of their calls."""

from collections.abc import Iterator
from datetime import timedelta

from privacy.generation.chance import number_of
from privacy.generation.plan import Plan
from privacy.generation.rows import Table, line

LOGGED_EVERY = 10
SUBJECTS = (
    "Telephone call with the client",
    "Opkald fra klienten",
    "Samtal med motparten",
    "Telefonat mit dem Gericht",
)
OTHERS = ("insurer", "adverse_counsel", "witness", "third")


def matters(plan: Plan) -> Iterator[str]:
    first = plan.first["matters_matter"]
    for place in range(plan.size.matters):
        client, adverse = plan.contact_name(plan.client(place)), plan.contact_name(plan.adverse(place))
        chance, opened, closed = plan.chance("matter", place), plan.opened_on(place), plan.closed_on(place)
        user = plan.user(plan.worker_of(place))
        goes_to_court = chance % 2 == 0
        yield line(
            first + place,
            number_of(plan.size.seed + 5, place),
            f"{opened.year}-{first + place:07d}",
            f"{client.short} {client.country.versus} {adverse.short}",
            plan.types[(chance >> 4) % len(plan.types)],
            "closed" if closed else "open",
            user,
            client.country.code,
            plan.first["clients_court"] + plan.court(place) if goes_to_court else None,
            f"{chance >> 12 & 1023} C {chance >> 24 & 4095}/{opened.year % 100}" if goes_to_court else "",
            opened,
            closed,
            user,
        )


def parties(plan: Plan) -> Iterator[str]:
    """Client and adverse party in each, the court or somebody else in half of them."""
    pk, first, contact = plan.first["matters_party"], plan.first["matters_matter"], plan.first["clients_contact"]
    for place in range(plan.size.matters):
        since, chance = plan.opened_on(place), plan.chance("matter", place)
        roles = [(plan.client(place), "client"), (plan.adverse(place), "adverse")]
        if chance % 4 == 0:
            roles.append((plan.court(place), "court"))
        elif chance % 4 == 1:
            roles.append((plan.third(place), OTHERS[(chance >> 8) % len(OTHERS)]))
        for who, role in roles:
            yield line(pk, first + place, contact + who, role, "", since)
            pk += 1


def walls(plan: Plan) -> Iterator[str]:
    """Around every so many matters, then around some contacts."""
    pk, first = plan.first["matters_wall"], plan.first["matters_matter"]
    for place in plan.walled_matters():
        user, day = plan.user(plan.worker_of(place)), plan.opened_on(place)
        yield line(pk, first + place, None, "Made up", "", "t", user, day, day)
        pk += 1
    for place in plan.walled_contacts():
        user, contact = plan.user(plan.chance("contact wall", place) + 1), plan.first["clients_contact"] + place
        yield line(pk, None, contact, "Made up", "", "t", user, plan.today, plan.today)
        pk += 1


def bars(plan: Plan) -> Iterator[str]:
    """Against somebody, or a practice group, or now and then everybody who sees widely."""
    wall, pk = plan.first["matters_wall"], plan.first["matters_wallbar"]
    number = 0
    for place in plan.walled_matters():
        chance, matter = plan.chance("bar", place), plan.first["matters_matter"] + place
        user = plan.user(plan.worker_of(place) + 1 + chance % (plan.workers - 1)) if chance % 3 else None
        wide = plan.group_of("broad" if chance >> 8 & 1 else "middle") if chance >> 4 & 3 == 0 else None
        group = None if user else wide or plan.practice(chance >> 16)
        yield line(pk + number, wall + number, matter, None, user, group)
        number += 1
    for place in plan.walled_contacts():
        user, contact = plan.user(plan.chance("contact wall", place)), plan.first["clients_contact"] + place
        yield line(pk + number, wall + number, None, contact, user, None)
        number += 1


def communications(plan: Plan) -> Iterator[str]:
    """Without a text, which would need a key each."""
    pk, seed = plan.first["matters_communication"], plan.size.seed
    for number, place in enumerate(range(0, plan.size.matters, LOGGED_EVERY)):
        chance = plan.chance("call", place)
        yield line(
            pk + number,
            number_of(seed + 6, place),
            plan.first["matters_matter"] + place,
            number_of(seed + 5, place),
            "call",
            "in",
            plan.opened_on(place) + timedelta(days=chance % 30),
            chance % 50 + 1,
            plan.first["clients_contact"] + plan.client(place),
            SUBJECTS[chance % len(SUBJECTS)],
            plan.user(plan.worker_of(place)),
        )


TABLES = (
    Table(
        "matters_matter",
        "id public_id number title matter_type_id state responsible_id jurisdiction court_id court_reference"
        " opened_on closed_on created_by_id",
        matters,
        staged=True,
    ),
    Table("matters_party", "id matter_id contact_id role reference since", parties),
    Table("matters_wall", "id matter_id contact_id reason notice is_silent raised_by_id raised_at starts_at", walls),
    Table("matters_wallbar", "id wall_id matter_id contact_id user_id group_id", bars),
    Table(
        "matters_communication",
        "id public_id matter_id sealed_for kind direction happened_at minutes counterpart_id subject logged_by_id",
        communications,
    ),
)
