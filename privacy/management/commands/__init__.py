"""Commands of the privacy office."""
