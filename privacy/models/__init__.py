"""What is kept how long, what must not go, the proof of what has gone, and who may still see what."""

from privacy.models.erasure import Certificate, ErasureItem
from privacy.models.hold import Hold
from privacy.models.retention import RetentionRule
from privacy.models.review import (
    GroupReview,
    GroupReviewItem,
    MatterReview,
    MatterReviewItem,
    Review,
    ReviewCount,
    ReviewItem,
    ReviewRules,
)

__all__ = [
    "Certificate",
    "ErasureItem",
    "GroupReview",
    "GroupReviewItem",
    "Hold",
    "MatterReview",
    "MatterReviewItem",
    "RetentionRule",
    "Review",
    "ReviewCount",
    "ReviewItem",
    "ReviewRules",
]
