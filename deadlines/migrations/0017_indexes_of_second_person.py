from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Case, CharField, F, Index, Q, Value, When
from django.db.models.lookups import Exact

UNCONFIRMED = Q(state="open", confirmed_at__isnull=True)
UNCHECKED = Q(state="done", criticality="critical", checked_at__isnull=True)
ENTERED_ALONE = Q(assignee=F("entered_by"), deputy__isnull=True)
ENDED_ALONE = Q(assignee=F("ended_by")) & (Q(deputy__isnull=True) | Q(deputy=F("ended_by")))
SECOND = Case(
    When(UNCONFIRMED & ENTERED_ALONE, then=Value("confirmed by anybody")),
    When(UNCONFIRMED, then=Value("confirmed")),
    When(UNCHECKED & ENDED_ALONE, then=Value("checked by anybody")),
    When(UNCHECKED, then=Value("checked")),
    output_field=CharField(),
)
INDEXES = [
    Index(
        fields=["deputy", "due_on", "id"],
        name="deadlines_open_deputy",
        condition=Q(state="open", deputy__isnull=False),
    ),
    Index(SECOND, "due_on", "id", name="deadlines_second"),
    Index(
        fields=["matter"],
        name="deadlines_second_matter",
        condition=Q(Exact(SECOND, Value("confirmed by anybody"))),
    ),
]


class Migration(migrations.Migration):
    # The book grows for as long as a firm stands, and nobody waits for an index on it.
    atomic = False
    dependencies = [("deadlines", "0016_where_a_recalculation_stopped")]

    operations = [
        *(AddIndexConcurrently("deadline", index) for index in INDEXES),
        # How often each answer of the expression occurs is known once the table has been looked at.
        migrations.RunSQL("analyze deadlines_deadline", migrations.RunSQL.noop),
    ]
