"""Every component on one page, for developers; not served by a firm's installation."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lawcrm.sign_in import open_to_anyone
from lawcrm.ui_chart import Bar, BarChart

CHOICES = [("berufung", "Berufung, § 517 ZPO"), ("svarskrift", "Svarskrift"), ("cevap", "Cevap dilekçesi, HMK m. 127")]
PEOPLE = [("kv", "Karin Vestergaard"), ("ib", "Ida Berg"), ("tl", "Tomas Lind")]


class Sample(forms.Form):
    """One field of each kind."""

    title = forms.CharField(help_text="Short enough for a list; the number is given by LawCRM.")
    served_on = forms.DateField(label="Served on", initial="2026-10-21")
    rule = forms.ChoiceField(choices=CHOICES, label="Rule")
    hours = forms.DecimalField(required=False, label="Estimate in hours")
    email = forms.EmailField(required=False, label="E-mail address", disabled=True, initial="ayse@gunes.example")
    channel = forms.ChoiceField(
        choices=[("post", "Post"), ("bea", "beA"), ("digital", "Digital Post")],
        label="Served by",
        widget=forms.RadioSelect,
    )
    team = forms.MultipleChoiceField(choices=PEOPLE, widget=forms.CheckboxSelectMultiple, required=False)
    rooms = forms.MultipleChoiceField(choices=CHOICES, required=False, label="Also applies")
    paper = forms.FileField(label="The paper that was served", required=False, help_text="PDF or Word, up to 50 MB.")
    note = forms.CharField(widget=forms.Textarea, required=False)
    notfrist = forms.BooleanField(required=False, label="This is a Notfrist: it cannot be extended")


def days() -> BarChart:
    counts = [
        (23, 5, "danger"),
        (24, 2, "quiet"),
        (25, 6, ""),
        (26, 1, "quiet"),
        (27, 1, "quiet"),
        (28, 0, ""),
        (29, 0, ""),
    ]
    counts += [(30, 8, ""), (1, 3, "quiet"), (2, 2, "quiet"), (3, 4, ""), (4, 1, "quiet"), (5, 0, ""), (6, 0, "")]
    bars = [Bar(str(day), value, kind, f"Day {day}") for day, value, kind in counts]
    return BarChart("Deadlines in the next 14 days", bars, ("Day", "Deadlines"))


def rows() -> list[dict[str, Any]]:
    lines = [
        (
            "Today 23:59",
            "Berufung, § 517 ZPO",
            "served 21 Oct, one month, off Saturday",
            "2026-0114",
            "Notfrist",
            "danger",
        ),
        ("Today 15:00", "Svarskrift", "fixed by the court", "2026-0098", "Unconfirmed", "warn"),
        ("Tue 24 Nov", "Pre-deadline: grounds of appeal", "one week before 1 Dec", "2026-0087", "Confirmed", "accent"),
        ("Mon 30 Nov", "Access request, Art. 15", "received 30 Oct", "R-2026-031", "In review", "ok"),
    ]
    return [
        {
            "url": f"#row-{number}",
            "cells": [
                {"text": when, "class": "when danger" if kind == "danger" else "when"},
                {"text": what, "second": why},
                {"text": matter, "url": "#matter", "priority": "2", "class": "nowrap"},
                {"pill": word, "kind": kind},
            ],
        }
        for number, (when, what, why, matter, word, kind) in enumerate(lines)
    ]


HEAD = [{"label": "Due"}, {"label": "What"}, {"label": "Matter", "priority": "2"}, {"label": "State"}]
TIMELINE = [
    ("Today 09:12", "Deadline entered", "by Ida Berg", "Waits for a second person.", "warn"),
    ("18 Nov", "E-mail from Amtsgericht Köln", "filed by rule", "Ladung zum Termin am 14. Januar 2027, 10:30.", ""),
    ("21 Oct", "Judgment served", "", "Starts: Berufung (1 month).", ""),
]
ARITHMETIC = [
    ("21 Oct 2026, Wed", "judgment served"),
    ("+ 1 month → 21 Nov, Sat", "§ 188 (2) BGB"),
    ("Saturday → Mon 23 Nov", "§ 222 (2) ZPO"),
    ("remind by Fri 20 Nov", "firm’s ladder"),
]


def samples(request: HttpRequest) -> dict[str, Any]:
    return {
        "form": Sample({"served_on": "31.02.2026"}) if "errors" in request.GET else Sample(),
        "chart": days(),
        "head": HEAD,
        "rows": rows(),
        "timeline": TIMELINE,
        "arithmetic": [{"left": left, "right": right} for left, right in ARITHMETIC],
        "crumbs": [{"url": "#", "label": "LawCRM"}, {"url": "", "label": "Developers"}],
        "tabs": [
            {"url": "/ui/", "label": "Without errors", "current": "errors" not in request.GET},
            {"url": "/ui/?errors", "label": "With errors", "count": 4, "current": "errors" in request.GET},
        ],
        "steps": [
            {"label": "Upload", "state": "done"},
            {"label": "Match the columns", "state": "current"},
            {"label": "Check", "state": ""},
        ],
        "parties": [
            {"term": "Client", "text": "Mehmet Yıldız", "url": "#"},
            {"term": "Opponent", "text": "Nordbau GmbH", "url": "#", "second": "owned by Hanse Holding SE"},
            {"term": "Counsel", "text": "RAin Greta Möller", "pill": "Adverse", "kind": "warn"},
        ],
        "files": [
            {"strong": "Line Møller", "text": "Re: Udkast til aftale", "aside": "2026-0098 · sure", "url": "#"},
            {"strong": "ayse@gunes.example", "text": "Sözleşme", "aside": "unknown sender"},
        ],
        "menu": [
            {"url": "#", "label": "Edit", "icon": "pencil"},
            {"url": "#", "label": "Withdraw access", "icon": "ban", "kind": "danger"},
        ],
        "chips": [{"url": "#", "label": "Mine", "current": True}, {"url": "#", "label": "Unconfirmed"}],
        "columns": [
            {"name": "due", "label": "Due", "shown": True},
            {"name": "court", "label": "Court", "shown": False},
        ],
        "groups": [
            {
                "heading": "Matters",
                "hits": [{"url": "#", "label": "2026-0114", "second": "Yıldız ./. Nordbau", "icon": "briefcase"}],
            }
        ],
        "kinds": ["info", "ok", "warn", "danger"],
    }


@open_to_anyone
def gallery(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    return render(request, "ui/gallery.html", samples(request))
