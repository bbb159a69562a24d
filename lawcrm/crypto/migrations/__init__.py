"""Schema of the keys database."""
