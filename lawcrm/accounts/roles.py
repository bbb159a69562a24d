"""The roles of a firm: what each may do, in words and as permissions. None of them opens a matter."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import GroupKind


@dataclass(frozen=True)
class Right:
    """What a sentence of the page of roles promises, and the permissions that keep the promise."""

    words: str | Promise
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """A role may what its rights say and nothing else: no permission without a sentence, no sentence without one."""

    name: str | Promise
    about: str | Promise
    rights: tuple[Right, ...]
    for_externals: bool = False

    @property
    def may(self) -> list[str | Promise]:
        return [right.words for right in self.rights]

    @property
    def permissions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for right in self.rights for code in right.permissions))

    @property
    def may_not(self) -> list[str | Promise]:
        """What people might expect of the role and look for in vain."""
        held = set(self.permissions)
        return [words for words, wanted in NOT_BY_ROLE if not held.intersection(wanted)]


CONTACTS = ("clients.view_contact", "clients.add_contact", "clients.change_contact")
IMPORTING = "clients.import_contacts"

WORK = Right(
    _("Keep contacts, log what happens on matters, file documents"),
    (*CONTACTS, "matters.view_matter", "matters.log_communication", "matters.upload_document"),
)
ENTER = Right(_("Enter deadlines"), ("deadlines.view_deadline", "deadlines.enter_deadline"))
CONFIRM = Right(
    _("Confirm deadlines that someone else entered"), ("deadlines.view_deadline", "deadlines.confirm_deadline")
)
CHECK = Right(_("Ask for conflict checks"), ("matters.run_conflict_check",))
CONSENTS = Right(_("Record consents and withdrawals"), ("consent.view_consent", "consent.record_consent"))
PURPOSES = Right(
    _("Keep the list of purposes people can agree to"), ("consent.view_consent", "consent.manage_purposes")
)
MAIL = Right(
    _("See whether the system runs, decide about mail that could not be delivered"),
    ("lawcrm.view_status", "lawcrm.settle_outbox"),
)
READ_NAMED = Right(
    _("Read the matters they were given by name, and nothing else of the firm"), ("matters.view_matter",)
)
OPEN = Right(
    _("Open matters and decide who works on them"),
    ("matters.open_matter", "matters.change_matter", "matters.grant_access"),
)
IMPORT = Right(_("Import contacts"), (IMPORTING,))
NUMBERS = Right(_("See national ids and dates of birth"), ("clients.see_id_numbers",))
NOTES = Right(
    _("See confidential notes and papers of special categories (health, beliefs, offences)"),
    ("clients.see_special_notes",),
)
KYC = Right(_("See papers that prove who a client is (KYC)"), ("matters.see_kyc_papers",))
REASONS = Right(_("See why a conflict check was decided as it was"), ("matters.see_conflict_reasons",))
BREAK = Right(
    _("Take sight of a matter for some hours, with a reason and a second lawyer; never as an administrator as well"),
    ("matters.break_glass",),
)
RULES = Right(
    _("Stand by the rules by which deadlines are computed"),
    ("deadlines.view_deadline", "deadlines.approve_rule"),
)
HOLIDAYS = Right(
    _("Say on which days a court is closed, or open after all"),
    ("deadlines.keep_holidays",),
)
PLANS = Right(
    _("Keep the plans: which tasks, deadlines and appointments a kind of matter or an event creates"),
    ("deadlines.manage_plans",),
)
AWAY = Right(_("Enter when colleagues are away"), ("deadlines.keep_absences",))

# What people look for in a role, and the permissions one of which would give it.
NOT_BY_ROLE: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("See a matter, or learn that it exists, without being given it"), ()),
    (_("Open matters, or give others sight of one"), ("matters.open_matter",)),
    (_("See or keep contacts"), ("clients.view_contact",)),
    (_("Take contacts out of the house"), ("clients.export_contacts",)),
    (_("Enter or confirm deadlines"), ("deadlines.enter_deadline", "deadlines.confirm_deadline")),
    (_("Invite people, give roles or end access"), ("accounts.change_user",)),
    (_("Read the journal of the firm"), ("lawcrm.view_journal",)),
)

ROLES: dict[str, Role] = {
    "partner": Role(
        _("Partner"),
        _("Answers for matters and for those who work on them."),
        (
            WORK,
            OPEN,
            ENTER,
            CONFIRM,
            CHECK,
            CONSENTS,
            NUMBERS,
            NOTES,
            KYC,
            REASONS,
            BREAK,
            Right(_("Import and export contacts"), (IMPORTING, "clients.export_contacts")),
            Right(_("Release own ended matters for erasure"), ("privacy.release_plan",)),
            AWAY,
            HOLIDAYS,
            RULES,
            Right(_("Change such a rule for the firm"), ("deadlines.keep_rules",)),
            PLANS,
            Right(
                _("Form practice groups, and keep those they were made keeper of"),
                ("accounts.manage_practice_groups",),
            ),
            Right(
                _("Ask that somebody takes over what a leaver alone answered for; a second partner confirms"),
                ("matters.ask_takeover", "matters.confirm_takeover"),
            ),
            Right(
                _("Extend the account of somebody from outside who helps on their own matters"),
                ("accounts.extend_externals",),
            ),
            Right(
                _("Vouch for a new account, which then waits no more for what reaches beyond its own matters"),
                ("accounts.vouch_for",),
            ),
            MAIL,
        ),
    ),
    "lawyer": Role(
        _("Lawyer"),
        _("Works on matters."),
        (WORK, OPEN, ENTER, CONFIRM, CHECK, CONSENTS, NUMBERS, NOTES, BREAK, IMPORT, RULES),
    ),
    "assistant": Role(
        _("Assistant"),
        _("Keeps files and deadlines with the lawyers."),
        (WORK, ENTER, CONFIRM, CHECK, CONSENTS, NUMBERS, IMPORT),
    ),
    "docket desk": Role(
        _("Docket desk"),
        _("Is told of deadlines that nobody acknowledged, and finds somebody."),
        (
            Right(
                _("Be told date, grade and matter number of such a deadline, and nothing else"),
                ("deadlines.keep_docket",),
            ),
            AWAY,
            HOLIDAYS,
        ),
    ),
    "intake": Role(
        _("Intake"),
        _("Receives people who want to become clients."),
        (
            Right(_("Keep and import contacts"), (*CONTACTS, IMPORTING)),
            CHECK,
            Right(_("Open matters"), ("matters.view_matter", "matters.open_matter")),
            CONSENTS,
            NUMBERS,
            KYC,
        ),
    ),
    "marketing": Role(
        _("Marketing"),
        _("Writes to people who agreed to it."),
        (Right(_("See contacts"), ("clients.view_contact",)), CONSENTS, PURPOSES),
    ),
    "conflicts officer": Role(
        _("Conflicts officer"),
        _("Decides whether the firm may act."),
        (
            Right(
                _("See what a conflict check found, also outside own matters"),
                ("clients.view_contact", "matters.review_conflicts"),
            ),
            REASONS,
            CHECK,
        ),
    ),
    "data protection officer": Role(
        _("Data protection officer"),
        _("Watches over the rights of the people in the files."),
        (
            Right(
                _("Read the retention plan, place holds, restrict the use of a person's data"),
                ("privacy.view_plan", "privacy.place_hold", "privacy.restrict_person", "privacy.run_scan"),
            ),
            Right(_("Release erasures that someone else prepared"), ("privacy.release_plan",)),
            Right(
                _("See restricted and quarantined contacts"),
                ("clients.view_contact", "clients.see_restricted", "clients.see_quarantined"),
            ),
            Right(
                _("Read the journal and the certificates of erasure, sign the monthly review of the logs"),
                ("lawcrm.view_journal", "privacy.view_certificates", "lawcrm.sign_review"),
            ),
            Right(_("Be told of every break-glass and end it"), ("matters.review_break_glass",)),
            Right(
                _("Confirm a takeover of a leaver's matter where there is one partner only"),
                ("matters.confirm_takeover",),
            ),
            Right(
                _("Set how often access is reviewed, see who is late, export the records"),
                ("privacy.oversee_reviews", "privacy.set_reviews"),
            ),
            PURPOSES,
            MAIL,
        ),
    ),
    "administrator": Role(
        _("Administrator"),
        _("Keeps accounts and the system; sees no matter, contact or document by it."),
        (
            Right(
                _("Invite staff, give roles, end access"),
                ("accounts.view_user", "accounts.add_user", "accounts.change_user", "auth.view_group"),
            ),
            Right(
                _("Ask for somebody's new password, second factor or address, which another administrator confirms"),
                ("accounts.view_accountchange", "accounts.add_accountchange", "accounts.change_accountchange"),
            ),
            Right(_("Decide which second factor each role needs"), ("accounts.change_factorrule",)),
            Right(
                _("Ask how many matters a person sees, and whether a given number is among them; that person is told"),
                ("accounts.see_as",),
            ),
            MAIL,
        ),
    ),
    "auditor": Role(
        _("Auditor"),
        _("Checks afterwards; changes nothing."),
        (
            Right(
                _("Read the journal, the retention plan and the certificates"),
                ("lawcrm.view_journal", "privacy.view_plan", "privacy.view_certificates"),
            ),
            Right(_("See whether the system and its jobs run"), ("lawcrm.view_status",)),
        ),
    ),
    "external counsel": Role(
        _("External counsel"),
        _("Works with the firm on named matters, until the account ends."),
        (
            READ_NAMED,
            Right(
                _("Log what happens on them, file documents, see their deadlines"),
                ("matters.log_communication", "matters.upload_document", "deadlines.view_deadline"),
            ),
        ),
        for_externals=True,
    ),
    "translator": Role(
        _("Translator"),
        _("Translates for the firm on named matters, until the account ends."),
        (READ_NAMED, Right(_("File documents in them"), ("matters.upload_document",))),
        for_externals=True,
    ),
    "external auditor": Role(
        _("External auditor"),
        _("Examines named matters, until the account ends; changes nothing."),
        (READ_NAMED,),
        for_externals=True,
    ),
}


def synchronise(app_label: str) -> None:
    """Give every role group exactly its permissions of one app; run after the app's permissions were made."""
    known = {
        f"{app_label}.{permission.codename}": permission
        for permission in Permission.objects.filter(content_type__app_label=app_label)
    }
    for name, role in ROLES.items():
        group, _made = Group.objects.get_or_create(name=name)
        defaults = {"kind": GroupKind.Kind.ROLE, "for_externals": role.for_externals}
        GroupKind.objects.get_or_create(group=group, defaults=defaults)
        wanted = {known[code].pk for code in role.permissions if code in known}
        held = set(group.permissions.filter(content_type__app_label=app_label).values_list("pk", flat=True))
        group.permissions.remove(*held - wanted)
        group.permissions.add(*wanted - held)
