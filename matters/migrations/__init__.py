"""Schema of matters."""
