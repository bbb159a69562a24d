"""Template tags of the deadline book."""
