"""Schema of clients."""
