"""What the firm knows about people and organisations."""

from clients.models.contact import Contact
from clients.models.court import Court
from clients.models.imports import ContactImport
from clients.models.names import ContactName
from clients.models.points import Address, ContactPoint
from clients.models.sight import ContactGroupObjectPermission, ContactUserObjectPermission

__all__ = [
    "Address",
    "Contact",
    "ContactGroupObjectPermission",
    "ContactImport",
    "ContactName",
    "ContactPoint",
    "ContactUserObjectPermission",
    "Court",
]
