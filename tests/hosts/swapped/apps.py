"""The app of the host."""

from django.apps import AppConfig


class SwappedConfig(AppConfig):
    """Named in full, because the host is a package inside the tests."""

    name = "tests.hosts.swapped"
    label = "swapped"
    default_auto_field = "django.db.models.BigAutoField"
