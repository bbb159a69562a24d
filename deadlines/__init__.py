"""Deadlines, tasks and reminders."""
