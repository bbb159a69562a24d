"""Error pages in words; a hidden thing and a missing thing look the same."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the reason is for developers
    return render(request, "403_csrf.html", status=403)
