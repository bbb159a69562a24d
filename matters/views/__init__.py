"""Pages about matters."""
