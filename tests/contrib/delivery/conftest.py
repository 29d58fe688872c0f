"""What the tests of delivery share: a mailer, and a receiver of mail that speaks SMTP."""

import django
import pytest

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def use_mailer(settings, backend, **options):
    """Have mail sent by a backend, in the words of the Django that runs."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = backend
    for name, value in options.items():
        setattr(settings, f"EMAIL_{name.upper()}", value)


@pytest.fixture(autouse=True)
def outbox(settings):
    """Mail that is kept in memory, unless a test says otherwise."""
    use_mailer(settings, LOCMEM)
