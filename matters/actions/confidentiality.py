"""How confidential a paper is: set by whoever may see papers of that kind, changed with a reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.actions import team
from matters.actions.refused import Refused
from matters.models import Communication, Document
from matters.models.confidentiality import Confidentiality


class NotYourKind(Refused):
    def __init__(self) -> None:
        super().__init__(_("Your role does not include papers of this kind; you would not see it yourself."))


class GoesWithCommunication(Refused):
    def __init__(self) -> None:
        super().__init__(_("This came with a communication and is as confidential as that. Change it there."))


class AlreadyThat(Refused):
    def __init__(self) -> None:
        super().__init__(_("It is that already."))


class SameMailThere(Refused):
    def __init__(self) -> None:
        super().__init__(_("The same e-mail lies in this matter with that confidentiality."))


def mine() -> list[Confidentiality]:
    """What the viewer may set: what they may see."""
    viewer = access.required()
    return [kind for kind in Confidentiality if not kind or viewer.system or kind.value in viewer.flags]


def require_mine(wanted: Confidentiality) -> None:
    if wanted not in mine():
        raise NotYourKind


@audit.attempt("matter.document_classified", on="document")
def classify_document(
    *,
    actor: User,  # noqa: ARG001 - the viewer is the actor that is recorded
    document: Document,
    wanted: Confidentiality,
    reason: str,
    now: datetime,  # noqa: ARG001
) -> None:
    document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if document.communication_id is not None:
        raise GoesWithCommunication
    _change(document, wanted, reason)
    audit.record("matter.document_classified", document, reason=reason, confidentiality=wanted.value)


@audit.attempt("matter.communication_classified", on="communication")
def classify_communication(
    *,
    actor: User,  # noqa: ARG001
    communication: Communication,
    wanted: Confidentiality,
    reason: str,
    now: datetime,  # noqa: ARG001
) -> None:
    """What came with it goes along."""
    row = Communication.objects.select_for_update(of=("self",)).get(pk=communication.pk)
    digest = row.message_digest
    same = Communication.objects.filter(matter_id=row.matter_id, message_digest=digest, confidentiality=wanted)
    if digest is not None and same.exclude(pk=row.pk).exists():
        raise SameMailThere
    _change(row, wanted, reason)
    audit.update(Document.objects.filter(communication=row), confidentiality=wanted)
    audit.record("matter.communication_classified", row, reason=reason, confidentiality=wanted.value)


def _change(row: Document | Communication, wanted: Confidentiality, reason: str) -> None:
    team.require_reason(reason)
    require_mine(wanted)
    if row.confidentiality == wanted:
        raise AlreadyThat
    row.confidentiality = wanted
    row.save()
