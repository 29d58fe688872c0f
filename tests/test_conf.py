"""The settings: declared once, read live, and all of them in the reference."""

import re
from pathlib import Path

from invoicing.conf import Conf, conf, declared_settings

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference/settings.md"
ROW = re.compile(r"^\| `(INVOICING_\w+)` \| (.+?) \| `(.+)` \|$", re.MULTILINE)


def row(setting):
    """A setting as the page shows it. A bar would end the cell, so that it is escaped."""
    return (setting.purpose, repr(setting.default).replace("|", "\\|"))


def test_the_page_of_settings_shows_every_setting_as_it_is_declared():
    shown = {name: (purpose, default) for name, purpose, default in ROW.findall(PAGE.read_text(encoding="utf-8"))}

    assert shown == {name: row(setting) for name, setting in declared_settings().items()}


def test_a_setting_has_its_default_until_a_host_sets_it(settings):
    assert conf.payment_days == 14

    settings.INVOICING_PAYMENT_DAYS = 30
    assert conf.payment_days == 30

    del settings.INVOICING_PAYMENT_DAYS
    assert conf.payment_days == 14


def test_every_default_is_of_the_kind_that_the_check_asks_for():
    assert all(isinstance(setting.default, setting.kind) for setting in declared_settings().values())


def test_the_name_follows_from_the_attribute():
    assert Conf.number_format.name == "INVOICING_NUMBER_FORMAT"
    assert next(iter(declared_settings())) == "INVOICING_SUPPLIER"


def test_no_code_reads_a_setting_that_is_not_declared():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "invoicing").rglob("*.py")]
    read = {name for source in sources for name in re.findall(r"(?<![\w.])conf\.([a-z_]+)", source)} - {"urls", "global_settings"}

    assert {f"INVOICING_{name.upper()}" for name in read} <= set(declared_settings())
