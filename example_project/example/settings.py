"""The settings of the example project. Everything of `invoicing` is at its default unless it stands here."""

from datetime import timedelta
from pathlib import Path

import django

from example.secret import secret_key

PROJECT = Path(__file__).resolve().parent.parent
# The database, the secret key, the rendered invoices, mail and attached files: all that a run leaves behind.
VAR = PROJECT / "var"

SECRET_KEY = secret_key(VAR / "secret_key")
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "example.urls"
WSGI_APPLICATION = "example.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "invoicing",
    "invoicing.contrib.access",
    "invoicing.contrib.payments",
    "invoicing.contrib.delivery",
    "invoicing.contrib.collaboration",
    "invoicing.contrib.reports",
    "invoicing.contrib.api",
    "example",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "invoicing.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "db.sqlite3",
        "OPTIONS": {
            # A transaction asks for the write lock when it begins and waits for it, instead of failing half-way with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # Readers do not wait for a writer; what was committed outlives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
STATIC_URL = "static/"
# What is attached to invoices. No address leads into it: the API hands files out to whoever may see them.
MEDIA_ROOT = VAR / "media"

# Programs show a token, people who are logged in to the admin just look.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
}
SIMPLE_JWT = {"ACCESS_TOKEN_LIFETIME": timedelta(hours=1)}
# The page of docs comes with all that it shows.
SPECTACULAR_SETTINGS = {
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "docExpansion": "none", "filter": True, "displayRequestDuration": True},
}

# Messages become files: nothing leaves this machine.
FILES = "django.core.mail.backends.filebased.EmailBackend"
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": FILES, "OPTIONS": {"file_path": VAR / "mail"}}}
else:
    EMAIL_BACKEND, EMAIL_FILE_PATH = FILES, VAR / "mail"
DEFAULT_FROM_EMAIL = "rechnung@nordlicht.example.com"
INVOICING_BASE_URL = "http://127.0.0.1:8000"
# Two of the companies are outside of the European Union, and their clients send no addresses.
INVOICING_CONTENT_RULES = "BASIC"

# Not a line for each message that a task sends, nor a second one for each request that is refused.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"django.tasks": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
