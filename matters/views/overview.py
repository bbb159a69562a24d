"""The first page of a matter, its parties and its history."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from matters import panels
from matters.queries import overview
from matters.views import frame


@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    opened = frame.load(request, public_id)
    matter = opened.matter
    cast = overview.cast_of(matter)
    parties, court = cast.parties, cast.court
    people = overview.named(parties) | ({court.pk: court.name} if court is not None else {})
    return frame.page(
        opened,
        "matters/detail.html",
        "overview",
        happenings=overview.timeline(matter, opened.holders, people=people, inside=opened.is_inside),
        parties=parties,
        court=court,
        cards=panels.load("aside", request, matter),
    )
