"""The project of the other benchmarks with the API and what it scopes by."""

import settings as shared

SECRET_KEY = shared.SECRET_KEY
DATABASES = shared.DATABASES
DEFAULT_AUTO_FIELD = shared.DEFAULT_AUTO_FIELD
USE_TZ = shared.USE_TZ
TIME_ZONE = shared.TIME_ZONE
LANGUAGE_CODE = shared.LANGUAGE_CODE
ROOT_URLCONF = "rest.urls"
ALLOWED_HOSTS = ["testserver"]
TEMPLATES = shared.TEMPLATES
INSTALLED_APPS = [
    *shared.INSTALLED_APPS,
    "invoicing.contrib.access",
    "invoicing.contrib.collaboration",
    "invoicing.contrib.api",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
]
