"""Every name a contact bears or bore, found by search and conflict checks."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models.contact import Contact, NameSkeleton
from lawcrm import access, audit
from lawcrm.personal_data import PersonalData


class ContactName(models.Model):
    """A name over time; the current one is also the contact's own `name`."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("Legal name")
        TRADE = "trade", _("Trading name")
        BIRTH = "birth", _("Name at birth")
        FORMER = "former", _("Former name")
        ALIAS = "alias", _("Also known as")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.LEGAL)
    name = models.CharField(_("name"), max_length=200)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    name_skeleton = models.GeneratedField(
        expression=NameSkeleton("name"), output_field=models.TextField(), db_persist=True
    )

    need_to_know = "contact"
    objects = access.GuardedManager()
    history = audit.AuditedHistory()
    personal_data = PersonalData(
        subject="contact",
        path="contact",
        fields={"name": "identity", "name_skeleton": "identity", "valid_from": "identity", "valid_to": "identity"},
        none=["id", "contact", "kind"],
        purpose="client_relations",
        retention="contact",
        erase="delete",
    )

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        default_permissions = ()
        indexes = [GinIndex(OpClass("name_skeleton", name="gin_trgm_ops"), name="clients_name_skeleton")]

    def __str__(self) -> str:
        return f"name {self.pk}"
