"""What the privacy office does."""
