"""Blind indexes: exact lookup of sealed text by a keyed digest of its normal form."""

import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core import checks
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.lookups import Lookup
from django.db.models.signals import pre_save

from lawcrm import access
from lawcrm.crypto import keyring
from lawcrm.crypto.errors import PlainTextRefused
from lawcrm.crypto.masterkey import Secret

DIGEST_BYTES = 16


class IndexLeftBehind(ValueError):
    """save(update_fields=…) names sealed text without its blind index, which would then find the old text."""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


NORMS: dict[str, Callable[[str], str]] = {
    "digits": lambda text: "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdigit()),
    "alnum": lambda text: "".join(sign for sign in _folded(text) if sign.isalnum()),
    "email": _folded,
}


class BlindIndexField(models.BinaryField):  # type: ignore[type-arg]
    """HMAC-SHA256, cut to 16 bytes, of the field named by `source`; ask with `<name>__matching="text"`.

    Copies of the field (history) stay empty, so that one column is all there is to clear.
    """

    def __init__(self, *args: Any, source: str, norm: str = "alnum", label: str = "", **options: Any) -> None:
        self.source, self.norm, self.label = source, norm, label
        options.setdefault("db_index", True)
        super().__init__(*args, **{**options, "null": True, "editable": False})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        options = {key: value for key, value in options.items() if key not in {"null", "editable"}}
        own = {"source": self.source, "norm": self.norm, "label": self.label}
        return name, path, args, {**options, "db_index": getattr(self, "db_index", False), **own}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: Any = False) -> None:  # noqa: FBT002 - Django's signature
        super().contribute_to_class(cls, name, private_only)
        if not self.label and not cls._meta.abstract:
            self.label = f"{cls._meta.label_lower}.{name}"
        if self.is_original and not cls._meta.abstract:
            pre_save.connect(self._refuse_partial_save, sender=cls)

    @property
    def is_original(self) -> bool:
        return self.label == f"{self.model._meta.label_lower}.{self.name}"

    def _refuse_partial_save(self, update_fields: frozenset[str] | None = None, **_kwargs: Any) -> None:
        if update_fields and self.source in update_fields and self.name not in update_fields:
            raise IndexLeftBehind(f"update_fields names {self.source} of {self.label} but not {self.name}")

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if self.norm not in NORMS or not any(field.name == self.source for field in self.model._meta.fields):
            found.append(checks.Error("A blind index names an unknown source or norm.", obj=self, id="crypto.E012"))
        return found

    def digest(self, text: str, key: Secret | None = None) -> bytes | None:
        """The digest under the newest or the given index key; None if the normal form is empty."""
        if not (normal := NORMS[self.norm](text)):
            return None
        secret = key or keyring.newest_index_key()
        own = hmac.digest(secret.raw, b"blind index " + self.label.encode(), hashlib.sha256)
        return hmac.digest(own, normal.encode(), hashlib.sha256)[:DIGEST_BYTES]

    def digest_of(self, instance: models.Model) -> bytes | None:
        from lawcrm.crypto.fields import Erased

        text = getattr(instance, self.source)
        return None if text is None or isinstance(text, Erased) else self.digest(text)

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:  # noqa: ARG002, FBT001
        digest = self.digest_of(model_instance) if self.is_original else None
        setattr(model_instance, self.attname, digest)
        return digest

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str):
            raise PlainTextRefused(self.label)
        return super().get_prep_value(value)


@BlindIndexField.register_lookup
class Matching(Lookup):
    """Rows whose source has the same normal form, whichever living generation of the key indexed them."""

    lookup_name = "matching"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        field: BlindIndexField = self.lhs.output_field
        digests = [field.digest(str(self.rhs), key) for key in keyring.index_keys().values()]
        if not any(digests):
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        holes = ", ".join(["%s"] * len(digests))
        return f"{column} IN ({holes})", [*parameters, *digests]


def indexed() -> list[tuple[type[models.Model], BlindIndexField]]:
    """All models with a blind index, histories left out."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BlindIndexField) and field.is_original
    ]


def forget(owner: UUID) -> int:
    """Clear every blind index of an erased owner; the number of values cleared."""
    cleared = 0
    with access.as_system("clear blind indexes of an erased owner"):
        for model, field in indexed():
            sealed_by = getattr(model._meta.get_field(field.source), "owner", "sealed_for")
            rows = model._base_manager.filter(**{sealed_by: owner, f"{field.name}__isnull": False})
            cleared += rows.update(**{field.name: None})
    return cleared
