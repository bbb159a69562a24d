"""Rights inside a visible matter or contact: confidential papers, sealed fields, reasons of conflict checks."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from clients.models import Contact
from clients.queries import confidential
from lawcrm import access, audit
from lawcrm.accounts.models import User
from lawcrm.crypto import keyring
from matters.actions import communications, documents
from matters.actions import confidentiality as actions
from matters.actions.team import ReasonMissing
from matters.models import Communication, ConflictCheck, Document, Matter
from matters.models.confidentiality import Confidentiality
from tests import factories, personas
from tests.access.world import undone
from tests.matters import glass, mails
from tests.matters.conftest import NOW, Opener
from tests.matters.mails import PDF
from tests.matters.test_break_glass_pages import Answer, answered

pytestmark = pytest.mark.django_db
ORDINARY, SPECIAL, KYC = Confidentiality
MAIL = mails.with_attachment()
TABLES = [f"matters_{past}{name}" for name in ("document", "communication") for past in ("", "historical")]
TABLES += ["lawcrm_journalentry", "lawcrm_readentry"]
# Who may see what, by role.
SEES = {"partner": {SPECIAL, KYC}, "lawyer": {SPECIAL}, "intake": {KYC}, "assistant": set(), "marketing": set()}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def add(by: User, matter: Matter, kind: Confidentiality = ORDINARY, name: str = "Pass.pdf") -> Document:
    with access.as_user(by):
        incoming = [documents.Incoming(name, BytesIO(PDF))]
        (row,) = documents.add_documents(
            actor=by, matter=matter, once=uuid4(), incoming=incoming, confidentiality=kind, now=NOW
        )
    return row


def file(by: User, matter: Matter, kind: Confidentiality = ORDINARY, raw: bytes = MAIL) -> Communication:
    with access.as_user(by):
        filed = communications.file_mail(
            actor=by,
            matter=matter,
            once=uuid4(),
            incoming=documents.Incoming("mail.eml", BytesIO(raw)),
            direction=Communication.Direction.IN,
            confidentiality=kind,
            now=NOW,
        )
    return filed.communication


def classify(by: User, row: Document | Communication, wanted: Confidentiality, reason: str = "passport") -> None:
    with access.as_user(by):
        if isinstance(row, Document):
            actions.classify_document(actor=by, document=row, wanted=wanted, reason=reason, now=NOW)
        else:
            actions.classify_communication(actor=by, communication=row, wanted=wanted, reason=reason, now=NOW)


def member(matter: Matter, role: str, levels: int = 2) -> User:
    user = personas.user_for(role)
    for level in ("view_matter", "work_matter", "manage_matter")[:levels]:
        factories.grant(matter, user, level)
    return user


def counts(user: User) -> dict[str, int]:
    """What the policies let bare SQL see, and what the managers' own predicate says alone: they must agree."""
    policies, statements = {}, {}
    with access.as_user(User.objects.get(pk=user.pk)):
        for table in TABLES:
            policies[table] = len(glass.fetched(f"select 1 from {table}", []))
            statements[table] = model_of(table)._default_manager.values("pk").query.sql_with_params()
    with access.as_system("the policies let the system see everything"):
        assert {table: len(glass.fetched(*statement)) for table, statement in statements.items()} == policies
    return policies


def model_of(table: str) -> type[models.Model]:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


@pytest.mark.parametrize("role", SEES)
def test_papers_are_seen_by_right_beside_sight(matter: Matter, karin: User, role: str) -> None:
    rows: list[Document | Communication] = [add(karin, matter, kind, f"{kind}.pdf") for kind in Confidentiality]
    rows += [file(karin, matter, kind, mails.with_attachment()) for kind in Confidentiality]
    user = member(matter, role)
    with access.as_user(user):
        seen = {sees(row) for row in rows if row.confidentiality == ORDINARY}
        found = [kind for kind in (SPECIAL, KYC) for row in rows if row.confidentiality == kind and sees(row)]
    assert seen == {True}
    assert found == [kind for kind in (SPECIAL, KYC) if kind in SEES[role] for _both in range(2)]


def sees(row: Document | Communication) -> bool:
    """The live row, its attachments and its past, all or none."""
    attached = Document.objects.filter(communication_id=row.pk).exists() if isinstance(row, Communication) else None
    answers = {type(row)._default_manager.filter(pk=row.pk).exists(), row.history.exists(), attached} - {None}
    (answer,) = answers
    return bool(answer)


def test_a_right_without_sight_opens_nothing(matter: Matter, karin: User) -> None:
    add(karin, matter, KYC)
    assert set(counts(personas.user_for("partner")).values()) == {0}


def pages(client: Client, matter: Matter, contact: Contact) -> list[Answer]:
    names = ("detail", "documents", "communication_list", "parties", "access", "history", "log", "file_mail")
    urls = [reverse(f"matters:{name}", args=[matter.public_id, *(["call"] if name == "log" else [])]) for name in names]
    urls += [f"/contacts/{contact.public_id}/", reverse("clients:history", args=[contact.public_id])]
    urls += [reverse(f"clients:{name}", args=[contact.public_id]) for name in ("readers", "change")]
    urls += ["/", "/matters/"]
    return [answered(client, "get", url) for url in urls]


def papers(matter: Matter, contact: Contact, karin: User) -> None:
    """All that can be kept from somebody on the team: added so, made so later, read, with fields changed."""
    add(karin, matter, KYC)
    classify(karin, add(karin, matter, name="Was ordinary.pdf"), KYC)
    classify(karin, file(karin, matter), SPECIAL)
    reader = personas.signed_in(karin)
    with access.as_user(karin):
        rows = list(Document.objects.all())
    for row in rows:
        list(reader.get(reverse("matters:document", args=[matter.public_id, row.public_id])).streaming_content)
    with access.as_system("test"), transaction.atomic():
        contact.refresh_from_db()
        contact.special_note = "ill"
        contact.save()


@pytest.mark.parametrize("role", ["assistant"])
def test_nobody_on_the_team_can_tell_that_there_are_confidential_papers(opened: Opener, karin: User, role: str) -> None:
    contact = factories.contact(national_id="010190-1234")
    matter = opened(client=contact)
    user = member(matter, role)
    client, before = personas.signed_in(user), counts(user)
    told = []
    for fill in (None, papers):
        with undone():
            if fill is not None:
                fill(matter, contact, karin)
                assert counts(user) == before
            told.append(pages(client, matter, contact))
    assert [index for index, pair in enumerate(zip(*told, strict=True)) if pair[0] != pair[1]] == []


def test_the_same_mail_can_be_filed_though_it_lies_hidden_there(matter: Matter, karin: User) -> None:
    """Else a refusal would tell."""
    file(karin, matter, KYC)
    clerk = member(matter, "assistant")
    mine = file(clerk, matter)
    with pytest.raises(communications.AlreadyFiled):
        file(clerk, matter)
    with pytest.raises(actions.SameMailThere):
        classify(karin, mine, KYC)


def test_downloads_and_changes_of_what_is_kept_from_somebody_are_404(matter: Matter, karin: User) -> None:
    document, mail = add(karin, matter, KYC), file(karin, matter, KYC)
    client = personas.signed_in(member(matter, "assistant"))
    names = {"document": document, "classify_document": document, "communication": mail, "classify_communication": mail}
    urls = {name: reverse(f"matters:{name}", args=[matter.public_id, row.public_id]) for name, row in names.items()}
    for reader, code in ((client, 404), (personas.signed_in(karin), 200)):
        assert {name: status(reader, url) for name, url in urls.items()} == dict.fromkeys(urls, code)


def status(client: Client, url: str) -> int:
    response = client.get(url)
    if response.streaming:
        list(response.streaming_content)  # else the file behind it stays open
    return int(response.status_code)


REFUSALS: list[tuple[str, type[Exception]]] = [
    ("adds what they would not see", actions.NotYourKind),
    ("files what they would not see", actions.NotYourKind),
    ("makes it what they would not see", actions.NotYourKind),
    ("without reason", ReasonMissing),
    ("is that already", actions.AlreadyThat),
    ("an attachment alone", actions.GoesWithCommunication),
]


@pytest.mark.parametrize(("what", "refusal"), REFUSALS)
def test_setting_and_changing_is_refused_in_words(
    matter: Matter, karin: User, what: str, refusal: type[Exception]
) -> None:
    clerk = member(matter, "assistant")
    document, mail = add(karin, matter), file(karin, matter)
    with access.as_system("test"):
        attachment = Document.objects.filter(communication=mail).latest("pk")
    steps: dict[str, Callable[[], object]] = {
        "adds what they would not see": lambda: add(clerk, matter, KYC),
        "files what they would not see": lambda: file(clerk, matter, SPECIAL),
        "makes it what they would not see": lambda: classify(clerk, document, KYC),
        "without reason": lambda: classify(karin, document, KYC, " "),
        "is that already": lambda: classify(karin, document, ORDINARY),
        "an attachment alone": lambda: classify(karin, attachment, KYC),
    }
    with pytest.raises(refusal) as refused:
        steps[what]()
    assert str(refused.value).endswith((".", "later."))


def test_what_is_ordinary_again_is_seen_again(matter: Matter, karin: User) -> None:
    document, mail = add(karin, matter, KYC), file(karin, matter, SPECIAL)
    clerk = member(matter, "assistant")
    for row in (document, mail):
        classify(karin, row, ORDINARY, "blackened")
        with access.as_user(clerk):
            assert sees(row)
            assert next(iter(audit.events_of(row))).reason == "blackened"


def test_the_forms_offer_only_ones_own_kinds(matter: Matter, karin: User) -> None:
    offered = {}
    for role in ("partner", "lawyer", "assistant"):
        user = karin if role == "partner" else member(matter, role)
        form = personas.signed_in(user).get(reverse("matters:documents", args=[matter.public_id])).context["form"]
        field = form.fields.get("confidentiality")
        offered[role] = [value for value, _word in field.choices] if field else None
    assert offered == {"partner": ["", "special", "kyc"], "lawyer": ["", "special"], "assistant": None}


def test_a_posted_kind_that_is_not_ones_own_is_not_taken(matter: Matter) -> None:
    clerk = member(matter, "assistant")
    client = personas.signed_in(clerk)
    url = reverse("matters:documents", args=[matter.public_id])
    once = client.get(url).context["form"]["once"].value()
    upload = BytesIO(PDF)
    upload.name = "x.pdf"
    added = client.post(
        reverse("matters:add_documents", args=[matter.public_id]),
        {"once": once, "chosen": upload, "confidentiality": "kyc"},
    )
    assert added.status_code == 302
    with access.as_system("test"):
        assert Document.objects.get().confidentiality == ORDINARY


def test_a_paper_is_uploaded_marked_and_changed_in_the_browser(matter: Matter, browser: Client) -> None:
    url = reverse("matters:documents", args=[matter.public_id])
    upload = BytesIO(PDF)
    upload.name = "Pass.pdf"
    once = browser.get(url).context["form"]["once"].value()
    posted = {"once": once, "chosen": upload, "confidentiality": "kyc"}
    assert browser.post(reverse("matters:add_documents", args=[matter.public_id]), posted).status_code == 302
    assert '<span class="pill warn">KYC</span>' in browser.get(url).content.decode()
    with access.as_system("test"):
        document = Document.objects.get()
    change = reverse("matters:classify_document", args=[matter.public_id, document.public_id])
    assert browser.post(change, {"confidentiality": "special", "reason": ""}).status_code == 422
    assert browser.post(change, {"confidentiality": "special", "reason": "it is a report"}).status_code == 302
    assert "Special category" in browser.get(url).content.decode()


FIELDS = {
    "partner": ("national_id", "born_on", "special_note"),
    "lawyer": ("national_id", "born_on", "special_note"),
    "assistant": ("national_id", "born_on"),
    "intake": ("national_id", "born_on"),
    "marketing": (),
    "data protection officer": (),
}


@pytest.mark.parametrize("role", FIELDS)
def test_sealed_fields_of_a_contact_by_role(opened: Opener, karin: User, role: str) -> None:
    contact = factories.contact(national_id="010190-1234", special_note="Kanarienvogel")
    matter = opened(client=contact)
    user = member(matter, role, 1)
    with access.as_user(user):
        assert confidential.readable() == FIELDS[role]
    client, url = personas.signed_in(user), f"/contacts/{contact.public_id}/"
    page = client.get(url)
    assert tuple(field.name for field, _known in page.context["sealed"]) == FIELDS[role]
    history = client.get(reverse("clients:history", args=[contact.public_id])).content.decode()
    assert ("confidential note (sealed)" in history) is ("special_note" in FIELDS[role])
    shown = client.post(reverse("clients:confidential", args=[contact.public_id]), {"show": "1"})
    assert shown.status_code == (403 if role in {"marketing", "data protection officer"} else 200)
    assert ("Kanarienvogel" in shown.content.decode()) is ("special_note" in FIELDS[role])


def test_saving_the_confidential_part_keeps_what_one_may_not_see(opened: Opener, karin: User) -> None:
    contact = factories.contact(national_id="010190-1234", special_note="Kanarienvogel")
    matter = opened(client=contact)
    client, url = (
        personas.signed_in(member(matter, "assistant")),
        reverse("clients:confidential", args=[contact.public_id]),
    )
    version = client.post(url, {"show": "1"}).context["form"]["version"].value()
    sent = {"version": version, "national_id": "020290-4321", "special_note": "overwritten"}
    assert client.post(url, sent).status_code == 302
    with access.as_system("test"):
        contact.refresh_from_db()
        assert (contact.national_id, contact.special_note) == ("020290-4321", "Kanarienvogel")


def test_a_change_of_what_one_may_not_see_makes_no_form_stale(opened: Opener, karin: User) -> None:
    """Else the refusal would tell that there was one, and by whom."""
    contact = factories.contact(national_id="010190-1234")
    matter = opened(client=contact)
    client = personas.signed_in(member(matter, "assistant"))
    change, sealed = (reverse(f"clients:{name}", args=[contact.public_id]) for name in ("change", "confidential"))
    forms = {change: client.get(change), sealed: client.post(sealed, {"show": "1"})}
    sent = {url: {field.name: field.value() or "" for field in page.context["form"]} for url, page in forms.items()}
    with access.as_user(karin), transaction.atomic():
        present = Contact.objects.get(pk=contact.pk)
        present.special_note = "ill"
        present.save()
    sent[change] |= {"family_name": "Holm"}
    assert client.post(change, sent[change] | {"country": "SE"}).status_code == 302
    assert client.post(sealed, sent[sealed] | {"national_id": "020290-4321"}).status_code == 302
    for url in (change, sealed):
        stale = client.post(url, sent[url])
        assert (stale.status_code, karin.full_name in stale.content.decode()) == (422, False)


def test_only_what_changed_of_the_sealed_fields_is_a_line_of_the_history(opened: Opener, karin: User) -> None:
    """Each row of the past is sealed anew: compared as stored, all of them would seem to have changed each time."""
    contact = factories.contact(national_id="010190-1234")
    matter = opened(client=contact)
    with access.as_user(karin), transaction.atomic():
        present = Contact.objects.get(pk=contact.pk)
        present.special_note = "ill"
        present.save()
    url, told = reverse("clients:history", args=[contact.public_id]), {}
    for role in ("partner", "assistant"):
        user = karin if role == "partner" else member(matter, role)
        told[role] = [line.details for line in personas.signed_in(user).get(url).context["changes"][:-1]]
    assert told == {"partner": ["confidential note (sealed)"], "assistant": []}


@pytest.mark.parametrize("role", ["partner", "assistant"])
def test_a_history_without_its_key_is_told_all_the_same(opened: Opener, karin: User, role: str) -> None:
    contact = factories.contact(national_id="010190-1234", special_note="ill")
    matter = opened(client=contact)
    with access.as_system("test"), transaction.atomic():
        keyring.destroy(contact.public_id, now=NOW)
    client = personas.signed_in(karin if role == "partner" else member(matter, role))
    assert client.get(reverse("clients:history", args=[contact.public_id])).status_code == 200


@pytest.mark.parametrize(("role", "told"), [("partner", True), ("lawyer", False), ("assistant", False)])
def test_why_a_check_was_decided_is_told_to_few(role: str, *, told: bool) -> None:
    client = personas.client_for(role)
    user = client.user  # type: ignore[attr-defined]
    with access.as_user(user):
        check = ConflictCheck(terms=["X"], asked_by=user, asked_at=NOW, matcher_version="1", state="conflict")
        check.decision_reason, check.decided_at = "Kanarienvogel", NOW
        with transaction.atomic():
            check.save()
    page = client.get(reverse("conflicts:detail", args=[check.public_id])).content.decode()
    assert ("Kanarienvogel" in page) is told


def test_a_right_taken_bites_in_the_open_session(matter: Matter, karin: User) -> None:
    document = add(karin, matter, KYC)
    client = personas.signed_in(karin)
    url = reverse("matters:document", args=[matter.public_id, document.public_id])
    assert b"".join(client.get(url).streaming_content) == PDF
    karin.groups.set(Group.objects.filter(name="lawyer"))
    assert client.get(url).status_code == 404
