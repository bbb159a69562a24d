"""Reading files of contacts."""
