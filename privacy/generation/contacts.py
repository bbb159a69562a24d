"""Made-up contacts: courts first, then banks and insurers, then everybody else."""

from collections.abc import Iterator
from datetime import timedelta

from privacy.generation.chance import number_of
from privacy.generation.plan import Plan
from privacy.generation.rows import Table, line

SOURCES = ("self", "client", "opponent", "register", "import")
OWN_GRANT_EVERY, FORMER_EVERY = 5, 20


def contacts(plan: Plan) -> Iterator[str]:
    first, today = plan.first["clients_contact"], plan.today
    for place in range(plan.size.contacts):
        name, chance = plan.contact_name(place), plan.chance("facts", place)
        is_court = place < plan.courts
        yield line(
            first + place,
            number_of(plan.size.seed + 2, place),
            name.kind,
            name.name,
            name.given,
            name.family,
            f"{name.country.code}{chance % 10**8:08d}" if name.kind == "organisation" and not is_court else "",
            name.country.code,
            name.country.language,
            "court" if is_court else SOURCES[chance % len(SOURCES)],
            "",
            today - timedelta(days=chance % 4000),
            plan.user(chance >> 8),
            "t" if is_court else "f",
            "Court or authority" if is_court else "",
        )


def courts(plan: Plan) -> Iterator[str]:
    for place in range(plan.courts):
        name = plan.contact_name(place)
        pk = plan.first["clients_court"] + place
        yield line(pk, plan.first["clients_contact"] + place, name.country.code, "", name.short, "")


def contact_names(plan: Plan) -> Iterator[str]:
    """The present name of everyone, and a former one of some."""
    pk, first = plan.first["clients_contactname"], plan.first["clients_contact"]
    for place in range(plan.size.contacts):
        name = plan.contact_name(place)
        yield line(pk, first + place, "legal", name.name)
        pk += 1
        if place % FORMER_EVERY == 0 and place >= plan.courts:
            before = plan.contact_name(place + 1)
            yield line(pk, first + place, "former", before.name)
            pk += 1


def points(plan: Plan) -> Iterator[str]:
    """A number for most, an address for e-mail for two thirds of them."""
    pk = plan.first["clients_contactpoint"]
    seed, first = plan.size.seed + 3, plan.first["clients_contact"]
    for place in range(plan.courts, plan.size.contacts):
        chance = plan.chance("points", place)
        calling = plan.contact_name(place).country.calling
        if chance % 4:
            number = f"{calling}{chance % 10**8:08d}"
            ids = number_of(seed, 4 * place), number_of(seed, 4 * place + 1)
            yield line(pk, ids[0], first + place, "phone", number, number, "", "t", ids[1])
            pk += 1
        if chance % 3:
            mail = f"contact{place}@mail{chance % 50}.example"
            ids = number_of(seed, 4 * place + 2), number_of(seed, 4 * place + 3)
            yield line(pk, ids[0], first + place, "email", mail, mail, "", "t", ids[1])
            pk += 1


def addresses(plan: Plan) -> Iterator[str]:
    pk, first = plan.first["clients_address"], plan.first["clients_contact"]
    for place in range(0, plan.size.contacts, 2):
        chance, country = plan.chance("address", place), plan.contact_name(place).country
        postcode, town = country.towns[chance % len(country.towns)]
        lines = f"{country.streets[(chance >> 8) % len(country.streets)]} {(chance >> 16) % 240 + 1}"
        share = number_of(plan.size.seed + 4, place)
        yield line(pk + place // 2, first + place, "postal", lines, postcode, town, country.code, share)


def grants(plan: Plan) -> Iterator[str]:
    """Some are their lawyer's own, whatever the matters."""
    pk, permission = plan.first["clients_contactuserobjectpermission"], plan.permissions["view_contact"]
    for number, place in enumerate(range(plan.courts, plan.size.contacts, OWN_GRANT_EVERY)):
        user = plan.user(plan.chance("facts", place) >> 8)
        yield line(pk + number, permission, user, plan.first["clients_contact"] + place)


TABLES = (
    Table(
        "clients_contact",
        "id public_id kind name given_name family_name register_number country language source source_detail"
        " collected_on created_by_id is_directory directory_reason",
        contacts,
        staged=True,
    ),
    Table("clients_court", "id contact_id country subdivision seat level", courts),
    Table("clients_contactname", "id contact_id kind name", contact_names),
    Table(
        "clients_contactpoint",
        "id public_id contact_id kind value normalised label is_primary share_id",
        points,
    ),
    Table("clients_address", "id contact_id kind lines postcode city country share_id", addresses),
    Table("clients_contactuserobjectpermission", "id permission_id user_id content_object_id", grants),
)
