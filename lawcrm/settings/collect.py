"""Collecting the static files of an image, where no secret and no server is known."""

import os

os.environ.setdefault("REDIS_URL", "redis://not-asked/0")

from lawcrm.settings.base import *

SECRET_KEY = "used by nothing while files are collected"  # noqa: S105
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
