"""What must be true afterwards, read from the mailbox, the answers browsers got and the tables: a list of complaints.

The ladder is worked out here once more, from the domain and not from the product.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from tests.deadlines.faults.driver import Driver

ZONE = ZoneInfo("Europe/Copenhagen")
FOREVER = timedelta(days=9)  # longer than any mail is tried or a step waits to go up, over the longest holidays
BEFORE = {"critical": (14, 7, 3, 1, 0), "normal": (7, 3, 1, 0)}
# Maundy Thursday, Good Friday and Easter Monday: the weekdays around the eras on which a Danish office is closed.
CLOSED = {date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 29)}
DEADLINES = (
    "select id, public_id, criticality, due_on, entered_at, assignee_id, group_id, deputy_id from deadlines_deadline"
)
REMINDERS = """
select r.*, m.public_id as mail, m.state as mail_state, m.reason, m.recipient_id as mailed_to, u.email
from deadlines_reminder r
left join lawcrm_outboxmessage m on m.kind = 'deadlines.reminder' and m.thing_id = r.id
left join accounts_user u on u.id = r.recipient_id
"""
DAILY = ("overdue", "unconfirmed")
# How often it became unknown what had happened to a mail, and how often a person decided.
UNKNOWN = """
select m.public_id, count(*) filter (where f.after = 'unconfirmed')
from lawcrm_outboxmessage m left join flight f on f.message = m.id group by 1
"""


@dataclass(frozen=True)
class Facts:
    now: datetime
    deadlines: list[dict[str, Any]]
    reminders: list[dict[str, Any]]
    unknown: dict[str, int]
    answers: list[dict[str, str]]
    mails: list[EmailMessage]
    members: list[int]  # of the one practice group

    def members_told(self, deadline: dict[str, Any]) -> list[int]:
        return [person for person in self.members if deadline["group_id"] and person != deadline["deputy_id"]]

    def past(self, moments: set[datetime]) -> set[datetime]:
        return {moment for moment in moments if moment <= self.now}

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What the ladder asks for; what reminds daily goes on from day to day."""
        return [row for row in self.reminders if row["level"] == 0 and not row["step"].startswith(DAILY)]

    @property
    def taken(self) -> Counter[str]:
        return Counter(code_of(mail) for mail in self.mails)


def code_of(mail: EmailMessage) -> str:
    return str(mail["Message-ID"]).strip("<>").partition("@")[0]


def gather(driver: Driver) -> Facts:
    told = driver.told.read_text().splitlines() if driver.told.exists() else []
    with driver.database() as server:
        server.row_factory = dict_row  # type: ignore[assignment]
        return Facts(
            now=driver.clock.now(),
            deadlines=_rows(server, DEADLINES),
            reminders=_rows(server, REMINDERS),
            unknown={str(row["public_id"]): int(row["count"]) for row in _rows(server, UNKNOWN)},
            answers=[json.loads(line) for line in told if line.endswith("}")],
            mails=driver.post.mails,
            members=driver.facts["members"],
        )


def _rows(server: "psycopg.Connection[Any]", query: str) -> list[dict[str, Any]]:
    return list(server.execute(query))  # type: ignore[call-overload]


def complaints(facts: Facts) -> list[str]:
    return [*lost_entries(facts), *missing_steps(facts), *lost(facts), *stuck(facts), *twice(facts), *unwanted(facts)]


def lost_entries(facts: Facts) -> list[str]:
    """A browser that was told "entered" was told the truth."""
    known = {str(row["public_id"]) for row in facts.deadlines}
    told = [answer["entered"] for answer in facts.answers if "entered" in answer]
    return [f"entered and gone: {code}" for code in told if code not in known]


def ladder(deadline: dict[str, Any]) -> set[datetime]:
    """Eight in the morning of each step, on the last working day before a closed one; of those past only the last."""
    days = BEFORE[deadline["criticality"]]
    moments = {_at(deadline["due_on"] - timedelta(days=each), time(8)) for each in days}
    if deadline["criticality"] == "critical":
        moments.add(_at(deadline["due_on"], time(14)))
    entered = deadline["entered_at"]
    made_up = {entered} if any(moment <= entered for moment in moments) else set()
    return made_up | {moment for moment in moments if moment > entered}


def _at(day: date, clock: time) -> datetime:
    while day.weekday() > 4 or day in CLOSED:
        day -= timedelta(days=1)
    return datetime.combine(day, clock, ZONE).astimezone(ZoneInfo("UTC"))


def missing_steps(facts: Facts) -> list[str]:
    """Every deadline has all its reminders, to both people, at the right hour of whatever season.

    What reminds daily comes on the days that the clock did not leap over, and is left out.
    """
    steps = facts.steps
    found: defaultdict[tuple[int, int | None], set[datetime]] = defaultdict(set)
    for row in steps:
        found[row["deadline_id"], row["recipient_id"]].add(row["due_at"])
    early = came_early(steps)
    complaints = []
    for deadline in facts.deadlines:
        due = put_right(ladder(deadline), deadline, steps)
        for person in [*people_of(deadline), *facts.members_told(deadline)]:
            key = deadline["id"], person
            least = due if person in people_of(deadline) else facts.past(due)
            if not least <= found[key] <= due | early[key]:
                wrong = ", ".join(f"{moment:%d.%m. %H:%M:%S}" for moment in sorted(found[key] ^ due))
                complaints.append(f"deadline {key[0]} of {deadline['due_on']} for {person}: {wrong} UTC")
    return complaints


def put_right(due: set[datetime], deadline: dict[str, Any], steps: list[dict[str, Any]]) -> set[datetime]:
    """What was to come at once by a clock ahead of this one comes when a night notices, before it was entered."""
    again, entered = coming_again(steps), deadline["entered_at"]
    own = [row for row in steps if row["deadline_id"] == deadline["id"] and row["id"] not in again]
    before = {row["due_at"] for row in own if row["due_at"] < entered}
    return due - {entered} | before if before else due


def came_early(steps: list[dict[str, Any]]) -> defaultdict[tuple[int, int | None], set[datetime]]:
    """What a clock weeks ahead handed over counts as of the night that noticed it, and comes again in a new round."""
    again = coming_again(steps)
    found: defaultdict[tuple[int, int | None], set[datetime]] = defaultdict(set)
    for row in steps:
        if row["id"] in again:
            found[row["deadline_id"], row["recipient_id"]].add(row["due_at"])
    return found


def coming_again(steps: list[dict[str, Any]]) -> set[int]:
    """Rows in whose place a night has put one of the next round, for that person or, to be told later, the group."""
    rounds = {(row["deadline_id"], row["recipient_id"], *row["step"].split(".")) for row in steps}
    return {
        row["id"]
        for row in steps
        for name, turn in [row["step"].split(".")]
        if {(row["deadline_id"], person, name, str(int(turn) + 1)) for person in (row["recipient_id"], None)} & rounds
    }


def people_of(deadline: dict[str, Any]) -> list[int | None]:
    """Whoever has a row from the first; of a group it is nobody's, and its members have theirs when the step is due."""
    return [deadline["assignee_id"], *([deadline["deputy_id"]] if deadline["deputy_id"] else [])]


def lost(facts: Facts) -> list[str]:
    """What was due is in the mailbox of its person, unless somebody had said before that they knew.

    Entries nobody has confirmed come in one mail a day, which is no row's own; the row of a group is that of nobody.
    """
    arrived = {(code_of(mail), str(mail["To"].addresses[0].addr_spec)) for mail in facts.mails}
    seen = {(row["deadline_id"], row["step"].partition("^")[0]) for row in facts.reminders if row["acknowledged_at"]}
    complaints, again = [], coming_again(facts.steps)
    for row in facts.reminders:
        if row["step"].startswith("unconfirmed") or row["recipient_id"] is None:
            continue
        if row["state"] == "cancelled" and row["id"] in again:
            continue
        if row["due_at"] > facts.now or (str(row["mail"]), row["email"]) in arrived:
            continue
        known = row["acknowledged_at"] is not None or (
            row["level"] > 0 and (row["deadline_id"], row["step"].partition("^")[0]) in seen
        )
        if not known:
            state = f"{row['state']}, mail {row['mail_state']} {row['reason']}"
            complaints.append(f"lost: reminder {row['id']} {row['step']} of {row['due_at']}: {state}")
    late = [row for row in facts.reminders if row["next_at"] is not None and row["next_at"] <= facts.now]
    return complaints + [f"not taken further up: reminder {row['id']} {row['step']}" for row in late]


def stuck(facts: Facts) -> list[str]:
    """Nothing still waits at rest, least of all for a day that only a wrong clock has shown."""
    unsettled = {"queued", "claimed", "unconfirmed", "failed"}
    return [
        f"never sent: reminder {row['id']} {row['step']} of {row['due_at']}: mail {row['mail_state']} {row['reason']}"
        for row in facts.reminders
        if row["mail_state"] in unsettled
    ] + [
        f"goes up no more: reminder {row['id']} {row['step']} before {row['next_at']}"
        for row in facts.reminders
        if row["next_at"] is not None and row["next_at"] > facts.now + FOREVER
    ]


def twice(facts: Facts) -> list[str]:
    """Once more than once is allowed for each time that nobody knew, and only under the same Message-ID."""
    again = [
        f"taken {times} times, unknown {facts.unknown.get(code, 0)} times: {code}"
        for code, times in facts.taken.items()
        if times > 1 + facts.unknown.get(code, 0)
    ]
    mails = Counter(row["id"] for row in facts.reminders)
    again += [f"{count} mails under names of their own: reminder {row}" for row, count in mails.items() if count > 1]
    return again + _same_step_twice(facts)


def _same_step_twice(facts: Facts) -> list[str]:
    """As the person counts who reads the mails: for one deadline no more different ones than steps that were due."""
    row_of = {str(row["mail"]): row for row in facts.reminders if row["mail"] is not None}
    got: defaultdict[tuple[int, int, int, str], set[str]] = defaultdict(set)
    for code in facts.taken:
        if (row := row_of.get(code)) is not None:
            got[row["deadline_id"], row["recipient_id"], row["level"], row["step"]].add(code)
    return [f"one step, several mails: {key}" for key, codes in got.items() if len(codes) > 1]


def unwanted(facts: Facts) -> list[str]:
    """No mail that was not queued; nobody else's acknowledgement."""
    strange = [code for code in facts.taken if code not in facts.unknown]
    said = {answer["acknowledged"] for answer in facts.answers if "acknowledged" in answer}
    open_to_doubt = [str(row["public_id"]) for row in facts.deadlines]
    return [f"a mail nobody asked for: {code}" for code in strange] + [
        f"acknowledged and unknown: {code}" for code in said if code not in open_to_doubt
    ]
