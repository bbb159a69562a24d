"""Schema of staff accounts."""
