"""One project for both libraries: the same Django, the same options of the database, nothing else installed.

What differs comes from the environment: BENCH_LIBRARY is `ours` or `theirs`, BENCH_DATABASE `postgresql` or `sqlite`, BENCH_NAME the
database's name or file. A server is looked for at BENCH_HOST, BENCH_PORT with BENCH_USER and BENCH_PASSWORD.
"""

import os
from typing import Any

LIBRARY = os.environ["BENCH_LIBRARY"]
KIND = os.environ["BENCH_DATABASE"]

SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ["BENCH_NAME"],
    "TEST": {"NAME": os.environ["BENCH_NAME"]},
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    },
}
POSTGRESQL: dict[str, Any] = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": "postgres",
    "TEST": {"NAME": os.environ["BENCH_NAME"]},
    "HOST": os.environ.get("BENCH_HOST", "127.0.0.1"),
    "PORT": os.environ.get("BENCH_PORT", "5432"),
    "USER": os.environ.get("BENCH_USER", "postgres"),
    "PASSWORD": os.environ.get("BENCH_PASSWORD", ""),
}

SECRET_KEY = os.urandom(24).hex()
DATABASES = {"default": SQLITE if KIND == "sqlite" else POSTGRESQL}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
# Few and short: the column of django-invoicing is narrower than some of Django's codes.
LANGUAGES = [("en", "English"), ("de", "German")]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "invoicing"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
if LIBRARY == "theirs":
    INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "outputs", "invoicing"]
