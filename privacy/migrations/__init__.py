"""Schema of privacy."""
