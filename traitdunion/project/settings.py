"""
Every setting, in reading order. Read from the environment; a secret may also come from a file
(``NAME_FILE``).

`traitdunion settings` lists what is here; `traitdunion doctor` says what is missing or dangerous.
"""

import os
import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """A setting as text; ``NAME_FILE`` names a file that holds it."""
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return os.environ.get(name, default)
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={file!r} : {error.strerror}.") from None


def flag(name: str, default: bool) -> bool:
    """A setting that is yes or no; anything else is refused rather than guessed."""
    value = text(name, "yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name}={value!r} : écrivez yes ou no.")
    return value in {"yes", "true", "1"}


def number(name: str, default: int) -> int:
    """A setting that is a whole number."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value!r} : écrivez un nombre entier.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A setting that is a list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def instant(name: str, value: str) -> datetime:
    """A setting that is an instant, with its offset."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        example = "2020-05-12T09:00:00+02:00"
        raise ImproperlyConfigured(f"{name}={value!r} : écrivez un instant comme {example}.")
    return read


# --- What this process is

TESTING = "pytest" in sys.modules
# Log-ins without a secret, a moved clock and a notice on each page: only in a demonstration.
DEMONSTRATION = flag("TRAITDUNION_DEMONSTRATION", False)
DEBUG = flag("TRAITDUNION_DEBUG", False)

_now = text("TRAITDUNION_NOW")
if _now and not (DEMONSTRATION or DEBUG or TESTING):
    raise ImproperlyConfigured("TRAITDUNION_NOW ne sert qu’en démonstration : retirez-le.")
TRAITDUNION_NOW: datetime | None = instant("TRAITDUNION_NOW", _now) if _now else None

# --- Secrets and hosts


def kept_secret() -> str:
    """
    A secret made once and kept beside the local database, readable by its owner alone.

    Without it a second process could not find the children that the first one recorded.
    """
    file = Path("var/secret.key")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _make_secret(file)
    return file.read_text().strip()


def _make_secret(file: Path) -> None:
    """Written aside, then linked: of several first processes one wins and nobody reads a half."""
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(secrets.token_urlsafe(50))
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


SECRET_KEY_IS_LASTING = bool(text("TRAITDUNION_SECRET_KEY"))
SECRET_KEY = text("TRAITDUNION_SECRET_KEY") or ("tests" * 10 if TESTING else kept_secret())
# Makes the codes under which children appear and are found again; changing it changes them all.
PSEUDONYM_KEY = text("TRAITDUNION_PSEUDONYM_KEY") or f"pseudonyms:{SECRET_KEY}"
ALLOWED_HOSTS = words("TRAITDUNION_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = words("TRAITDUNION_TRUSTED_ORIGINS")
# Address under which people reach the service, for the links in messages and on paper.
PUBLIC_URL = text("TRAITDUNION_PUBLIC_URL", "http://127.0.0.1:8000")

# --- Applications, from the ground up

INSTALLED_APPS = [
    "traitdunion.journal",
    "traitdunion.documents",
    "traitdunion.gateways",
    "traitdunion.territories",
    "traitdunion.programme",
    "traitdunion.partners",
    "traitdunion.people",
    "traitdunion.census",
    "traitdunion.budget",
    "traitdunion.equipment",
    "traitdunion.allocation",
    "traitdunion.supply",
    "traitdunion.lending",
    "traitdunion.grants",
    "traitdunion.mentoring",
    "traitdunion.steering",
    "traitdunion.jobs",
    "traitdunion.web",
    "traitdunion.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "widget_tweaks",
    # Before django.forms: its boxes and radios take the place of Django's own.
    "dsfr",
    "django.forms",
    "csp",
    "axes",
    "django_htmx",
    # For its page of documentation, served from the package: without this line it asks a CDN.
    "ninja",
    "django_tasks",
    "django_tasks_db",
]
INSTALLED_APPS = [
    app
    for app in INSTALLED_APPS
    if not app.startswith("traitdunion.")
    or (PACKAGE / app.removeprefix("traitdunion.") / "apps.py").exists()
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "traitdunion.web.middleware.reference",
    "traitdunion.api.middleware.machines",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "traitdunion.web.middleware.seat",
    "traitdunion.web.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "traitdunion.project.urls"
WSGI_APPLICATION = "traitdunion.project.wsgi.application"

# --- Database

DATABASE_URL = text("DATABASE_URL", "sqlite:///var/traitdunion.sqlite3")


def _database(url: str) -> dict[str, Any]:
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL : écrivez sqlite:///chemin ou postgres://compte:secret@machine/base."
        ) from None
    database["CONN_HEALTH_CHECKS"] = True
    if database["ENGINE"].endswith("sqlite3"):
        # FULL: with NORMAL a power cut loses acknowledged commits. IMMEDIATE: with Django's
        # default, a
        # transaction that reads and then writes is refused at once when another one writes.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                # Else INSERT OR REPLACE removes a row behind the back of the triggers.
                "PRAGMA recursive_triggers=ON;"
            ),
        }
        Path(database["NAME"]).expanduser().parent.mkdir(parents=True, exist_ok=True)
    else:
        # What the address says (a socket's folder, sslmode) is kept.
        database["OPTIONS"] = {
            **database.get("OPTIONS", {}),
            "options": "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000",
        }
    return database


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Who comes in

AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Argon2id at OWASP's first parameters; Django's own cost 0.3 s a log-in on this kind of machine.
PASSWORD_HASHERS = ["traitdunion.partners.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 4
AXES_FAILURE_LIMIT = 6
# What the log-in form calls the account; without it every failure would be nobody's.
AXES_USERNAME_FORM_FIELD = "username"
AXES_COOLOFF_TIME = 1
# The account and the address together: a whole school behind one address is not locked by one
# clumsy hand.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "traitdunion.web.errors.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "traitdunion.web.errors.csrf_failed"

# --- What leaves this machine, and how it is framed

# Cookies and redirections go over TLS as soon as the public address does.
SERVED_OVER_TLS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SERVED_OVER_TLS
SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Off unless a reverse proxy that sets the header itself stands in front (docs/deploy.md).
if flag("TRAITDUNION_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Pages

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "traitdunion.web.context.service",
            ],
            "builtins": ["traitdunion.web.templatetags.traitdunion"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DSFR_MARK_OPTIONAL_FIELDS = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATIC_ROOT = text("TRAITDUNION_STATIC_ROOT", "var/static")
# WhiteNoise warns about a folder that is not there, even when it serves from the packages.
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
# Files are served from where the packages put them: collecting the DSFR's 1,609 files takes a
# minute.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Rows an import may hold, and bytes an upload may weigh, before it is refused at once.
UPLOAD_LIMIT_BYTES = number("TRAITDUNION_UPLOAD_LIMIT_MB", 50) * 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Where backups arrive; `doctor` looks at the age of the newest, nothing else reads it.
BACKUP_DIR = text("TRAITDUNION_BACKUP_DIR")

# --- The State's marks, the service and its owner

# The DSFR's terms reserve the Marianne block to the State: off until a State service turns it on.
STATE_MARKS = flag("TRAITDUNION_STATE_MARKS", False)
SERVICE_NAME = text("TRAITDUNION_SERVICE_NAME", "Trait d’union")
SERVICE_OWNER = text("TRAITDUNION_SERVICE_OWNER")
SERVICE_CONTACT = text("TRAITDUNION_CONTACT")
DPO_CONTACT = text("TRAITDUNION_DPO_CONTACT")
DPIA_REFERENCE = text("TRAITDUNION_DPIA_REFERENCE")

# --- Outside

# Address of the geocoder (the BAN's batch search); empty: addresses wait, nothing leaves.
GEOCODER_URL = text("TRAITDUNION_GEOCODER_URL")
# The State's register of companies and associations; empty: what is typed is kept as it is.
REGISTER_URL = text("TRAITDUNION_REGISTER_URL")
EMAIL_URL = text("TRAITDUNION_EMAIL_HOST")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_URL
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = EMAIL_URL or "localhost"
EMAIL_PORT = number("TRAITDUNION_EMAIL_PORT", 25)
EMAIL_HOST_USER = text("TRAITDUNION_EMAIL_USER")
EMAIL_HOST_PASSWORD = text("TRAITDUNION_EMAIL_PASSWORD")
EMAIL_USE_TLS = flag("TRAITDUNION_EMAIL_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("TRAITDUNION_EMAIL_FROM", "ne-pas-repondre@localhost")
# Who keeps the latest seal of the journal out of reach of this machine.
SEAL_RECIPIENTS = words("TRAITDUNION_SEAL_RECIPIENTS")

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- Language and time

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Logs: one line of JSON, never a local variable, never a request body

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "traitdunion.project.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": text("TRAITDUNION_LOG_LEVEL", "WARNING")},
    "loggers": {"django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
