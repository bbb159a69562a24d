"""The verdict on a run with faults objects to each kind of wrong, and to nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from tests.deadlines.faults.verdict import Facts, complaints

KARIN, IDA, TOMAS = 7, 8, 9
NOW = datetime(2027, 10, 22, 12, tzinfo=UTC)
# Eight in Copenhagen, where it is still summer: seven, three and one day before, and the day itself.
STEPS = {f"{ahead}d.1": datetime(2027, 10, 22 - ahead, 6, tzinfo=UTC) for ahead in (7, 3, 1, 0)}
DAY = timedelta(days=1)


def mail_of(code: str, person: int = KARIN) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"], mail["To"] = f"<{code}@firm.example>", f"{person}@firm.example"
    return mail


@dataclass
class House:
    """A normal deadline due today, of which Karin was told four times, and once more a lawyer further up."""

    facts: Facts = field(init=False)

    def __post_init__(self) -> None:
        deadline = {"id": 1, "public_id": "d1", "criticality": "normal", "due_on": date(2027, 10, 22)}
        deadline |= {"entered_at": datetime(2027, 10, 1, tzinfo=UTC), "assignee_id": KARIN}
        deadline |= {"group_id": None, "deputy_id": None}
        self.facts = Facts(NOW, [deadline], [], {}, [{"entered": "d1"}, {"acknowledged": "d1"}], [], [KARIN, TOMAS])
        for number, (step, due_at) in enumerate(STEPS.items(), 1):
            self.told(number, step, due_at)
        self.told(5, "0d.1^2", NOW - timedelta(hours=1), person=IDA, level=2)

    def told(self, number: int, step: str, due_at: datetime, person: int = KARIN, level: int = 0) -> None:
        code = f"m{number}"
        row = {"id": number, "deadline_id": 1, "recipient_id": person, "step": step, "due_at": due_at, "level": level}
        row |= {"state": "handed", "acknowledged_at": None, "next_at": None, "email": f"{person}@firm.example"}
        self.facts.reminders.append({**row, "mail": code, "mail_state": "sent", "reason": ""})
        self.facts.unknown[code] = 0
        self.facts.mails.append(mail_of(code, person))

    def row(self, number: int) -> dict[str, Any]:
        return next(row for row in self.facts.reminders if row["id"] == number)

    def without_mail(self, number: int) -> None:
        self.facts.mails[:] = [mail for mail in self.facts.mails if f"m{number}@" not in mail["Message-ID"]]

    def without_row(self, number: int) -> None:
        """As if it had never been made."""
        self.without_mail(number)
        self.facts.reminders.remove(self.row(number))


type Change = Callable[[House], object]


def entry_gone(house: House) -> None:
    house.facts.answers.append({"entered": "d2"})


def step_missing(house: House) -> None:
    house.without_row(2)


def step_an_hour_late(house: House) -> None:
    house.row(3)["due_at"] += timedelta(hours=1)


def deputy_never_reminded(house: House) -> None:
    house.facts.deadlines[0]["deputy_id"] = IDA


def member_of_the_group_left_out(house: House) -> None:
    """Of the group's two one was told, and the group's own rows are there."""
    house.facts.deadlines[0] |= {"assignee_id": None, "group_id": 4}
    for number, (step, due_at) in enumerate(STEPS.items(), 11):
        house.told(number, step, due_at)
        house.without_mail(number)
        house.row(number)["recipient_id"] = None


def mail_lost(house: House) -> None:
    house.without_mail(4)


def mail_to_somebody_else(house: House) -> None:
    house.without_mail(4)
    house.facts.mails.append(mail_of("m4", IDA))


def never_handed_over(house: House) -> None:
    house.without_mail(4)
    house.row(4).update(state="waiting", mail=None, mail_state=None, reason=None)


def wrongly_cancelled(house: House) -> None:
    house.without_mail(4)
    house.row(4).update(state="cancelled", mail_state="cancelled", reason="moved")


def not_taken_up(house: House) -> None:
    house.row(4)["next_at"] = NOW - timedelta(minutes=1)


def taken_up_on_a_day_that_never_was(house: House) -> None:
    house.row(4)["next_at"] = NOW + 10 * DAY


def still_queued(house: House) -> None:
    house.row(4)["acknowledged_at"] = NOW
    house.without_mail(4)
    house.row(4).update(mail_state="unconfirmed", reason="lease-expired")


def twice_by_itself(house: House) -> None:
    house.facts.mails.append(mail_of("m4"))


def more_often_than_unknown(house: House) -> None:
    house.facts.unknown["m4"] = 1
    house.facts.mails.extend([mail_of("m4"), mail_of("m4")])


def two_messages_for_one_reminder(house: House) -> None:
    house.facts.reminders.append({**house.row(4), "mail": "m6"})
    house.facts.unknown["m6"] = 0


def step_twice_under_another_message_id(house: House) -> None:
    house.told(6, "0d.1", STEPS["0d.1"])


def mail_from_nowhere(house: House) -> None:
    house.facts.mails.append(mail_of("m99"))


def acknowledged_without_a_deadline(house: House) -> None:
    house.facts.answers.append({"acknowledged": "d9"})


WRONG: dict[Change, list[str]] = {
    entry_gone: ["entered and gone: d2"],
    step_missing: ["deadline 1 of 2027-10-22 for 7: 19.10. 06:00:00 UTC"],
    step_an_hour_late: ["deadline 1 of 2027-10-22 for 7: 21.10. 06:00:00, 21.10. 07:00:00 UTC"],
    deputy_never_reminded: [
        "deadline 1 of 2027-10-22 for 8: 15.10. 06:00:00, 19.10. 06:00:00, 21.10. 06:00:00, 22.10. 06:00:00 UTC"
    ],
    member_of_the_group_left_out: [
        "deadline 1 of 2027-10-22 for 9: 15.10. 06:00:00, 19.10. 06:00:00, 21.10. 06:00:00, 22.10. 06:00:00 UTC"
    ],
    mail_lost: ["lost: reminder 4 0d.1 of 2027-10-22 06:00:00+00:00: handed, mail sent "],
    mail_to_somebody_else: ["lost: reminder 4 0d.1 of 2027-10-22 06:00:00+00:00: handed, mail sent "],
    never_handed_over: ["lost: reminder 4 0d.1 of 2027-10-22 06:00:00+00:00: waiting, mail None None"],
    wrongly_cancelled: ["lost: reminder 4 0d.1 of 2027-10-22 06:00:00+00:00: cancelled, mail cancelled moved"],
    not_taken_up: ["not taken further up: reminder 4 0d.1"],
    taken_up_on_a_day_that_never_was: ["goes up no more: reminder 4 0d.1 before 2027-11-01 12:00:00+00:00"],
    still_queued: ["never sent: reminder 4 0d.1 of 2027-10-22 06:00:00+00:00: mail unconfirmed lease-expired"],
    twice_by_itself: ["taken 2 times, unknown 0 times: m4"],
    more_often_than_unknown: ["taken 3 times, unknown 1 times: m4"],
    two_messages_for_one_reminder: [
        "lost: reminder 4 0d.1 of 2027-10-22 06:00:00+00:00: handed, mail sent ",
        "2 mails under names of their own: reminder 4",
    ],
    step_twice_under_another_message_id: ["one step, several mails: (1, 7, 0, '0d.1')"],
    mail_from_nowhere: ["a mail nobody asked for: m99"],
    acknowledged_without_a_deadline: ["acknowledged and unknown: d9"],
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda change: change.__name__)
def test_each_wrong_is_said_and_nothing_beside_it(wrong: Change) -> None:
    house = House()
    wrong(house)
    assert complaints(house.facts) == WRONG[wrong]


def sent_again_after_an_unknown_outcome(house: House) -> None:
    house.facts.unknown["m4"] = 1
    house.facts.mails.append(mail_of("m4"))


def acknowledged_before_the_mail(house: House) -> None:
    house.row(4)["acknowledged_at"] = NOW
    house.without_mail(4)


def acknowledged_by_another_before_it_went_up(house: House) -> None:
    house.row(4)["acknowledged_at"] = NOW
    house.without_mail(5)


def comes_again_in_the_next_round(house: House) -> None:
    """A clock ahead handed over early, and a night put that right."""
    house.row(4).update(state="cancelled")
    house.without_mail(4)
    house.told(6, "0d.2", STEPS["0d.1"])


def not_due_yet(house: House) -> None:
    early = STEPS["0d.1"] - timedelta(minutes=1)
    house.facts = replace(house.facts, now=early)
    house.without_mail(4)
    house.row(4).update(state="waiting", mail=None, mail_state=None)
    house.without_row(5)


def goes_up_tomorrow(house: House) -> None:
    house.row(4)["next_at"] = NOW + DAY


def said_nothing(_house: House) -> None:
    pass


RIGHT = (
    *(said_nothing, sent_again_after_an_unknown_outcome, acknowledged_before_the_mail, not_due_yet, goes_up_tomorrow),
    *(acknowledged_by_another_before_it_went_up, comes_again_in_the_next_round),
)


@pytest.mark.parametrize("right", RIGHT, ids=lambda change: change.__name__)
def test_to_what_is_as_it_should_be_nobody_objects(right: Change) -> None:
    house = House()
    right(house)
    assert complaints(house.facts) == []
