"""One made-up deadline per matter, most of them done, the open ones with their reminders, and some tasks."""

from collections.abc import Iterator
from datetime import date, timedelta

from privacy.generation.chance import number_of
from privacy.generation.plan import Plan
from privacy.generation.rows import Table, line

ZONE = "Europe/Copenhagen"
AHEAD = 180
STEPS = (14, 7, 3, 1, 0)
TASK_EVERY = 20
KINDS = ("statutory", "court_fixed", "pre_deadline", "follow_up", "appointment", "limitation")
TITLES = ("Berufungsbegründung", "Svarskrift", "Yttrande", "Cevap dilekçesi", "Statement of claim", "Anke", "Einspruch")


def is_open(plan: Plan, place: int) -> bool:
    return plan.closed_on(place) is None


def due_on(plan: Plan, place: int) -> date:
    if is_open(plan, place):
        return plan.today + timedelta(days=plan.chance("due", place) % AHEAD)
    return plan.opened_on(place) + timedelta(days=60)


def assignee(plan: Plan, place: int) -> int:
    return plan.viewer("narrow") if plan.is_narrow(place) else plan.user(plan.worker_of(place))


def deadlines(plan: Plan) -> Iterator[str]:
    first, matter, seed = plan.first["deadlines_deadline"], plan.first["matters_matter"], plan.size.seed
    for place in range(plan.size.matters):
        chance, who = plan.chance("deadline", place), assignee(plan, place)
        second = plan.user(plan.worker_of(place) + 1)
        # Most are entered by an assistant and watched by a deputy; some lawyers do it all alone.
        enters, deputy = second if chance >> 16 & 3 else who, second if chance >> 18 & 1 else None
        confirms = who if enters == second else second
        ended = None if is_open(plan, place) else due_on(plan, place)
        seen = None if ended is None and chance % 7 == 0 else plan.opened_on(place)
        yield line(
            first + place,
            number_of(seed + 7, place),
            matter + place,
            number_of(seed + 5, place),
            KINDS[chance % len(KINDS)],
            "critical" if chance >> 8 & 1 else "normal",
            TITLES[(chance >> 4) % len(TITLES)],
            due_on(plan, place),
            ZONE,
            "",
            "",
            "[]",
            who,
            deputy,
            "done" if ended else "open",
            enters,
            confirms if seen else None,
            seen,
            who if ended else None,
            ended,
            "Filed" if ended else "",
            "Receipt on file" if ended else "",
            second if ended else None,
            ended,
        )


def reminders(plan: Plan) -> Iterator[str]:
    pk, first = plan.first["deadlines_reminder"], plan.first["deadlines_deadline"]
    for place in range(plan.size.matters):
        if is_open(plan, place):
            due = due_on(plan, place)
            for days in STEPS:
                on = due - timedelta(days=days)
                if on > plan.today:
                    matter = plan.first["matters_matter"] + place
                    at = f"{on} 08:00 {ZONE}"
                    yield line(pk, first + place, matter, assignee(plan, place), f"{days}d.1", at, "waiting")
                    pk += 1


def tasks(plan: Plan) -> Iterator[str]:
    pk = plan.first["deadlines_task"]
    for number, place in enumerate(range(0, plan.size.matters, TASK_EVERY)):
        public_id, matter = number_of(plan.size.seed + 8, place), plan.first["matters_matter"] + place
        due = plan.today + timedelta(days=plan.chance("task", place) % 40)
        yield line(pk + number, public_id, matter, "Call the client", assignee(plan, place), due, assignee(plan, place))


TABLES = (
    Table(
        "deadlines_deadline",
        "id public_id matter_id sealed_for kind criticality title due_on time_zone rule_code trigger_label trace"
        " assignee_id deputy_id state entered_by_id confirmed_by_id confirmed_at ended_by_id ended_at ended_reason"
        " receipt checked_by_id checked_at",
        deadlines,
    ),
    Table("deadlines_reminder", "id deadline_id matter_id recipient_id step due_at state", reminders),
    Table("deadlines_task", "id public_id matter_id title assignee_id due_on created_by_id", tasks),
)
