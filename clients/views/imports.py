"""Importing contacts from a file: upload, look at the report, import or discard."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.actions import imports as actions
from clients.forms.imports import RunForm, UploadForm
from clients.imports.decoding import UnreadableFile
from clients.models import ContactImport
from clients.queries import imports as queries
from lawcrm import access
from lawcrm.crypto.files import FileErased

UNPROCESSABLE = 422
MOST_SHOWN = 500
SAMPLE = 20


@require_http_methods(["GET", "POST"])
@access.requires("clients.import_contacts")
def imports(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            batch = actions.check_file(
                actor=request.user,  # type: ignore[arg-type]
                upload=form.cleaned_data["file"],
                encoding=form.cleaned_data["encoding"],
                now=timezone.now(),
                today=timezone.localdate(),
            )
        except UnreadableFile as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("clients:import", public_id=batch.public_id)
    context = {"form": form, "latest": list(queries.latest()[:10])}
    return render(request, "clients/imports.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
@access.requires("clients.import_contacts")
def one_import(request: HttpRequest, public_id: UUID) -> HttpResponse:
    batch = ContactImport.objects.filter(public_id=public_id).first()
    if batch is None:
        raise Http404
    if request.method == "POST":
        return _decided(request, batch)
    if batch.state != ContactImport.State.CHECKED or not batch.stored_name:
        return render(request, "clients/import_over.html", {"batch": batch})
    try:
        report = queries.report(queries.content_of(batch), encoding=batch.encoding, today=timezone.localdate())
    except (FileErased, FileNotFoundError):
        return render(request, "clients/import_over.html", {"batch": batch})
    context = {
        "batch": batch,
        "report": report,
        "problems": report.problems[:MOST_SHOWN],
        "more": max(0, len(report.problems) - MOST_SHOWN),
        "sample": report.drafts[:SAMPLE],
        "before": queries.same_before(batch),
    }
    return render(request, "clients/import.html", context)


def _decided(request: HttpRequest, batch: ContactImport) -> HttpResponse:
    try:
        if "discard" in request.POST:
            actions.discard_import(actor=request.user, batch=batch, now=timezone.now())  # type: ignore[arg-type]
            messages.info(request, _("Discarded; nothing was imported."))
            return redirect("clients:imports")
        form = RunForm(request.POST)
        if not form.is_valid():
            raise actions.FileChangedItsMind  # noqa: TRY301 - a form bent by hand
        actions.run_import(
            actor=request.user,  # type: ignore[arg-type]
            batch=batch,
            now=timezone.now(),
            today=timezone.localdate(),
            **form.cleaned_data,
        )
    except (actions.ImportOver, actions.NothingToImport, actions.FileChangedItsMind) as refused:
        messages.warning(request, str(refused))
    return redirect("clients:import", public_id=batch.public_id)
