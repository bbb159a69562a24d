"""The docket of one person."""

from django.db.models import QuerySet

from deadlines.models import DocketEntry


def entries() -> QuerySet[DocketEntry]:
    return DocketEntry.objects.order_by("due_on", "pk")
