"""Choosing the matter before a form about it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from deadlines.queries import picking

LONGEST = 100


def choose(request: HttpRequest, title: str, url_name: str, *arguments: UUID) -> HttpResponse:
    """What is searched for is posted, because titles name people."""
    words = request.POST.get("q", "").replace("\0", "").strip()[:LONGEST]
    url = reverse(url_name, args=arguments)
    matters = picking.matters_like(words)
    context = {"title": title, "words": words, "url": url, "matters": matters, "more": len(matters) == picking.OFFERED}
    return render(request, "deadlines/choose_matter.html", context)
