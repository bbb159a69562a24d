"""The production deployment: everything from the environment or secret files, refused when incomplete."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from lawcrm.crypto import keyfile
from lawcrm.settings import environment as env
from lawcrm.settings.demands import unmet

if wrong := unmet():
    raise ImproperlyConfigured("\n  - ".join(["LawCRM does not start like this:", *wrong]))

from lawcrm.settings.base import *
from lawcrm.settings.base import BASE_DIR, MIDDLEWARE

DEBUG = False
DEMO = False
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
MASTER_KEYS = keyfile.parse(env.text("MASTER_KEY"))
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
SITE_URL = env.text("SITE_URL").rstrip("/")

# Never the embedded server: an owner that was not given is missing, not guessed.
OWNER_DATABASES = {"default": env.text("DATABASE_OWNER_URL"), "keys": env.text("KEYS_DATABASE_OWNER_URL")}

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("SMTP_HOST"),
            "port": int(env.text("SMTP_PORT", "587")),
            "username": env.text("SMTP_USER"),
            "password": env.text("SMTP_PASSWORD"),
            "use_tls": env.text("SMTP_TLS", "starttls") == "starttls",
            "use_ssl": env.text("SMTP_TLS", "starttls") == "tls",
            "timeout": 15,
        },
    },
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("MAIL_FROM")

MIDDLEWARE = ["lawcrm.proxy.ClientAddress", *MIDDLEWARE]

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "lawcrm.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
