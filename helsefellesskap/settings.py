"""Settings, all from the environment (see `.env.example`); a missing or malformed value stops the start."""

import secrets
import sys
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def stop(sentence: str) -> NoReturn:
    """End the start with one sentence that names the setting."""
    sys.exit(sentence)


def flag(name: str) -> bool:
    value = env.str(name, default="").strip().lower()
    if value not in {"", "0", "1", "true", "false"}:
        stop(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true"}


DEBUG = flag("DEBUG")
DEMO = flag("DEMO")
IS_TRIAL = DEBUG or DEMO  # a trial may use defaults that production may not


def value(name: str, *, trial: str) -> str:
    """A setting that production must give and a trial has a default for."""
    given = env.str(name, default="").strip()
    if not given and not IS_TRIAL:
        stop(f"{name} is missing: set it in the environment or in .env (see .env.example).")
    return given or trial


def s3_options(url: str) -> dict[str, Any]:
    """The options of the storage behind s3://key:secret@host:port/bucket?region=…&tls=0; ValueError if it is none."""
    address = urlsplit(url)
    query = dict(parse_qsl(address.query, strict_parsing=True)) if address.query else {}
    bucket = address.path.strip("/")
    tls = query.pop("tls", "1")
    options = {
        "access_key": unquote(address.username or ""),
        "secret_key": unquote(address.password or ""),
        "bucket_name": bucket,
        "region_name": query.pop("region", "us-east-1"),
        "endpoint_url": f"http{'s' * int(tls)}://{address.hostname}"
        + (f":{address.port}" if address.port else ""),
    }
    is_whole = address.scheme == "s3" and address.hostname and all(options.values()) and "/" not in bucket
    if not is_whole or query or tls not in {"0", "1"}:
        raise ValueError
    return options


# Where things are

try:
    PORT = int(env.str("PORT", default="") or "8000")
except ValueError:
    stop(f"PORT must be a number, not {env.str('PORT')!r}.")
DATA_DIR = (BASE_DIR / (env.str("DATA_DIR", default="").strip() or "var")).resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    stop(f"DATA_DIR cannot be used: {error.strerror or error} ({DATA_DIR}).")

BASE_URL = value("BASE_URL", trial=f"http://127.0.0.1:{PORT}/")
try:
    _address = urlsplit(BASE_URL)
    _is_address = _address.scheme in {"http", "https"} and bool(_address.hostname) and _address.port != 0
except ValueError:
    _is_address = False
if not _is_address:
    stop(f"BASE_URL must be an address such as https://portal.example.no/, not {BASE_URL!r}.")
if DEMO and not DEBUG and _address.hostname not in {"127.0.0.1", "localhost", "::1"}:
    stop("DEMO makes sign-ins with a known password; it is refused unless BASE_URL is a loopback address.")
IS_SECURE = _address.scheme == "https"


def secret_key() -> str:
    """The key from the environment; a trial keeps a generated one beside its data."""
    given = value("SECRET_KEY", trial="-")
    if given != "-":
        return given
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = secret_key()
if len(SECRET_KEY) < 32:
    stop("SECRET_KEY is too short: use at least 32 random characters.")
ALLOWED_HOSTS = [
    host.strip()
    for host in value("ALLOWED_HOSTS", trial="127.0.0.1,localhost,[::1],testserver").split(",")
    if host.strip()
]
if not ALLOWED_HOSTS:
    stop("ALLOWED_HOSTS must name at least one host, such as portal.example.no.")
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"]

# What it is made of

INSTALLED_APPS = [
    "helsefellesskap",
    "accounts",
    "portfolio",
    "meetings",
    "funding",
    "newsletters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_prose_editor",
    "import_export",
    "simple_history",
    "template_partials",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "helsefellesskap.middleware.KeptAnswersMiddleware",
    "helsefellesskap.middleware.VaryOnHtmxMiddleware",
    "helsefellesskap.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "helsefellesskap.urls"
WSGI_APPLICATION = "helsefellesskap.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "helsefellesskap.context.site",
            ],
            "builtins": ["helsefellesskap.templatetags.norsk"],
        },
    }
]
FORM_RENDERER = "helsefellesskap.forms.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The database

_database: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "helsefellesskap.sqlite3",
}
_database_url = env.str("DATABASE_URL", default="").strip()
if _database_url:
    try:
        _is_known = _database_url.startswith(("postgres://", "postgresql://", "sqlite:///"))
        _database = env.db_url("DATABASE_URL") if _is_known else {}
    except (ImproperlyConfigured, ValueError):
        _database = {}
if _database.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
    stop(
        "DATABASE_URL must look like postgres://user:password@host:5432/name or sqlite:////path/file.sqlite3."
    )
if _database["ENGINE"].endswith("sqlite3"):
    # A write takes the lock when it begins, so two editors queue instead of failing half-way.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-16000;"
        "PRAGMA mmap_size=268435456;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # Everything here fits in memory or lies on an SSD: index look-ups are cheap.
    _database.setdefault("OPTIONS", {})["options"] = "-c random_page_cost=1.1"
_database["CONN_MAX_AGE"] = 60
DATABASES = {"default": _database}
CACHES = {
    "default": {  # sign-in attempts are counted here, for all workers together
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    },
    "pdf": {  # printed documents by the hash of their content
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache" / "pdf",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
    "pages": {  # images of pages by the hash of the file, about 80 kB each
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache" / "pages",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}

# Files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
_storage: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
}
_storage_url = env.str("STORAGE_URL", default="").strip()
if _storage_url:
    try:
        _storage = {"BACKEND": "helsefellesskap.s3.S3Storage", "OPTIONS": s3_options(_storage_url)}
    except ValueError:
        stop("STORAGE_URL must look like s3://key:secret@host:443/bucket?region=eu-north-1&tls=1.")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "png", "gif", "webp", "gz", "br", "woff2", "ttf", "map"]
STORAGES = {
    "default": _storage,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "helsefellesskap.static_files.StaticFilesStorage"
        )
    },
}
try:
    UPLOAD_LIMIT = int(env.str("UPLOAD_LIMIT_MB", default="") or "200") * 1024 * 1024
except ValueError:
    UPLOAD_LIMIT = 0
if not 1 <= UPLOAD_LIMIT <= 2**32:
    stop(f"UPLOAD_LIMIT_MB must be a number from 1 to 4096, not {env.str('UPLOAD_LIMIT_MB')!r}.")
UPLOAD_REQUEST_LIMIT = 2 * UPLOAD_LIMIT  # several files in one form
FILE_UPLOAD_HANDLERS = [
    "helsefellesskap.uploads.LimitHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "tmp"  # on the disk of the files, so that keeping one is renaming it
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
SCANNER_URL = env.str("SCANNER_URL", default="").strip()
try:
    _scanner = urlsplit(SCANNER_URL)
    _is_scanner = (
        _scanner.scheme == "clamd" and bool(_scanner.hostname) != bool(_scanner.path) and _scanner.port != 0
    )
except ValueError:
    _is_scanner = False
if SCANNER_URL and not _is_scanner:
    stop("SCANNER_URL must look like clamd://127.0.0.1:3310 or clamd:///run/clamav/clamd.ctl.")

# Who people are

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_RATE_LIMITS = {
    "access_request": "20/h/ip",
    "subscription": "60/h/ip",
}  # beside those that allauth has for sign-in
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the secretariat, not by sign-up
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if IS_SECURE else 0
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False

# What a browser may do

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
MESSAGE_TAGS = {10: "info", 40: "danger"}

# Language and time

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Bokmål"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Oslo"
USE_TZ = True

# E-mail

_email_url = value("EMAIL_URL", trial="consolemail://")
try:
    vars().update(environ.Env.email_url_config(_email_url))
except (KeyError, ValueError, ImproperlyConfigured):
    stop("EMAIL_URL must look like smtp+tls://user:password@host:587, not what it is.")
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="") or "sekretariat@example.no"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20  # a mail server that hangs must not stop the worker
try:
    MAIL_PER_MINUTE = int(env.str("MAIL_PER_MINUTE", default="").strip() or "120")
except ValueError:
    MAIL_PER_MINUTE = -1
if not 0 <= MAIL_PER_MINUTE <= 100_000:
    stop(f"MAIL_PER_MINUTE must be a number from 0 (no limit) to 100000, not {env.str('MAIL_PER_MINUTE')!r}.")

# The partnership

SITE_NAME = env.str("SITE_NAME", default="") or "Helsefellesskap Innlandet"
ACCESSIBILITY_URL = value("ACCESSIBILITY_URL", trial="https://uustatus.no/")
PRIVACY_URL = value("PRIVACY_URL", trial="https://example.no/personvern")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="") or "sekretariat@example.no"
STALE_AFTER_DAYS = 180  # a status older than this is shown as old

SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}
