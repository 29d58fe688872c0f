"""The app that a host adds to INSTALLED_APPS of its test settings."""

from django.apps import AppConfig


class TestingConfig(AppConfig):
    """Brings the command `flush`, with which Django cleans up after each TransactionTestCase."""

    name = "invoicing.testing"
    label = "invoicing_testing"
