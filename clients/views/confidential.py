"""The sealed part of a contact, shown after a click that is logged."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from clients.actions import confidential as actions
from clients.actions.contacts import ContactChangedMeanwhile, ContactRestricted
from clients.forms.contacts import ConfidentialForm
from clients.queries.confidential import readable
from clients.queries.versions import version_of
from clients.views.loading import contact_or_404
from lawcrm import access

UNPROCESSABLE = 422


@require_POST
@access.requires("clients.change_contact")
@sensitive_post_parameters()
def confidential(request: HttpRequest, public_id: UUID) -> HttpResponse:
    contact = contact_or_404(public_id)
    if not readable():
        raise PermissionDenied(_("Your role does not include this. An administrator can tell you who may do it."))
    if "show" in request.POST:
        values = actions.show_confidential(actor=request.user, contact=contact)  # type: ignore[arg-type]
        form = ConfidentialForm(initial={**values, "version": version_of(contact, readable())})
        return render(request, "clients/confidential.html", {"contact": contact, "form": form})
    form = ConfidentialForm(request.POST)
    if form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            actions.change_confidential(
                actor=request.user,  # type: ignore[arg-type]
                contact=contact,
                version=form.cleaned_data["version"],
                values=values,
            )
        except (ContactChangedMeanwhile, ContactRestricted) as refused:
            form.add_error(None, str(refused))
            if isinstance(refused, ContactChangedMeanwhile):
                form.data = {**request.POST.dict(), "version": str(refused.version)}
        else:
            messages.success(request, _("Saved."))
            return redirect("clients:detail", public_id=public_id)
    return render(request, "clients/confidential.html", {"contact": contact, "form": form}, status=UNPROCESSABLE)
