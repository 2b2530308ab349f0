"""Settings. Everything that differs between machines comes from the environment."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from plumbing.logs import logging_config

PLATFORM, ROOT = Path(__file__).resolve().parents[1:3]  # of an installed wheel: site-packages, and above
STATE_DIR = Path(os.environ.get("SLUICE_STATE_DIR", str(ROOT / ".sluice")))

DEBUG = False
SECRET_KEY = os.environ.get("SLUICE_SECRET_KEY", "only-for-a-laptop-set-SLUICE_SECRET_KEY-elsewhere")
MASTER_KEY = os.environ.get("SLUICE_MASTER_KEY", SECRET_KEY)
ALLOWED_HOSTS = ["*"]  # an unknown host finds no bank and gets a 404
BASE_HOST = os.environ.get("SLUICE_BASE_HOST", "localhost")
BASE_PORT = int(os.environ.get("SLUICE_PORT", "8000"))


def rooms(floor: str, names: str) -> list[str]:
    """Return the rooms of a floor as Django's apps."""
    return [f"{floor}.{name}" for name in names.split()]


# One list per schema: the public schema holds `tenants`, each bank's schema the rest.
FRAMEWORK_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
SHARED_APPS = [
    "django_tenants",
    *FRAMEWORK_APPS,
    *rooms("tenants", "banks scenes access sandboxes teams reference"),
    "django.contrib.staticfiles",
    "django.contrib.messages",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "interfaces.bank",
    "interfaces.scene",
    "interfaces.borrower",
    "interfaces.ops",
    "interfaces.portal",
    "interfaces.hooks",
    "interfaces.jobs",
]
TENANT_APPS = [
    *FRAMEWORK_APPS,
    *rooms("plumbing", "outbox idempotency audit clock labels"),
    *rooms("connectors", "payment_rails"),
    *rooms("parties", "enterprises"),
    "regulation",
    "staff",
    *rooms("openbanking", "consents batches receipts streams partners embed_sessions"),
    *rooms("ledger", "chart journal balances seals reconciliation settlement"),
    *rooms("risk", "strategies decisions verification overlays cases warnings monitoring knowledge"),
    *rooms("risk", "classification graph cross_checks scoring"),
    *rooms("marketing", "campaigns attribution"),
    *rooms("lending", "tax products applications credit_lines collateral deferrals loans"),
    *rooms("lending", "guarantees participations line_changes renewals drawdowns repayments"),
    *rooms("lending", "prequalifications service_requests statements clearing impairment day_end"),
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "banks.Bank"
TENANT_DOMAIN_MODEL = "banks.Domain"
PUBLIC_SCHEMA_NAME = "public"
TENANT_LIMIT_SET_CALLS = True
AUTH_USER_MODEL = "staff.StaffMember"
AUTHENTICATION_BACKENDS = ["interfaces.sign_in.SchemaBackend", "interfaces.sign_in.TeamBackend"]

_database = urlsplit(os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/sluice"))
_place = dict(parse_qsl(_database.query))  # ?host=/folder&port=5432: a socket of this machine
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": unquote(_database.path.lstrip("/")),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": _place.get("host") or unquote(_database.hostname or ""),
        "PORT": _place.get("port") or str(_database.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
_redis = urlsplit(REDIS_URL)  # the cache has a database of its own: emptying it must not empty the queue
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("REDIS_CACHE_URL")
        or _redis._replace(path=f"/{(int(_redis.path.strip('/') or 0) + 1) % 16}").geturl(),
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}

# `policy=calls/seconds`, see `interfaces.rate_limits`, which has what is not named here.
RATE_LIMITS = os.environ.get("SLUICE_RATE_LIMITS", "")
CALL_LOG_SECONDS = float(os.environ.get("SLUICE_CALL_LOG_SECONDS", "1"))
# Whose word on where a request comes from is taken, as CIDRs; nobody's unless set.
TRUSTED_PROXIES = os.environ.get("SLUICE_TRUSTED_PROXIES", "").split()
MIDDLEWARE = [
    "interfaces.arrival.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "interfaces.middleware.RequestIdMiddleware",
    "interfaces.middleware.BankFromHostMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "sluice.urls_bank"
PUBLIC_SCHEMA_URLCONF = "sluice.urls_public"
WSGI_APPLICATION = "sluice.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PLATFORM / "interfaces" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "interfaces.context.bank_and_brand",
            ]
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PLATFORM / "interfaces" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [PLATFORM / "interfaces" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "interfaces.problems.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "interfaces.door.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 120, "queue_order_strategy": "priority"}

LOGGING = logging_config(os.environ.get("SLUICE_LOG_LEVEL", "INFO"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # a batch of receipts is one request
