"""A file of contacts between its check and its import."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lawcrm import access
from lawcrm.crypto.fields import SealedTextField
from lawcrm.personal_data import PersonalData


class ContactImport(models.Model):
    """The file is kept encrypted under the batch's own key, which is destroyed with it when the batch ends."""

    class State(models.TextChoices):
        CHECKED = "checked", _("Checked")
        DONE = "done", _("Imported")
        DISCARDED = "discarded", _("Discarded")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKED)
    file_name = SealedTextField(_("file name"), owner="public_id", max_length=200)
    stored_name = models.CharField(max_length=100, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    encoding = models.CharField(_("encoding"), max_length=20)
    good_rows = models.PositiveIntegerField(_("rows without fault"), default=0)
    bad_rows = models.PositiveIntegerField(_("rows with faults"), default=0)
    imported_rows = models.PositiveIntegerField(_("contacts entered"), default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    need_to_know = "self"
    sight = access.OwnSight("started_by_id", flag="privacy")
    objects = access.GuardedManager()
    personal_data = PersonalData(
        subject="others",
        fields={"file_name": "free_text"},
        none=[
            "id",
            "public_id",
            "state",
            "stored_name",
            "sha256",
            "encoding",
            "good_rows",
            "bad_rows",
            "imported_rows",
            "started_by",
            "started_at",
            "ended_at",
        ],
        purpose="client_relations",
        retention="contact",
        erase="delete",
    )

    class Meta:
        verbose_name = _("import of contacts")
        verbose_name_plural = _("imports of contacts")
        default_permissions = ()
        indexes = [models.Index(fields=["started_by", "-started_at"], name="clients_import_by_person")]

    def __str__(self) -> str:
        return f"import {self.pk}"
