"""What personal data each column and each store outside the tables holds, declared where the data is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Category(StrEnum):
    """What kind of data a column holds; the sealed ones may only be stored in sealed fields."""

    IDENTITY = "identity"
    CONTACT = "contact"
    COMMUNICATION = "communication"
    SPECIAL = "special"  # GDPR Art. 9
    CRIMINAL = "criminal"  # GDPR Art. 10
    NATIONAL_ID = "national_id"  # GDPR Art. 87
    FINANCIAL = "financial"
    BIRTH = "birth"
    CREDENTIAL = "credential"
    TECHNICAL = "technical"
    FREE_TEXT = "free_text"
    MATTER_CONTENT = "matter_content"


class Subject(StrEnum):
    """Whose data it is."""

    CONTACT = "contact"
    STAFF = "staff"
    MATTER = "matter"
    OTHERS = "others"  # people asked about who may be no contacts
    NONE = "none"


class Erase(StrEnum):
    """What erasing the person does to the row or the column."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"


SEALED = frozenset({Category.NATIONAL_ID, Category.SPECIAL, Category.CRIMINAL, Category.BIRTH, Category.FINANCIAL})


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """The declaration of one model: `fields` maps columns to categories, `none` lists the others.

    `path` leads by the ORM to the person or matter when the row is not that itself. `retention` is a
    rule's code in the retention schedule. An automatic `id` needs no mention.
    """

    subject: str
    path: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    none: Collection[str] = ()
    purpose: str = ""
    retention: str = ""
    erase: str = ""
