"""What people of the made-up firm have read in the last months, and what the officer made of it."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from lawcrm import access
from lawcrm.models import LogReview, LogReviewAnswer, ReadEntry, RefusedRequest
from lawcrm.review import keeping, monthly, volume
from matters.models import Matter
from privacy.demo_content.scene import SATURDAY, Scene
from privacy.generation.chance import bits

WEEKS = 14
# Who reads how much on a usual day.
READERS = {"karin": 22, "anders": 15, "ida": 18, "erik": 12, "friederike": 14, "asli": 16, "mette": 26}
LOUD, LOUD_DAYS_AGO, LOUD_READINGS = "asli", 9, 118
# Days ago, clock, who, address, answer.
REFUSED = [
    (3, "09:12", "mette", "matters:detail", 404),
    (3, "09:13", "mette", "matters:detail", 404),
    (6, "16:40", "oskar", "matters:close", 403),
    (9, "21:55", "asli", "matters:detail", 404),
    (9, "21:56", "asli", "matters:detail", 404),
    (9, "21:58", "asli", "clients:export", 403),
    (12, "08:02", "erik", "accounts:sign_in", 422),
    (12, "08:03", "erik", "accounts:sign_in", 422),
    (33, "10:20", "zeynep", "matters:new", 403),
    (40, "07:51", "karin", "accounts:second_factor", 422),
]
FOUND = {
    "exports": ("finding", "One bundle for the district court; the lawyer confirmed it."),
    "out_of_hours": ("nothing", "An evening before a hearing."),
    "rights": ("action", "One deputy was still on a matter; taken off the same day."),
}
NOTED_SO_FAR = ("refused", "glass", "walls")


def remember(scene: Scene) -> None:
    with access.as_system("demo", source="demo"):
        ReadEntry.objects.bulk_create(_readings(scene), batch_size=1000)
        RefusedRequest.objects.bulk_create(_refusals(scene))
        volume.count_readings()


def _readings(scene: Scene) -> Iterator[ReadEntry]:
    for place, (key, usual) in enumerate(READERS.items()):
        with scene.acting(key) as reader:
            seen = list(Matter.objects.order_by("pk").values_list("pk", flat=True))
        for back in range(1, WEEKS * 7):
            day = scene.today - timedelta(days=back)
            many = _usual(day, usual, place * 1000 + back) if seen else 0
            for number in range(many):
                yield _reading(reader.pk, seen[bits(place, back * 100 + number) % len(seen)], day, number)
    yield from _loud(scene)


def _usual(day: date, usual: int, place: int) -> int:
    if day.weekday() >= SATURDAY:
        return bits(7, place) % 40 // 39 * 3
    return usual // 2 + bits(7, place) % usual


def _reading(user_id: int, matter_id: int, day: date, number: int) -> ReadEntry:
    clock = time(8 + number * 9 // 60, number * 9 % 60) if number < 60 else time(17, number % 60)  # noqa: PLR2004
    what = "download" if number % 17 == 16 else "page"  # noqa: PLR2004
    return _entry(user_id, matter_id, timezone.make_aware(datetime.combine(day, clock)), what)


def _loud(scene: Scene) -> Iterator[ReadEntry]:
    """One evening of going through everything."""
    with scene.acting(LOUD) as reader:
        seen = list(Matter.objects.order_by("pk").values_list("pk", flat=True))
    for number in range(LOUD_READINGS if seen else 0):
        at = scene.at(LOUD_DAYS_AGO, "21:05") + timedelta(seconds=25 * number)
        yield _entry(reader.pk, seen[number % len(seen)], at, "download" if number % 9 == 0 else "page")


def _entry(user_id: int, matter_id: int, at: datetime, what: str) -> ReadEntry:
    return ReadEntry(
        user_id=user_id,
        object_type="matters.matter",
        object_id=matter_id,
        matter_id=matter_id,
        what=what,
        at=at,
        request_id="",
    )


def _refusals(scene: Scene) -> Iterator[RefusedRequest]:
    for back, clock, who, url_name, status in REFUSED:
        at, person = scene.at(back, clock), scene.staff[who].pk
        yield RefusedRequest(
            user_id=person,
            url_name=url_name,
            status=status,
            network=f"{bits(3, person):012x}"[:12],
            request_id="",
            at=at,
        )


def review_all(scene: Scene) -> None:
    """The month before the last one is signed, the last one begun."""
    last = monthly.last_month(scene.today)
    _kept(scene)
    earlier = _begun(scene, monthly.last_month(last), FOUND)
    with scene.acting("nanna") as officer:
        monthly.sign(actor=officer, review=earlier, now=scene.now)
    _begun(scene, last, dict.fromkeys(NOTED_SO_FAR, ("nothing", "")), all_of_them=False)


def _kept(scene: Scene) -> None:
    with scene.acting("nanna") as officer:
        keeping.keep_question(
            actor=officer,
            name="Downloads at night",
            is_shared=True,
            period="30",
            parts=["export"],
            out_of_hours=True,
        )


def _begun(scene: Scene, month: date, findings: dict[str, tuple[str, str]], *, all_of_them: bool = True) -> LogReview:
    with scene.acting("nanna") as officer:
        review = monthly.make_review(actor=officer, month=month, now=scene.now)
        for answer in LogReviewAnswer.objects.filter(review=review):
            if all_of_them or answer.question in findings:
                finding, comment = findings.get(answer.question, ("nothing", ""))
                monthly.answer(actor=officer, answer=answer, finding=finding, comment=comment, now=scene.now)
    return review
