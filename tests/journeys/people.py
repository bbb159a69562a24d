"""Who works in the journeys: signing in as they do, with password and one-time code."""

import time
from base64 import b32encode
from dataclasses import dataclass

from django_otp.oath import totp

PASSWORD = "correct-horse-battery-7"
STEP = 30


@dataclass(frozen=True)
class Person:
    """A member of staff; the secret of the phone follows from the address."""

    name: str
    email: str
    roles: tuple[str, ...]

    @property
    def secret(self) -> str:
        return b32encode(self.email.encode()[:20].ljust(20, b"-")).decode()

    def code(self) -> str:
        """The code the phone shows now; waits when it is about to change."""
        if (left := STEP - time.time() % STEP) < 3:
            time.sleep(left + 0.1)
        return f"{totp(self.email.encode()[:20].ljust(20, b'-'), STEP):06d}"


def person(name: str, *roles: str) -> Person:
    return Person(name, f"{name.rsplit(maxsplit=1)[-1].lower()}@journey.example", roles)


LAWYER = person("Astrid Falk", "lawyer")
COLLEAGUE = person("Jonas Brandt", "lawyer")
OUTSIDER = person("Selin Aydin", "lawyer")
PARTNER = person("Mette Holm", "partner")
OFFICER = person("Birgit Ekman", "conflicts officer")
GUARDIAN = person("Ole Krogh", "data protection officer")
SECOND_GUARDIAN = person("Lena Voss", "data protection officer")
ADMINISTRATOR = person("Nils Thorsen", "administrator")
NEWCOMER = person("Emre Demir", "lawyer")
LEAVER = person("Tove Lind", "lawyer")
KEYHOLDER = person("İpek Karaca", "partner")
STAFF = (
    *(KEYHOLDER, LEAVER, LAWYER, NEWCOMER, COLLEAGUE, OUTSIDER, PARTNER),
    *(OFFICER, GUARDIAN, SECOND_GUARDIAN, ADMINISTRATOR),
)
