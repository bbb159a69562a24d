"""Refused attempts: an action that is refused leaves nothing behind but that it was tried, by whom and on what."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import models, transaction
from django.forms import BaseForm

from lawcrm.audit.journal import record

SUFFIX = "_refused"


class Refused(Exception):
    """An expected failure of an action; the sentence is for the person who tried, the class is what is kept."""


def attempt[**P, R](kind: str, *, on: str = "actor") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run an action in one transaction; refused, it is rolled back and `<kind>_refused` is recorded.

    `kind` is the event the action records when it succeeds, `on` the argument it is about. The
    record belongs to the transaction around the action, so whoever asks must not roll that back too.
    """

    def decorate(action: Callable[P, R]) -> Callable[P, R]:
        @wraps(action)
        def tried(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                with transaction.atomic():
                    return action(*args, **kwargs)
            except Refused as refusal:
                _keep(kind, kwargs[on], refusal)
                raise

        return tried

    return decorate


def code_of(refusal: type[Refused]) -> str:
    """LastManager is kept as last_manager."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", refusal.__name__).lower()


@transaction.atomic
def form_refused(kind: str, obj: models.Model, form: BaseForm) -> None:
    """Keep that somebody tried what the form refused before the action could: which field, and its error's code."""
    field, errors = next(iter(form.errors.as_data().items()))
    record(kind + SUFFIX, obj, refusal=f"form.{field.strip('_')}.{errors[0].code or 'invalid'}")


@transaction.atomic
def _keep(kind: str, obj: Any, refusal: Refused) -> None:
    record(kind + SUFFIX, obj, refusal=code_of(type(refusal)))
