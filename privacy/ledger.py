"""The erasure ledger: a file outside the database, so that a restored backup can be cleaned again."""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


def _path() -> Path:
    return Path(settings.ERASURE_LEDGER)


def append(owners: Iterable[UUID], now: datetime) -> None:
    """Written and synced before the erasure commits: a line too many does no harm, one missing would."""
    _path().parent.mkdir(parents=True, exist_ok=True)
    with _path().open("a", encoding="ascii") as ledger:
        ledger.writelines(json.dumps({"erased": str(owner), "at": now.isoformat()}) + "\n" for owner in owners)
        ledger.flush()
        os.fsync(ledger.fileno())


def owners() -> Iterator[UUID]:
    """Everyone and everything ever erased here."""
    if _path().exists():
        with _path().open(encoding="ascii") as ledger:
            for line in ledger:
                yield UUID(json.loads(line)["erased"])
