"""The deployment the test suite runs in; servers come from the test session."""

import os
from pathlib import Path

os.environ.setdefault("LAWCRM_STATE", str(Path(__file__).resolve().parents[2] / ".state" / "test"))
os.environ.setdefault("LAWCRM_DURABLE", "0")
# Not a default: a worker inherits the name of the process that started it, and would share its broker with the other.
os.environ["LAWCRM_VALKEY"] = f"valkey-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

from lawcrm.settings.demo import *
from lawcrm.settings.demo import TEMPLATES

DEMO = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SILENCE_MINUTES = 0  # no scheduler runs beside the tests
WHITENOISE_AUTOREFRESH = True  # looks for files when asked, not at every start of a test client
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


class Undefined(str):
    """Fails the test that renders a variable the template was not given."""

    __slots__ = ()

    def __contains__(self, _key: object) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        message = f"undefined template variable: {name}"
        raise AssertionError(message)


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("%s")
