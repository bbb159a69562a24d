"""The status page, what a person decides there, and the answers for monitors."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcrm import access, mail_sink, outbox, status
from lawcrm.models.outbox import OutboxMessage
from lawcrm.sign_in import open_to_anyone


@require_safe
@access.requires("lawcrm.view_status")
def show(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    jobs, mail = status.job_states(now), status.outbox_state()
    context = {
        "jobs": jobs,
        "overdue": [job for job in jobs if job.is_overdue],
        "counts": [(OutboxMessage.State(state).label, many) for state, many in mail.counts.items()],
        "mail_is_late": mail.is_late(now),
        "oldest_due": mail.oldest_due,
        "waiting": [(message, status.why(message.reason)) for message in status.waiting_for_a_person()],
        "may_settle": "lawcrm.settle_outbox" in _person(request).role_permissions(),
        "broker_answers": status.broker_answers(),
        "database_answers": status.database_answers(),
    }
    return render(request, "lawcrm/status.html", context)


@require_POST
@access.requires("lawcrm.settle_outbox")
def resend(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    message = _message(public_id)
    try:
        outbox.resend(actor=_person(request), message=message, now=timezone.now())
    except outbox.AlreadySettled as settled:
        messages.warning(request, str(settled))
    else:
        messages.success(request, _("The message is being sent again."))
    return redirect("status")


@require_POST
@access.requires("lawcrm.settle_outbox")
def give_up(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    message = _message(public_id)
    try:
        outbox.give_up(actor=_person(request), message=message)
    except outbox.AlreadySettled as settled:
        messages.warning(request, str(settled))
    else:
        messages.success(request, _("The message is not sent again."))
    return redirect("status")


def _message(public_id: uuid.UUID) -> OutboxMessage:
    message = status.message_of(public_id)
    if message is None:
        raise Http404
    return message


def _person(request: HttpRequest) -> Any:
    return request.user


@open_to_anyone
@transaction.non_atomic_requests
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return _plain(healthy=True)


@open_to_anyone
@transaction.non_atomic_requests
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """Databases and broker answer, so that requests may be sent here."""
    return _plain(healthy=status.database_answers() and status.broker_answers())


@open_to_anyone
@transaction.non_atomic_requests
@require_safe
def on_time(_request: HttpRequest) -> HttpResponse:
    """The dead man's switch: jobs and mail are on time, as seen from outside of Celery."""
    return _plain(healthy=status.database_answers() and not status.is_late(timezone.now()))


def _plain(*, healthy: bool) -> HttpResponse:
    return HttpResponse("ok\n" if healthy else "no\n", status=200 if healthy else 503, content_type="text/plain")


@open_to_anyone
@require_safe
def demo_mails(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "lawcrm/demo_mails.html", {"mails": mail_sink.kept(settings.MAIL_SINK_DIR)})


@open_to_anyone
@require_safe
def demo_mail(request: HttpRequest, name: str) -> HttpResponse:
    mail = mail_sink.one(settings.MAIL_SINK_DIR, name) if settings.DEMO else None
    if mail is None:
        raise Http404
    crumbs = [{"url": reverse("demo_mails"), "label": _("Mail of the demo")}]
    return render(request, "lawcrm/demo_mail.html", {"mail": mail, "crumbs": crumbs})
