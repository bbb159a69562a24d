"""Small files, one for each kind that a form takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Upload:
    """A file that can be sent again and again."""

    name: str
    content_type: str
    content: bytes

    def read(self) -> bytes:
        return self.content

    def __str__(self) -> str:
        return f"{self.name} of {self.content!r}"


def upload(field: str, name: str, email: str) -> Upload:
    """What this field takes: a table of contacts, an e-mail, or any document."""
    match field:
        case "file":
            return Upload("contacts.csv", "text/csv", f"name,email\n{name},{email}\n".encode())
        case "mail":
            head = f"From: {name} <{email}>\nTo: firm@firm.example\nSubject: {name}\nMessage-ID: <1@person.example>"
            return Upload(
                "note.eml", "message/rfc822", f"{head}\nDate: Wed, 18 Nov 2026 09:12:00 +0100\n\n{name}\n".encode()
            )
    return Upload("note.txt", "text/plain", f"{name}, {email}\n".encode())
