"""What people do with deadlines and tasks."""
