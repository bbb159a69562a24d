"""Input of the deadline book."""
