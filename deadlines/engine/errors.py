"""Why a deadline is refused, in words fit for the person who asked."""


class CannotCompute(ValueError):
    """The root of all refusals: better no date than a guessed one."""


class UnknownProfile(CannotCompute):
    pass


class UnknownCalendar(CannotCompute):
    pass


class CalendarNeeded(CannotCompute):
    pass


class BeyondHorizon(CannotCompute):
    pass


class BadPeriod(CannotCompute):
    pass


class BadTrigger(CannotCompute):
    pass


class UnknownRule(CannotCompute):
    pass


class RuleNotInForce(CannotCompute):
    pass


class FixedByCourt(CannotCompute):
    pass


class BadPack(CannotCompute):
    pass
