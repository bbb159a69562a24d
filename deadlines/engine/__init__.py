"""Legal deadlines as pure functions: no Django, no clock, no database."""

from deadlines.engine.compute import Result, compute
from deadlines.engine.errors import CannotCompute
from deadlines.engine.periods import Direction, Period, Unit

__all__ = ["CannotCompute", "Direction", "Period", "Result", "Unit", "compute"]
