"""What people do to contacts."""
