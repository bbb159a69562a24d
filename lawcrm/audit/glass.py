"""Break-glass in the trail: what is seen by it alone is for reading, and each reading names it."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _

from lawcrm import access
from lawcrm.audit.roots import ROOTS, roots_of


class ForReadingOnly(PermissionDenied):
    """Something was about to change that the person sees by break-glass alone."""

    def __init__(self) -> None:
        super().__init__(
            _("You see this by break-glass, which is for reading. Those who manage the matter can let you in.")
        )


def read_through(obj: models.Model) -> int | None:
    """The break-glass without which the viewer would not see what the object leads to, or None."""
    return _through((ROOTS[column], pk) for column, pk in roots_of(obj).items())


def seen_through[M: models.Model](objs: Iterable[M]) -> list[M]:
    """Those of a list which the viewer would not see without a break-glass; one query for each kind in it."""
    by_model: dict[type[models.Model], list[M]] = {}
    for obj in objs:
        by_model.setdefault(type(obj), []).append(obj)
    return [obj for model, group in by_model.items() for obj in _beyond_lasting(model, group)]


def _beyond_lasting[M: models.Model](model: type[models.Model], objs: list[M]) -> list[M]:
    with access.as_viewer(access.required().lasting()):
        rows = model._default_manager.filter(pk__in=[obj.pk for obj in objs])
        lasting = set(rows.values_list("pk", flat=True))
    return [obj for obj in objs if obj.pk not in lasting]


def require_own_sight(obj: models.Model) -> None:
    """Refuse a change to, or a new row about, a matter or contact that is seen by break-glass alone.

    Every reference counts, not only the one that decides sight: a party made of such a contact
    would keep it in sight for ever. Raises ForReadingOnly.
    """
    if _through(_named(obj)) is not None:
        raise ForReadingOnly


def _named(obj: models.Model) -> Iterator[tuple[str, int]]:
    """Matters and contacts the object is or refers to, by label and id."""
    for field in obj._meta.concrete_fields:
        model = type(obj) if field.primary_key else field.related_model
        label = model._meta.label_lower if isinstance(model, type) else ""
        if label in ROOTS.values() and (pk := getattr(obj, field.attname)) is not None:
            yield label, pk


def _through(roots: Iterable[tuple[str, int]]) -> int | None:
    viewer = access.required()
    if viewer.system or not viewer.lapses:
        return None
    for label, pk in roots:
        seen_by = [viewer.lasting(), *(viewer.lasting(principal) for principal, _until in viewer.lapses)]
        first = next((each for each in seen_by if _sees(each, label, pk)), None)
        if first is not None and first.lapses:
            return first.lapses[0][0] - access.BREAK_GLASS
    return None


def _sees(viewer: access.Viewer, label: str, pk: int) -> bool:
    with access.as_viewer(viewer):
        return bool(apps.get_model(label)._default_manager.filter(pk=pk).exists())
