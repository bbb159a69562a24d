"""Rules of the book: drafts until a named lawyer stands by their wording, changed by the firm, imported as packs."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from deadlines.actions import rulebook as actions
from deadlines.actions.entering import DraftRule, confirm_deadline
from deadlines.engine import packs
from deadlines.models import Deadline, HolidayCalendar, OwnHoliday, Proposal, RuleApproval, RuleOverride, RulePack
from deadlines.queries import rulebook
from lawcrm import access, engines, jobs
from lawcrm.accounts.models import User
from tests import personas
from tests.deadlines.office import NOW, Office, again, enter_url, steps, typed

pytestmark = pytest.mark.django_db
APPEAL = "de.zpo.517"


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def partner() -> User:
    return personas.user_for("partner", full_name="Petra Partner")


def entry() -> rulebook.Entry:
    (found,) = rulebook.entries(APPEAL)
    return found


def approve(office: Office, person: User, **fields: str) -> Any:
    sent = {"sha256": entry().sha256, "note": "Statute as of today", **fields}
    return office.browser(person).post(reverse("deadlines:approve_rule", args=[APPEAL]), sent)


def change(office: Office, person: User, **fields: str) -> Any:
    rule = entry().rule
    sent = {
        "sha256": entry().sha256,
        "amount": "1",
        "unit": "months",
        "profile": rule.profile,
        "calendar": rule.calendar or "",
        "criticality": rule.criticality,
        "pre_amount": "1",
        "pre_unit": "weeks",
        "note": rule.note,
        "reason": "office practice",
    }
    return office.browser(person).post(reverse("deadlines:override_rule", args=[APPEAL]), {**sent, **fields})


def by_rule(office: Office, **fields: str) -> Deadline:
    data = typed(office, **{"due_on": "30.11.2026", "rule": APPEAL, "trigger_on": "30.10.2026", **fields})
    assert office.browser(office.assistant).post(enter_url(office.matter), data).status_code == 302
    with access.as_system("test"):
        return Deadline.objects.latest("pk")


def imported(tmp_path: Path, **changes: Any) -> str:
    """The German pack with its rule on appeals changed, through the command."""
    shipped = next(pack for pack in packs.shipped() if pack.name == "de")
    data = packs.as_data(shipped)
    for rule in data["rules"]:
        if rule["code"] == APPEAL:
            rule.update(changes)
    data["version"] = "next"
    text = json.dumps({**data, "sha256": packs.checksum(json.loads(json.dumps(data)))})
    file = tmp_path / "de.json"
    file.write_text(text)
    out = StringIO()
    call_command("deadline", "import", str(file), stdout=out)
    return out.getvalue()


def test_a_rule_is_a_draft_until_a_named_lawyer_stands_by_it(office: Office) -> None:
    assert (entry().rule.status, entry().rule.reviewer) == ("draft", None)
    assert approve(office, office.lawyer).status_code == 302
    found = entry().rule
    assert (found.status, found.reviewer, found.reviewed_on) == ("approved", "Karin Vestergaard", NOW.date())
    page = office.browser(office.assistant).post(
        enter_url(office.matter), typed(office, due_on="", rule=APPEAL, trigger_on="30.10.2026")
    )
    assert "Draft rule" not in page.content.decode()
    listed = office.browser(office.assistant).get(reverse("deadlines:rules") + "?pack=de").content.decode()
    assert "Karin Vestergaard" in listed


@pytest.mark.parametrize("role", ["assistant", "marketing", "administrator", "docket desk"])
def test_nobody_but_a_lawyer_approves(office: Office, role: str) -> None:
    person = personas.user_for(role)
    assert approve(office, person).status_code == 403
    with access.as_user(person), pytest.raises(actions.NotALawyer):
        actions.approve_rule(actor=person, code=APPEAL, sha256=entry().sha256, note="x", now=NOW)
    assert not RuleApproval.objects.exists()


def test_an_approval_is_of_the_wording_that_was_seen(office: Office, partner: User) -> None:
    approve(office, office.lawyer, sha256="0" * 64)
    approve(office, office.lawyer, note=" ")
    assert not RuleApproval.objects.exists()
    approve(office, office.lawyer)
    assert change(office, partner, amount="2").status_code == 302
    assert (entry().rule.amount, entry().rule.status) == (2, "draft")
    approve(office, partner)  # who changed it does not approve it
    assert entry().approval is None
    approve(office, office.lawyer)
    assert entry().rule.status == "approved"
    url = reverse("deadlines:withdraw_override", args=[RuleOverride.objects.get().public_id])
    assert office.browser(partner).post(url, {"reason": "not needed"}).status_code == 302
    assert (entry().rule.amount, entry().rule.status) == (1, "approved")  # the pack's wording, with its approval


def test_an_approval_taken_back_leaves_a_draft(office: Office) -> None:
    approve(office, office.lawyer)
    url = reverse("deadlines:withdraw_approval", args=[RuleApproval.objects.get().public_id])
    assert office.browser(office.assistant).post(url, {"reason": "x"}).status_code == 403
    assert office.browser(office.lawyer).post(url, {"reason": "statute amended"}).status_code == 302
    assert (entry().rule.status, RuleApproval.objects.get().withdrawn_reason) == ("draft", "statute amended")


def test_a_draft_forces_the_confirming_person_to_say_that_they_looked(office: Office) -> None:
    deadline = by_rule(office)
    assert deadline.from_draft
    page = office.browser(office.lawyer).get(reverse("deadlines:detail", args=[deadline.public_id])).content.decode()
    assert "Computed by a draft rule." in page
    with access.as_user(office.lawyer), pytest.raises(DraftRule):
        confirm_deadline(actor=office.lawyer, deadline=deadline, seen=deadline.due_on, now=NOW)
    url = reverse("deadlines:confirm", args=[deadline.public_id])
    office.browser(office.lawyer).post(url, {"seen": "2026-11-30"})
    assert not again(deadline).is_confirmed
    office.browser(office.lawyer).post(url, {"seen": "2026-11-30", "checked_statute": "on"})
    assert again(deadline).is_confirmed


def test_by_an_approved_rule_confirming_is_one_click(office: Office) -> None:
    approve(office, office.lawyer)
    deadline = by_rule(office)
    url = reverse("deadlines:confirm", args=[deadline.public_id])
    office.browser(office.lawyer).post(url, {"seen": "2026-11-30"})
    assert (deadline.from_draft, again(deadline).is_confirmed) == (False, True)


def test_a_changed_rule_proposes_and_moves_nothing(office: Office, partner: User) -> None:
    deadline = by_rule(office)
    before = steps(deadline)
    assert change(office, partner, amount="3", unit="weeks").status_code == 302
    assert jobs.run("deadlines.recompute", NOW) == "done"
    with access.as_system("test"):
        proposal = Proposal.objects.get()
    assert (proposal.new_on, proposal.source, proposal.why) == (
        date(2026, 11, 20),
        "rule",
        f"{APPEAL}: office practice",
    )
    assert (again(deadline).due_on, steps(deadline) != before) == (date(2026, 11, 30), True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "The rule says so already."),
        ({"amount": "2", "profile": "gb-earliest"}, "the profile does not count in this unit"),
        ({"amount": "", "unit": "days"}, "An amount needs a unit."),
        ({"amount": "2", "reason": ""}, "This field is required."),
        ({"amount": "2", "sha256": "0" * 64}, "This rule was changed while you looked at it."),
    ],
)
def test_a_change_that_makes_no_sense_is_answered_in_words(
    office: Office, partner: User, fields: dict[str, str], words: str
) -> None:
    same = entry().rule.pre_deadline
    sent = {"pre_amount": str(same.amount), "pre_unit": str(same.unit)} if same else {"pre_amount": ""}
    page = change(office, partner, **{**sent, **fields})
    assert (page.status_code, words in page.content.decode().replace("&#x27;", "'")) == (422, True)
    assert not RuleOverride.objects.exists()


def test_only_a_partner_changes_a_rule(office: Office) -> None:
    assert change(office, office.lawyer, amount="2").status_code == 403
    with access.as_user(office.lawyer), pytest.raises(actions.NotTheKeeper):
        actions.override_rule(actor=office.lawyer, code=APPEAL, sha256=entry().sha256, changes={}, reason="x", now=NOW)


def test_an_imported_pack_counts_as_drafts_and_proposes(office: Office, tmp_path: Path) -> None:
    deadline = by_rule(office)
    approve(office, office.lawyer)
    text = imported(tmp_path, amount=2, status="approved", reviewer="Somebody Else")
    assert ("1\t2" in text, "differences" in text) == (True, True)
    assert (entry().version, entry().rule.amount, entry().rule.status) == ("next", 2, "draft")
    assert jobs.run("deadlines.recompute", NOW) == "done"
    assert (again(deadline).due_on, again(deadline).proposed_on) == (date(2026, 11, 30), date(2026, 12, 30))
    assert "0 differences" in imported(tmp_path, amount=2, status="approved", reviewer="Somebody Else")
    imported(tmp_path)  # as shipped, but for its version
    assert (entry().rule.status, RulePack.objects.filter(replaced_at=None).count()) == ("approved", 1)
    assert jobs.run("deadlines.recompute", NOW + timedelta(minutes=1)) == "done"
    assert again(deadline).proposed_on is None


def test_a_firm_s_change_stands_when_the_pack_changes_and_says_so(
    office: Office, partner: User, tmp_path: Path
) -> None:
    change(office, partner, amount="2")
    imported(tmp_path, note="Another note.")
    assert (entry().rule.amount, entry().base_changed) == (2, True)
    page = office.browser(partner).get(reverse("deadlines:rule", args=[APPEAL])).content.decode()
    assert "another wording of this rule" in page


def test_a_rule_that_an_imported_pack_has_no_more_is_asked_about(office: Office, tmp_path: Path) -> None:
    deadline = by_rule(office)
    imported(tmp_path, code="de.zpo.517a")
    assert jobs.run("deadlines.recompute", NOW) == "done"
    with access.as_system("test"):
        assert (Proposal.objects.get().new_on, again(deadline).due_on) == (None, date(2026, 11, 30))


@pytest.mark.parametrize("text", ["not json", "{}", '{"pack": "de", "version": "1", "rules": [], "sha256": "x"}'])
def test_a_file_that_is_no_pack_is_refused_with_exit_2(tmp_path: Path, text: str) -> None:
    file = tmp_path / "de.json"
    file.write_text(text)
    with pytest.raises(CommandError) as refused:
        call_command("deadline", "import", str(file))
    assert refused.value.returncode == 2
    assert not RulePack.objects.exists()


def test_reading_the_rules_takes_few_queries(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        rulebook.in_use()


def computed(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("deadline", "compute", f"--rule={APPEAL}", "--from=2026-10-30", "--json", *words, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_the_command_line_computes_as_the_firm_does_only_where_asked(
    office: Office, partner: User, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    """An imported pack, the firm's change of it, its approval and its own holiday."""
    imported(tmp_path, amount=2)
    found = computed("--installed", "--calendar=de-by")
    assert (found["due"], found["pack"], found["status"]) == ("2026-12-30", "de next", "draft")
    assert change(office, partner, amount="3").status_code == 302
    assert approve(office, office.lawyer).status_code == 302
    with access.as_system("test"):
        calendar = HolidayCalendar.objects.get(code="de-by")
        said = {"day": date(2027, 2, 1), "is_closed": True, "kind": "court", "name": "x", "reason": "x"}
        OwnHoliday.objects.create(calendar=calendar, **said, entered_by=partner, entered_at=NOW)
    found = computed("--installed", "--calendar=de-by")
    assert (found["due"], found["status"], found["overridden"]) == ("2027-02-02", "approved", "office practice")
    assert found["approved_by"] == f"{office.lawyer.full_name}, 2026-11-20"
    with django_assert_num_queries(0):
        found = computed("--calendar=de-by")
    assert (found["due"], found["status"], "pack" in found) == ("2026-11-30", "draft", False)


def test_the_command_line_lists_the_rules_of_the_firm_only_where_asked(
    office: Office, partner: User, django_assert_num_queries: Any
) -> None:
    def line(*words: str) -> list[str]:
        out = StringIO()
        call_command("deadline", "rules", "--pack=de", *words, stdout=out)
        (found,) = [text for text in out.getvalue().splitlines() if text.startswith(f"{APPEAL}\t")]
        return found.split("\t")

    assert change(office, partner, amount="3").status_code == 302
    assert approve(office, office.lawyer).status_code == 302
    installed = line("--installed")
    assert (installed[2], installed[6]) == ("3 months", "approved")
    assert installed[8:] == [f"{office.lawyer.full_name}, 2026-11-20", "office practice"]
    with django_assert_num_queries(0):
        assert (line()[2], line()[6:]) == ("1 months", ["draft"])


def test_only_the_firm_s_own_rules_start_a_server() -> None:
    lines = {
        "compute --rule=x": True,
        "compute --rule=x --installed": False,
        "rules": True,
        "rules --installed": False,
        "import x": False,
    }
    found = {words: engines.needs_no_database(["manage.py", "deadline", *words.split()]) for words in lines}
    assert found == lines


def test_what_the_firm_has_goes_out_and_is_compared(office: Office, partner: User, tmp_path: Path) -> None:
    """With what was imported and what the firm changed, without who stands by it; the shipped pack stays to be had."""

    def told(*words: str) -> str:
        out = StringIO()
        call_command("deadline", *words, stdout=out)
        return out.getvalue()

    assert told("export", "de", "--installed") == told("export", "de")
    imported(tmp_path, title="Berufung, as imported")
    assert change(office, partner, amount="2").status_code == 302
    assert approve(office, office.lawyer).status_code == 302
    file = tmp_path / "firm.json"
    file.write_text(told("export", "de", "--installed"))
    lines = told("compare", str(file)).splitlines()
    assert (f"{APPEAL}\tamount\t1\t2" in lines, len(lines)) == (True, 3)
    assert told("compare", str(file), "--installed") == "0 differences\n"
    assert "Karin Vestergaard" not in file.read_text()
