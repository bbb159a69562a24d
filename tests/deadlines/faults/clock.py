"""A clock that a test moves for several processes at once: the machine's, and a number in a file that is added."""

import contextlib
import os
import time
from collections.abc import Iterator
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
        self._write(moment.timestamp() - time.time())
        self.peak = max(self.peak, moment)

    def _write(self, seconds: float) -> None:
        """In one step: nobody reads half a number."""
        partial = self.path.with_suffix(f".{os.getpid()}")
        partial.write_text(str(seconds))
        partial.rename(self.path)

    @contextlib.contextmanager
    def wrong(self, by: timedelta) -> Iterator[None]:
        """Ahead until it is put right; what it showed meanwhile was never the time."""
        right = float(self.path.read_text())
        self._write(right + by.total_seconds())
        try:
            yield
        finally:
            self._write(right)

    def move(self, by: timedelta) -> None:
        self.set_to(self.now() + by)

    def latest(self) -> datetime:
        """The latest moment it has shown to anybody while it was right."""
        self.peak = max(self.peak, self.now())
        return self.peak
