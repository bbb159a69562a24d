"""Schema of deadlines."""
