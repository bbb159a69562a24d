"""The rules of sight as sets: what every random run is compared with."""

from dataclasses import dataclass, field


@dataclass
class Model:
    """Who sees what, in ten lines."""

    active: set[int] = field(default_factory=lambda: set(range(24)))
    groups: set[tuple[int, int]] = field(default_factory=set)  # person, group
    grants: set[tuple[int, int]] = field(default_factory=set)  # principal, matter
    bars: set[tuple[int, int]] = field(default_factory=set)  # principal, matter
    client_bars: set[tuple[int, int]] = field(default_factory=set)  # principal, contact
    glass: set[tuple[int, int]] = field(default_factory=set)  # person, matter
    parties: set[tuple[int, int, str]] = field(default_factory=set)  # matter, contact, role
    hidden: set[int] = field(default_factory=set)  # restricted or quarantined contacts

    def is_among(self, person: int, pairs: set[tuple[int, int]], thing: int) -> bool:
        principals = {person} | {-1 - group for member, group in self.groups if member == person}
        return any((principal, thing) in pairs for principal in principals)

    def is_granted(self, person: int, matter: int) -> bool:
        has_grant = self.is_among(person, self.grants | self.glass, matter)
        return person in self.active and has_grant and not self.is_barred(person, matter)

    def is_barred(self, person: int, matter: int) -> bool:
        clients = {contact for there, contact, role in self.parties if there == matter and role == "client"}
        barred_from_client = any(self.is_among(person, self.client_bars, client) for client in clients)
        return barred_from_client or self.is_among(person, self.bars, matter)

    def sees_contact(self, person: int, contact: int) -> bool:
        if contact in self.hidden or self.is_among(person, self.client_bars, contact):
            return False
        return any(self.is_granted(person, matter) for matter, party, _role in self.parties if party == contact)
