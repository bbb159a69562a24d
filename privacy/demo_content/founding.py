"""Founding the made-up firm: all of it in one transaction, or nothing."""

from datetime import datetime

from django.db import transaction

from lawcrm import access, firm
from privacy.demo_content import (
    book,
    contacts,
    exchanges,
    glass,
    leaving,
    matters,
    office,
    plans,
    reviews,
    staff,
    trail,
)
from privacy.demo_content.scene import Scene

FACTS = firm.FirmFacts(
    name="Holm & Vestergaard", country="DK", languages=["en", "da", "sv", "de", "tr"], time_zone="Europe/Copenhagen"
)


@transaction.atomic
def found(*, now: datetime) -> bool:
    """Whether the firm was filled; once there is a firm, whichever, nothing is touched. Raises nothing else."""
    scene = Scene(now=now)
    with access.as_system("demo", source="demo"):
        try:
            firm.establish(facts=FACTS, now=now)
        except firm.AlreadySetUp:
            return False
        staff.hire(scene)
    contacts.enter_all(scene, matters.entered_by())
    matters.open_all(scene)
    exchanges.exchange_all(scene)
    book.enter_all(scene)
    plans.make_all(scene)
    staff.move_between_groups(scene)
    leaving.let_go(scene)
    matters.end_all(scene)
    office.consent_all(scene)
    office.check_all(scene)
    office.plan_all(scene)
    glass.break_all(scene)
    reviews.review_all(scene)
    trail.remember(scene)
    trail.review_all(scene)
    return True
