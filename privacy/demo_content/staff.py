"""The people of the firm: at least one per role, with demo passwords and authenticators."""

import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import Group

from lawcrm import demo
from lawcrm.accounts.actions import practice
from lawcrm.accounts.actions.second_factor import SECRET_BYTES, install_device
from lawcrm.accounts.models import GroupKind, Membership, User
from privacy.demo_content.scene import Scene


@dataclass(frozen=True)
class Member:
    """The first one of a role is whom `make demo` names."""

    key: str
    name: str
    initials: str
    role: str
    language: str
    groups: tuple[str, ...] = ()
    # Days until the account of somebody from outside ends.
    days: int = 0

    @property
    def email(self) -> str:
        first, _rest, last = (self.name.removeprefix("Dr. ")).partition(" ")
        folded = f"{first}.{last.split()[-1]}".lower().translate(PLAIN)
        return f"{folded}@{'elsewhere' if self.days else 'holm'}.example"


PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "å": "a", "ö": "o", "ä": "a", "ü": "u", "ş": "s", "ı": "i", "ğ": "g", "ç": "c"}
)
DISPUTES, FAMILY, COMPANIES = "Disputes", "Family and inheritance", "Companies"
STAFF = [
    Member("karin", "Karin Vestergaard", "KV", "partner", "en", (DISPUTES, FAMILY)),
    Member("anders", "Anders Holm", "AH", "partner", "da", (COMPANIES,)),
    Member("ida", "Ida Berg", "IB", "lawyer", "en", (DISPUTES,)),
    Member("erik", "Erik Sandström", "ES", "lawyer", "sv", (FAMILY,)),
    Member("friederike", "Dr. Friederike von Thurn-Habermann", "FT", "lawyer", "de", (COMPANIES, DISPUTES)),
    Member("asli", "Aslı Yıldırım", "AY", "lawyer", "tr"),
    Member("henrik", "Henrik Dahl", "HD", "lawyer", "da", (DISPUTES,)),
    Member("mette", "Mette Kjærgaard", "MK", "assistant", "da", (DISPUTES, FAMILY)),
    Member("dagny", "Dagny Lund", "DL", "docket desk", "da"),
    Member("oskar", "Oskar Nyström", "ON", "intake", "sv"),
    Member("zeynep", "Zeynep Aydın", "ZA", "marketing", "tr"),
    Member("joergen", "Jørgen Sørensen", "JS", "conflicts officer", "da"),
    Member("nanna", "Nanna Ravn", "NR", "data protection officer", "en"),
    Member("lis", "Lis Thygesen", "LT", "administrator", "da"),
    Member("ulrich", "Ulrich Straßer", "US", "administrator", "de"),
    Member("birgit", "Birgit Østergaard", "BØ", "auditor", "da"),
    Member("leyla", "Leyla Doğan", "LD", "translator", "tr", days=120),
    Member("piet", "Piet van der Meulen", "PM", "external counsel", "en", days=300),
    Member("sigrid", "Sigrid Wahlström", "SW", "external auditor", "sv", days=45),
]


def hire(scene: Scene) -> None:
    for name in (DISPUTES, FAMILY, COMPANIES):
        scene.groups[name] = Group.objects.create(name=name)
        GroupKind.objects.create(group=scene.groups[name], kind=GroupKind.Kind.PRACTICE)
    for member in STAFF:
        scene.staff[member.key] = _employed(member, scene)


def move_between_groups(scene: Scene) -> None:
    """Once the groups see matters: one came two days ago, one left for another field."""
    with scene.acting("ida") as actor:
        practice.add_members(
            actor=actor,
            group=scene.groups[DISPUTES],
            users=[scene.staff["asli"]],
            reason="Takes over the Turkish transport cases",
            now=scene.at(2, "11:20"),
        )
    with scene.acting("karin") as actor:
        practice.remove_member(
            actor=actor,
            group=scene.groups[DISPUTES],
            user=scene.staff["friederike"],
            reason="Advises companies only now",
            now=scene.at(30, "16:45"),
        )


def _employed(member: Member, scene: Scene) -> User:
    """Without the invitation by mail that a real member of staff gets: the password is printed."""
    user = User.objects.create_user(
        member.email,
        demo.PASSWORD,
        full_name=member.name,
        initials=member.initials,
        language=member.language,
        is_staff=member.role == "administrator",
        is_external=member.days > 0,
        ends_on=scene.today + timedelta(days=member.days) if member.days else None,
    )
    user.groups.add(Group.objects.get(name=member.role))
    for name in member.groups:
        Membership.objects.create(
            group=scene.groups[name],
            user=user,
            is_keeper=member.role == "partner" or member.key == "ida",
            since=scene.at(400, "09:00"),
            reason="Member from the start",
        )
    install_device(user=user, secret=b32encode(secrets.token_bytes(SECRET_BYTES)).decode())
    User.objects.filter(pk=user.pk).update(joined_at=scene.at(400, "09:00"))
    return user
