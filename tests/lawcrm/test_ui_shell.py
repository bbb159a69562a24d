"""The frame of a page: what stands in the navigation, how forms, errors and charts come out."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import Http404, HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import path

from lawcrm import ui, ui_gallery, ui_views
from lawcrm.ui_chart import Bar, BarChart


def view(request: HttpRequest) -> None: ...


urlpatterns = [
    path("", view, name="today"),
    path("matters/", view, name="matters"),
    path("matters/closed/", view, name="closed"),
    path("reports/", view, name="reports"),
]
pytestmark = pytest.mark.urls(__name__)


class Person(SimpleNamespace):
    is_authenticated = True
    full_name = "Karin Vestergaard"

    def has_perm(self, name: str) -> bool:
        return name in self.rights

    def is_verified(self) -> bool:
        return bool(self.second_factor)


def asked(where: str, *rights: str, second_factor: bool = True) -> HttpRequest:
    request = RequestFactory().get(where)
    request.user = Person(rights=rights, second_factor=second_factor)  # type: ignore[assignment]
    return request


@pytest.fixture
def nav(monkeypatch: pytest.MonkeyPatch) -> ui.Navigation:
    fresh = ui.Navigation()
    monkeypatch.setattr(ui, "nav", fresh)
    fresh.add("firm", "reports", "Reports", "chart-column", permission="lawcrm.reports", order=1)
    fresh.add("work", "matters", "Matters", "briefcase", order=20, phone=True, counter=lambda _request: 120)
    fresh.add("work", "closed", "Closed", "archive", order=30, counter=lambda _request: 0)
    fresh.add("work", "today", "Today", "sun", order=10, phone=True)
    fresh.add("work", "not_built_yet", "Later", "clock", order=1)
    return fresh


def test_sections_hold_what_exists_and_is_permitted_in_order(nav: ui.Navigation) -> None:
    def labels(*rights: str) -> list[list[str]]:
        return [[str(link.label) for link in links] for _, links in ui.Shell(asked("/", *rights)).sections]

    assert labels() == [["Today", "Matters", "Closed"]]
    assert labels("lawcrm.reports") == [["Today", "Matters", "Closed"], ["Reports"]]


@pytest.mark.parametrize(
    ("where", "current"),
    [
        ("/", ["Today"]),
        ("/matters/", ["Matters"]),
        ("/matters/x/", ["Matters"]),
        ("/matters/closed/1/", ["Closed"]),
        ("/elsewhere/", []),
    ],
)
def test_only_the_deepest_place_is_current(nav: ui.Navigation, where: str, current: list[str]) -> None:
    assert [link.label for link in ui.Shell(asked(where)).links if link.current] == current


def test_counts_are_capped_and_silent_at_nothing(nav: ui.Navigation) -> None:
    counts = {str(link.label): link.count for link in ui.Shell(asked("/")).links}
    assert counts == {"Today": "", "Matters": "9+", "Closed": ""}


def test_nothing_is_shown_or_counted_before_the_second_factor(nav: ui.Navigation) -> None:
    nav.add("work", "matters", "Matters", "briefcase", counter=lambda _request: pytest.fail("counted"))
    shell = ui.Shell(asked("/", second_factor=False))
    assert (shell.links, shell.sections, shell.new, shell.actions, shell.person) == ([], [], [], [], "")


def test_the_phone_bar_knows_when_the_page_is_elsewhere(nav: ui.Navigation) -> None:
    assert [link.label for link in ui.Shell(asked("/")).phone_links] == ["Today", "Matters"]
    assert not ui.Shell(asked("/matters/")).elsewhere
    assert ui.Shell(asked("/reports/", "lawcrm.reports")).elsewhere


class Entry(forms.Form):
    number = forms.CharField(help_text="As on the paper.")
    served_on = forms.DateField(required=False)
    way = forms.ChoiceField(choices=[("post", "Post")], widget=forms.RadioSelect)


def test_a_field_says_its_help_and_its_error_to_assistive_technology() -> None:
    page = str(Entry({"number": "", "served_on": "31.02.2026", "way": "post"}))
    assert 'aria-describedby="id_number_helptext id_number_error"' in page
    assert 'id="id_number_helptext">As on the paper.' in page
    assert 'id="id_number_error"' in page
    assert '<a href="#id_number">Number</a>' in page
    assert '<a href="#id_served_on">Served on</a>' in page
    assert page.count("(optional)") == 1


def test_a_select_draws_its_options_as_django_does() -> None:
    choices = [("", "–"), ("Grouped <b>", [("x", "X & <y>"), (1, "One")]), ("z", "Z")]
    drawn, plain = (
        re.sub(r">\s+<", "><", str(Chosen(choices, initial={"one": 1}, renderer=renderer)["one"]))
        for renderer in (None, DjangoTemplates())
    )
    assert drawn == plain
    assert '<option value="1" selected>One</option>' in drawn
    assert "Grouped &lt;b&gt;" in drawn
    assert ">X &amp; &lt;y&gt;</option>" in drawn


class Chosen(forms.Form):
    one = forms.ChoiceField()

    def __init__(self, choices: list[Any], **options: Any) -> None:
        super().__init__(**options)
        self.fields["one"].choices = choices


def test_a_form_without_errors_has_no_summary() -> None:
    assert "form-errors" not in str(Entry())


def test_what_people_typed_is_escaped_in_the_summary_and_the_field() -> None:
    page = str(Entry({"number": "<b>", "served_on": "<i>", "way": "<u>"}))
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<u>" not in page


@pytest.mark.parametrize("name", ["400.html", "500.html", "404.html", "403.html", "403_csrf.html", "offline.html"])
def test_error_pages_need_nothing_but_themselves(name: str) -> None:
    page = render_to_string(name)
    heading = re.search(r"<h1>(.+)</h1>", page)
    assert heading is not None
    assert f"<title>{heading[1]} · LawCRM</title>" in page
    assert 'lang="en"' in page


def test_a_missing_page_does_not_repeat_what_was_asked_for() -> None:
    page = render_to_string("404.html", {"request_path": "/matters/secret/", "exception": "No Matter matches"})
    assert page == render_to_string("404.html")


def test_refusal_gives_its_reason() -> None:
    assert "Partners close matters." in render_to_string("403.html", {"exception": "Partners close matters."})


def test_the_theme_is_remembered_and_leads_back_home_only() -> None:
    def choose(**data: str) -> Any:
        return ui_views.set_theme(RequestFactory().post("/ui/theme/", data))

    assert choose(theme="dark", next="/matters/").cookies["theme"].value == "dark"
    assert choose(theme="dark", next="/matters/").url == "/matters/"
    assert choose(theme="dark", next="https://elsewhere.example/").url == "/"
    assert choose(theme="dark", next="//elsewhere.example/").url == "/"
    assert not choose(theme="pink").cookies


def test_an_unknown_theme_in_the_cookie_is_not_written_into_the_page() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'
    assert ui.Shell(request).theme == "auto"


@pytest.mark.parametrize(
    ("name", "letters"), [("Karin af Vestergaard", "KV"), ("Madonna", "M"), ("", ""), ("İnci Ş.", "İŞ")]
)
def test_initials(name: str, letters: str) -> None:
    template = engines["django"].from_string("{% load ui %}{{ name|initials }}")
    assert template.render({"name": name}) == letters


def test_bars_are_in_proportion_and_written_as_plain_numbers() -> None:
    chart = BarChart("Due", [Bar("Mon", 10), Bar("Tue", 5), Bar("Wed", 0)], ("Day", "Deadlines"))
    assert [bar.height for bar in chart.drawn] == ["70.0", "35.0", "0.0"]
    assert [bar.middle for bar in chart.drawn] == ["16.667%", "50.000%", "83.333%"]


def test_a_chart_of_nothing_is_drawn_flat() -> None:
    assert [bar.height for bar in BarChart("Due", [Bar("Mon", 0)], ("Day", "Deadlines")).drawn] == ["0.0"]
    assert BarChart("Due", [], ("Day", "Deadlines")).drawn == []


@pytest.mark.urls("lawcrm.urls")
@pytest.mark.parametrize("query", ["", "?errors"])
def test_the_gallery_shows_every_component_with_all_its_variables(settings: Any, query: str) -> None:
    settings.DEMO = True
    page = ui_gallery.gallery(asked(f"/ui/{query}")).content.decode()
    assert ("form-errors" in page) == bool(query)


def test_the_gallery_is_not_served_to_a_firm(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(Http404):
        ui_gallery.gallery(asked("/ui/"))
