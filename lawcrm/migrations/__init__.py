"""Schema of the ground floor."""
