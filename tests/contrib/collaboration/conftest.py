"""What the tests of collaboration share: a folder to store files in, people, and files."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\nDelivery note 17"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """The folder of a storage in the file system, which every test has for itself."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    return tmp_path / "media"


@pytest.fixture
def petra(django_user_model):
    return django_user_model.objects.create_user("petra", password="leipzig")


@pytest.fixture
def jonas(django_user_model):
    return django_user_model.objects.create_user("jonas", password="dresden")


def upload(name="note.pdf", content=PDF, media_type="application/pdf"):
    """A file as a browser sends it; its type is what the browser says, and not believed."""
    file = SimpleUploadedFile("x", content, media_type)
    file._name = name
    return file


def stored(media):
    """The files that there are in the storage."""
    return sorted(path for path in Path(media).rglob("*") if path.is_file())
