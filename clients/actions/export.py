"""Taking contacts out of the house as a table."""

from collections.abc import Iterator, Mapping

from django.db import transaction

from clients.queries import contacts as queries
from clients.queries import export
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.doors import safe_writer

# Spreadsheets take a file without it for their own old encoding.
MARK = "\ufeff"


@transaction.atomic
def export_contacts(*, actor: User, chosen: Mapping[str, str], reason: str) -> Iterator[str]:
    """The lines of the table; that it was asked for is recorded before the first of them.

    What is seen by break-glass alone stays inside.
    """
    with access.as_viewer(access.required().lasting()) as viewer:
        contacts = queries.filtered(**chosen).only(*queries.LISTED, "language")
        audit.record("contacts.exported", actor, reason=reason, contacts=contacts.order_by().count())
        return _lines(export.header(), export.rows(contacts, viewer))


def _lines(header: list[str], rows: Iterator[list[safe_writer.Cell]]) -> Iterator[str]:
    yield MARK
    yield from safe_writer.csv_lines(header, rows)
