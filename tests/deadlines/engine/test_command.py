"""`manage.py deadline compute`, as it is typed."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from deadlines.engine import packs

ROOT = Path(__file__).parents[3]


def run(*words: str) -> str:
    out = StringIO()
    call_command("deadline", "compute", *words, stdout=out)
    return out.getvalue()


def asked(profile: str, start: str, amount: str, unit: str, *more: str) -> list[str]:
    return [f"--profile={profile}", f"--from={start}", f"--amount={amount}", f"--unit={unit}", *more]


def test_it_prints_the_dates_the_arithmetic_and_what_to_mind() -> None:
    text = run(*asked("tr-hmk", "2017-07-17", "2", "weeks"))
    assert text.splitlines()[:3] == ["due: 2017-09-08", "due_safe: 2017-09-07", "due_latest: 2017-09-08"]
    assert "count: 2017-07-17 + 2 weeks = 2017-07-31; the first day is not counted [HMK art. 92]" in text
    assert "Disputed: whether a week from 1 September ends on the 7th or the 8th is disputed." in text


def test_json_holds_the_same() -> None:
    answer = json.loads(run(*asked("hours@Europe/Copenhagen", "2026-03-27T16:00", "72", "hours", "--json")))
    assert [answer[name] for name in ("due", "due_safe", "due_latest")] == ["2026-03-30T17:00"] * 3
    assert answer["trace"][0]["step"] == "count"
    assert all(line["citation"] for line in answer["trace"])
    assert answer["notices"]


@pytest.mark.parametrize(
    ("words", "due"),
    [
        (asked("roll", "2026-02-08", "1", "months", "--calendar=de-be"), "2026-03-09"),
        (asked("roll:de-be", "2026-12-23", "3", "working_days"), "2026-12-29"),
        (asked("us", "2026-07-18", "14", "days", "--direction=before"), "2026-07-02"),
        (asked("noroll", "2024-02-29", "1", "years"), "2025-02-28"),
    ],
)
def test_periods(words: list[str], due: str) -> None:
    assert run(*words).splitlines()[0] == f"due: {due}"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (asked("roll:xx", "2026-02-08", "1", "months"), "There is no calendar 'xx'"),
        (asked("gibberish", "2026-02-08", "1", "months"), "There is no profile 'gibberish'"),
        (asked("hours@Mars/Base", "2026-02-08T10:00", "1", "hours"), "There is no time zone"),
        (asked("roll", "2026-02-08", "1", "months"), "needs the calendar of the court's seat"),
        (asked("roll:de-be", "2026-02-08", "1", "months", "--calendar=de-by"), "but de-by was asked for"),
        (asked("tr-hmk", "2026-02-08", "2", "weeks", "--calendar=de-be"), "names the calendar tr, but de-be"),
        (asked("roll:de-be", "2190-02-08", "1", "months"), "is known from"),
        (asked("noroll", "2190-02-08", "1", "months"), "beyond which nothing is computed"),
        (asked("noroll", "9999-12-30", "5", "days"), "beyond which nothing is computed"),
        (asked("tr-hmk", "2032-12-31", "2", "weeks"), "is known from"),
        (asked("noroll", "2026-02-08", "0", "days"), "makes no sense"),
        (asked("noroll", "2026-02-08", "-3", "days"), "must be a whole number"),
        (asked("noroll", "2026-02-08", "1.5", "days"), "must be a whole number"),
        (asked("noroll", "2026-02-08", "999999", "days"), "makes no sense"),
        (asked("noroll", "2026-02-30", "1", "days"), "is not a date"),
        (asked("noroll", "2026-02-08", "1", "hours"), "does not count in hours"),
        (asked("noroll", "2026-02-08", "1", "working_days"), "calendar of the court's seat"),
        (asked("hours@Europe/Berlin", "2026-02-08", "1", "hours"), "needs the time of day"),
        (asked("hours@Europe/Berlin", "2026-03-29T02:30", "1", "hours"), "does not exist"),
        (asked("hours@Europe/Berlin", "2026-03-29T01:30+02:00", "1", "hours"), "without an offset"),
        (asked("eu-cj", "2026-02-08", "1", "months", "--direction=before"), "does not count before"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_words(words: list[str], why: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(*words)
    assert why in str(refused.value)
    assert refused.value.returncode == 2


def test_a_rule_is_computed_with_its_triggers() -> None:
    words = ["--rule=de.zpo.517", "--from=2026-08-03", "--second=2026-01-05", "--calendar=de-be"]
    answer = json.loads(run(*words, "--json"))
    assert (answer["due"], answer["pre_deadline"]) == ("2026-07-06", "2026-06-29")
    assert (answer["rule"], answer["statute"], answer["status"]) == ("de.zpo.517", "§ 517 ZPO", "draft")
    assert "statute: § 517 ZPO" in run(*words).splitlines()


def test_a_rule_in_hours_runs_in_the_zone_given() -> None:
    words = ["--rule=eu.gdpr.33", "--from=2026-03-27T16:00", "--zone=Europe/Copenhagen"]
    assert run(*words).splitlines()[0] == "due: 2026-03-30T17:00"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--rule=de.nothing", "--from=2026-08-03"], "There is no rule"),
        (["--rule=tr.cmk.273", "--from=2024-05-31"], "was not in force"),
        (["--rule=de.zpo.276-2", "--from=2026-08-03"], "is not computed; enter the date"),
        (["--rule=de.zpo.517", "--from=2026-08-03", "--amount=2"], "leave them out"),
        (["--rule=de.zpo.339", "--from=2026-08-03", "--second=2026-01-05"], "has no second trigger"),
        (["--rule=eu.gdpr.33", "--from=2026-08-03"], "needs the time of day"),
        (["--profile=noroll", "--from=2026-08-03"], "needs --amount and --unit"),
        ([*asked("noroll", "2026-08-03", "1", "days"), "--second=2026-01-05"], "belongs to a rule"),
    ],
)
def test_a_rule_that_cannot_be_computed_is_refused_in_words(words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why) as refused:
        run(*words)
    assert refused.value.returncode == 2


def test_the_rules_are_listed() -> None:
    out = StringIO()
    call_command("deadline", "rules", "--pack=dk", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 19
    assert lines[0].split("\t") == ["dk.rpl.372", "Anke", "4 weeks", "dk/court", "Rpl. § 372(1)", "verified", "draft"]


def test_a_trigger_to_come_is_said() -> None:
    said = "The trigger lies in the future: compute again once it has happened."
    assert said in json.loads(run(*asked("noroll", "2120-01-01", "1", "days", "--json")))["notices"]
    assert said not in json.loads(run(*asked("noroll", "2020-01-01", "1", "days", "--json")))["notices"]


def packed(*words: str) -> str:
    out = StringIO()
    call_command("deadline", *words, stdout=out)
    return out.getvalue()


def test_a_pack_goes_out_and_is_compared_when_it_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "at.json"
    file.write_text(packed("export", "at"), encoding="utf-8")
    assert packed("compare", str(file)) == "0 differences\n"
    data = json.loads(file.read_text(encoding="utf-8"))
    data["rules"][0]["amount"] = 5
    file.write_text(json.dumps({**data, "sha256": packs.checksum(data)}), encoding="utf-8")
    assert packed("compare", str(file)).splitlines() == ["at.zpo.464\tamount\t4\t5", "1 differences"]


def test_a_pack_that_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "at.json"
    file.write_text(packed("export", "at").replace("2026.1", "2026.2"), encoding="utf-8")
    for words, why in (
        (("compare", str(file)), "checksum"),
        (("compare", str(tmp_path / "missing.json")), "cannot be read"),
        (("export", "xx"), "There is no pack"),
    ):
        with pytest.raises(CommandError, match=why) as refused:
            packed(*words)
        assert refused.value.returncode == 2


def test_a_shell_sees_two_and_the_words_without_any_server(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if "DATABASE" not in key}
    environment["LAWCRM_STATE"] = str(tmp_path / "state")
    words = ["manage.py", "deadline", "compute", *asked("nonsense", "2026-02-08", "1", "days")]
    done = subprocess.run(  # noqa: S603
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no profile 'nonsense'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "state" / "postgres").exists()
