"""Choosing a contact by searching: a box to type in and a list to choose from, with or without a script."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.models import Contact, Court
from lawcrm import audit
from matters.actions.opening import NewContact
from matters.queries import finding

NEW = {"new-person": Contact.Kind.PERSON, "new-organisation": Contact.Kind.ORGANISATION}
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    second: str
    checked: bool


@dataclass
class Picker:
    """One searched choice in a form; `error` is a sentence once `clean` has failed."""

    name: str
    label: str
    data: QueryDict | None = None
    required: bool = True
    courts: bool = False
    help: str = ""
    error: str = ""

    @property
    def words(self) -> str:
        return self._given(f"{self.name}_words")[:LONGEST]

    @property
    def chosen(self) -> str:
        return self._given(self.name)

    @property
    def searched(self) -> bool:
        return bool(self.words.strip())

    def _given(self, field: str) -> str:
        return str(self.data.get(field, "")).strip() if self.data is not None else ""

    def choices(self) -> list[Choice]:
        """What was found for the words, what was chosen before, and the way to add somebody new."""
        find = finding.courts_named if self.courts else finding.contacts_named
        found = audit.read_listed(find(self.words)) if self.searched else []
        chosen = self._contact()
        if isinstance(chosen, Contact) and chosen not in found:
            found = [chosen, *found]
        offered = [self._choice(str(contact.public_id), contact.name, _second(contact)) for contact in found]
        if self.searched and not self.courts:
            offered += [
                self._choice("new-person", _("Add “%(name)s”") % {"name": self.words}, _("new person")),
                self._choice("new-organisation", _("Add “%(name)s”") % {"name": self.words}, _("new organisation")),
            ]
        return offered

    def _choice(self, value: str, label: str, second: str) -> Choice:
        return Choice(value, label, second, self.chosen == value)

    def _contact(self) -> Contact | None:
        try:
            return finding.contact(UUID(self.chosen))
        except ValueError:
            return None

    def clean(self) -> Contact | NewContact | None:
        """The chosen contact; None where nothing was chosen and nothing had to be, or with `error` set."""
        if self.chosen in NEW and self.searched:
            return NewContact(self.words, NEW[self.chosen])
        if (contact := self._contact()) is not None:
            return contact
        if self.searched:
            self.error = _("Choose one of those found, or add a new contact.")
        elif self.required:
            self.error = _("Type a name to search for.")
        return None

    def clean_court(self) -> Court | None:
        contact = self._contact()
        court = finding.court(contact.public_id) if contact is not None else None
        if court is None and (self.searched or self.chosen):
            self.error = _("Choose one of the courts found.")
        return court


def _second(contact: Contact) -> str:
    return " · ".join(filter(None, [str(contact.get_kind_display()), contact.country]))


def pick(name: str, data: Any) -> Picker:
    """The picker of that name, for the answer to typing."""
    return Picker(name, "", data, courts=name == "court")
