"""Access reviews: some answered, one that silence ended, one asked for the last time, some that just came."""

from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from lawcrm import access
from lawcrm.accounts.models import User
from lawcrm.models import ReadEntry
from lawcrm.models.outbox import OutboxMessage
from matters.models import Matter
from privacy.actions.reviews import answering, asking, opening, silence
from privacy.demo_content.scene import Scene
from privacy.demo_content.staff import FAMILY
from privacy.models import GroupReview, MatterReview
from privacy.queries import reviewing, reviews

# Matter and who answers for it, opened so many days ago; then the days on which they were asked.
ANSWERED = [("akesson", "karin", 61), ("moeller", "karin", 61), ("nordlys", "anders", 60)]
SILENT = ("hansson", 57, (57, 50, 43), 28)
OVERDUE = ("yildiz", 25, (25, 18, 11))
NEW = ["lindqvist", "weissgerber", "sjohasten", "rasmussen", "gunes"]
ROLES = ["assistant", "marketing", "conflicts officer"]
# Who opened which matter how many days ago.
READS = [
    ("akesson", "erik", 70), ("akesson", "mette", 66), ("moeller", "ida", 63), ("moeller", "mette", 62),
    ("nordlys", "friederike", 64), ("yildiz", "ida", 2), ("yildiz", "mette", 6), ("yildiz", "ida", 16),
    ("yildiz", "asli", 148), ("lindqvist", "erik", 5), ("sjohasten", "mette", 9), ("weissgerber", "karin", 260),
    ("gunes", "ida", 12), ("rasmussen", "mette", 4),
]  # fmt: skip


def review_all(scene: Scene) -> None:
    rules = reviewing.rules()
    values = {name: getattr(rules, name) for name in ("matter_months", "group_months", "external_days", "grace_days")}
    with scene.acting("nanna") as officer:
        opening.set_rules(actor=officer, values=values, now=scene.now)
    with access.as_system("demo", source="demo"):
        for key, who, days in READS:
            _read(scene, scene.matters[key], scene.staff[who], days)
    for key, who, days in ANSWERED:
        _answered(scene, key, who, days)
    _silent(scene)
    _opened(scene, OVERDUE[0], OVERDUE[1])
    _asked(scene, OVERDUE[2])
    for key in NEW:
        _opened(scene, key, 2)
    for name in ROLES:
        _role(scene, name)
    _group_answered(scene)
    _asked(scene, (2,))


def _read(scene: Scene, matter: Matter, who: User, days: int) -> None:
    ReadEntry.objects.create(
        user_id=who.pk,
        object_type="matters.matter",
        object_id=matter.pk,
        matter_id=matter.pk,
        what="page",
        at=scene.at(days, "11:20"),
    )


def _opened(scene: Scene, key: str, days: int) -> MatterReview:
    matter = scene.matters[key]
    review = MatterReview(
        matter=matter, owner=matter.responsible, slot=scene.day(-days), opened_at=scene.at(days, "06:00")
    )
    with access.as_system("demo", source="demo"):
        opening.open_each([review])
    return review


def _asked(scene: Scene, days: tuple[int, ...]) -> None:
    """The mails of those days arrived then; none of them leaves the demo now."""
    for ago in days:
        now = scene.now - timedelta(days=ago)
        asking.ask_due(now=now)
        OutboxMessage.objects.filter(kind=reviewing.ASKED, state=OutboxMessage.State.QUEUED).update(
            state=OutboxMessage.State.SENT, sent_at=now
        )


def _answered(scene: Scene, key: str, who: str, days: int) -> None:
    """Whoever used it is kept, and the others too: they will need it."""
    review = _opened(scene, key, days)
    now = scene.at(days - 3, "15:40")
    with scene.acting(who) as actor:
        rows = reviews.rows_of(review, now)
        answers = [answering.Answer(row.item.pk, keep=True, unused=row.is_unused) for row in rows]
        answering.answer(actor=actor, review=review, answers=answers, now=now)


def _silent(scene: Scene) -> None:
    key, opened, asked, ended = SILENT
    _opened(scene, key, opened)
    _asked(scene, asked)
    now = timezone.localtime(scene.now - timedelta(days=ended))
    silence.end_silence(now=now)
    OutboxMessage.objects.filter(kind__startswith="privacy.", state=OutboxMessage.State.QUEUED).update(
        state=OutboxMessage.State.SENT, sent_at=now
    )


def _role(scene: Scene, name: str) -> None:
    group = Group.objects.get(name=name)
    opening.open_group(GroupReview(group=group, slot=scene.day(-2), opened_at=scene.at(2, "06:00")))


def _group_answered(scene: Scene) -> None:
    review = GroupReview(group=scene.groups[FAMILY], slot=scene.day(-30), opened_at=scene.at(30, "06:00"))
    opening.open_group(review)
    with scene.acting("karin") as actor:
        items = [item for item in review.items.all() if item.user_id != actor.pk]
        answers = [answering.Answer(item.pk, keep=True) for item in items]
        answering.answer(actor=actor, review=review, answers=answers, now=scene.at(29, "09:15"))
