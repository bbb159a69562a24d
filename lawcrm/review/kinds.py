"""What each kind of event is called and to which part of a review it belongs; a kind without a row fails the tests."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lawcrm.audit.attempts import SUFFIX


class Part(models.TextChoices):
    """The parts of a review, in the order in which a reviewer asks."""

    READING = "reading", _("Files opened")
    SEALED = "sealed", _("Confidential parts opened")
    EXPORT = "export", _("Exports and downloads")
    GLASS = "glass", _("Break-glass")
    REFUSED = "refused", _("Refused attempts")
    WALL = "wall", _("Walls")
    RIGHT = "right", _("Rights given and taken")
    RESET = "reset", _("Passwords and second factors")
    ACCOUNT = "account", _("Accounts")
    SIGN_IN = "sign_in", _("Signing in")
    ERASURE = "erasure", _("Holds, restriction and erasure")
    CONFLICT = "conflict", _("Conflict checks")
    REVIEW = "review", _("Reviews")
    SYSTEM = "system", _("The system")
    WORK = "work", _("Daily work")


@dataclass(frozen=True, slots=True)
class Kind:
    part: Part
    words: str | Promise


KINDS: dict[str, Kind] = {
    "contacts.exported": Kind(Part.EXPORT, _("Contacts exported")),
    "feed.made": Kind(Part.EXPORT, _("Calendar feed made")),
    "feed.revoked": Kind(Part.EXPORT, _("Calendar feed revoked")),
    "break_glass.asked": Kind(Part.GLASS, _("Break-glass asked for")),
    "break_glass.confirmed": Kind(Part.GLASS, _("Break-glass confirmed")),
    "break_glass.refused": Kind(Part.GLASS, _("Break-glass refused by the second person")),
    "break_glass.taken_back": Kind(Part.GLASS, _("Break-glass taken back")),
    "break_glass.without_effect": Kind(Part.GLASS, _("Break-glass confirmed, without effect")),
    "matter.break_glass_began": Kind(Part.GLASS, _("Break-glass began")),
    "matter.break_glass_ended": Kind(Part.GLASS, _("Break-glass ended")),
    "matter.wall_raised": Kind(Part.WALL, _("Wall raised")),
    "contact.wall_raised": Kind(Part.WALL, _("Wall around a client raised")),
    "wall.begun": Kind(Part.WALL, _("Wall took effect")),
    "wall.changed": Kind(Part.WALL, _("Wall changed")),
    "wall.member_kept_out": Kind(Part.WALL, _("Kept out by name on leaving a group that is kept out")),
    "wall.acknowledged": Kind(Part.WALL, _("Wall acknowledged")),
    "wall.contact_grants_ended": Kind(Part.WALL, _("Own access to contacts ended behind a wall")),
    "wall.lowered": Kind(Part.WALL, _("Wall lowered")),
    "wall.ended": Kind(Part.WALL, _("Wall ended")),
    "matter.access_granted": Kind(Part.RIGHT, _("Access to a matter given")),
    "matter.access_withdrawn": Kind(Part.RIGHT, _("Access to a matter withdrawn")),
    "matter.contact_grants_ended": Kind(Part.RIGHT, _("Own access to contacts ended with access to their matter")),
    "accounts.handed_over": Kind(Part.RIGHT, _("Duties handed over")),
    "matter.handed_over": Kind(Part.RIGHT, _("Matter handed over")),
    "matter.takeover_asked": Kind(Part.RIGHT, _("Takeover from somebody who left asked for")),
    "matter.taken_over": Kind(Part.RIGHT, _("Takeover from somebody who left confirmed")),
    "matter.takeover_declined": Kind(Part.RIGHT, _("Takeover from somebody who left declined")),
    "accounts.group_left": Kind(Part.RIGHT, _("Practice group left")),
    "accounts.group_formed": Kind(Part.RIGHT, _("Practice group formed")),
    "accounts.group_renamed": Kind(Part.RIGHT, _("Practice group renamed")),
    "accounts.group_joined": Kind(Part.RIGHT, _("Practice group joined")),
    "accounts.group_keeper_named": Kind(Part.RIGHT, _("Keeper of a practice group named")),
    "accounts.group_keeper_ended": Kind(Part.RIGHT, _("Keeper of a practice group ended")),
    "accounts.group_dissolved": Kind(Part.RIGHT, _("Practice group dissolved")),
    "accounts.role_given": Kind(Part.RIGHT, _("Role given")),
    "accounts.role_taken": Kind(Part.RIGHT, _("Role taken")),
    "accounts.change_asked": Kind(Part.RESET, _("New password, factor or address asked for")),
    "accounts.change_confirmed": Kind(Part.RESET, _("New password, factor or address confirmed")),
    "accounts.change_stopped": Kind(Part.RESET, _("New password, factor or address stopped")),
    "accounts.change_made": Kind(Part.RESET, _("New password, factor or address made")),
    "accounts.envelope_used": Kind(Part.RESET, _("Sealed envelope opened")),
    "firm.envelope_sealed": Kind(Part.RESET, _("New sealed envelope")),
    "accounts.factor_set_up": Kind(Part.RESET, _("Second factor set up")),
    "accounts.factor_removed": Kind(Part.RESET, _("Authenticator app removed")),
    "accounts.passkey_added": Kind(Part.RESET, _("Passkey added")),
    "accounts.passkey_renamed": Kind(Part.RESET, _("Passkey renamed")),
    "accounts.passkey_removed": Kind(Part.RESET, _("Passkey removed")),
    "accounts.passkey_copied": Kind(Part.RESET, _("Passkey closed: it seems to have been copied")),
    "accounts.factor_rule_changed": Kind(Part.RESET, _("Rule for the second factor of a role changed")),
    "accounts.recovery_codes_renewed": Kind(Part.RESET, _("Recovery codes renewed")),
    "accounts.password_link_asked": Kind(Part.RESET, _("Link for a new password asked for")),
    "accounts.password_changed": Kind(Part.RESET, _("Password changed")),
    "accounts.invited": Kind(Part.ACCOUNT, _("Invited")),
    "accounts.changed": Kind(Part.ACCOUNT, _("Account changed")),
    "accounts.seen_as": Kind(Part.RIGHT, _("Asked what somebody would see")),
    "matter.responsibility_handed_over": Kind(Part.RIGHT, _("Responsibility for a matter handed over")),
    "matter.outsider_extended": Kind(Part.ACCOUNT, _("Account from outside extended for a matter")),
    "accounts.extended": Kind(Part.ACCOUNT, _("Account extended")),
    "accounts.leaving_signed": Kind(Part.ACCOUNT, _("Record of leaving signed")),
    "accounts.access_ended": Kind(Part.ACCOUNT, _("Access ended")),
    "accounts.vouched_for": Kind(Part.ACCOUNT, _("Vouched for a new account")),
    "accounts.reactivated": Kind(Part.ACCOUNT, _("Account opened again")),
    "accounts.signed_in": Kind(Part.SIGN_IN, _("Signed in")),
    "accounts.stepped_up": Kind(Part.SIGN_IN, _("Second factor given again")),
    "accounts.sessions_ended": Kind(Part.SIGN_IN, _("Sessions ended")),
    "accounts.session_ended": Kind(Part.SIGN_IN, _("Session ended")),
    "hold.placed": Kind(Part.ERASURE, _("Hold placed")),
    "hold.released": Kind(Part.ERASURE, _("Hold released")),
    "contact.restricted": Kind(Part.ERASURE, _("Use of a person's data restricted")),
    "contact.restriction_lifted": Kind(Part.ERASURE, _("Restriction lifted")),
    "retention.proposed": Kind(Part.ERASURE, _("Retention period over")),
    "retention.put_forward": Kind(Part.ERASURE, _("Put forward for erasure")),
    "retention.released": Kind(Part.ERASURE, _("Released for erasure")),
    "retention.erased": Kind(Part.ERASURE, _("Erased")),
    "conflict.asked": Kind(Part.CONFLICT, _("Conflict check asked for")),
    "conflict.decided": Kind(Part.CONFLICT, _("Conflict check decided")),
    "access_review.closed": Kind(Part.REVIEW, _("Access review closed")),
    "access_review.counted": Kind(Part.REVIEW, _("Access review counted")),
    "access_review.answered": Kind(Part.REVIEW, _("Access review answered")),
    "access_review.passed_on": Kind(Part.REVIEW, _("Access review passed on")),
    "access_review.rules_set": Kind(Part.REVIEW, _("Rules of access reviews set")),
    "access_review.exported": Kind(Part.EXPORT, _("Records of access reviews exported")),
    "access_review.row_refused": Kind(Part.REFUSED, _("Answer to an access review refused")),
    "log_review.made": Kind(Part.REVIEW, _("Monthly review begun")),
    "log_review.answered": Kind(Part.REVIEW, _("Question of a review answered")),
    "log_review.signed": Kind(Part.REVIEW, _("Monthly review signed")),
    "log_question.kept": Kind(Part.REVIEW, _("Question kept")),
    "log_question.dropped": Kind(Part.REVIEW, _("Question dropped")),
    "firm.set_up": Kind(Part.SYSTEM, _("Firm set up")),
    "firm.numbers_changed": Kind(Part.SYSTEM, _("Form of matter numbers changed")),
    "firm.mail_released": Kind(Part.SYSTEM, _("Mail released after a restore")),
    "outbox.resent": Kind(Part.SYSTEM, _("Mail sent again")),
    "outbox.given_up": Kind(Part.SYSTEM, _("Mail given up")),
    "import.checked": Kind(Part.WORK, _("Import checked")),
    "import.done": Kind(Part.WORK, _("Import done")),
    "import.discarded": Kind(Part.WORK, _("Import discarded")),
    "contact.entered": Kind(Part.WORK, _("Contact entered")),
    "contact.changed": Kind(Part.WORK, _("Contact changed")),
    "contact.released": Kind(Part.WORK, _("Contact taken out of quarantine")),
    "contact.names_changed": Kind(Part.WORK, _("Names changed")),
    "contact.reach_changed": Kind(Part.WORK, _("Contact points changed")),
    "contact.reach_shared": Kind(Part.WORK, _("Contact point shared")),
    "contact.confidential_changed": Kind(Part.SEALED, _("Confidential part changed")),
    "court.entered": Kind(Part.WORK, _("Court entered")),
    "court.changed": Kind(Part.WORK, _("Seat of a court corrected")),
    "matter.opened": Kind(Part.WORK, _("Matter opened")),
    "matter.changed": Kind(Part.WORK, _("Matter changed")),
    "matter.closed": Kind(Part.WORK, _("Matter closed")),
    "matter.reopened": Kind(Part.WORK, _("Matter reopened")),
    "matter.party_added": Kind(Part.WORK, _("Party added")),
    "matter.party_ended": Kind(Part.WORK, _("Party left")),
    "matter.document_classified": Kind(Part.WORK, _("Confidentiality of a document changed")),
    "matter.communication_classified": Kind(Part.WORK, _("Confidentiality of a communication changed")),
    "matter.communication_logged": Kind(Part.WORK, _("Communication logged")),
    "matter.mail_filed": Kind(Part.WORK, _("E-mail filed")),
    "matter.document_added": Kind(Part.WORK, _("Document added")),
    "deadline.entered": Kind(Part.WORK, _("Deadline entered")),
    "deadline.came_again": Kind(Part.WORK, _("Recurring follow-up came again")),
    "deadline.series_ended": Kind(Part.WORK, _("Recurring follow-up ended")),
    "plan.made": Kind(Part.WORK, _("Plan of tasks and deadlines made")),
    "plan.changed": Kind(Part.WORK, _("Plan of tasks and deadlines changed")),
    "plan.used": Kind(Part.WORK, _("Plan used in a matter")),
    "plan.declined": Kind(Part.WORK, _("Plan declined in a matter")),
    "deadline.confirmed": Kind(Part.WORK, _("Deadline confirmed")),
    "deadline.moved": Kind(Part.WORK, _("Deadline moved")),
    "deadline.passed_on": Kind(Part.WORK, _("Deadline passed on")),
    "deadline.acknowledged": Kind(Part.WORK, _("Reminder of a deadline acknowledged")),
    "deadline.trigger_changed": Kind(Part.WORK, _("Trigger of a deadline changed")),
    "deadline.date_proposed": Kind(Part.WORK, _("Another date proposed for a deadline")),
    "deadline.proposal_accepted": Kind(Part.WORK, _("Proposed date accepted")),
    "deadline.proposal_declined": Kind(Part.WORK, _("Proposed date declined")),
    "deadline.proposal_lapsed": Kind(Part.WORK, _("Proposed date overtaken")),
    "rule.approved": Kind(Part.WORK, _("Rule of deadlines approved")),
    "rule.approval_withdrawn": Kind(Part.WORK, _("Approval of a rule withdrawn")),
    "rule.overridden": Kind(Part.WORK, _("Rule of deadlines changed for the firm")),
    "rule.override_withdrawn": Kind(Part.WORK, _("Change of a rule withdrawn")),
    "pack.imported": Kind(Part.SYSTEM, _("Rule pack imported")),
    "holiday.entered": Kind(Part.WORK, _("Day of a court calendar entered")),
    "holiday.withdrawn": Kind(Part.WORK, _("Day of a court calendar withdrawn")),
    "absence.entered": Kind(Part.WORK, _("Absence entered")),
    "absence.removed": Kind(Part.WORK, _("Absence removed")),
    "deadline.checked": Kind(Part.WORK, _("Checked that a deadline was met")),
    "deadline.reopened": Kind(Part.WORK, _("Deadline marked as done opened again")),
    "deadline.extension_asked": Kind(Part.WORK, _("Extension of a deadline asked for")),
    "deadline.extension_granted": Kind(Part.WORK, _("Extension of a deadline granted")),
    "deadline.extension_declined": Kind(Part.WORK, _("Extension of a deadline declined")),
    "deadline.done": Kind(Part.WORK, _("Deadline done")),
    "deadline.struck": Kind(Part.WORK, _("Deadline struck")),
    "firm.deadlines_copied": Kind(Part.EXPORT, _("Deadlines copied for a day without the system")),
    "deadline.sheet_signed": Kind(Part.WORK, _("Control sheet signed")),
    "deadline.became_task": Kind(Part.WORK, _("Deadline made a task")),
    "task.became_deadline": Kind(Part.WORK, _("Task made a deadline")),
    "task.added": Kind(Part.WORK, _("Task added")),
    "task.passed_on": Kind(Part.WORK, _("Task passed on")),
    "task.done": Kind(Part.WORK, _("Task done")),
    "task.reopened": Kind(Part.WORK, _("Task reopened")),
    "consent.given": Kind(Part.WORK, _("Consent given")),
    "consent.withdrawn": Kind(Part.WORK, _("Consent withdrawn")),
    "purpose.added": Kind(Part.WORK, _("Purpose added")),
    "wording.added": Kind(Part.WORK, _("Wording added")),
}
# Of readings what is more than looking at a page; anything not named here is a page.
EXPORTS = ("export", "download", "feed")
SEALED = ("confidential",)
READINGS = {
    "page": _("Opened"),
    "list": _("Shown in a list"),
    "history": _("History opened"),
    "consents": _("Consents opened"),
    "confidential": _("Confidential part opened"),
    "export": _("Exported"),
    "download": _("Downloaded"),
    "feed": _("Handed to a calendar"),
}


def part_of(kind: str) -> Part:
    """A refused event belongs to what was refused, whatever it is called."""
    if kind.endswith(SUFFIX):
        return Part.REFUSED
    return KINDS[kind].part if kind in KINDS else Part.WORK


def words_of(kind: str) -> str:
    done = kind.removesuffix(SUFFIX)
    words = str(KINDS[done].words) if done in KINDS else done
    return words if done == kind else _now("Refused: %(what)s") % {"what": words}


def kinds_of(parts: frozenset[str]) -> list[str]:
    """The kinds of events that belong to one of the parts."""
    found = [name for name, kind in KINDS.items() if kind.part in parts]
    return found + [name + SUFFIX for name in KINDS if Part.REFUSED in parts]
