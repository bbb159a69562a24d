"""Bugs of the kinds a need to know dies of, planted one by one: each check says that it found its own."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse

from clients.models import Contact
from deadlines import ical
from deadlines.queries import feeds
from lawcrm import access, jobs, outbox
from lawcrm.doors.safe_mail import Mail
from lawcrm.doors.safe_writer import csv_lines
from lawcrm.models.outbox import OutboxMessage
from lawcrm.sign_in import open_to_anyone
from lawcrm.urls import urlpatterns
from matters.actions import team
from matters.models import Matter
from tests import personas
from tests.access import canary, filling, test_matrix, world
from tests.access.canary import HIDDEN, place
from tests.access.papers import text_of
from tests.access.test_canary_channels import Firm, is_id, mails_gone_wrong, post
from tests.access.test_canary_feeds import SAID, answer_for_both, handed_out
from tests.access.test_sight_machine import Firm as FirmOfMachine
from tests.access.test_sight_machine import Sight, firm, run
from tests.access.test_two_worlds import both_worlds
from tests.access.two_worlds import differences

__all__ = ["firm", "post"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.proof]
type View = Callable[..., HttpResponse]
LIST, DETAIL, EXPORT, FEED = "matters:list", "matters:detail", "clients:export", "deadlines:feed"
ADDRESSES = {
    LIST: "matters/",
    DETAIL: "matters/<uuid:public_id>/",
    EXPORT: "contacts/export/",
    FEED: "calendar/<str:token>.ics",
}
logger = logging.getLogger("matters.planted")


def past_the_manager(request: HttpRequest) -> HttpResponse:
    """A plain manager and a role that bypasses the policies."""
    with access.as_system("planted"):
        return HttpResponse("\n".join(Matter.objects.values_list("title", flat=True)))


def any_matter(request: HttpRequest, public_id: Any) -> HttpResponse:
    with access.as_system("planted"):
        found = Matter.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return HttpResponse(found.title)


def count_of_all(request: HttpRequest) -> HttpResponse:
    with access.as_system("planted"):
        return HttpResponse(f"0 of {Matter.objects.count()}")


def count_in_a_part(request: HttpRequest) -> HttpResponse:
    return count_of_all(request) if "HX-Request" in request.headers else HttpResponse("")


def header_with_count(request: HttpRequest) -> HttpResponse:
    with access.as_system("planted"):
        return HttpResponse("", headers={"X-Total": str(Matter.objects.count())})


def another_query(request: HttpRequest) -> HttpResponse:
    """The answer is the same, the work behind it is not."""
    with access.as_system("planted"):
        for matter in Matter.objects.all():
            matter.refresh_from_db()
    return HttpResponse("")


def forbidden(request: HttpRequest, public_id: Any) -> HttpResponse:
    with access.as_system("planted"):
        if not Matter.objects.filter(public_id=public_id).exists():
            raise Http404
    if not Matter.objects.filter(public_id=public_id).exists():
        raise PermissionDenied
    return HttpResponse("")


def told_by_error(request: HttpRequest, public_id: Any) -> HttpResponse:
    """Hidden and missing are both 404, with different words."""
    with access.as_system("planted"):
        exists = Matter.objects.filter(public_id=public_id).exists()
    return HttpResponse("not yours" if exists else "no such matter", status=404)


def export_of_all(request: HttpRequest) -> HttpResponse:
    with access.as_system("planted"):
        rows = [[name] for name in Contact.objects.values_list("name", flat=True)]
        return HttpResponse("".join(csv_lines(["name"], rows)), content_type="text/csv")


@open_to_anyone
def calendar_of_all(request: HttpRequest, token: str) -> HttpResponse:
    """Whose a deadline is gets asked, what they may see does not."""
    feed = feeds.feed_of(token)
    assert feed is not None
    with access.as_system("planted"):
        shown = feeds.shown_to(feed.user_id, filling.NOON)
        return HttpResponse(
            ical.calendar_of(shown, lambda _deadline: "https://x.example", with_titles=feed.with_titles)
        )


def logging_view(request: HttpRequest, public_id: Any) -> HttpResponse:
    with access.as_system("planted"):
        found = Matter.objects.filter(public_id=public_id).first()
    logger.warning("opened %s", found and found.title)
    raise Http404


@pytest.fixture
def plant(settings: Any) -> Callable[[str, View], None]:
    """Puts a view in front of the address that has this name."""

    def put_in_front(name: str, view: View) -> None:
        settings.ROOT_URLCONF = (path(ADDRESSES[name], view), *urlpatterns)

    return put_in_front


type Plant = Callable[[str, View], None]


@pytest.mark.parametrize(
    ("name", "view", "part"),
    [
        (LIST, past_the_manager, "body"),
        (LIST, count_of_all, "body"),
        (LIST, count_in_a_part, "body"),
        (LIST, header_with_count, "headers"),
        (LIST, another_query, "queries"),
        (DETAIL, any_matter, "status"),
        (DETAIL, forbidden, "status"),
        (DETAIL, told_by_error, "body"),
        (EXPORT, export_of_all, "body"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_two_worlds_differ(name: str, view: View, part: str, plant: Plant) -> None:
    with world.undone():
        before = differences(*both_worlds("lawyer", only={name}))
    plant(name, view)
    found = differences(*both_worlds("lawyer", only={name}))
    assert (before, part in {one for _request, parts in found for one in parts}) == ([], True)


@pytest.mark.parametrize("view", [any_matter, forbidden])
def test_the_matrix_has_another_answer(view: View, plant: Plant) -> None:
    secret = world.secret(personas.user_for("lawyer"))
    assert test_matrix.wrong(test_matrix.answers(secret, "get", only={DETAIL}), "get", only={DETAIL}) == ""
    plant(DETAIL, view)
    assert DETAIL in test_matrix.wrong(test_matrix.answers(secret, "get", only={DETAIL}), "get", only={DETAIL})


@pytest.mark.parametrize("view", [any_matter, forbidden])
def test_the_machine_opens_a_page_that_tells(view: View, firm: FirmOfMachine, plant: Plant) -> None:
    plant(DETAIL, view)
    with pytest.raises(AssertionError):
        run(firm, Sight)


def test_the_machine_finds_sight_that_is_taken_on_paper_only(
    firm: FirmOfMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw_access(**_said: Any) -> None:
        """Answers as if all were done."""

    monkeypatch.setattr(team, "withdraw_access", withdraw_access)
    with pytest.raises(AssertionError):
        run(firm, Sight)


@pytest.mark.parametrize(("name", "view"), [(LIST, past_the_manager), (DETAIL, any_matter), (EXPORT, export_of_all)])
def test_the_crawl_meets_a_word(name: str, view: View, plant: Plant) -> None:
    there = place("lawyer")
    address = reverse(name, args=[there.hidden.matter.public_id] if name == DETAIL else [])
    assert canary.found_in([(address, canary.said(there.client.get(address)))], HIDDEN) == {}
    plant(name, view)
    assert canary.found_in([(address, canary.said(there.client.get(address)))], HIDDEN) != {}


def test_a_calendar_that_tells_of_a_hidden_matter_is_found(plant: Plant) -> None:
    answer_for_both(place("walled"))
    assert canary.found_in(handed_out(), HIDDEN) == {}
    plant(FEED, calendar_of_all)
    assert canary.found_in(handed_out(), HIDDEN) == SAID


def test_the_crawl_follows_a_link_to_the_leak(plant: Plant) -> None:
    there = place("lawyer")
    plant(LIST, past_the_manager)
    assert any(page.startswith("/matters/") for page in canary.found_in(canary.crawled(there.client, ["/"]), HIDDEN))


def test_a_word_in_the_log_is_found(plant: Plant) -> None:
    there = place("lawyer")
    plant(DETAIL, logging_view)
    with canary.logged() as lines:
        there.client.get(reverse(DETAIL, args=[there.hidden.matter.public_id]))
    assert canary.found_in(enumerate(lines), HIDDEN) != {}


@pytest.fixture
def kind() -> Iterator[str]:
    """Goes to anybody and gives the title away."""

    def compose(message: OutboxMessage) -> Mail:
        with access.as_system("planted"):
            return Mail(to="lawyer@firm.example", subject="News", text=Matter.objects.get(pk=message.thing_id).title)

    before = dict(outbox._kinds)
    outbox.kind("planted.news", policy=outbox.HOLD, compose=compose, may_send=lambda _message: True)
    yield "planted.news"
    outbox._kinds.clear()
    outbox._kinds.update(before)


def test_a_word_in_a_mail_is_found(kind: str, post: Any) -> None:
    there = place("lawyer")
    firm = Firm(there.hidden.owner, there.hidden, [there.user], {there.hidden.owner.email})
    with access.as_system("test"):
        message = outbox.put(kind=kind, recipient=outbox.staff(there.user.pk), thing_id=there.hidden.matter.pk)
        outbox.send_due(message.not_before)
    assert mails_gone_wrong(post, firm) == [("lawyer@firm.example", {"matter.title"})]


def test_a_word_in_the_broker_and_in_a_job_s_arguments_is_found(valkey: str) -> None:
    title = filling.fill(HIDDEN, personas.user_for("lawyer")).matter.title
    jobs.doorbell.ring("planted.task", [title])
    assert [arguments for _task, arguments in canary.job_arguments(valkey) if not all(map(is_id, arguments))]
    assert canary.found_in(canary.in_broker(valkey), HIDDEN) == {"celery": {"matter.title"}}


def test_a_word_in_a_packed_document_is_found() -> None:
    """A PDF is read as its text."""
    from privacy.demo_content.papers import pdf

    paper = pdf("x.pdf", f"{filling.CANARY}-{HIDDEN}-matter.title").stream.read()
    assert canary.words(text_of(paper), HIDDEN) == {"matter.title"}
