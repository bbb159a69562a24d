"""Settings that hold in every deployment."""

from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from lawcrm import engines
from lawcrm.settings import environment as env

BASE_DIR = Path(__file__).resolve().parents[2]
STATE_DIR = engines.state_dir()

INSTALLED_APPS = [
    "lawcrm.apps.LawcrmConfig",
    "lawcrm.accounts.apps.AccountsConfig",
    "lawcrm.crypto.apps.CryptoConfig",
    "clients.apps.ClientsConfig",
    "matters.apps.MattersConfig",
    "deadlines.apps.DeadlinesConfig",
    "consent.apps.ConsentConfig",
    "privacy.apps.PrivacyConfig",
    "lawcrm.accounts.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_otp",
    "guardian",
    "simple_history",
]

MIDDLEWARE = [
    "lawcrm.middleware.RequestId",
    "lawcrm.crypto.keyring.FreshKeyring",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "lawcrm.accounts.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lawcrm.middleware.DeclareViewer",
    "lawcrm.middleware.RequireSignIn",
    "lawcrm.accounts.middleware.FactorRules",
    "lawcrm.accounts.middleware.StepUp",
    "lawcrm.middleware.ReadOnlyGet",
    "lawcrm.refusals.NoteRefusals",
    "lawcrm.middleware.KeepOutOfCaches",
    "lawcrm.middleware.SightLost",
]

ROOT_URLCONF = "lawcrm.urls"
WSGI_APPLICATION = "lawcrm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lawcrm.ui.shell",
            ],
        },
    },
]
FORM_RENDERER = "lawcrm.ui.FormRenderer"

# Every table but the keys' lives in `default`; wrapped data keys have a database of their own,
# so that an old backup of `default` cannot bring an erased person back.
DATABASES = {
    "default": {
        **env.database(env.text("DATABASE_URL") or engines.url("lawcrm", "lawcrm_app")),
        "ATOMIC_REQUESTS": True,
    },
    "keys": env.database(env.text("KEYS_DATABASE_URL") or engines.url("lawcrm_keys", "lawcrm_app")),
}
# Migrations run as the owner of the tables; web and workers never connect as this role.
OWNER_DATABASES = {
    "default": env.text("DATABASE_OWNER_URL") or engines.url("lawcrm", "lawcrm_owner"),
    "keys": env.text("KEYS_DATABASE_OWNER_URL") or engines.url("lawcrm_keys", "lawcrm_owner"),
}
DATABASE_ROUTERS = ["lawcrm.crypto.router.KeysApart"]

REDIS_URL = env.text("REDIS_URL") or engines.valkey_url()

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "lawcrm.accounts.backends.WallBackend",
    "lawcrm.accounts.backends.RoleBackend",
    "lawcrm.accounts.backends.GrantBackend",
]
# Guardian looks for its own backend by name; ours, third in the list, is a subclass without the superuser shortcut.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "lawcrm.accounts.passwords.NoContextWords"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_RESET_TIMEOUT = 3600

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "lawcrm.accounts.session_store"
SESSION_IDLE_AGE = 60 * min(int(env.text("SESSION_IDLE_MINUTES", "60")), 60)
SESSION_ABSOLUTE_AGE = 3600 * min(int(env.text("SESSION_HOURS", "24")), 24)
# How long the second factor, once given, also opens what asks for it again (lawcrm/sign_in.py).
# How long the account of somebody from outside lasts at most, from the day it is made or extended.
EXTERNAL_ACCOUNT_DAYS = min(int(env.text("EXTERNAL_ACCOUNT_DAYS", "365")), 365)
# How long a person can object to a new sign-in address, and how long a new administrator confirms nothing.
ADDRESS_CHANGE_HOURS = max(int(env.text("ADDRESS_CHANGE_HOURS", "72")), 24)
# How long an account waits for what reaches beyond its own matters (lawcrm/accounts/reach.py).
NEW_ACCOUNT_DAYS = max(int(env.text("NEW_ACCOUNT_DAYS", "14")), 7)
SECOND_ADMINISTRATOR_DAYS = max(int(env.text("SECOND_ADMINISTRATOR_DAYS", "14")), 7)
STEP_UP_AGE = 60 * min(int(env.text("STEP_UP_MINUTES", "10")), 60)
# The cookie has no age: the session's row decides, idle and absolute limit both.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "lawcrm.errors.csrf_failure"
# Only these may say where a request came from; gunicorn reads the same list and turns the proxy's
# X-Forwarded-Proto into https, so that nobody else's header counts.
TRUSTED_PROXIES = env.words("FORWARDED_ALLOW_IPS")
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
ANONYMOUS_USER_NAME = None

SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = False
OTP_TOTP_ISSUER = "LawCRM"

# Stands at the top of every page and on paper.
FIRM_NAME = env.text("FIRM_NAME")  # overrides the name given at set-up

LANGUAGE_CODE = "en"
# What the firm and the people it writes to speak.
SPOKEN_LANGUAGES = [
    ("en", _("English")),
    ("da", _("Danish")),
    ("sv", _("Swedish")),
    ("de", _("German")),
    ("tr", _("Turkish")),
]
# What pages are shown in: only languages with a catalogue, else Django's own words would stand among English ones.
LANGUAGES = [(code, name) for code, name in SPOKEN_LANGUAGES if code == "en" or (BASE_DIR / "locale" / code).is_dir()]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["lawcrm.formats"]
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Europe/Copenhagen")
# Whose holidays the office keeps, where the firm's country does not say it: de-be for Berlin.
OFFICE_CALENDAR = env.text("OFFICE_CALENDAR")

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Encrypted by lawcrm.crypto.files whatever the storage underneath.
FILES_ROOT = Path(env.text("FILES_ROOT") or STATE_DIR / "files")
# Outside the database, so that what a restored backup brings back can be erased again.
ERASURE_LEDGER = Path(env.text("ERASURE_LEDGER") or STATE_DIR / "erasure-ledger.jsonl")
LOG_DIRS = [Path(folder) for folder in env.words("LOG_DIRS")] or [STATE_DIR / "logs"]

# Where copies of the journal's seals go, best a path on another machine; none when empty.
# The nightly copy of the next deadlines, for a day without the system; the password is kept in an envelope.
OFFLINE_COPY_DIR = Path(env.text("OFFLINE_COPY_DIR") or STATE_DIR / "offline")
OFFLINE_COPY_PASSWORD = env.text("OFFLINE_COPY_PASSWORD")
JOURNAL_SEAL_FILE = env.text("JOURNAL_SEAL_FILE")

# How long it stays known who read what, and what was refused to whom.
READ_LOG_DAYS = int(env.text("READ_LOG_DAYS", "1095"))
REFUSALS_DAYS = int(env.text("REFUSALS_DAYS", "365"))

# For how long reminders may stand still before every page and a mail past the scheduler say so; 0 for never.
SILENCE_MINUTES = int(env.text("SILENCE_MINUTES", "10"))

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 2,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
}
