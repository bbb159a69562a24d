"""Chance that is the same for the same seed, whatever is asked in whatever order."""

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def bits(seed: int, place: int) -> int:
    """Sixty-four bits that look random (SplitMix64, Steele, Lea and Flood 2014)."""
    z = (seed * 0xD1342543DE82EF95 + place * STEP + STEP) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def number_of(seed: int, place: int) -> str:
    """A UUID for COPY."""
    return f"{bits(seed, 2 * place):016x}{bits(seed, 2 * place + 1):016x}"


def share(total: int, parts: int, place: int) -> int:
    """How much of the total falls to this place when all parts get nearly the same."""
    return (place + 1) * total // parts - place * total // parts
