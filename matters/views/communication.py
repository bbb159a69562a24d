"""Communication of a matter: the list, one of them, logging one, filing a mail."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.models import Contact
from lawcrm import audit
from matters.actions.communications import AlreadyFiled, AlreadyLogged, file_mail, log_communication
from matters.actions.confidentiality import classify_communication, mine
from matters.actions.refused import Refused
from matters.forms.communications import ConfidentialityForm, ExchangeForm, MailForm
from matters.forms.once import tell_refused
from matters.models import Communication, Matter
from matters.models.confidentiality import Confidentiality
from matters.models.levels import Level
from matters.queries import correspondence, overview
from matters.views import frame

LOGGING = "matters.log_communication"
SHOWN = 100
LOGGED = {kind.value: kind for kind in Communication.Kind if kind is not Communication.Kind.MAIL}


@require_safe
def communication_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id)
    rows = list(overview.communications_of(opened.matter.pk)[: SHOWN + 1])
    names = correspondence.counterparts_named(rows)
    lines = [(row, overview.title_of(row, names.get(row.counterpart_id or 0))) for row in rows[:SHOWN]]
    return frame.page(opened, "matters/communication.html", "communication", lines=lines, more=len(rows) > SHOWN)


@require_safe
def communication(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    opened = frame.load(request, public_id)
    row = Communication.objects.filter(matter=opened.matter, public_id=item).select_related("logged_by").first()
    if row is None:
        raise Http404
    audit.read(row)
    counterpart = correspondence.counterpart_of(row)
    return frame.page(
        opened,
        "matters/communication_one.html",
        "communication",
        row=row,
        heading=overview.title_of(row, counterpart.name if counterpart else None),
        counterpart=counterpart,
        envelope=correspondence.envelope_of(row),
        may_classify=opened.may_log and opened.is_inside and len(mine()) > 1,
        attachments=correspondence.attachments_of(row),
    )


def log(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    if kind not in LOGGED:
        raise Http404
    opened = frame.load(request, public_id, Level.WORK, LOGGING)
    given = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    starting = {"happened_at": timezone.localtime()}
    form = ExchangeForm(
        **given, user=opened.person, kind=LOGGED[kind], contacts=_contacts(opened.matter), initial=starting
    )
    if form.is_valid() and (logged := _log(opened, form)) is not None:
        return redirect("matters:communication", public_id, logged.public_id)
    return frame.page(
        opened, "matters/log.html", "communication", 422 if form.errors else 200, form=form, kind=LOGGED[kind]
    )


def _log(opened: frame.File, form: ExchangeForm) -> Communication | None:
    try:
        return log_communication(
            actor=opened.person, matter=opened.matter, exchange=form.exchange(), now=timezone.now()
        )
    except AlreadyLogged as known:
        return known.communication
    except Refused as refusal:
        tell_refused(form, refusal, opened.person.pk)
        return None


def classify(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    opened = frame.load_inside(request, public_id, Level.WORK, LOGGING)
    row = Communication.objects.filter(matter=opened.matter, public_id=item).first()
    if row is None:
        raise Http404
    form = ConfidentialityForm(request.POST or None, initial={"confidentiality": row.confidentiality})
    back = reverse("matters:communication", args=[public_id, item])
    if form.is_valid():
        try:
            classify_communication(
                actor=opened.person,
                communication=row,
                wanted=form.cleaned_data["confidentiality"],
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(back)
    status = 422 if form.errors else 200
    context = {"form": form, "heading": row.subject, "back": back}
    return frame.page(opened, "matters/classify.html", "communication", status, **context)


def mail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id, Level.WORK, LOGGING)
    given = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = MailForm(**given, user=opened.person, contacts=_contacts(opened.matter))
    if form.is_valid() and (filed := _file(request, opened, form)) is not None:
        return redirect("matters:communication", public_id, filed.public_id)
    return frame.page(opened, "matters/mail.html", "communication", 422 if form.errors else 200, form=form)


def _file(request: HttpRequest, opened: frame.File, form: MailForm) -> Communication | None:
    values = form.cleaned_data
    try:
        filed = file_mail(
            actor=opened.person,
            matter=opened.matter,
            once=values["once"],
            incoming=form.incoming(),
            direction=Communication.Direction(values["direction"]),
            counterpart=values["counterpart"],
            confidentiality=values.get("confidentiality", Confidentiality.ORDINARY),
            now=timezone.now(),
        )
    except AlreadyFiled as known:
        messages.info(request, str(known))
        return known.communication
    except Refused as refusal:
        tell_refused(form, refusal, opened.person.pk, field="mail")
        return None
    if filed.is_readable:
        messages.success(request, _("E-mail filed."))
    return filed.communication


def _contacts(matter: Matter) -> list[Contact]:
    cast = overview.cast_of(matter)
    known = [*(taking.contact for taking in cast.parties), cast.court]
    return [contact for contact in known if contact is not None]
