"""Tables with sealed columns that exist for these tests only; no installed app owns them."""

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import AppConfig, apps
from django.db import connection, models
from simple_history.models import HistoricalRecords

from lawcrm.crypto.fields import BlindIndexField, SealedDateField, SealedJSONField, SealedTextField
from lawcrm.db.owner import connected_as_owner

# The app is known only while the classes are made (simple-history looks it up), so that no test
# that walks the installed models meets these.
config = AppConfig("tests.lawcrm.sealed_rows", sys.modules[__name__])
config.apps, config.models = apps, apps.all_models["sealed_rows"]
apps.app_configs["sealed_rows"] = config


class Person(models.Model):
    sealed_for = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=50, blank=True)
    national_id = SealedTextField(max_length=40, null=True, blank=True)
    national_id_index = BlindIndexField(source="national_id", norm="digits")
    notes = SealedTextField(blank=True, default="")
    born_on = SealedDateField(null=True, blank=True)
    bank = SealedJSONField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        app_label = "sealed_rows"

    def __str__(self) -> str:
        return f"person {self.pk}"


del apps.app_configs["sealed_rows"]
apps.clear_cache()

TABLES: list[type[models.Model]] = [Person, Person.history.model]


@contextmanager
def tables() -> Iterator[None]:
    with connected_as_owner("default"), connection.schema_editor() as editor:
        for model in TABLES:
            editor.create_model(model)
    yield
    with connected_as_owner("default"), connection.schema_editor() as editor:
        for model in reversed(TABLES):
            editor.delete_model(model)
