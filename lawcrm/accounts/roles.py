"""The roles of a firm: what each may do, in words and as permissions. None of them opens a matter."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import GroupKind


@dataclass(frozen=True)
class Role:
    """A role; `may` says in words what `permissions` say in code names."""

    name: str | Promise
    about: str | Promise
    may: tuple[str | Promise, ...]
    permissions: tuple[str, ...]


CONTACTS = ("clients.view_contact", "clients.add_contact", "clients.change_contact")
MATTERS = ("matters.view_matter", "matters.log_communication", "matters.upload_document")
DEADLINES = ("deadlines.view_deadline", "deadlines.enter_deadline")
CONSENT = ("consent.view_consent", "consent.record_consent")
PRACTICE = (*CONTACTS, *MATTERS, "matters.run_conflict_check", *DEADLINES, *CONSENT)
LAWYER = (
    *PRACTICE,
    "clients.import_contacts",
    "matters.open_matter",
    "matters.change_matter",
    "matters.grant_access",
    "deadlines.confirm_deadline",
)

WORK = _("Keep contacts, log what happens on matters, file documents")
ENTER = _("Enter deadlines")
CONFIRM = _("Confirm deadlines that someone else entered")
CHECK = _("Ask for conflict checks")
CONSENTS = _("Record consents and withdrawals")
MAIL = _("See whether the system runs, decide about mail that could not be delivered")
OPEN = _("Open matters and decide who works on them")

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
            _("Import and export contacts"),
            _("Release own ended matters for erasure"),
            MAIL,
        ),
        (
            *LAWYER,
            "clients.export_contacts",
            "privacy.release_plan",
            "lawcrm.view_status",
            "lawcrm.settle_outbox",
        ),
    ),
    "lawyer": Role(
        _("Lawyer"),
        _("Works on matters."),
        (WORK, OPEN, ENTER, CONFIRM, CHECK, CONSENTS, _("Import contacts")),
        LAWYER,
    ),
    "assistant": Role(
        _("Assistant"),
        _("Keeps files and deadlines with the lawyers."),
        (WORK, ENTER, CONFIRM, CHECK, CONSENTS, _("Import contacts")),
        (*PRACTICE, "clients.import_contacts", "deadlines.confirm_deadline"),
    ),
    "intake": Role(
        _("Intake"),
        _("Receives people who want to become clients."),
        (_("Keep and import contacts"), CHECK, _("Open matters"), CONSENTS),
        (
            *CONTACTS,
            "clients.import_contacts",
            "matters.view_matter",
            "matters.open_matter",
            "matters.run_conflict_check",
            *CONSENT,
        ),
    ),
    "marketing": Role(
        _("Marketing"),
        _("Writes to people who agreed to it."),
        (_("See contacts"), CONSENTS, _("Keep the list of purposes people can agree to")),
        ("clients.view_contact", *CONSENT, "consent.manage_purposes"),
    ),
    "conflicts officer": Role(
        _("Conflicts officer"),
        _("Decides whether the firm may act."),
        (_("See what a conflict check found, also outside own matters"), CHECK),
        ("clients.view_contact", "matters.run_conflict_check", "matters.review_conflicts"),
    ),
    "data protection officer": Role(
        _("Data protection officer"),
        _("Watches over the rights of the people in the files."),
        (
            _("Read the retention plan, place holds, restrict the use of a person's data"),
            _("Release erasures that someone else prepared"),
            _("See restricted and quarantined contacts"),
            _("Read the journal and the certificates of erasure"),
            _("Keep the list of purposes people can agree to"),
            MAIL,
        ),
        (
            "clients.view_contact",
            "clients.see_restricted",
            "clients.see_quarantined",
            "consent.view_consent",
            "consent.manage_purposes",
            "privacy.view_plan",
            "privacy.release_plan",
            "privacy.place_hold",
            "privacy.restrict_person",
            "privacy.run_scan",
            "privacy.view_certificates",
            "lawcrm.view_journal",
            "lawcrm.view_status",
            "lawcrm.settle_outbox",
        ),
    ),
    "administrator": Role(
        _("Administrator"),
        _("Keeps accounts and the system; sees no matter, contact or document by it."),
        (
            _("Invite staff, give roles, end access"),
            _("Ask for the reset of a second factor, which another administrator confirms"),
            MAIL,
        ),
        (
            "accounts.view_user",
            "accounts.add_user",
            "accounts.change_user",
            "accounts.view_factorreset",
            "accounts.add_factorreset",
            "accounts.change_factorreset",
            "auth.view_group",
            "lawcrm.view_status",
            "lawcrm.settle_outbox",
        ),
    ),
    "auditor": Role(
        _("Auditor"),
        _("Checks afterwards; changes nothing."),
        (_("Read the journal, the retention plan and the certificates"), _("See whether the system and its jobs run")),
        ("lawcrm.view_journal", "lawcrm.view_status", "privacy.view_plan", "privacy.view_certificates"),
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
        GroupKind.objects.get_or_create(group=group, defaults={"kind": GroupKind.Kind.ROLE})
        wanted = {known[code].pk for code in role.permissions if code in known}
        held = set(group.permissions.filter(content_type__app_label=app_label).values_list("pk", flat=True))
        group.permissions.remove(*held - wanted)
        group.permissions.add(*wanted - held)
