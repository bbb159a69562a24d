"""A clock that a test moves for several processes at once: the machine's, and a number in a file that is added."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """`now` is asked by every process, `move` and `set_to` are for the driver."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.peak = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + float(self.path.read_text()), UTC)

    def set_to(self, moment: datetime) -> None:
        """In one step: nobody reads half a number."""
        partial = self.path.with_suffix(f".{os.getpid()}")
        partial.write_text(str(moment.timestamp() - time.time()))
        partial.rename(self.path)
        self.peak = max(self.peak, moment)

    def move(self, by: timedelta) -> None:
        self.set_to(self.now() + by)

    def latest(self) -> datetime:
        """The latest moment it has shown to anybody."""
        self.peak = max(self.peak, self.now())
        return self.peak
