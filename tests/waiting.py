"""Waiting for other processes: patient, because a machine of CI may run ten times slower than a desk."""

import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds


def wait_for(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Until it is true; fails when that takes longer than so many seconds."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not within {seconds:.0f} seconds"
        time.sleep(0.05)


def wait_while_it_falls(left: Callable[[], int]) -> None:
    """Until nothing is left; fails only when the number has not fallen for the whole patience."""
    before = left()
    while before:
        wait_for(lambda number=before: left() < number)
        before = left()
