"""The system checks: each finds its mistake, names the mend, and is silent about a project that is right."""

from contextlib import closing
from decimal import Decimal
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils.translation import gettext_lazy

from invoicing import checks, payment_methods
from invoicing.taxation.eu import EUTaxationPolicy


def next_sequence(**kwargs):
    return 1


class OwnPolicy(EUTaxationPolicy):
    """A policy that a host might write."""


NO_POLICY = Decimal(19)


def found():
    return [(message.id, message.msg, message.hint) for message in run_checks(tags=[checks.TAG])]


def only(settings, **values):
    """The one finding about these settings."""
    for name, value in values.items():
        setattr(settings, name, value)
    (message,) = found()
    return message


def test_a_default_project_has_nothing_to_mend():
    assert found() == []


@pytest.mark.django_db
def test_languages_of_the_project_and_thousand_separators_do_not_matter(settings):
    settings.USE_THOUSAND_SEPARATOR = True
    settings.LANGUAGE_CODE = "de"
    settings.LANGUAGES = [("de", gettext_lazy("German"))]

    assert run_checks() == []


def test_a_misspelt_setting_is_named_with_the_nearest_one(settings):
    identity, text, hint = only(settings, INVOICING_COUNTER_PERIODE="MONTHLY")

    assert identity == "invoicing.W001"
    assert text == "INVOICING_COUNTER_PERIODE is not a setting of invoicing."
    assert hint == "Did you mean INVOICING_COUNTER_PERIOD?"


def test_a_setting_like_no_other_is_to_be_taken_out(settings):
    assert only(settings, INVOICING_XQZ=1)[2].startswith("Take it out")


@pytest.mark.parametrize(
    ("name", "value", "kind", "wanted"),
    [
        ("INVOICING_PAYMENT_DAYS", "14", "str", "int"),
        ("INVOICING_PAYMENT_DAYS", True, "bool", "int"),
        ("INVOICING_COUNTER_PER_TYPE", 1, "int", "bool"),
        ("INVOICING_CURRENCY", None, "NoneType", "str"),
        ("INVOICING_SUPPLIER", [("name", "Teehaus Lindner GmbH")], "list", "dict"),
        ("INVOICING_TAX_RATE", 19.0, "float", "Decimal or int or str or None"),
        ("INVOICING_TAX_RATE", False, "bool", "Decimal or int or str or None"),
        ("INVOICING_TAXATION_POLICY", 19, "int", "str or type or None"),
        ("INVOICING_NUMBER_FORMAT", ["{{ invoice.sequence }}"], "list", "str"),
        ("INVOICING_INVOICE_MODEL", None, "NoneType", "str"),
    ],
)
def test_a_setting_of_the_wrong_type_is_an_error(settings, name, value, kind, wanted):
    identity, text, hint = only(settings, **{name: value})

    assert identity == "invoicing.E001"
    assert text == f"{name} is {value!r}, which is of type {kind}."
    assert hint.startswith(f"Use {wanted}, such as ")


@pytest.mark.parametrize("value", [None, 19, "19", Decimal("5.5")])
def test_a_tax_rate_may_be_written_in_several_ways(settings, value):
    settings.INVOICING_TAX_RATE = value

    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("INVOICING_COUNTER_PERIOD", "WEEKLY", "DAILY, MONTHLY, YEARLY, FISCAL_YEAR, INFINITE"),
        ("INVOICING_ROUNDING_POLICY", "UP", "TAX_PER_CATEGORY, TAX_PER_LINE, KEEP_GROSS"),
        ("INVOICING_PAYMENT_METHOD", "cheque", "BANK_TRANSFER"),
        ("INVOICING_CONTENT_RULES", "eu", "EU_SIMPLIFIED"),
        ("INVOICING_CURRENCY", "EURO", "such as EUR"),
        ("INVOICING_CURRENCY", "czk", "such as CZK"),
        ("INVOICING_FISCAL_YEAR_START", 13, "from 1 to 12"),
        ("INVOICING_FISCAL_YEAR_START", 0, "from 1 to 12"),
        ("INVOICING_NUMBER_START_FROM", 0, "at least 1"),
        ("INVOICING_PAYMENT_DAYS", -1, "at least 0"),
        ("INVOICING_VIES_TIMEOUT", 0, "at least 1"),
        ("INVOICING_TAX_RATE", "19 %", "from 0 to 100"),
        ("INVOICING_TAX_RATE", 101, "from 0 to 100"),
    ],
)
def test_a_value_that_cannot_be_is_an_error(settings, name, value, mend):
    identity, text, hint = only(settings, **{name: value})

    assert identity == "invoicing.E002"
    assert text == f"{name} is {value!r}."
    assert mend in hint


@pytest.mark.parametrize(("has_source", "code", "is_right"), [(False, "CHEQUE", False), (True, "CHEQUE", True), (True, "cheque", False)])
def test_a_payment_method_of_an_app_is_judged_by_its_form_alone(settings, monkeypatch, has_source, code, is_right):
    monkeypatch.setattr(payment_methods, "_sources", [pytest.fail] if has_source else [])
    settings.INVOICING_PAYMENT_METHOD = code

    assert [identity for identity, _text, _hint in found()] == ([] if is_right else ["invoicing.E002"])


def test_every_mistake_is_said_at_once(settings):
    settings.INVOICING_CURRENCY = "EURO"
    settings.INVOICING_PAYMENT_DAYS = "14"
    settings.INVOICING_PAYMENT_DAY = 14

    assert {identity for identity, _text, _hint in found()} == {"invoicing.W001", "invoicing.E001", "invoicing.E002"}


@pytest.mark.parametrize(
    ("others", "number_format"),
    [
        ({}, "{{ invoice.date_issue|date:'Y' }}"),
        ({}, "{{ invoice.sequence }}"),
        ({"INVOICING_COUNTER_PERIOD": "MONTHLY"}, "{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence }}"),
        ({"INVOICING_COUNTER_PER_TYPE": True}, "{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence }}"),
        ({}, "{{ invoice.date_issue|date:'Y' }/{{ invoice.sequence }}"),
        ({}, "{{ invoice.delete }}"),
        ({}, "{% load i18n %}{{ invoice.sequence }}"),
        ({}, ""),
    ],
)
def test_a_format_that_repeats_a_number_or_cannot_be_read_is_an_error(settings, others, number_format):
    for name, value in others.items():
        setattr(settings, name, value)
    settings.INVOICING_NUMBER_FORMAT = number_format

    messages = found()
    assert messages
    assert {identity for identity, _text, _hint in messages} == {"invoicing.E003"}
    assert all(repr(number_format) in text for _identity, text, _hint in messages)


def test_the_format_that_the_hint_names_is_right_for_every_counter(settings):
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.sequence }}"
    settings.INVOICING_COUNTER_PER_TYPE = True
    hint = found()[0][2]

    settings.INVOICING_NUMBER_FORMAT = hint.split("'")[1]
    for settings.INVOICING_COUNTER_PERIOD in ("DAILY", "MONTHLY", "YEARLY", "FISCAL_YEAR", "INFINITE"):
        assert found() == []


def test_an_endless_counter_needs_no_period(settings):
    settings.INVOICING_COUNTER_PERIOD = "INFINITE"
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.sequence }}"

    assert found() == []


def test_a_host_that_writes_numbers_itself_needs_no_format(settings):
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.sequence }}"
    settings.INVOICING_NUMBER_FORMATTER = f"{__name__}.next_sequence"

    assert found() == []


def test_a_generator_may_count_without_periods_but_must_be_seen(settings):
    settings.INVOICING_SEQUENCE_GENERATOR = f"{__name__}.next_sequence"
    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.sequence }}"
    assert found() == []

    settings.INVOICING_NUMBER_FORMAT = "{{ invoice.date_issue|date:'Y' }}"
    assert [identity for identity, _text, _hint in found()] == ["invoicing.E003"]


@pytest.mark.parametrize(
    "name", ["INVOICING_SEQUENCE_GENERATOR", "INVOICING_NUMBER_FORMATTER", "INVOICING_TAXATION_POLICY", "INVOICING_PDF_RENDERER"]
)
@pytest.mark.parametrize("path", ["shop.invoices.nowhere", f"{__name__}.nowhere", "nodots"])
def test_a_path_that_leads_nowhere_is_an_error(settings, name, path):
    identity, text, _hint = only(settings, **{name: path})

    assert identity == "invoicing.E004"
    assert text.startswith(f"{name} is {path!r}: it cannot be imported (")


@pytest.mark.parametrize(
    ("name", "path", "wanted"),
    [
        ("INVOICING_SEQUENCE_GENERATOR", f"{__name__}.NO_POLICY", "a function"),
        ("INVOICING_TAXATION_POLICY", f"{__name__}.next_sequence", "a subclass of invoicing.taxation.TaxationPolicy"),
        ("INVOICING_TAXATION_POLICY", dict, "a subclass of invoicing.taxation.TaxationPolicy"),
    ],
)
def test_a_path_to_something_else_is_an_error(settings, name, path, wanted):
    identity, _text, hint = only(settings, **{name: path})

    assert identity == "invoicing.E004"
    assert f"Name {wanted} by its dotted path" in hint


@pytest.mark.parametrize("policy", [f"{__name__}.OwnPolicy", OwnPolicy, None, ""])
def test_a_policy_may_be_a_path_or_a_class(settings, policy):
    settings.INVOICING_TAXATION_POLICY = policy

    assert found() == []


@pytest.mark.parametrize(
    ("supplier", "fault", "hint"),
    [
        ({"nmae": "Teehaus Lindner GmbH"}, "has the key 'nmae'", "Did you mean 'name'?"),
        ({"name": "Teehaus Lindner GmbH", "country_code": "ZZ"}, "has country_code 'ZZ'", "ISO 3166"),
        ({"country": "Germany"}, "has country 'Germany'", "ISO 3166"),
        ({"bank": {"ibann": "DE89370400440532013000"}}, "['bank'] has the key 'ibann'", "Did you mean 'iban'?"),
        ({"bank": {"country_code": "QQ"}}, "['bank'] has country_code 'QQ'", "ISO 3166"),
        ({"issuer": "Petra Lindner"}, "['issuer'] is 'Petra Lindner'", "Use a dictionary."),
        ({"issuer": {"country_code": "DE"}}, "['issuer'] has the key 'country_code'", "The keys are name, email, phone."),
    ],
)
def test_a_supplier_that_no_invoice_could_take_is_an_error(settings, supplier, fault, hint):
    identity, text, mend = only(settings, INVOICING_SUPPLIER=supplier)

    assert identity == "invoicing.E005"
    assert fault in text
    assert hint in mend


def test_a_whole_supplier_is_right(settings):
    settings.INVOICING_SUPPLIER = {
        "name": "Teehaus Lindner GmbH",
        "street": "Marktstraße 4",
        "zip": "04109",
        "city": "Leipzig",
        "country_code": "de",
        "vat_id": "DE136695976",
        "bank": {"name": "Musterbank", "country_code": "DE", "iban": "DE89370400440532013000", "swift_bic": "COBADEFFXXX"},
        "issuer": {"name": "Petra Lindner", "email": "petra@teehaus.example.com"},
    }

    assert found() == []


@pytest.mark.parametrize(
    ("model", "fault"),
    [
        ("billing.Invoice", "which is not installed"),
        ("Invoice", "which is not installed"),
        ("invoicing.Party", "which is no invoice"),
    ],
)
def test_a_model_that_is_no_invoice_is_an_error(settings, model, fault):
    settings.INVOICING_INVOICE_MODEL = model

    # Only this one check: Django's own cannot bear a model that changes while the project runs.
    (message,) = checks.check_invoice_model()
    assert message.id == "invoicing.E006"
    assert fault in message.msg


def hasty(monkeypatch, **options):
    """The findings about a SQLite file with these options."""
    connection = connections["default"]
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    monkeypatch.setattr(connection, "is_in_memory_db", lambda: False)
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    return checks.check_sqlite_options(databases=["default"])


@pytest.mark.parametrize(
    "options",
    [{}, {"timeout": 30}, {"transaction_mode": "IMMEDIATE"}, {"transaction_mode": "IMMEDIATE", "timeout": 5}, {"transaction_mode": None}],
)
def test_a_hasty_sqlite_database_is_warned_of_with_the_options_to_add(monkeypatch, options):
    (message,) = hasty(monkeypatch, **options)

    assert message.id == "invoicing.W002"
    assert message.hint == (
        """Add to DATABASES['default']: "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, """
        """"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"}"""
    )


def test_a_patient_sqlite_database_is_right(monkeypatch):
    assert hasty(monkeypatch, transaction_mode="immediate", timeout=20) == []


def journal_of(path, monkeypatch, *, mode, **options):
    """The findings about a SQLite file that is kept in this mode, seen over a connection of its own."""
    wanted = {"transaction_mode": "IMMEDIATE", "timeout": 30} | options
    connection = DatabaseWrapper({**connections["default"].settings_dict, "NAME": path, "OPTIONS": wanted})
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(f"PRAGMA journal_mode={mode}")
        monkeypatch.setattr(checks, "connections", {"default": connection})
        return checks.check_sqlite_journal(databases=["default"])


@pytest.mark.django_db
def test_a_sqlite_database_whose_readers_keep_writers_waiting_is_warned_of(tmp_path, monkeypatch):
    (message,) = journal_of(tmp_path / "shop.sqlite3", monkeypatch, mode="DELETE")

    assert message.id == "invoicing.W005"
    assert "journal_mode=WAL" in message.hint


@pytest.mark.django_db
def test_a_sqlite_database_that_writes_ahead_is_right(tmp_path, monkeypatch):
    assert journal_of(tmp_path / "shop.sqlite3", monkeypatch, mode="WAL") == []


@pytest.mark.django_db
def test_one_hint_is_enough_for_a_sqlite_database_of_defaults(tmp_path, monkeypatch):
    assert journal_of(tmp_path / "shop.sqlite3", monkeypatch, mode="DELETE", timeout=5) == []


@pytest.mark.django_db
def test_databases_are_looked_at_only_when_they_are_asked_for(monkeypatch):
    assert hasty(monkeypatch)
    assert found() == []

    out = StringIO()
    call_command("check", databases=["default"], stderr=out)
    assert "invoicing.W002" in out.getvalue()
