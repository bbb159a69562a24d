"""Purposes and what people agreed to."""

from consent.models.ledger import Consent, ConsentEvent
from consent.models.purpose import Purpose, Wording

__all__ = ["Consent", "ConsentEvent", "Purpose", "Wording"]
