"""What must happen by when, and who is reminded of it."""

from deadlines.models.deadline import Deadline
from deadlines.models.reminder import Reminder
from deadlines.models.task import Task

__all__ = ["Deadline", "Reminder", "Task"]
