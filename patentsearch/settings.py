"""Settings. Every one is a typed line with a default that works; README.md has a row for each variable.

A wrong value ends up in SETTING_FAULTS: `manage.py check` lists all, and every process ends on the first.
"""

import logging
import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from engine.registry import INDEX_KINDS, READERS, SENTENCE_ENCODERS, VISUAL_ENCODERS, encoder_fault
from patentsearch.environment import Environment
from patentsearch.hosts import host_fault
from patentsearch.outside import broker, bucket_storage, database, device_fault, local_storage
from supervisor.children import MARK, ROLE_NAMES
from supervisor.home import Home

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# The installation: its folder, and the outside services that replace our own.
PATENTSEARCH_HOME = env.path("PATENTSEARCH_HOME", default=BASE_DIR / "var")
HOME = Home.at(PATENTSEARCH_HOME)
DATABASE_URL = env.url(
    "DATABASE_URL",
    ("postgres", "postgresql", "pgsql", "psql"),
    form="postgres://user:password@host:5432/name",
    parse=database,
)
BROKER_URL = env.url(
    "BROKER_URL",
    ("redis", "rediss", "redis+socket"),
    form="redis://:password@host:6379/0",
    parse=broker,
    separator=";",
)
STORAGE_URL = env.url(
    "STORAGE_URL", ("s3",), form="s3://bucket/prefix?endpoint=https://host&region=name", parse=bucket_storage
)

# The web server.
WEB_HOST = env.checked("PATENTSEARCH_HOST", host_fault, default="127.0.0.1")
WEB_PORT = env.whole("PATENTSEARCH_PORT", default=8000, least=1, most=65535)
WEB_PROCESSES = env.whole("PATENTSEARCH_WEB_PROCESSES", default=1, least=1, most=256)
WEB_THREADS = env.whole("PATENTSEARCH_WEB_THREADS", default=8, least=1, most=1024)
BATCH_WORKERS = env.whole("PATENTSEARCH_BATCH_WORKERS", default=1, least=1, most=256)
ROLES = env.some_of("PATENTSEARCH_ROLES", ROLE_NAMES, default=ROLE_NAMES)
LOAD_SAMPLE = env.flag("PATENTSEARCH_SAMPLE", default=True)
DEBUG = env.flag("PATENTSEARCH_DEBUG", default=False)
HTTPS = env.flag("PATENTSEARCH_HTTPS", default=False)
ALLOWED_HOSTS = env.host_patterns("PATENTSEARCH_ALLOWED_HOSTS", default=("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.origins("PATENTSEARCH_CSRF_TRUSTED_ORIGINS")
SECRET_KEY = env.text("PATENTSEARCH_SECRET_KEY") or HOME.secret("secret-key")

# Models: "auto" takes the method's own where its weights are in reach. A host without workers need not hold them.
LOADS_MODELS = bool({"query", "batch"} & set(ROLES))
VISUAL_ENCODER = env.checked(
    "PATENTSEARCH_VISUAL_ENCODER",
    lambda name: encoder_fault(name, VISUAL_ENCODERS, look=LOADS_MODELS),
    default="auto",
)
SENTENCE_ENCODER = env.checked(
    "PATENTSEARCH_SENTENCE_ENCODER",
    lambda name: encoder_fault(name, SENTENCE_ENCODERS, look=LOADS_MODELS),
    default="auto",
)
NUMERAL_READER = env.choice("PATENTSEARCH_NUMERAL_READER", READERS, default="components")
MODEL_DEVICE = env.checked("PATENTSEARCH_MODEL_DEVICE", device_fault, default="cpu")
MODEL_THREADS = env.whole("PATENTSEARCH_MODEL_THREADS", default=1, least=1, most=1024)
INDEX_ROOT = env.path("PATENTSEARCH_INDEX_ROOT", default=HOME.indexes)
INDEX_KIND = env.choice("PATENTSEARCH_INDEX_KIND", INDEX_KINDS, default="flat")
QUERY_RETENTION_DAYS = env.whole("PATENTSEARCH_QUERY_RETENTION_DAYS", default=7, least=1, most=36_500)
QUERY_TIMEOUT_SECONDS = env.whole("PATENTSEARCH_QUERY_TIMEOUT_SECONDS", default=30, least=1, most=3600)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "csp",
    "search",
    "annotations",
    "workers",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "patentsearch.compression.PageCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "patentsearch.login.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "patentsearch.errors.ProblemPages",
]
ROOT_URLCONF = "patentsearch.urls"
WSGI_APPLICATION = "patentsearch.wsgi.application"
ASGI_APPLICATION = "patentsearch.asgi.application"
TEMPLATE_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": TEMPLATE_LOADERS if DEBUG else [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["search.templatetags.keys"],  # nearly every page has keys
        },
    }
]

# PostgreSQL: ours on a unix socket, or DATABASE_URL.
DATABASES: dict[str, dict[str, Any]] = {
    "default": database(DATABASE_URL)
    if DATABASE_URL
    else {"NAME": "patentsearch", "USER": "patentsearch", "HOST": str(HOME.postgres_sockets), "PORT": "5432"}
}
LONGEST_POSTGRES_SECONDS = 2_147_483  # PostgreSQL counts milliseconds in 31 bits
STATEMENT_TIMEOUT_SECONDS = env.whole(
    "PATENTSEARCH_STATEMENT_TIMEOUT_SECONDS", default=30, most=LONGEST_POSTGRES_SECONDS
)
LOCK_TIMEOUT_SECONDS = env.whole("PATENTSEARCH_LOCK_TIMEOUT_SECONDS", default=5, most=LONGEST_POSTGRES_SECONDS)
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        "connect_timeout": 10,
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s -c lock_timeout={LOCK_TIMEOUT_SECONDS}s",
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Celery. The work is in PostgreSQL; messages only notify workers.
CELERY_BROKER_URL = BROKER_URL or f"redis+socket://{HOME.valkey_socket}?virtual_host=0"
CELERY_TASK_IGNORE_RESULT = True  # results are stored as rows
CELERY_TASK_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "batch"
# Maintenance (0 is the highest priority) precedes documents, or it would wait for hours behind a large batch.
UPKEEP_PRIORITY = 0
CELERY_BEAT_SCHEDULE = {
    name: {
        "task": f"workers.tasks.{task}",
        "schedule": seconds,
        "options": {"queue": "batch", "priority": UPKEEP_PRIORITY, "expires": max(seconds, 60.0)},
    }
    for name, task, seconds in (
        ("sweep", "sweep_work", 10.0),
        ("refresh", "refresh_indexes", 60.0),
        ("encoders", "catch_up_with_encoders", 300.0),
        ("expire", "expire_queries", 3600.0),
    )
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # otherwise a task whose pool process is killed is lost
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 120.0  # importing the model stack alone takes 11 s
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Ten times the longest task: with less, a second worker might start a task that the first still runs. The sweep
# for unacknowledged tasks runs every 5 s instead of kombu's 100 s (kombu.transport.redis, "unacked_restore_*").
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 10 * CELERY_TASK_TIME_LIMIT,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_VISIBILITY_TIMEOUT = 10 * CELERY_TASK_TIME_LIMIT
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME.run / "celerybeat-schedule")
CELERY_TIMEZONE = "UTC"

# Files. None has a public URL: all are served by views that check permission.
# "default": files of publications. "private": query images, which may be unpublished applications.
STORAGES: dict[str, dict[str, Any]] = {
    "default": bucket_storage(STORAGE_URL) if STORAGE_URL else local_storage(HOME.media),
    "private": local_storage(HOME.private),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = HOME.static  # empty: whitenoise serves files from their source folders
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # no collectstatic needed
FILE_UPLOAD_TEMP_DIR = str(HOME.tmp)
SILENCED_SYSTEM_CHECKS = ["files.E001"]  # the folder is created when an installation starts; commands run without it
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # size of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# Accounts and sessions.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
COOKIE_PREFIX = "__Host-" if HTTPS else ""  # the prefix restricts a cookie to HTTPS and this host (RFC 6265bis)
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "patentsearch.errors.csrf_failure"

# Security headers.
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "blob:"],  # blob: a pasted or cropped query image before it is sent
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",  # first, so that errors are 401 with its challenge
        "search.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["search.api.parsers.StrictJSONParser", "rest_framework.parsers.MultiPartParser"],
    "EXCEPTION_HANDLER": "patentsearch.errors.api_error",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_THROTTLE_RATES": {"token": "20/min"},  # per IP address, against guessing passwords
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "STRICT_JSON": True,  # NaN and Infinity are not valid JSON and cannot be stored
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Patent image search",
    "DESCRIPTION": "Figures of patents, found by drawing and by the sentences that explain them.",
    "VERSION": "0.3.0",  # as in pyproject.toml and CHANGELOG.md
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,  # request: binary upload; response: no file
    "PATH_CONVERTER_OVERRIDES": {"key": int},
    "ENUM_NAME_OVERRIDES": {"QueryModalityEnum": "search.models.QueryModality"},
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

LOG_LEVELS = tuple(logging.getLevelNamesMapping())
LOG_LEVEL = env.choice("PATENTSEARCH_LOG_LEVEL", LOG_LEVELS, default="INFO", fold=str.upper)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname:.1} {name}: {message}", "style": "{", "datefmt": "%H:%M:%S"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # 4xx responses are not logged here, but in the proxy's access log
        "celery": {"level": "INFO"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "faiss": {"level": "WARNING"},
        "sentence_transformers": {"level": "WARNING"},
    },
}

# Read by search.checks and patentsearch.start, once every variable above has been read.
SETTING_FAULTS = tuple(env.faults)
SETTING_WARNINGS = tuple(env.misspelt(os.environ, internal=(MARK,)))
