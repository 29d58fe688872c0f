"""The project of the other benchmarks with the optional apps that reports read."""

import settings as shared

SECRET_KEY = shared.SECRET_KEY
DATABASES = shared.DATABASES
DEFAULT_AUTO_FIELD = shared.DEFAULT_AUTO_FIELD
USE_TZ = shared.USE_TZ
TIME_ZONE = shared.TIME_ZONE
LANGUAGE_CODE = shared.LANGUAGE_CODE
ROOT_URLCONF = shared.ROOT_URLCONF
TEMPLATES = shared.TEMPLATES
INSTALLED_APPS = [*shared.INSTALLED_APPS, "invoicing.contrib.payments", "invoicing.contrib.reports"]
