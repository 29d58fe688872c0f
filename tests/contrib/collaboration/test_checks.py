"""What Django says of a project before it runs."""

import pytest

from invoicing.contrib.collaboration.checks import check_size, check_storage, check_types


def ids(found):
    return [message.id for message in found]


def test_nothing_to_say(settings):
    settings.INVOICING_ATTACHMENT_TYPES = {"dwg": "image/vnd.dwg", "zip": None, "html": None}

    assert check_types() + check_size() + check_storage() == []


@pytest.mark.parametrize(
    "types", [{".dwg": "image/vnd.dwg"}, {"DWG": "image/vnd.dwg"}, {7: None}, {"dwg": "drawing"}, {"dwg": 7}, {"": "a/b"}]
)
def test_endings_and_types_that_are_none(settings, types):
    settings.INVOICING_ATTACHMENT_TYPES = types

    assert ids(check_types()) == ["invoicing_collaboration.E001"]


@pytest.mark.parametrize("ending", ["html", "svg", "js", "exe"])
def test_endings_that_are_never_taken(settings, ending):
    settings.INVOICING_ATTACHMENT_TYPES = {ending: "text/plain"}

    assert ids(check_types()) == ["invoicing_collaboration.E002"]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_lets_nothing_in(settings, limit):
    settings.INVOICING_ATTACHMENT_MAX_BYTES = limit

    assert ids(check_size()) == ["invoicing_collaboration.E003"]


def test_settings_of_a_wrong_type_are_the_core_s_to_tell(settings):
    settings.INVOICING_ATTACHMENT_MAX_BYTES = "10 MB"
    settings.INVOICING_ATTACHMENT_TYPES = "pdf"

    assert check_types() + check_size() == []


def test_files_without_a_place(settings):
    settings.MEDIA_ROOT = ""

    assert ids(check_storage()) == ["invoicing_collaboration.W001"]


def test_a_storage_that_needs_no_folder(settings):
    settings.MEDIA_ROOT = ""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}

    assert check_storage() == []
