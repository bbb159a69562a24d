"""Reminders nobody acknowledged go up: deputy, lawyer responsible, docket desk, partners."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from deadlines import ladder
from deadlines.actions import docket
from deadlines.models import Deadline, Reminder
from deadlines.queries import absences, team
from deadlines.queries.working_days import WorkingDays
from lawcrm import access
from lawcrm.accounts.models import User

BATCH = 200
State, Level = Reminder.State, Reminder.Level
DOCKET = "deadlines.keep_docket"
PARTNER = "partner"
UP = "^"


def base_of(step: str) -> str:
    """The step of the ladder, whatever level it has reached: "1d.1" of "1d.1^2"."""
    return step.partition(UP)[0]


def set_next(batch: list[Reminder], now: datetime) -> None:
    """When each of these, handed over now, goes further up: at once where nobody of its level is there to act."""
    rows = Deadline.objects.filter(pk__in={row.deadline_id for row in batch}).select_related("matter")
    deadlines = {row.pk: row for row in rows.defer("note", "trace", "matter__summary")}
    told = _told(batch)
    sees = _who_can_act({person for people in told.values() for person in people}, set(deadlines), now)
    working_days = WorkingDays()
    for row in batch:
        deadline = deadlines[row.deadline_id]
        present = {person for person in told[deadline.pk, row.step] if person in sees}
        if row.level <= Level.LAWYER:
            able = any(deadline.pk in sees[person] for person in present)
        else:
            able = bool(able_of(deadline, row.level, present, now))
        row.next_at = next_at(deadline, row, now, working_days.of(deadline.matter)) if able else now


def _told(batch: list[Reminder]) -> dict[tuple[int, str], set[int]]:
    """Everybody who is told of the same step, also in another batch."""
    found: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    steps = {row.step for row in batch}
    rows = Reminder.objects.filter(deadline__in={row.deadline_id for row in batch}, step__in=steps)
    rows = rows.exclude(state=State.CANCELLED).exclude(recipient=None)
    for deadline, step, person in rows.values_list("deadline_id", "step", "recipient_id"):
        found[deadline, step].add(person)
    return found


def _who_can_act(people: set[int], deadlines: set[int], now: datetime) -> dict[int, set[int]]:
    """Of these people those who are at work and not away, with the deadlines they see."""
    today = timezone.localdate(now)
    present = team.at_work(today).filter(pk__in=people - absences.stand_ins(people, today).keys())
    return {person.pk: _seen_by(person, deadlines) for person in present}


def _seen_by(person: User, deadlines: set[int]) -> set[int]:
    with access.as_user(person, source="job"):
        return set(Deadline.objects.filter(pk__in=deadlines).values_list("pk", flat=True))


def next_at(deadline: Deadline, row: Reminder, now: datetime, days: ladder.OpenDays) -> datetime | None:
    if row.level >= last_level(deadline):
        return None
    wait, zone = ladder.patience(deadline, base_of(row.step)), ZoneInfo(deadline.time_zone)
    if wait is None:
        return None
    # On the last day, which ends at midnight, nobody waits for the office to open.
    is_last_day = deadline.reminds_by <= now.astimezone(zone).date()
    return now + wait if is_last_day else ladder.after_working_hours(now, wait, zone, days)


def last_level(deadline: Deadline) -> int:
    """Partners are woken for what can cost a case."""
    return Level.PARTNERS if deadline.criticality == Deadline.Criticality.CRITICAL else Level.DOCKET


def escalate(*, now: datetime) -> int:
    """Take every step whose patience is over one level up; answers how many people are told more."""
    while _wait_from_now(now):
        pass
    told = 0
    while True:
        batch, made = _escalate_batch(now)
        told += made
        if not batch:
            return told


@transaction.atomic
def _wait_from_now(now: datetime) -> int:
    """What was handed over while the clock was ahead waits from now on, and not from that day."""
    ahead = Reminder.objects.filter(state=State.HANDED, next_at__gt=now, handed_at__gt=now).order_by("next_at", "pk")
    batch = list(ahead.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    set_next(batch, now)
    for row in batch:
        row.handed_at = now
    return Reminder.objects.bulk_update(batch, ["handed_at", "next_at"])


@transaction.atomic
def _escalate_batch(now: datetime) -> tuple[int, int]:
    due = Reminder.objects.filter(state=State.HANDED, next_at__lte=now).order_by("next_at", "pk")
    batch = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    made = sum(_take_up(row, now) for row in batch)
    Reminder.objects.filter(pk__in=[row.pk for row in batch]).update(next_at=None)
    return len(batch), made


def _take_up(row: Reminder, now: datetime) -> int:
    deadline = Deadline.objects.select_related("matter").defer("matter__summary").get(pk=row.deadline_id)
    if deadline.state != Deadline.State.OPEN or is_acknowledged(row):
        return 0
    base = base_of(row.step)
    higher = Reminder.objects.filter(deadline=deadline, step__startswith=base + UP)
    if higher.filter(level__gt=row.level).exists():  # for the other recipient of the same step
        return 0
    told = set(higher.values_list("recipient_id", flat=True))
    for level in range(row.level + 1, last_level(deadline) + 1):
        people = people_of(deadline, level, now) - told
        if people:
            made = _tell(deadline, f"{base}{UP}{level}", level, people, now)
            if level == Level.DOCKET and not base.startswith(ladder.UNCONFIRMED):
                docket.lay_before(deadline, f"{base}{UP}{level}")
            return made
    return 0


def is_acknowledged(row: Reminder) -> bool:
    """Whether anybody has seen this step, at whatever level."""
    rows = Reminder.objects.filter(deadline=row.deadline_id, acknowledged_at__isnull=False)
    return any(base_of(step) == base_of(row.step) for step in rows.values_list("step", flat=True))


def _tell(deadline: Deadline, step: str, level: int, people: set[int], now: datetime) -> int:
    """Two runs at once make them once: (deadline, recipient, step) is unique."""
    return len(Reminder.objects.bulk_create(rows_for(deadline, step, level, people, now), ignore_conflicts=True))


def rows_for(deadline: Deadline, step: str, level: int, people: set[int], at: datetime) -> list[Reminder]:
    return [
        Reminder(
            deadline=deadline, matter_id=deadline.matter_id, recipient_id=person, step=step, level=level, due_at=at
        )
        for person in sorted(people)
    ]


def people_of(deadline: Deadline, level: int, now: datetime) -> set[int]:
    """Those of a level who can act."""
    return able_of(deadline, level, _of_level(deadline, level, now), now)


def _of_level(deadline: Deadline, level: int, now: datetime) -> set[int]:
    """Whom a level is made of, present or not; the owner is told of their own deadline once a step."""
    match level:
        case Level.DEPUTY:
            named = {deadline.deputy_id} if deadline.deputy_id else set()
            if deadline.assignee_id is None:
                return named
            away = absences.stand_ins([deadline.assignee_id], timezone.localdate(now))
            return named | away.get(deadline.assignee_id, set())
        case Level.LAWYER:
            return {deadline.matter.responsible_id} - {deadline.assignee_id}
        case Level.DOCKET:
            return _ids(permission=DOCKET, now=now)
        case _:
            return _ids(role=PARTNER, now=now)


def _ids(*, now: datetime, permission: str = "", role: str = "") -> set[int]:
    people = team.at_work(timezone.localdate(now)).filter(is_external=False)
    if role:
        return set(people.filter(groups__name=role).values_list("pk", flat=True))
    app, _dot, codename = permission.partition(".")
    held = people.filter(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)
    return set(held.values_list("pk", flat=True))


def able_of(deadline: Deadline, level: int, people: Iterable[int], now: datetime) -> set[int]:
    """Those who are at work, not away, and whom no wall keeps out; up to the lawyer also only who sees the matter."""
    wanted, today = set(people), timezone.localdate(now)
    away = absences.stand_ins(wanted, today) if level < Level.PARTNERS else {}
    present = team.at_work(today).filter(pk__in=wanted - away.keys())
    return {person.pk for person in present if may_be_told(deadline, level, person)}


def may_be_told(deadline: Deadline, level: int, person: User) -> bool:
    """Asked again as each mail goes out."""
    with access.as_user(person, source="job") as viewer:
        if level <= Level.LAWYER:
            return Deadline.objects.filter(pk=deadline.pk).exists()
        barred = set(viewer.principals)
    with access.as_system("whom a wall keeps out"):
        denied = type(deadline.matter).objects.values_list("deny", flat=True).get(pk=deadline.matter_id)
    return not barred.intersection(denied) and _holds(level, person)


def _holds(level: int, person: User) -> bool:
    if level == Level.DOCKET:
        return DOCKET in person.role_permissions()
    return person.groups.filter(name=PARTNER).exists()
