"""What is asked about deadlines, reminders and tasks."""
