"""What the privacy office looks at."""
