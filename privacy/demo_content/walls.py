"""Walls of the made-up firm: one around a matter, one around a client, one that waits for its day."""

from datetime import datetime, time

from django.utils import timezone

from matters.actions import notices
from matters.actions.walls import Terms, raise_client_wall, raise_wall
from matters.models import WallNotice
from privacy.demo_content.scene import Scene
from privacy.demo_content.staff import COMPANIES


def raise_all(scene: Scene) -> None:
    _around_brandt(scene)
    _around_nordlys(scene)
    _planned(scene)
    _answered(scene)


def _around_brandt(scene: Scene) -> None:
    """Mette's brother is the injured party, Erik advised him: neither shall learn of the defence."""
    with scene.acting("karin") as actor:
        raise_wall(
            actor=actor,
            matter=scene.matters["brandt"],
            against=[scene.staff["mette"], scene.staff["erik"], scene.groups[COMPANIES]],
            reason="Close to the injured party",
            now=scene.at(5, "09:20"),
        )


def _around_nordlys(scene: Scene) -> None:
    """Aslı has advised the buyer of another block of shares; until the deal is done she keeps out of all of it."""
    with scene.acting("anders") as actor:
        raise_client_wall(
            actor=actor,
            contact=scene.contacts["nordlys"],
            against=[scene.staff["asli"]],
            reason="Advised the other bidder until spring",
            now=scene.at(3, "15:40"),
            terms=Terms(ends_at=_midnight(scene, 90)),
        )


def _planned(scene: Scene) -> None:
    """Oskar moves to the labour team on that day; where he comes from they act for the employer."""
    with scene.acting("friederike") as actor:
        raise_wall(
            actor=actor,
            matter=scene.matters["weissgerber"],
            against=[scene.staff["oskar"]],
            reason="Comes from the employer's lawyers",
            now=scene.now,
            terms=Terms(starts_at=_midnight(scene, 14)),
        )


def _answered(scene: Scene) -> None:
    """Mette answered at once; Erik has not, and the next round of reminders will reach him."""
    with scene.acting("mette") as actor:
        notice = WallNotice.objects.get(user=actor)
        notices.acknowledge(actor=actor, notice=notice, now=scene.at(5, "10:05"))


def _midnight(scene: Scene, days: int) -> datetime:
    return timezone.make_aware(datetime.combine(scene.day(days), time.min))
