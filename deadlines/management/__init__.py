"""Commands of the deadline book."""
