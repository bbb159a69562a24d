"""Which faults come in which order: all from one number."""

import random
from datetime import UTC, datetime, timedelta

SMTP = (
    *("rcpt-421", "rcpt-451", "data-451", "data-452"),
    *("rcpt-550", "data-554"),
    *("drop-before", "drop-untaken", "drop-after"),
)
# How often each kind comes in a run of 200.
KINDS = {
    "kill web": 10,
    "kill web as it enters": 12,
    "kill worker": 14,
    "kill worker after acceptance": 12,
    "kill a process of the worker": 10,
    "kill beat": 10,
    "another beat": 8,
    "another worker": 5,
    "two hand over at once": 8,
    "flush broker": 10,
    "kill broker": 6,
    "restart database": 10,
    "restart database after acceptance": 6,
    "cut database connections": 10,
    **{f"smtp {mode}": 5 for mode in SMTP},
    "clock ahead": 11,
    "clock back": 8,
    "clock months ahead": 3,
    "nothing but time": 2,
}
# Where the clock stands as an era begins, and the moment in it that matters: Europe/Copenhagen, at Easter first.
ERAS = (
    ("clocks go forward", datetime(2027, 3, 23, 6, 40, tzinfo=UTC), datetime(2027, 3, 28, 0, 55, tzinfo=UTC)),
    ("clocks go back", datetime(2027, 10, 29, 5, 40, tzinfo=UTC), datetime(2027, 10, 31, 0, 55, tzinfo=UTC)),
    ("leap day", datetime(2028, 2, 27, 6, 40, tzinfo=UTC), datetime(2028, 2, 28, 22, 55, tzinfo=UTC)),
)


def lot(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - to be drawn again, not to be secret


def planned(chance: random.Random, count: int) -> list[str]:
    """So many faults, each kind in proportion and none left out, in three eras each with its own jump.

    A clock that is ahead comes last once more: no later era then reaches the day it showed.
    """
    whole = [kind for kind, weight in KINDS.items() for _each in range(weight)]
    chosen = list(KINDS) + whole * (count // len(whole)) + chance.sample(whole, count % len(whole))
    chance.shuffle(chosen)
    third = len(chosen) // len(ERAS)
    found = []
    for number, (name, _start, _day) in enumerate(ERAS):
        part = chosen[number * third : (number + 1) * third if number + 1 < len(ERAS) else None]
        part.insert(chance.randrange(third // 3, 2 * third // 3), f"across: {name}")
        found += [f"era: {name}", *part]
    return [*found, "clock months ahead"]


def pace(chance: random.Random) -> timedelta:
    """How far the clock goes on with a fault."""
    return timedelta(seconds=chance.choice([20, 60, 300, 900, 2700, 7200]) * chance.uniform(0.5, 1.5))
