"""What every refusal of this app has in common."""


class Refused(Exception):
    """An expected failure; the sentence is for the person who tried."""
