"""Membership in an array, which the planner treats otherwise than `IN (SELECT ...)`."""

from django.db.models import BooleanField, Func


class AmongThem(Func):
    """True where the first is one of the second, an array.

    An `ArraySubquery` without reference to the row is answered first, and its members are then looked up by an index;
    of a subquery after `IN` the planner guesses how many there are, and reads the whole table where it guesses many.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = any("
    output_field = BooleanField()
    conditional = True
