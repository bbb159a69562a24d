"""Documents of a matter: the list, adding files, handing one out."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from matters.actions.confidentiality import classify_document, mine
from matters.actions.documents import FileErased, WhileSeen, add_documents, fetch_document
from matters.actions.refused import Refused
from matters.forms.communications import ConfidentialityForm, DocumentsForm
from matters.forms.once import tell_refused
from matters.models import Document
from matters.models.confidentiality import Confidentiality
from matters.models.levels import Level
from matters.queries import overview
from matters.views import frame

ADDING = "matters.upload_document"
SHOWN = 200


@require_safe
def document_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(frame.load(request, public_id), None)


def add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.WORK, ADDING)
    if request.method != "POST":
        return redirect("matters:documents", public_id)
    form = DocumentsForm(request.POST, request.FILES, user=opened.person)
    if form.is_valid() and (count := _add(opened, form)):
        said = ngettext("%(count)d document added.", "%(count)d documents added.", count)
        messages.success(request, said % {"count": count})
        return redirect("matters:documents", public_id)
    return _page(opened, form)


def _add(opened: frame.File, form: DocumentsForm) -> int:
    values = form.cleaned_data
    try:
        added = add_documents(
            actor=opened.person,
            matter=opened.matter,
            once=values["once"],
            incoming=values["chosen"],
            confidentiality=values.get("confidentiality", Confidentiality.ORDINARY),
            now=timezone.now(),
        )
    except Refused as refusal:
        tell_refused(form, refusal, opened.person.pk, field="chosen")
        return 0
    return len(added)


def _page(opened: frame.File, form: DocumentsForm | None) -> HttpResponse:
    rows = list(overview.documents_of(opened.matter.pk)[: SHOWN + 1])
    if form is None and opened.may_add_document:
        form = DocumentsForm(user=opened.person)
    status = 422 if form is not None and form.errors else 200
    may_classify = opened.may_add_document and opened.is_inside and len(mine()) > 1
    context = {"form": form, "may_classify": may_classify, "rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    return frame.page(opened, "matters/documents.html", "documents", status, **context)


def classify(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    opened = frame.load_inside(request, public_id, Level.WORK, ADDING)
    document = Document.objects.filter(matter=opened.matter, public_id=item).first()
    if document is None:
        raise Http404
    form = ConfidentialityForm(request.POST or None, initial={"confidentiality": document.confidentiality})
    if form.is_valid():
        try:
            classify_document(
                actor=opened.person,
                document=document,
                wanted=form.cleaned_data["confidentiality"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("matters:documents", public_id)
    status = 422 if form.errors else 200
    back = reverse("matters:documents", args=[public_id])
    context = {"form": form, "heading": document.name, "back": back}
    return frame.page(opened, "matters/classify.html", "documents", status, **context)


@require_safe
def fetch(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponseBase:
    """As an attachment whatever its type: nothing from outside is ever shown as a page of ours."""
    opened = frame.load(request, public_id)
    document = Document.objects.filter(matter=opened.matter, public_id=item).first()
    if document is None:
        raise Http404
    try:
        plain = fetch_document(actor=opened.person, document=document)
    except Refused as refusal:
        status = 410 if isinstance(refusal, FileErased) else 503
        context = {"refusal": str(refusal), "document": document}
        return frame.page(opened, "matters/document_gone.html", "documents", status, **context)
    response = FileResponse(
        WhileSeen(plain, document), as_attachment=True, filename=document.name, content_type=document.media_type
    )
    response["Content-Length"] = str(document.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
