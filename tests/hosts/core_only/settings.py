"""The least that a project can be."""

SECRET_KEY = "only for tests"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "invoicing"]
# Unlike the app's own choice: a host's default must not change the app's tables.
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
