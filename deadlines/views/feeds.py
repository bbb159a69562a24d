"""Calendar feeds: a person's list of them, and the address that calendar programs ask."""

import hashlib
import math
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deadlines import ical
from deadlines.actions import feeds as actions
from deadlines.forms.feed import FeedForm
from deadlines.models import CalendarFeed, Deadline
from deadlines.queries import feeds
from deadlines.views import frame
from lawcrm import access
from lawcrm.accounts import throttling
from lawcrm.accounts.models import User
from lawcrm.sign_in import leaves_session, needs_step_up, open_to_anyone
from matters.actions.refused import Refused

MINUTE = timedelta(minutes=1)
# Some at once, as when a program is set up; then one a minute, until it has been quiet for a while.
OFTEN = throttling.Limit("feed", 5, MINUTE, MINUTE, forgotten_after=10 * MINUTE)
PRIVATE = "private, no-store"


@require_safe
@access.requires(frame.READING)
def feed_list(request: HttpRequest) -> HttpResponse:
    person = _inside(request)
    context = {"feeds": feeds.feeds_of(person), "may_make": feeds.may_subscribe(person)}
    return render(request, "deadlines/feeds.html", context)


@require_http_methods(["GET", "POST"])
@needs_step_up
@access.requires(frame.READING)
def make(request: HttpRequest) -> HttpResponse:
    person = _inside(request)
    form = FeedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            token = actions.make_feed(actor=person, **form.cleaned_data, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            address = request.build_absolute_uri(reverse("deadlines:feed", args=[token]))
            return render(request, "deadlines/feed_made.html", {"address": address})
    return render(request, "deadlines/make_feed.html", {"form": form}, status=422 if form.errors else 200)


def _inside(request: HttpRequest) -> User:
    person = frame.person(request)
    if person.is_external:
        raise PermissionDenied(_("Calendar feeds are for the firm's own people."))
    return person


@require_POST
@access.requires(frame.READING)
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    feed = get_object_or_404(feeds.live(), public_id=public_id)
    actions.revoke_feed(actor=frame.person(request), feed=feed, now=timezone.now())
    messages.success(request, _("Revoked. The calendar gets nothing from the next fetch on."))
    return redirect("deadlines:feeds")


@open_to_anyone
@leaves_session
@require_safe
@transaction.non_atomic_requests  # the count must survive the refusal
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Asked by a calendar program, without a session. It is looked up as the person, as they are at this moment."""
    found = feeds.feed_of(token)
    if found is None:
        raise Http404
    now = timezone.now()
    try:
        throttling.count_attempt([(OFTEN, OFTEN.key(str(found.pk)))], now)
    except throttling.Throttled as refusal:
        return too_often(refusal.until - now)
    viewer = access.viewer_of(found.user, source="feed", request_id=request.request_id)  # type: ignore[attr-defined]
    with access.as_viewer(viewer.lasting()), translation.override(found.user.interface_language), transaction.atomic():
        return handed(request, found)


def too_often(wait: timedelta) -> HttpResponse:
    """Nothing is lost by it: the next fetch gets everything there is."""
    seconds = math.ceil(wait.total_seconds())
    words = _("Once a minute is enough. Ask again in %(seconds)d seconds.") % {"seconds": seconds}
    headers = {"Retry-After": str(seconds), "Cache-Control": PRIVATE}
    return HttpResponse(words, status=429, content_type="text/plain; charset=utf-8", headers=headers)


def handed(request: HttpRequest, found: CalendarFeed) -> HttpResponse:
    def address(deadline: Deadline) -> str:
        return request.build_absolute_uri(reverse("deadlines:detail", args=[deadline.public_id]))

    now = timezone.now()
    shown = feeds.shown_to(found.user_id, now)
    content = ical.calendar_of(shown, address, with_titles=found.with_titles)
    mark = hashlib.sha256(content).hexdigest()
    actions.hand_out(feed=found, shown=[one.deadline for one in shown], mark=mark, now=now)
    headers = {"Cache-Control": PRIVATE, "ETag": f'"{mark}"'}
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=response) or response
