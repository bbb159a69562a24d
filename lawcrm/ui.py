"""The shell around every page: navigation, commands, how forms are drawn."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest


class FormRenderer(TemplatesSetting):
    """Draws fields with the templates in templates/ui."""


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"request_id": getattr(request, "request_id", "")}
