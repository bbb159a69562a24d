"""The people of the firm: at least one per role, with demo passwords and authenticators."""

import secrets
from base64 import b32encode
from dataclasses import dataclass

from django.contrib.auth.models import Group

from lawcrm import demo
from lawcrm.accounts.actions.second_factor import SECRET_BYTES, install_device
from lawcrm.accounts.models import GroupKind, User
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

    @property
    def email(self) -> str:
        first, _rest, last = (self.name.removeprefix("Dr. ")).partition(" ")
        folded = f"{first}.{last.split()[-1]}".lower().translate(PLAIN)
        return f"{folded}@holm.example"


PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "å": "a", "ö": "o", "ä": "a", "ü": "u", "ş": "s", "ı": "i", "ğ": "g", "ç": "c"}
)
DISPUTES, FAMILY, COMPANIES = "Disputes", "Family and inheritance", "Companies"
STAFF = [
    Member("karin", "Karin Vestergaard", "KV", "partner", "en", (DISPUTES, FAMILY)),
    Member("anders", "Anders Holm", "AH", "partner", "da", (COMPANIES,)),
    Member("ida", "Ida Berg", "IB", "lawyer", "en", (DISPUTES,)),
    Member("erik", "Erik Sandström", "ES", "lawyer", "sv", (FAMILY,)),
    Member("friederike", "Dr. Friederike von Thurn-Habermann", "FT", "lawyer", "de", (COMPANIES,)),
    Member("asli", "Aslı Yıldırım", "AY", "lawyer", "tr", (DISPUTES,)),
    Member("mette", "Mette Kjærgaard", "MK", "assistant", "da", (DISPUTES, FAMILY)),
    Member("oskar", "Oskar Nyström", "ON", "intake", "sv"),
    Member("zeynep", "Zeynep Aydın", "ZA", "marketing", "tr"),
    Member("joergen", "Jørgen Sørensen", "JS", "conflicts officer", "da"),
    Member("nanna", "Nanna Ravn", "NR", "data protection officer", "en"),
    Member("lis", "Lis Thygesen", "LT", "administrator", "da"),
    Member("ulrich", "Ulrich Straßer", "US", "administrator", "de"),
    Member("birgit", "Birgit Østergaard", "BØ", "auditor", "da"),
]


def hire(scene: Scene) -> None:
    for name in (DISPUTES, FAMILY, COMPANIES):
        scene.groups[name] = Group.objects.create(name=name)
        GroupKind.objects.create(group=scene.groups[name], kind=GroupKind.Kind.PRACTICE)
    for member in STAFF:
        scene.staff[member.key] = _employed(member, scene)


def _employed(member: Member, scene: Scene) -> User:
    """Without the invitation by mail that a real member of staff gets: the password is printed."""
    user = User.objects.create_user(
        member.email,
        demo.PASSWORD,
        full_name=member.name,
        initials=member.initials,
        language=member.language,
        is_staff=member.role == "administrator",
    )
    user.groups.set([Group.objects.get(name=member.role), *(scene.groups[name] for name in member.groups)])
    install_device(user=user, secret=b32encode(secrets.token_bytes(SECRET_BYTES)).decode())
    return user
