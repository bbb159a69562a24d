"""Deadlines and tasks of one matter, in its frame."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from deadlines.queries import book, todo
from deadlines.views import frame
from lawcrm import access
from matters.models.levels import Level
from matters.views import frame as matters_frame

SHOWN = 200


@require_safe
@access.requires(frame.READING)
def of_matter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = matters_frame.load(request, public_id)
    matter = opened.matter
    return matters_frame.page(
        opened,
        "deadlines/of_matter.html",
        "deadlines",
        rows=list(book.of_matter(matter.pk)[:SHOWN]),
        tasks=list(todo.of_matter(matter.pk)[:SHOWN]),
        may_enter=not matter.is_closed and opened.may(Level.WORK, frame.ENTERING),
        here=request.path,
    )
