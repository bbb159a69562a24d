"""Plans of a matter's kind are offered on its page, and a rule's second date is asked for before it is used."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from deadlines.models import Deadline, Plan, PlanDecline, PlanUse
from deadlines.planning import Step
from lawcrm import access, audit
from lawcrm.models import JournalEntry
from matters.models import Matter
from tests import factories
from tests.deadlines.office import NOW, TODAY, Office
from tests.deadlines.test_plans import LAWYER, made

pytestmark = pytest.mark.django_db
OFFER = "Plans for this kind of matter"
CALL = Step(what="task", title="Call", owner=LAWYER, amount=1)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(office: Office) -> Plan:
    return made([CALL], name="Appeal", matter_type=office.matter.matter_type)


def page(office: Office, who: str = "assistant") -> str:
    return office.browser(getattr(office, who)).get(reverse("matters:detail", args=[office.matter.public_id])).text


def decline(office: Office, plan: Plan, who: str = "assistant") -> Any:
    url = reverse("deadlines:decline_plan", args=[office.matter.public_id, plan.public_id])
    return office.browser(getattr(office, who)).post(url)


def use_url(office: Office, plan: Plan) -> str:
    return f"{reverse('deadlines:use_plan', args=[plan.public_id])}?matter={office.matter.public_id}"


def test_a_plan_of_the_kind_is_offered_with_its_dry_run(office: Office, plan: Plan) -> None:
    assert (OFFER in page(office), use_url(office, plan) in page(office)) == (True, True)


def test_what_is_for_every_kind_for_another_country_or_out_of_use_is_not_offered(office: Office) -> None:
    made([CALL], name="Every kind")
    made([CALL], name="Elsewhere", matter_type=office.matter.matter_type, jurisdiction="tr")
    made([CALL], name="Other kind", matter_type=factories.matter_type("Other"))
    gone = made([CALL], name="Out of use", matter_type=office.matter.matter_type)
    with access.as_system("test"):
        audit.update(Plan.objects.filter(pk=gone.pk), is_active=False)
    assert OFFER not in page(office)


def test_it_is_gone_once_used(office: Office, plan: Plan) -> None:
    with access.as_system("test"):
        PlanUse.objects.create(
            matter=office.matter,
            plan=plan,
            version=plan.versions.get(),
            trigger_on=TODAY,
            used_by=office.lawyer,
            used_at=NOW,
        )
    assert OFFER not in page(office)


def test_it_is_gone_once_declined_and_may_be_used_all_the_same(office: Office, plan: Plan) -> None:
    assert [decline(office, plan).status_code for _time in range(2)] == [302, 302]
    assert (OFFER in page(office), OFFER in page(office, "lawyer")) == (False, False)
    with access.as_system("test"):
        assert (PlanDecline.objects.count(), JournalEntry.objects.filter(kind="plan.declined").count()) == (1, 1)
    fitting = reverse("deadlines:plans") + f"?matter={office.matter.public_id}"
    assert "Appeal" in office.browser(office.assistant).get(fitting).text


def test_another_matter_of_the_kind_keeps_its_offer(office: Office, plan: Plan) -> None:
    decline(office, plan)
    other = factories.matter("Other", responsible=office.lawyer, matter_type=office.matter.matter_type)
    for level in ("view_matter", "work_matter"):
        factories.grant(other, office.lawyer, level)
    browser = office.browser(office.lawyer)
    assert OFFER in browser.get(reverse("matters:detail", args=[other.public_id])).text


def test_it_is_offered_to_who_may_use_it(office: Office, plan: Plan) -> None:
    assert OFFER not in page(office, "reader")
    assert (decline(office, plan, "reader").status_code, decline(office, plan, "outsider").status_code) == (403, 404)
    with access.as_system("test"):
        audit.update(Matter.objects.filter(pk=office.matter.pk), state="closed", closed_on=TODAY)
    assert OFFER not in page(office)


APPEAL = Step(what="statutory", title="Berufung", rule="de.zpo.517", owner=LAWYER, criticality="critical")
GROUNDS = Step(what="statutory", title="Begründung", rule="de.zpo.520", owner=LAWYER, criticality="critical")


@pytest.fixture
def by_rule(office: Office) -> Plan:
    return made([APPEAL, GROUNDS, CALL], name="By rule")


def typed(office: Office, plan: Plan, **fields: str) -> dict[str, str]:
    browser = office.browser(office.assistant)
    once = browser.get(use_url(office, plan)).context["form"]["once"].value()
    return {"once": once, "trigger_on": "20.11.2026", **fields}


def test_the_second_date_is_asked_for_once_for_all_rules_it_limits(office: Office, by_rule: Plan) -> None:
    form = office.browser(office.assistant).get(use_url(office, by_rule)).context["form"]
    assert [str(field.label) for field in form.limit_fields] == ["Second date: pronouncement"]
    assert "Berufung, Begründung" in str(form.limit_fields[0].help_text)


def test_without_it_the_dry_run_says_that_the_limit_is_not_checked(office: Office, by_rule: Plan) -> None:
    shown = office.browser(office.assistant).post(use_url(office, by_rule), typed(office, by_rule, look="1"))
    assert shown.text.count("limit not checked") == 2
    assert shown.context["rows"][0].due_on == date(2026, 12, 21)


def test_with_it_the_limit_decides_and_is_kept(office: Office, by_rule: Plan) -> None:
    """Five months after pronouncement the period starts in any case: § 517 ZPO."""
    browser, data = office.browser(office.assistant), typed(office, by_rule, second_0="15.06.2026")
    shown = browser.post(use_url(office, by_rule), {**data, "look": "1"})
    assert ("limit not checked" in shown.text, shown.context["rows"][0].due_on) == (False, date(2026, 12, 15))
    done = browser.post(use_url(office, by_rule), {**data, "create": "1", "seen": shown.context["seen"]})
    assert done.status_code == 302
    with access.as_system("test"):
        appeal = Deadline.objects.get(title="Berufung")
    assert (appeal.due_on, appeal.second_on) == (date(2026, 12, 15), date(2026, 6, 15))


def test_another_second_date_than_the_one_shown_creates_nothing(office: Office, by_rule: Plan) -> None:
    """Also where the due date would be the same."""
    browser, data = office.browser(office.assistant), typed(office, by_rule, second_0="01.10.2026")
    seen = browser.post(use_url(office, by_rule), {**data, "look": "1"}).context["seen"]
    answer = browser.post(use_url(office, by_rule), {**data, "second_0": "02.10.2026", "create": "1", "seen": seen})
    assert (answer.status_code, "Look through it again" in answer.text) == (422, True)
    with access.as_system("test"):
        assert not Deadline.objects.exists()


def test_a_second_date_that_cannot_be_is_refused_in_words(office: Office, by_rule: Plan) -> None:
    answer = office.browser(office.assistant).post(
        use_url(office, by_rule), typed(office, by_rule, second_0="1.6.0206", look="1")
    )
    assert (answer.status_code, "Check the year" in answer.text) == (422, True)
