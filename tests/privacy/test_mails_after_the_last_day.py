"""An account ends with its last day; the job that closes it comes later, and no mail goes out in between."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.models.outbox import OutboxMessage
from matters.actions import break_glass_notice
from privacy.actions.reviews import asking
from tests import factories, personas
from tests.lawcrm.mail_server import Post, mail_server, options
from tests.matters import glass
from tests.matters.conftest import NOW
from tests.privacy.review_office import began, lawyer, matter_of, opening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with mail_server() as post:
        settings.MAILERS = options(post.port)
        yield post


def last_day_was_yesterday(person: User) -> None:
    """Still active: the job that closes the account has not come yet."""
    with access.as_system("test"):
        person.ends_on = timezone.localdate() - timedelta(days=1)
        person.save(update_fields=["ends_on"])


def received(post: Post) -> set[str]:
    with access.as_system("mail"):
        outbox.send_due(NOW + timedelta(minutes=30))
    return {str(mail["To"].addresses[0].addr_spec) for mail in post.mails}


def states(kind: str) -> dict[int, str]:
    with access.as_system("test"):
        return dict(OutboxMessage.objects.filter(kind=kind).values_list("recipient_id", "state"))


def test_no_mail_about_break_glass(post: Post) -> None:
    karin, officer = lawyer("Karin Vestergaard"), personas.user_for("data protection officer")
    still_here = personas.user_for("data protection officer")
    matter = factories.matter(responsible=karin)
    glass.broken(lawyer("Ida Berg"), lawyer("Erik Sandström"), matter)
    for person in (karin, officer):
        last_day_was_yesterday(person)
    addresses = received(post)
    assert {still_here.email} == addresses & {karin.email, officer.email, still_here.email}
    sent, gone = OutboxMessage.State.SENT, OutboxMessage.State.CANCELLED
    assert states(break_glass_notice.BEGAN) == {karin.pk: gone, officer.pk: gone, still_here.pk: sent}


def test_no_mail_about_a_review(post: Post) -> None:
    began()
    leaver, still_here = lawyer("Karin Vestergaard"), lawyer("Nanna Ravn")
    for owner in (leaver, still_here):
        matter_of(owner, lawyer())
    opening.open_due(now=NOW)
    asking.ask_due(now=NOW)
    last_day_was_yesterday(leaver)
    assert received(post) == {still_here.email}
