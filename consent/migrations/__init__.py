"""Schema of consent."""
