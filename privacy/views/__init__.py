"""Pages of the privacy office and of access reviews."""
