"""Who is answerable for a change: the declared viewer, or nobody, and then nothing is written."""

from django.db import models, router, transaction

from lawcrm import access


class NoActor(RuntimeError):
    """Something audited was about to change with nobody declared as acting."""


class NotAtomic(RuntimeError):
    """An audited row was about to change outside a transaction, where its history could get lost."""


def actor() -> access.Viewer:
    """The declared viewer; system scope is an actor too, with its reason."""
    if (viewer := access.current()) is None:
        message = "nobody is declared as acting: use access.as_user or access.as_system"
        raise NoActor(message)
    return viewer


def require_transaction(model: type[models.Model]) -> None:
    if not transaction.get_connection(router.db_for_write(model)).in_atomic_block:
        message = f"{model._meta.label} changes with its history in one transaction: use transaction.atomic"
        raise NotAtomic(message)
