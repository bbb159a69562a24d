"""Break-glass in the made-up firm: one runs, one waits for its second person."""

from datetime import timedelta

from lawcrm import access
from matters.actions.break_glass import ask, confirm, settle_confirmed
from matters.models import BreakGlassRequest
from privacy.demo_content.scene import Scene


def break_all(scene: Scene) -> None:
    reason = "The bailiff calls at noon and Karin is in court without a telephone."
    running = _asked(scene, "friederike", "anders", scene.matters["moeller"].number, reason, 30)
    with scene.acting("anders") as actor:
        confirm(actor=actor, asked=running, now=scene.now - timedelta(minutes=25))
    with access.as_system("demo"):
        settle_confirmed(now=scene.now)
    _asked(scene, "erik", "karin", "2025-0917", "The other side says that we acted for them last year.", 15)


def _asked(scene: Scene, by: str, second: str, number: str, reason: str, minutes: int) -> BreakGlassRequest:  # noqa: PLR0913, PLR0917
    with scene.acting(by) as actor:
        return ask(
            actor=actor,
            number=number,
            reason=reason,
            hours=4,
            confirmer=scene.staff[second],
            now=scene.now - timedelta(minutes=minutes),
        )
