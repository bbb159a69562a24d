"""The demo's firm: filled once, as the people who would do it, with something for everyone to look at."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import TestCase, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from clients.models import Contact, ContactPoint, Court
from consent.models import Consent
from deadlines.models import Deadline, Task
from lawcrm import access, audit
from lawcrm.accounts import leaving
from lawcrm.accounts.models import TotpDevice, User
from lawcrm.accounts.roles import ROLES
from lawcrm.crypto import keyring
from lawcrm.demo import PASSWORD
from lawcrm.models import LogReview, RefusedRequest
from lawcrm.review import volume
from matters.models import Communication, ConflictCheck, ConflictHit, Document, Matter
from privacy.models import ErasureItem, GroupReview, MatterReview, MatterReviewItem

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo firm")]


class EveryDatabase(TestCase):
    databases = frozenset(connections)


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any) -> Iterator[None]:
    """Some seconds of work, once: each test changes it within its own transaction."""
    place = tmp_path_factory.mktemp("demo")
    ours = override_settings(DEMO=True, FILES_ROOT=place / "files", ERASURE_LEDGER=place / "erasure-ledger.jsonl")
    with django_db_blocker.unblock(), ours:
        begun = EveryDatabase._enter_atomics()  # type: ignore[attr-defined]
        with keyring.fresh():
            call_command("demo_firm", verbosity=0)
        yield
        EveryDatabase._rollback_atomics(begun)  # type: ignore[attr-defined]


@pytest.fixture
def firm(filled: None, settings: Any) -> None:
    settings.DEMO = True


def test_made_up_people_never_move_into_a_real_firm() -> None:
    with pytest.raises(CommandError, match="Made-up people"):
        call_command("demo_firm")
    assert not User.objects.exists()


def test_every_role_can_sign_in_and_the_second_start_changes_nothing(firm: None) -> None:
    for role in ROLES:
        user = User.objects.filter(groups__name=role).first()
        assert user is not None, role
        assert user.check_password(PASSWORD)
        assert TotpDevice.objects.filter(user=user, confirmed=True).count() == 1
    with access.as_system("test"):
        before = (Contact.objects.count(), Matter.objects.count(), Deadline.objects.count())
        call_command("demo_firm")
        assert before == (Contact.objects.count(), Matter.objects.count(), Deadline.objects.count())


def test_there_is_something_of_everything(firm: None) -> None:
    with access.as_system("test"):
        assert {court.subdivision for court in Court.objects.all()} >= {"de-nw", "dk-84", "se-ab", "tr-34"}
        assert {"DK", "SE", "DE", "TR"} <= set(Contact.objects.values_list("country", flat=True))
        assert set(Communication.objects.values_list("kind", flat=True)) == set(Communication.Kind)
        assert set(Deadline.objects.values_list("kind", flat=True)) == set(Deadline.Kind)
        assert set(Consent.objects.values_list("state", flat=True)) == set(Consent.State)
        assert (
            ConflictCheck.objects.filter(state=ConflictCheck.State.IN_REVIEW, searched_at__lt=timezone.now()).count()
            == 3
        )
        assert ConflictHit.objects.count() >= 3
        assert Document.objects.exists()
        assert ContactPoint.objects.exists()
        assert not Deadline.objects.filter(due_on__lt=timezone.localdate()).exists()
    karin = User.objects.get(email="karin.vestergaard@holm.example")
    today = timezone.localdate()
    with access.as_user(karin):
        mine = Deadline.objects.filter(assignee=karin, state=Deadline.State.OPEN)
        assert mine.filter(due_on=today).count() == 2
        assert mine.filter(due_on=today, confirmed_at=None).count() == 1
        assert Task.objects.filter(assignee=karin, done_at=None).count() == 4


def test_somebody_read_unusually_much_and_the_officer_has_begun_to_look(firm: None) -> None:
    today = timezone.localdate()
    with access.as_user(User.objects.get(email="nanna.ravn@holm.example")):
        found = volume.volume(today - timedelta(days=27), today)
        loud = [reader.user_id for reader in found.readers if reader.unusual]
        reviews = LogReview.objects.order_by("month").values_list("signed_by__initials", flat=True)
        assert (list(reviews), [User.objects.get(pk=pk).initials for pk in loud]) == (["NR", None], ["AY"])
        assert RefusedRequest.objects.count() == 10
    with access.as_system("test"):
        assert list(audit.signatures_wrong()) == []


def test_the_wall_keeps_out_and_the_plan_is_walkable(firm: None) -> None:
    with access.as_user(User.objects.get(email="mette.kjaergaard@holm.example")):
        assert not Matter.objects.filter(title="Anklagemyndigheden mod Brandt").exists()
        assert not Contact.objects.filter(name="Mads Brandt").exists()
        assert Contact.objects.filter(name="Line Møller").exists()
    with access.as_user(User.objects.get(email="nanna.ravn@holm.example")):
        plan = ErasureItem.objects.order_by("matter_number").values_list("state", "proposed_by__initials")
        assert list(plan) == [("proposed", None), ("held", None), ("proposed", "NR")]
    with connection.cursor() as cursor:
        cursor.execute("select * from sight_wrong()")
        assert cursor.fetchall() == []


def test_reviews_are_answered_waiting_late_and_one_was_ended_by_silence(firm: None) -> None:
    with access.as_system("test"):
        closed = MatterReview.objects.filter(closed_at__isnull=False)
        assert closed.count() == 4
        assert list(MatterReviewItem.objects.filter(state="silence").values_list("matter__title", flat=True)) == [
            "Hansson, gåvobrev"
        ]
        assert MatterReview.objects.filter(closed_at=None, times_asked=3).count() == 1
        assert MatterReview.objects.filter(closed_at=None, times_asked=1).count() == 5
        assert GroupReview.objects.filter(closed_at=None, times_asked=1).count() == 3
        assert audit.verify() == []


def test_who_left_has_nothing_any_more(firm: None) -> None:
    henrik = User.objects.get(email="henrik.dahl@holm.example")
    assert not henrik.is_active
    assert sum(line.count for line in leaving.lines_of(henrik)) == 0
    counts = henrik.leaving_records.get().record["counts"]
    assert (counts["deadlines"], counts["tasks"], counts["matter_grants"]) == (1, 1, 1)
