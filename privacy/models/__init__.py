"""What is kept how long, what must not go, and the proof of what has gone."""

from privacy.models.erasure import Certificate, ErasureItem
from privacy.models.hold import Hold
from privacy.models.retention import RetentionRule

__all__ = ["Certificate", "ErasureItem", "Hold", "RetentionRule"]
