"""Entries of the trail at a moment of the past: the database dates them itself, so that tests write as its owner."""

from datetime import datetime

from django.db import connection

from lawcrm.accounts.models import User
from matters.models import Matter

READ = """
insert into lawcrm_readentry (user_id, object_type, object_id, matter_id, what, at, request_id)
select %s, 'matters.matter', %s, %s, %s, %s + n * interval '1 second', '' from generate_series(1, %s) n
"""


def readings(user: User, matter: Matter, at: datetime, many: int = 1, what: str = "page") -> None:
    """So many readings of the matter, a second apart."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [user.pk, matter.pk, matter.pk, what, at, many])
