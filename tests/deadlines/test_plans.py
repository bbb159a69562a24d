"""Plans: kept by version, shown before they are used, used once, all or nothing."""

import threading
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from deadlines import planning
from deadlines.actions import plans as actions
from deadlines.forms.plan import StepForm
from deadlines.ladder import WEEKDAYS
from deadlines.models import Deadline, Plan, PlanUse, PlanVersion, Task
from deadlines.planning import Role, Step, Unit
from deadlines.queries import plans
from lawcrm import access, audit
from lawcrm.accounts.models import User
from matters.actions.refused import Refused
from tests import personas
from tests.deadlines.office import NOW, TODAY, Office, open_office

pytestmark = pytest.mark.django_db
LAWYER, ASSISTANT, CRITICAL = Role.RESPONSIBLE.value, Role.ASSISTANT.value, Deadline.Criticality.CRITICAL.value
STEPS = [
    Step(what="task", title="Send the judgment", owner=ASSISTANT, amount=1, unit=Unit.WORKING_DAYS),
    Step(
        what="statutory",
        title="Berufung",
        rule="de.zpo.517",
        owner=LAWYER,
        deputy=ASSISTANT,
        criticality=CRITICAL,
    ),
    Step(what="appointment", title="Meeting", owner=LAWYER, amount=2, unit=Unit.WEEKS, hour="10:00"),
]


def made(steps: list[Step] | None = None, **fields: Any) -> Plan:
    keeper = personas.user_for("partner")
    given: dict[str, Any] = {"name": "Appeal", "trigger": "Judgment served", "matter_type": None, "jurisdiction": ""}
    with access.as_user(keeper):
        return actions.make_plan(actor=keeper, **{**given, **fields}, steps=steps or STEPS, now=NOW)


def latest(plan: Plan) -> PlanVersion:
    with access.as_system("test"):
        return plans.latest(plan)


def dry(office: Office, version: PlanVersion, on: date = TODAY) -> list[plans.Planned]:
    with access.as_user(office.assistant):
        people: plans.People = {"assistant": office.assistant}
        return plans.planned(matter=office.matter, version=version, trigger_on=on, people=people, today=TODAY)


def use(
    office: Office, version: PlanVersion, *, once: UUID | None = None, seen: str = "", by: User | None = None
) -> PlanUse:
    actor = by or office.assistant
    hashed = seen or audit.digest(plans.record_of(version, dry(office, version)))
    with access.as_user(actor):
        return actions.use_plan(
            actor=actor,
            once=once or uuid4(),
            matter=office.matter,
            version=version,
            trigger_on=TODAY,
            people={"assistant": office.assistant},
            seen=hashed,
            now=NOW,
        )


def created() -> list[tuple[str, str]]:
    with access.as_system("test"):
        tasks = [(row.title, str(row.due_on)) for row in Task.objects.order_by("due_on")]
        return tasks + [(row.title, str(row.due_on)) for row in Deadline.objects.order_by("due_on", "pk")]


EVERYTHING = [
    ("Send the judgment", "2026-11-23"),
    ("Meeting", "2026-12-04"),
    ("Pre-deadline: Berufung", "2026-12-14"),
    ("Berufung", "2026-12-21"),
]


def test_it_creates_what_the_dry_run_showed(office: Office) -> None:
    version = latest(made())
    assert [(row.step.title, str(row.due_on), row.owner) for row in dry(office, version)] == [
        ("Send the judgment", "2026-11-23", office.assistant),
        ("Berufung", "2026-12-21", office.lawyer),
        ("Meeting", "2026-12-04", office.lawyer),
    ]
    assert created() == []
    use(office, version)
    assert created() == EVERYTHING
    with access.as_system("test"):
        rows = Deadline.objects.exclude(plan_use=None)
        assert {(row.plan_use.version.number, row.is_confirmed) for row in rows} == {(1, False)}  # type: ignore[union-attr]
        assert Task.objects.get().plan_use == PlanUse.objects.get()


def test_a_date_by_a_draft_rule_says_so_and_remembers_what_the_rule_gave(office: Office) -> None:
    use(office, latest(made()))
    with access.as_system("test"):
        by_rule = Deadline.objects.exclude(rule_code="").exclude(kind="pre_deadline").get()
    assert (by_rule.from_draft, by_rule.computed_on) == (True, by_rule.due_on)


def test_sent_twice_it_is_used_once_and_the_same_day_is_refused(office: Office) -> None:
    version, once = latest(made()), uuid4()
    assert use(office, version, once=once) == use(office, version, once=once)
    with pytest.raises(actions.UsedAlready):
        use(office, version)
    assert created() == EVERYTHING


def test_all_of_it_or_nothing(office: Office) -> None:
    """A step that cannot be entered takes the others with it."""
    plan = made()
    version = latest(plan)
    seen = audit.digest(plans.record_of(version, dry(office, version)))
    broken = planning.kept([*STEPS[:2], replace(STEPS[2], hour="")])
    with access.as_system("test"):
        PlanVersion.objects.filter(pk=version.pk).update(steps=broken)
        version.refresh_from_db()
    with pytest.raises(Refused):
        use(office, version, seen=seen)
    with access.as_system("test"):
        assert (created(), PlanUse.objects.count()) == ([], 0)


def test_what_was_not_shown_is_not_created(office: Office) -> None:
    with pytest.raises(actions.LookAgain):
        use(office, latest(made()), seen="0" * 64)
    assert created() == []


def test_a_new_version_leaves_old_matters_as_they_are(office: Office) -> None:
    plan = made()
    old = latest(plan)
    use(office, old)
    keeper = personas.user_for("partner")
    with access.as_user(keeper):
        fields = {"actor": keeper, "plan": plan, "is_active": True, "steps": STEPS[:1], "now": NOW}
        assert actions.change_plan(**fields, seen=1).number == 2
        with pytest.raises(actions.PlanChanged):
            actions.change_plan(**fields, seen=1)
    assert created() == EVERYTHING
    with access.as_system("test"):
        assert PlanUse.objects.get().version.number == 1
    with pytest.raises(actions.LookAgain):
        use(office, old)


def test_only_keepers_change_plans(office: Office) -> None:
    given: dict[str, Any] = {"name": "x", "trigger": "x", "matter_type": None, "jurisdiction": ""}
    with access.as_user(office.lawyer), pytest.raises(actions.NotKeeper):
        actions.make_plan(actor=office.lawyer, **given, steps=STEPS, now=NOW)


def test_who_only_reads_the_matter_uses_no_plan(office: Office) -> None:
    with pytest.raises(Refused):
        use(office, latest(made()), by=office.reader)
    assert created() == []


@pytest.mark.django_db(transaction=True)
def test_six_people_at_once_use_it_once() -> None:
    office = open_office()
    version, refused, barrier = latest(made()), [], threading.Barrier(6)
    seen = audit.digest(plans.record_of(version, dry(office, version)))

    def go() -> None:
        barrier.wait()
        try:
            use(office, version, seen=seen)
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    crowd = [threading.Thread(target=go) for _ in range(6)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert (len(refused), created()) == (5, EVERYTHING)


@pytest.mark.parametrize(
    ("step", "trigger_on", "expected"),
    [
        ({"amount": 1, "unit": "months"}, (2027, 1, 29), (2027, 3, 1)),  # 28 February is a Sunday; a task goes on
        ({"amount": 1, "unit": "months", "what": "statutory"}, (2027, 1, 29), (2027, 2, 26)),
        ({"amount": -3, "unit": "working_days"}, (2026, 11, 24), (2026, 11, 19)),
        ({"amount": 0}, (2026, 11, 21), (2026, 11, 23)),
    ],
)
def test_how_a_period_is_counted(step: dict[str, Any], trigger_on: Any, expected: Any) -> None:
    whole = Step(**{"what": "task", "title": "x", "owner": LAWYER, **step})
    assert planning.counted(whole, date(*trigger_on), WEEKDAYS) == date(*expected)


def test_a_date_fixed_by_a_court_is_never_computed(office: Office) -> None:
    """Neither offered, nor taken from a version that has it."""
    assert "court_fixed" not in dict(StepForm().fields["what"].choices)  # type: ignore[attr-defined]
    version = latest(made([Step(what="court_fixed", title="Hearing", owner=LAWYER, amount=1, unit=Unit.MONTHS)]))
    with pytest.raises(plans.CannotPlan, match="never computed"):
        dry(office, version)


def test_plans_are_offered_by_kind_and_jurisdiction(office: Office) -> None:
    made()
    made(name="Turkish", jurisdiction="tr")
    made(name="Same kind", matter_type=office.matter.matter_type)
    with access.as_system("test"):
        assert [plan.name for plan in plans.plans(office.matter)] == ["Appeal", "Same kind"]


def test_a_plan_of_another_country_is_refused_in_words(office: Office) -> None:
    plan, browser = made(jurisdiction="tr"), office.browser(office.assistant)
    page = f"{reverse('deadlines:use_plan', args=[plan.public_id])}?matter={office.matter.public_id}"
    once = browser.get(page).context["form"]["once"].value()
    typed = {"once": once, "trigger_on": "20.11.2026", "assistant": str(office.assistant.pk)}
    answer = browser.post(page, {**typed, "look": "1"})
    assert (answer.status_code, "for matters in TR" in answer.content.decode()) == (422, True)
    with pytest.raises(actions.Impossible):
        use(office, latest(plan), seen="0" * 64)
    assert created() == []


def test_the_pages_show_and_then_create(office: Office) -> None:
    plan, browser = made(), office.browser(office.assistant)
    page = f"{reverse('deadlines:use_plan', args=[plan.public_id])}?matter={office.matter.public_id}"
    once = browser.get(page).context["form"]["once"].value()
    typed = {"once": once, "trigger_on": "20.11.2026", "assistant": str(office.assistant.pk)}
    answer = browser.post(page, {**typed, "look": "1"})
    shown = answer.content.decode()
    assert f"For matter {office.matter.number} this creates 3 entries" in shown
    assert "draft rule" in shown
    assert created() == []
    wrong = browser.post(page, {**typed, "create": "1", "seen": "x"})
    assert (wrong.status_code, created()) == (422, [])
    done = browser.post(page, {**typed, "create": "1", "seen": answer.context["seen"]})
    assert (done.status_code, created()) == (302, EVERYTHING)
    with access.as_system("test"):
        deadline = Deadline.objects.get(title="Berufung")
    detail = browser.get(reverse("deadlines:detail", args=[deadline.public_id])).content.decode()
    assert "From the plan" in detail
    tasks = reverse("deadlines:of_matter", args=[office.matter.public_id])
    for listed in (tasks, reverse("deadlines:tasks")):
        assert "from Appeal, version 1" in browser.get(listed).content.decode()
    assert "version 1" in detail


def test_a_keeper_makes_and_changes_one_on_the_pages(office: Office) -> None:
    browser = office.browser(personas.user_for("partner"))
    step = {"what": "task", "title": "Call", "amount": "3", "unit": "days", "owner": LAWYER, "criticality": "normal"}
    rows = {f"steps-0-{name}": value for name, value in step.items()}
    empty = {f"steps-1-{name}": value for name, value in step.items() if name not in {"title", "amount"}}
    counts = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0"}
    form = {**counts, **rows, **empty, "name": "Calls", "trigger": "Matter opened"}
    new = reverse("deadlines:new_plan")
    assert browser.get(new).status_code == 200
    bad = browser.post(new, {**form, "steps-0-rule": "nonsense", "steps-0-what": "statutory"})
    assert (bad.status_code, "There is no rule of this code." in bad.content.decode()) == (422, True)
    assert browser.post(new, form).status_code == 302
    with access.as_system("test"):
        plan = Plan.objects.get()
    edit = reverse("deadlines:edit_plan", args=[plan.public_id])
    assert browser.get(edit).status_code == 200
    counts = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "1"}
    second = {f"steps-1-{name}": value for name, value in {**step, "title": "Write"}.items()}
    assert browser.post(edit, {**counts, **rows, **second, "seen": "1", "is_active": "on"}).status_code == 302
    assert [step.title for step in planning.read(latest(plan).steps)] == ["Call", "Write"]
    assert "Version 2" in browser.get(reverse("deadlines:plan", args=[plan.public_id])).content.decode()
    assert "Calls" in browser.get(reverse("deadlines:plans")).content.decode()
