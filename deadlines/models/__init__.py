"""What must happen by when, and who is reminded of it."""

from deadlines.models.absence import Absence
from deadlines.models.deadline import Deadline
from deadlines.models.docket import DocketEntry
from deadlines.models.extension import Extension
from deadlines.models.feed import CalendarFeed
from deadlines.models.holiday import HolidayCalendar, HolidayDay, OwnHoliday
from deadlines.models.plan import Plan, PlanDecline, PlanUse, PlanVersion
from deadlines.models.proposal import Basis, Proposal, Recalculation, Source
from deadlines.models.reminder import Reminder
from deadlines.models.rulebook import RuleApproval, RuleOverride, RulePack
from deadlines.models.series import Series
from deadlines.models.sheet import SignedSheet
from deadlines.models.task import Task

__all__ = [
    "Absence",
    "Basis",
    "CalendarFeed",
    "Deadline",
    "DocketEntry",
    "Extension",
    "HolidayCalendar",
    "HolidayDay",
    "OwnHoliday",
    "Plan",
    "PlanDecline",
    "PlanUse",
    "PlanVersion",
    "Proposal",
    "Recalculation",
    "Reminder",
    "RuleApproval",
    "RuleOverride",
    "RulePack",
    "Series",
    "SignedSheet",
    "Source",
    "Task",
]
