"""Input of the privacy office and of those who answer access reviews."""
