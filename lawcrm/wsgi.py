"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcrm.settings.production")
application = get_wsgi_application()

from lawcrm.crypto.checks import ensure_usable  # noqa: E402 - needs the apps that the line above loads

ensure_usable()
