"""A person or an organisation, with the states that decide who sees it and what may happen to it."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lawcrm import access, audit
from lawcrm.crypto.fields import BlindIndexField, SealedDateField, SealedTextField
from lawcrm.personal_data import PersonalData


class NameSkeleton(models.Func):
    """The folded form in which names are searched: see name_skeleton() in clients/migrations."""

    function = "name_skeleton"
    output_field = models.TextField()


class Contact(models.Model):
    """Seen through an own grant or a visible matter; a restricted or quarantined one by few."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")

    class Source(models.TextChoices):
        PERSON_THEMSELVES = "self", _("From the person")
        CLIENT = "client", _("From a client")
        OPPONENT = "opponent", _("From another party")
        PUBLIC_REGISTER = "register", _("Public register")
        COURT = "court", _("Court or authority")
        IMPORT = "import", _("Import")
        OTHER = "other", _("Other")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    given_name = models.CharField(_("given names"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    register_number = models.CharField(_("register or VAT number"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    national_id = SealedTextField(_("national id"), owner="public_id", null=True, blank=True)
    national_id_index = BlindIndexField(source="national_id", norm="digits")
    born_on = SealedDateField(_("date of birth"), owner="public_id", null=True, blank=True)
    special_note = SealedTextField(_("confidential note"), owner="public_id", null=True, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=Source)
    source_detail = models.CharField(_("source in detail"), max_length=200, blank=True)
    collected_on = models.DateField(_("collected on"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    # A court or authority: its name and address say nothing about a matter, so that everyone sees it.
    is_directory = models.BooleanField(_("directory entry"), default=False)
    directory_reason = models.CharField(_("why it is in the directory"), max_length=200, blank=True)
    restricted_at = models.DateTimeField(_("restricted since"), null=True, blank=True, editable=False)
    quarantined_at = models.DateTimeField(_("in quarantine since"), null=True, blank=True, editable=False)
    hold_count = models.PositiveIntegerField(db_default=0, editable=False)

    acl = ArrayField(models.IntegerField(), db_default=[], editable=False)
    acl_walled = ArrayField(models.IntegerField(), null=True, editable=False)
    walled = ArrayField(models.BigIntegerField(), null=True, editable=False)
    deny = ArrayField(models.IntegerField(), db_default=[], editable=False)
    name_skeleton = models.GeneratedField(
        expression=NameSkeleton("name"), output_field=models.TextField(), db_persist=True
    )

    need_to_know = "self"
    sight = access.ContactSight()
    objects = access.GuardedManager()
    history = audit.AuditedHistory(exclude=("hold_count", "national_id_index"))
    personal_data = PersonalData(
        subject="contact",
        fields={
            "name": "identity",
            "given_name": "identity",
            "family_name": "identity",
            "name_skeleton": "identity",
            "register_number": "identity",
            "country": "contact",
            "language": "contact",
            "national_id": "national_id",
            "national_id_index": "national_id",
            "born_on": "birth",
            "special_note": "special",
            "source": "technical",
            "source_detail": "free_text",
            "collected_on": "technical",
            "directory_reason": "free_text",
        },
        none=[
            "id",
            "public_id",
            "kind",
            "created_by",
            "created_at",
            "is_directory",
            "restricted_at",
            "quarantined_at",
            "hold_count",
            "acl",
            "acl_walled",
            "walled",
            "deny",
        ],
        purpose="client_relations",
        retention="contact",
        erase="delete",
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        default_permissions = ("add", "change", "view")
        permissions = [
            ("import_contacts", "Import contacts from a file"),
            ("export_contacts", "Export contacts to a file"),
            ("see_restricted", "See contacts whose processing is restricted"),
            ("see_quarantined", "See imported contacts in quarantine"),
            ("see_id_numbers", "See national ids and dates of birth"),
            ("see_special_notes", "See confidential notes and papers of special categories"),
        ]
        indexes = [
            models.Index(fields=["name_skeleton", "id"], name="clients_contact_by_name"),
            GinIndex(OpClass("name_skeleton", name="gin_trgm_ops"), name="clients_contact_skeleton"),
            # As of matters: a change of many grants may not slow what everybody reads after it.
            GinIndex(fields=["acl"], name="clients_contact_acl", fastupdate=False),
            models.Index(fields=["created_by"], name="clients_contact_unseen", condition=models.Q(acl=[])),
            GinIndex(
                fields=["acl_walled"],
                name="clients_contact_acl_walled",
                condition=models.Q(acl_walled__isnull=False),
                fastupdate=False,
            ),
        ]
        constraints = [
            # Without a reason a client could be turned into a directory entry that everyone sees.
            models.CheckConstraint(
                condition=models.Q(is_directory=False) | ~models.Q(directory_reason=""),
                name="clients_contact_directory_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    @property
    def is_restricted(self) -> bool:
        return self.restricted_at is not None
