"""Pages of the deadline book."""
