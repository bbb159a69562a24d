"""Model fields whose values are encrypted under the data key of the row's owner."""

import datetime as dt
import json
import os
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django import forms
from django.core import checks
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lawcrm.crypto import keyring
from lawcrm.crypto.blind import BlindIndexField
from lawcrm.crypto.errors import KeyDestroyed, PlainTextRefused, SealBroken, SerializingRefused

__all__ = ["BlindIndexField", "Erased", "SealedDateField", "SealedJSONField", "SealedTextField", "reseal"]

FORMAT = b"\x01"  # AES-256-GCM: format, nonce, ciphertext and tag
ERASED = b"\x00"  # what a row says that was saved after its key was destroyed
NONCE_BYTES = 12
UNOPENED = object()


class Erased(str):
    """Stands in the place of a value whose key was destroyed; reads "[erased]" in the reader's language."""

    __slots__ = ()

    @classmethod
    def marker(cls) -> "Erased":
        return cls(gettext("[erased]"))


class Sealed:
    """Ciphertext as read from the database, and what it opened to; shows and pickles only that it is sealed."""

    __slots__ = ("opened", "raw")

    def __init__(self, raw: bytes, opened: object = UNOPENED) -> None:
        self.raw = raw
        self.opened = opened

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce__(self) -> Any:
        return Sealed, (self.raw,)


class Unsaved:
    """A plain value set on an instance and not yet sealed; never shown, never pickled."""

    __slots__ = ("label", "value")

    def __init__(self, value: object, label: str) -> None:
        self.value = value
        self.label = label

    def __repr__(self) -> str:
        return "<to be sealed>"

    def __deepcopy__(self, _memo: object) -> "Unsaved":
        return self

    def __reduce__(self) -> Any:
        raise SerializingRefused(self.label)


class Column:
    """Bytes that `pre_save` made for this row: the only thing SQL is given."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw


class SealedAttribute(DeferredAttribute):
    """Opens a value when it is looked at; one key query serves the whole page it was fetched with."""

    field: "SealedField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        held = super().__get__(instance, cls)
        if isinstance(held, Unsaved):
            return held.value
        if isinstance(held, Sealed):
            return self.field.open_in(instance, held)
        return held

    def __set__(self, instance: models.Model, value: Any) -> None:
        held = instance.__dict__.get(self.field.attname)
        if value is None or isinstance(value, Sealed):
            instance.__dict__[self.field.attname] = value
        elif not (isinstance(held, Sealed) and _same(held.opened, value) and not self.field.mutable):
            instance.__dict__[self.field.attname] = Unsaved(value, self.field.label)

    def fetch_one(self, instance: models.Model) -> None:
        """Not through refresh_from_db, which would open the value on a copy that lacks its owner."""
        names = [self.field.attname]
        if self.field.owner not in instance.__dict__:
            names.append(self.field.owner)
        rows = type(instance)._base_manager.using(instance._state.db).filter(pk=instance.pk)
        for values in rows.values(*names):
            instance.__dict__.update(values)


def _same(opened: object, value: object) -> bool:
    return type(opened) is type(value) and opened == value


class SealedExact(Exact):
    """Equality with NULL only, which Django turns into IS NULL."""

    def get_prep_lookup(self) -> Any:
        if self.rhs is not None:
            raise PlainTextRefused(self.lhs.output_field.label)
        return None


class SealedField(models.Field):  # type: ignore[type-arg]
    """The machinery; `owner` names the attribute holding the UUID whose key seals the row.

    The label ("app.model.field") is bound into every value and travels with copies of the field,
    so that history opens what the live row sealed and no other column does.
    """

    descriptor_class = SealedAttribute
    mutable = False

    def __init__(self, *args: Any, owner: str = "sealed_for", label: str = "", **options: Any) -> None:
        self.owner = owner
        self.label = label
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "owner": self.owner, "label": self.label}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: Any = False) -> None:  # noqa: FBT002 - Django's signature
        super().contribute_to_class(cls, name, private_only)
        if not self.label and not cls._meta.abstract:
            self.label = f"{cls._meta.label_lower}.{name}"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        names = {field.attname: field for field in self.model._meta.concrete_fields}
        if not isinstance(names.get(self.owner), models.UUIDField):
            found.append(checks.Error(f"Sealed by {self.owner!r}, which is no UUIDField.", obj=self, id="crypto.E010"))
        if self.unique or getattr(self, "db_index", False) or self.choices:
            found.append(
                checks.Error(
                    "A sealed column is neither key, unique, indexed nor a choice.", obj=self, id="crypto.E011"
                )
            )
        return found

    def get_internal_type(self) -> str:
        return "BinaryField"

    # What differs by kind of value.

    def dump(self, value: Any) -> str:
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        raise NotImplementedError

    # Opening and sealing.

    def _additional(self, owner: UUID) -> bytes:
        return FORMAT + self.label.encode() + b"\x00" + owner.bytes

    def owner_of(self, instance: models.Model) -> UUID:
        owner = getattr(instance, self.owner)
        if not isinstance(owner, UUID):
            raise TypeError(f"{self.label} has no owner: {self.owner} of row {instance.pk} is not a UUID")
        return owner

    def open_in(self, instance: models.Model, held: Sealed) -> Any:
        if held.opened is UNOPENED:
            # The owner comes first: where it is deferred, asking for it fetches it for all peers.
            owner = self.owner_of(instance)
            if held.raw[:1] == FORMAT and not keyring.knows(owner):
                keyring.load(self._owners_around(instance))
            held.opened = self.open(held.raw, owner, instance.pk)
        return held.opened

    def _owners_around(self, instance: models.Model) -> list[UUID]:
        """Owners of all rows fetched together with this one."""
        peers = [peer for reference in instance._state.peers if (peer := reference()) is not None]
        rows = peers or [instance]
        return [owner for row in rows if isinstance(owner := row.__dict__.get(self.owner), UUID)]

    def open(self, raw: bytes, owner: UUID, pk: object = None) -> Any:
        """The value; Erased where the key was destroyed. Raises SealBroken for anything else that does not open."""
        if raw == b"":
            return self.parse("")
        if raw == ERASED:
            return Erased.marker()
        if raw[:1] != FORMAT:
            raise SealBroken(self.label, pk)
        try:
            cipher = keyring.secret_for_reading(owner).cipher
            nonce, sealed = raw[1 : 1 + NONCE_BYTES], raw[1 + NONCE_BYTES :]
            return self.parse(cipher.decrypt(nonce, sealed, self._additional(owner)).decode())
        except KeyDestroyed:
            return Erased.marker()
        except (InvalidTag, ValueError):
            raise SealBroken(self.label, pk) from None

    def seal(self, value: Any, owner: UUID) -> bytes:
        if isinstance(value, Erased):
            return ERASED
        if (text := self.dump(value)) == "":
            return b""
        nonce = os.urandom(NONCE_BYTES)
        cipher = keyring.secret_for_sealing(owner).cipher
        return FORMAT + nonce + cipher.encrypt(nonce, text.encode(), self._additional(owner))

    # On the way to the database.

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002, FBT001
        held = model_instance.__dict__.get(self.attname)
        if held is None:
            return None
        owner = self.owner_of(model_instance)
        if isinstance(held, Sealed) and self._is_unchanged(model_instance, held):
            return Column(held.raw)
        value = held.value if isinstance(held, Unsaved) else held.opened
        sealed = Sealed(self.seal(value, owner), value)
        model_instance.__dict__[self.attname] = sealed
        return Column(sealed.raw)

    def _is_unchanged(self, instance: models.Model, held: Sealed) -> bool:
        """Opens the value as stored: ciphertext of another row or owner must not be written on."""
        stored = self.open(held.raw, self.owner_of(instance), instance.pk)
        return not self.mutable or held.opened is UNOPENED or isinstance(stored, Erased) or stored == held.opened

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Column):
            return value
        raise PlainTextRefused(self.label)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002
        value = self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value.raw)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Expressions too: update(x=F("y")) would carry ciphertext to where it does not open."""
        return self.get_db_prep_value(value, connection)

    def get_placeholder_sql(self, value: Any, compiler: Any, connection: Any) -> Any:
        return connection.ops.binary_placeholder_sql(value, compiler)

    def from_db_value(self, value: Any, _expression: object, _connection: object) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return IsNull
        if lookup_name == "exact":
            return SealedExact
        raise PlainTextRefused(self.label)

    def get_transform(self, _lookup_name: str) -> Any:
        raise PlainTextRefused(self.label)

    # On the way to people.

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002
        raise SerializingRefused(self.label)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """A form shown for an erased person must not seal the word "[erased]"."""
        if not isinstance(getattr(instance, self.attname), Erased):
            super().save_form_data(instance, data)


class SealedTextField(SealedField):
    """Text; `max_length` limits the plain text, above 255 or without one the input has several lines."""

    description = _("Encrypted text")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def dump(self, value: Any) -> str:
        return str(value)

    def parse(self, text: str) -> str:
        return text

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    def formfield(self, **options: Any) -> Any:
        one_line = self.max_length is not None and self.max_length <= 255  # noqa: PLR2004
        widget = forms.TextInput if one_line else forms.Textarea
        empty = {"empty_value": None} if self.null else {}
        return super().formfield(**{"max_length": self.max_length, "widget": widget, **empty, **options})


class SealedDateFormField(forms.DateField):
    """Shows the date that the model field hands over as ISO text."""

    def prepare_value(self, value: Any) -> Any:
        try:
            return dt.date.fromisoformat(value)
        except (TypeError, ValueError):
            return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class SealedDateField(SealedField):
    """A date; use null=True where it may be unknown."""

    description = _("Encrypted date")
    empty_strings_allowed = False

    def dump(self, value: Any) -> str:
        return dt.date.isoformat(value)

    def parse(self, text: str) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Erased) else models.DateField().to_python(value)

    def value_from_object(self, obj: models.Model) -> Any:
        """ISO text, because a serializer passes dates on without asking the field."""
        value = getattr(obj, self.attname)
        return value.isoformat() if isinstance(value, dt.date) else value

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": SealedDateFormField, **options})


class SealedJSONField(SealedField):
    """Anything JSON can say; changes inside the value are noticed at save()."""

    description = _("Encrypted structured data")
    empty_strings_allowed = False
    mutable = True

    def dump(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))

    def parse(self, text: str) -> Any:
        return json.loads(text) if text else None

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": forms.JSONField, **options})


def reseal(instance: models.Model, owner: UUID) -> None:
    """Let another owner's key seal this row from the next save() on (merging, moving)."""
    fields = [field for field in instance._meta.concrete_fields if isinstance(field, SealedField)]
    values = [(field, getattr(instance, field.attname)) for field in fields]
    for field, value in values:
        setattr(instance, field.owner, owner)
        if value is not None:
            instance.__dict__[field.attname] = Unsaved(value, field.label)
