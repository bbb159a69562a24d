"""Somebody who left: what they answered for has passed on, and their page shows zeroes."""

from datetime import timedelta

from deadlines.actions.entering import Entry, enter_deadline
from deadlines.actions.todo import add_task
from deadlines.models import Deadline
from lawcrm.accounts.actions import staff
from matters.actions.team import grant_access
from matters.models.levels import Level
from privacy.demo_content.scene import Scene, number

LEAVER, SUCCESSOR = "henrik", "ida"


def let_go(scene: Scene) -> None:
    """A lawyer who worked with others and moved to the court; Ida saw the matter already and took over."""
    leaver, matter = scene.staff[LEAVER], scene.matters["rasmussen"]
    with scene.acting("ida") as actor:
        reason = "Prepares the writ"
        grant_access(actor=actor, matter=matter, to=leaver, level=Level.WORK, reason=reason, now=scene.now)
    with scene.acting(LEAVER) as actor:
        title = "Bilagsoversigt til stævningen"
        enter_deadline(
            actor=actor,
            entry=Entry(
                once=number("deadline", "rasmussen", title),
                matter=matter,
                kind=Deadline.Kind.FOLLOW_UP,
                criticality=Deadline.Criticality.NORMAL,
                title=title,
                due_on=scene.day(16),
                assignee=leaver,
            ),
            now=scene.now - timedelta(hours=2),
        )
        add_task(
            actor=actor,
            once=number("task", "rasmussen", "Indhent lønsedler"),
            matter=matter,
            title="Indhent lønsedler",
            assignee=leaver,
            due_on=scene.day(8),
            now=scene.now,
        )
    with scene.acting("lis") as actor:
        reason = "Moves to the court in Viborg"
        staff.end_access(actor=actor, user=leaver, reason=reason, successor=scene.staff[SUCCESSOR], now=scene.now)
