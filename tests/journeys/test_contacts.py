"""Steps 3 and 4: contacts come from a file with broken rows; a new name is checked for conflicts."""

import time

from playwright.sync_api import expect

from tests.journeys.conftest import Desk, Windows
from tests.journeys.people import COLLEAGUE, LAWYER, OFFICER
from tests.journeys.running import token

GOOD = """\
Type;Name;Company;E-mail;Telephone;Street;Postcode;Town;Country;Known since
Person;Mette {it}gaard;;mette@{it}.example;+45 20 {at};Vesterbrogade 41;1620;København V;Denmark;2025-11-03
Organisation;;{it} Hamn AB;hamn@{it}.example;+46 31 {at};Skeppsbron 4;411 21;Göteborg;Sverige;2025-12-01
Person;Jürgen {it}müller;;juergen@{it}.example;+49 30 {at};Friedrichstraße 9;10117;Berlin;Germany;14.01.2026
Organisation;;{it} Denizcilik A.Ş.;bilgi@{it}.example;+90 212 {at};İstiklal Caddesi 7;34430;İstanbul;Türkiye;
"""
BROKEN = """\
Person;;;nobody@{it}.example;;;;;Denmark;
Person;Line {it}borg;;line(at)example;;;;;Denmark;
Person;Kemal {it}oğlu;;;;;;;Atlantis;
Person;=HYPERLINK("http://evil.example");;;;;;;Germany;
Person;<script>alert(1)</script>;;;;;;;Germany;
Person;Olof {it}sson;;;;;;;Sverige;31.02.2026
"""


def test_the_good_rows_of_a_file_come_in_and_the_broken_ones_are_explained(at: Windows) -> None:
    it = token()
    number = f"{time.time_ns() // 1000 % 10**7:07d}"
    table = (GOOD + BROKEN).format(it=it, at=number)
    page = at(LAWYER)
    page.goto("/contacts/")
    page.get_by_role("link", name="Import").click()
    file = {"name": "contacts.csv", "mimeType": "text/csv", "buffer": table.encode("utf-8-sig")}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("4 rows can be imported")
    faults = page.locator("#problems tbody tr")
    said = {row.locator("td").nth(0).inner_text(): row.locator("td").nth(2).inner_text() for row in faults.all()}
    assert said["6"] == "is missing"
    assert said["8"] == "“Atlantis” is not a country known here"
    assert said["9"] == "looks like the formula of a spreadsheet"
    assert said["10"] == "holds < or >, which no name does"
    assert said["11"] == "“31.02.2026” is not a date"
    assert set(said) == {"6", "7", "8", "9", "10", "11"}
    other = at(LAWYER)
    other.goto("/contacts/")
    expect(other.get_by_text(f"Mette {it}gaard")).to_have_count(0)

    page.get_by_role("button", name="Import 4 rows, skip 6").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4 contacts imported")
    page.get_by_role("link", name="Show the imported contacts").click()
    for name in (f"Mette {it}gaard", f"{it} Hamn AB", f"Jürgen {it}müller", f"{it} Denizcilik A.Ş."):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("link", name=f"Jürgen {it}müller").click()
    expect(page.get_by_text("in Germany, known since 14 January 2026")).to_be_visible()
    expect(page.locator("#facts").get_by_role("definition").first).to_have_text("Import")
    expect(page.get_by_text(f"+49 30 {number}")).to_be_visible()


def test_the_asker_learns_nothing_and_the_conflicts_officer_decides_on_the_hits(desk: Desk) -> None:
    it = token()
    hidden = desk.firm.stage("matter", title=f"Hafen ./. {it}", adverse=f"Şükrü {it}oğlu", responsible=COLLEAGUE.email)
    page = desk.of(LAWYER)
    asked = []
    for name in (f"SUKRU {it}oglu", f"Nobody {it}nowhere"):
        page.goto("/conflicts/")
        page.get_by_role("link", name="Check names").first.click()
        page.get_by_label("Names").fill(name)
        page.get_by_role("button", name="Send for review").click()
        expect(page.get_by_text("Sent for review. The conflicts officer will decide.")).to_be_visible()
        expect(page.get_by_text("The conflicts officer has not decided yet.")).to_be_visible()
        asked.append(page.locator("main").inner_text().replace(name, "NAME"))
        assert hidden["number"] not in page.content()
    assert asked[0] == asked[1]

    officer = desk.of(OFFICER)
    officer.goto("/conflicts/")
    officer.get_by_role("link", name=f"SUKRU {it}oglu").click()
    while officer.get_by_text("The search is still running.").is_visible():
        officer.wait_for_timeout(500)
        officer.reload()
    expect(officer.get_by_role("cell", name=f"Şükrü {it}oğlu")).to_be_visible()
    expect(officer.get_by_role("cell", name=hidden["number"])).to_be_visible()
    officer.get_by_label("There is a conflict").or_(officer.get_by_label("Conflict", exact=True)).check()
    officer.get_by_label("Reason").fill("We act for the other side.")
    officer.get_by_role("button", name="Decide").click()

    page.goto("/conflicts/")
    page.get_by_role("link", name=f"SUKRU {it}oglu").click()
    expect(page.get_by_text("There is a conflict.")).to_be_visible()
    assert hidden["number"] not in page.content()
    assert "other side" not in page.content()
