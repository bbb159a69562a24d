"""Where a contact is reached: addresses, numbers, e-mail; a household or firm may share one."""

import uuid

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.contact import Contact
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData


class ContactPoint(models.Model):
    """One contact's use of an e-mail address, number or site.

    What several contacts share has one `share_id`: a change goes to all of them by an action,
    an erasure takes only the one person's row.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Telephone")
        MOBILE = "mobile", _("Mobile")
        WEB = "web", _("Web site")
        DIGITAL_POST = "digital_post", _("Digital post box")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="points")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    value = models.CharField(_("value"), max_length=254)
    # Lower case for e-mail, digits with leading + for numbers: what equality means.
    normalised = models.CharField(max_length=254, editable=False)
    label = models.CharField(_("label"), max_length=40, blank=True)
    is_primary = models.BooleanField(_("preferred"), default=False)
    share_id = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    need_to_know = "contact"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="contact",
        path="contact",
        fields={
            "value": "contact",
            "normalised": "contact",
            "label": "free_text",
            "valid_from": "contact",
            "valid_to": "contact",
        },
        none=["id", "public_id", "contact", "kind", "is_primary", "share_id"],
        purpose="client_relations",
        retention="contact",
        erase="delete",
    )

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        default_permissions = ()
        indexes = [
            # Serves beginnings too, whatever the collation of the database.
            models.Index(OpClass("normalised", name="varchar_pattern_ops"), name="clients_point_beginning"),
        ]

    def __str__(self) -> str:
        return f"contact point {self.pk}"


class Address(models.Model):
    """A postal address in one contact's use; shared as contact points are."""

    class Kind(models.TextChoices):
        POSTAL = "postal", _("Postal address")
        VISIT = "visit", _("Visiting address")
        BILLING = "billing", _("Billing address")
        SERVICE = "service", _("Address for service")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.POSTAL)
    lines = models.CharField(_("street and number"), max_length=200)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("town"), max_length=100)
    country = models.CharField(_("country"), max_length=2, blank=True)
    share_id = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    need_to_know = "contact"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="contact",
        path="contact",
        fields={
            "lines": "contact",
            "postcode": "contact",
            "city": "contact",
            "country": "contact",
            "valid_from": "contact",
            "valid_to": "contact",
        },
        none=["id", "contact", "kind", "share_id"],
        purpose="client_relations",
        retention="contact",
        erase="delete",
    )

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        default_permissions = ()

    def __str__(self) -> str:
        return f"address {self.pk}"
