"""The demo and development deployment: embedded servers, a local mail sink, codes on screen."""

from lawcrm import engines
from lawcrm.settings import environment as env
from lawcrm.settings.base import *  # noqa: F403
from lawcrm.settings.base import STATE_DIR

DEBUG = False
DEMO = True
SECRET_KEY = engines.local_secret("django")
MASTER_KEYS = engines.local_master_keys()
OFFLINE_COPY_PASSWORD = engines.local_secret("offline-copy")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
FIRM_NAME = "Holm & Vestergaard"
SITE_URL = env.text("SITE_URL", "http://localhost:8000")
WHITENOISE_USE_FINDERS = True
MAIL_SINK_DIR = STATE_DIR / "mail"
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "127.0.0.1", "port": engines.SMTP_SINK_PORT, "timeout": 10},
    },
}
DEFAULT_FROM_EMAIL = "LawCRM <lawcrm@demo.example>"
