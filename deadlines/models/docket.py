"""What the docket desk is told of a deadline nobody acknowledged: date, grade, number."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.models.deadline import Deadline
from deadlines.models.reminder import Reminder
from lawcrm import access
from lawcrm.personal_data import PersonalData


class DocketSight(access.Sight):
    """Rows written for this person, while they keep the docket and no wall keeps them out of the matter."""

    def predicate(self, table: str, viewer: access.Viewer) -> str:
        if "docket" not in viewer.flags:
            return "FALSE"
        principals = f"ARRAY[{','.join(map(str, viewer.principals))}]::int[]"
        mine = f"{table}.recipient_id = {viewer.user_id or 0}"
        return f"({mine} AND app_docket_open({table}.reminder_id, {principals}))"


class DocketEntry(models.Model):
    """A narrow row, so that its reader needs no sight of the matter; gone once the deadline is settled or seen."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reminder = models.OneToOneField(Reminder, on_delete=models.CASCADE, related_name="docket_entry")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=30)
    due_on = models.DateField(_("due on"))
    criticality = models.CharField(_("grade"), max_length=8, choices=Deadline.Criticality)

    need_to_know = "self"
    sight = DocketSight()
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="matter",
        path="reminder__matter",
        fields={"number": "matter_content", "due_on": "matter_content"},
        none=["id", "public_id", "reminder", "recipient", "criticality"],
        purpose="case_handling",
        retention="matter",
        erase="delete",
    )

    class Meta:
        verbose_name = _("entry of the docket")
        verbose_name_plural = _("entries of the docket")
        default_permissions = ()
        indexes = [models.Index(fields=["recipient", "due_on", "id"], name="deadlines_docket_mine")]

    def __str__(self) -> str:
        return f"docket entry {self.pk}"
