"""What people type about matters, turned into values."""
