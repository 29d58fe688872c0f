"""System checks: what is wrong with the settings is said when the project starts, with its mend. Ids live for ever."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connections, router
from django.utils.module_loading import import_string

from invoicing import payment_methods
from invoicing.conf import PREFIX, Conf, Setting, conf, declared_settings
from invoicing.domain import number_format
from invoicing.domain.choices import CounterPeriod, PaymentMethod, RoundingPolicy
from invoicing.domain.codes.currencies import currency_codes
from invoicing.domain.content import RULE_SETS
from invoicing.domain.money import minor_units
from invoicing.exceptions import InvalidDataError
from invoicing.models import AbstractInvoice, InvoiceQuerySet, ItemQuerySet, get_invoice_model
from invoicing.models.parties import BANK_KEYS, ENTITY_KEYS, ISSUER_KEYS
from invoicing.models.validation import checked_country
from invoicing.taxation.policy import TaxationPolicy

TAG = "invoicing"

CHOICES: dict[str, Collection[str]] = {
    Conf.counter_period.name: CounterPeriod.values,
    Conf.rounding_policy.name: RoundingPolicy.values,
    Conf.content_rules.name: tuple(RULE_SETS),
}
"""The settings that hold one word of a list."""

RANGES: dict[str, tuple[int, int | None]] = {
    Conf.fiscal_year_start.name: (1, 12),
    Conf.number_start_from.name: (1, None),
    Conf.payment_days.name: (0, None),
    Conf.vies_timeout.name: (1, None),
}
"""The least and the most that a number may be."""

SQLITE_JOURNAL = '"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"'
SQLITE_OPTIONS = f'"OPTIONS": {{"transaction_mode": "IMMEDIATE", "timeout": 30, {SQLITE_JOURNAL}}}'
SQLITE_PATIENCE = 20
"""Seconds that a writer should wait for others at least."""


@checks.register(TAG)
def check_setting_names(**_kwargs: Any) -> list[checks.CheckMessage]:
    """W001: a misspelt setting is silent otherwise."""
    known = declared_settings()
    unknown = [name for name in dir(settings) if name.startswith(PREFIX) and name not in known]
    return [checks.Warning(f"{name} is not a setting of invoicing.", hint=_nearest(name, known), id="invoicing.W001") for name in unknown]


@checks.register(TAG)
def check_setting_types(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E001: a value of another type fails later, far from the settings."""
    return [
        checks.Error(
            f"{name} is {_value(setting)!r}, which is of type {type(_value(setting)).__name__}.",
            hint=f"Use {_kind_names(setting)}, such as {setting.default!r}.",
            id="invoicing.E001",
        )
        for name, setting in declared_settings().items()
        if not setting.accepts(_value(setting))
    ]


@checks.register(TAG)
def check_setting_values(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E002: a word that is none of the choices, or a number out of its range."""
    return [
        checks.Error(f"{setting.name} is {_value(setting)!r}.", hint=hint, id="invoicing.E002")
        for setting in declared_settings().values()
        if setting.accepts(_value(setting)) and (hint := _wrong_value(setting))
    ]


@checks.register(TAG)
def check_number_format(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E003: a number format that cannot be read, or that can give two invoices the same number."""
    has_usable_settings = all(
        setting.accepts(_value(setting)) and not _wrong_value(setting)
        for setting in (Conf.number_format, Conf.counter_period, Conf.counter_per_type, Conf.fiscal_year_start)
    )
    if conf.number_formatter or not has_usable_settings:
        return []
    sentences = number_format.problems(
        conf.number_format,
        period=CounterPeriod.INFINITE if conf.sequence_generator else CounterPeriod(conf.counter_period),
        # A generator of the host may count in another way; that every sequence shows is asked all the same.
        per_type=conf.counter_per_type and not conf.sequence_generator,
        fiscal_year_start=conf.fiscal_year_start,
    )
    return [
        checks.Error(
            f"{Conf.number_format.name} is {conf.number_format!r}: {sentence}",
            hint=f"A format that works with every counter: {_safe_format()!r}.",
            id="invoicing.E003",
        )
        for sentence in sentences
    ]


@checks.register(TAG)
def check_dotted_paths(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E004: a dotted path that leads nowhere, or to something else than it should."""
    rules: list[tuple[Setting[Any], Callable[[Any], bool], str]] = [
        (Conf.sequence_generator, callable, "a function"),
        (Conf.number_formatter, callable, "a function"),
        (Conf.taxation_policy, _is_policy, "a subclass of invoicing.taxation.TaxationPolicy"),
        (Conf.pdf_renderer, callable, "a class"),
        (Conf.document_extra_context, callable, "a function"),
    ]
    messages: list[checks.CheckMessage] = []
    for setting, is_right, wanted in rules:
        # The default renderer imports an optional package, and says itself what to install.
        if (
            _value(setting)
            and _value(setting) != setting.default
            and setting.accepts(_value(setting))
            and (fault := _bad_path(setting, is_right))
        ):
            hint = f"Name {wanted} by its dotted path, such as 'shop.invoices.name'."
            messages.append(checks.Error(f"{setting.name} is {_value(setting)!r}: {fault}", hint=hint, id="invoicing.E004"))
    return messages


@checks.register(TAG)
def check_supplier(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E005: INVOICING_SUPPLIER has a key that no column takes, or a country that is none."""
    if not Conf.supplier.accepts(_value(Conf.supplier)):
        return []
    return [
        checks.Error(f"{Conf.supplier.name} {fault}", hint=hint, id="invoicing.E005")
        for fault, hint in (
            *_faults(conf.supplier, keys=(*ENTITY_KEYS, "bank", "issuer"), at=""),
            *_faults(conf.supplier.get("bank"), keys=BANK_KEYS, at="bank"),
            *_faults(conf.supplier.get("issuer"), keys=ISSUER_KEYS, at="issuer"),
        )
    ]


@checks.register(TAG)
def check_invoice_model(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E006: the model that stands in for Invoice is not there, or is no invoice."""
    name = Conf.invoice_model.name
    if not Conf.invoice_model.accepts(_value(Conf.invoice_model)):
        return []
    try:
        model: type[object] = get_invoice_model()
    except ImproperlyConfigured:
        hint = "Name an installed model as 'app_label.ModelName', and see that its app is in INSTALLED_APPS."
        return [checks.Error(f"{name} is {conf.invoice_model!r}, which is not installed.", hint=hint, id="invoicing.E006")]
    if not issubclass(model, AbstractInvoice):
        hint = "Let it inherit from invoicing.models.AbstractInvoice."
        return [checks.Error(f"{name} is {conf.invoice_model!r}, which is no invoice.", hint=hint, id="invoicing.E006")]
    return []


@checks.register(checks.Tags.database)
def check_sqlite_options(*, databases: Collection[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """W002: with SQLite's defaults, two writers at once end in "database is locked"."""
    return [
        checks.Warning(
            f"The SQLite database {alias!r} gives up when two requests write at once.",
            hint=f"Add to DATABASES[{alias!r}]: {SQLITE_OPTIONS}",
            id="invoicing.W002",
        )
        for alias in databases or ()
        if _is_shared_sqlite(alias) and _is_hasty_sqlite(alias)
    ]


@checks.register(checks.Tags.database)
def check_sqlite_journal(*, databases: Collection[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """W005: without a write-ahead log, a writer of SQLite waits for readers, and they for it."""
    return [
        checks.Warning(
            f"In the SQLite database {alias!r} readers and writers wait for each other.",
            hint=f"Add to DATABASES[{alias!r}]['OPTIONS']: {SQLITE_JOURNAL}",
            id="invoicing.W005",
        )
        for alias in databases or ()
        # The options that W002 asks for bring the log along.
        if _is_shared_sqlite(alias) and not _is_hasty_sqlite(alias) and not _writes_ahead(alias)
    ]


@checks.register(checks.Tags.database)
def check_isolation(*, databases: Collection[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """E007: at REPEATABLE READ, MySQL and MariaDB show rows of before under a lock of now; totals and credits would be wrong."""
    return [
        checks.Error(
            f"The database {alias!r} reads old rows under new locks: its isolation level is REPEATABLE READ.",
            hint=f"Leave DATABASES[{alias!r}]['OPTIONS']['isolation_level'] at 'read committed', "
            "or on MariaDB 10.6.18 and later set 'init_command': 'SET innodb_snapshot_isolation=ON'.",
            id="invoicing.E007",
        )
        for alias in databases or ()
        if _reads_old_rows(alias)
    ]


@checks.register(TAG)
def check_managers(**_kwargs: Any) -> list[checks.CheckMessage]:
    """W004: a manager of a host's own invoice that lacks the rules of ours lets issued documents change."""
    try:
        model: Any = get_invoice_model()
    except ImproperlyConfigured:
        return []
    pairs = [(model, InvoiceQuerySet), (model.item_model(), ItemQuerySet)]
    return [
        checks.Warning(
            f"{owner.__name__}.{name} does not keep the rules of {wanted.__name__}.",
            hint=f"Use models.Manager.from_queryset(YourQuerySet), where YourQuerySet inherits from {wanted.__name__}.",
            id="invoicing.W004",
        )
        for owner, wanted in pairs
        for name, manager in (("_default_manager", owner._default_manager), ("_base_manager", owner._base_manager))
        if not isinstance(manager.get_queryset(), wanted)
    ]


def _value(setting: Setting[Any]) -> Any:
    return getattr(settings, setting.name, setting.default)


def _nearest(name: str, known: Mapping[str, object]) -> str:
    # The prefix is the same in all of them, and would make any two look alike.
    close = get_close_matches(name.removeprefix(PREFIX), [other.removeprefix(PREFIX) for other in known], n=1)
    return f"Did you mean {PREFIX}{close[0]}?" if close else "Take it out; docs/reference/settings.md lists every setting."


def _kind_names(setting: Setting[Any]) -> str:
    names = {type(None): "None", Mapping: "dict"}
    return " or ".join(names.get(kind, kind.__name__) for kind in setting.kinds)


def _wrong_value(setting: Setting[Any]) -> str:
    """The mend of a value that is of the right type and yet impossible; nothing when it is possible."""
    name, value = setting.name, _value(setting)
    if name in CHOICES and value not in CHOICES[name]:
        return f"Use one of {', '.join(CHOICES[name])}."
    if name == Conf.payment_method.name and not _may_be_payment_method(value):
        return f"Use one of {', '.join(PaymentMethod.values)}, or a code that an installed app adds: capital letters, digits, underscores."
    if name in RANGES:
        least, most = RANGES[name]
        if value < least or (most is not None and value > most):
            return f"Use a whole number from {least} to {most}." if most else f"Use a whole number of at least {least}."
    if name == Conf.currency.name and not _is_currency(value):
        close = get_close_matches(value.upper(), currency_codes(), n=1, cutoff=0.5)
        return f"Use an ISO 4217 code in capital letters, such as {close[0] if close else 'EUR'}."
    if name == Conf.tax_rate.name and value is not None and not _is_percentage(value):
        return 'Use a percentage from 0 to 100 as Decimal or text, such as "19" or Decimal("5.5").'
    return ""


def _may_be_payment_method(code: str) -> bool:
    """Whether it is one of the four, or could be one that others add: their tables may not be there yet, so they are not asked."""
    return code in PaymentMethod.values or (payment_methods.has_sources() and payment_methods.is_code(code))


def _is_currency(code: str) -> bool:
    try:
        minor_units(code)
    except InvalidDataError:
        return False
    return True


def _is_percentage(value: Decimal | int | str) -> bool:
    try:
        return 0 <= Decimal(value) <= 100
    except ArithmeticError:
        return False


def _safe_format() -> str:
    return "{{ invoice.type }}-{{ invoice.period }}/{{ invoice.sequence }}"


def _is_policy(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, TaxationPolicy)


def _bad_path(setting: Setting[Any], is_right: Callable[[Any], bool]) -> str:
    """What is wrong with the object that a setting names; nothing when all is right."""
    value = _value(setting)
    try:
        found = import_string(value) if isinstance(value, str) else value
    except (ImportError, OSError, ValueError) as error:  # OSError: a system library that the module loads is missing
        return f"it cannot be imported ({error})."
    return "" if is_right(found) else f"it is {found!r}."


def _faults(data: object, *, keys: tuple[str, ...], at: str) -> Iterator[tuple[str, str]]:
    """Each fault of a dictionary of the supplier, with its mend."""
    where = f"[{at!r}]" if at else ""
    if data is None:
        return
    if not isinstance(data, Mapping):
        yield f"{where} is {data!r}.", "Use a dictionary."
        return
    known = [*keys, *(["country_code"] if "country" in keys else [])]
    for key in data:
        if key not in known:
            close = get_close_matches(str(key), known, n=1)
            yield f"{where} has the key {key!r}.", f"Did you mean {close[0]!r}?" if close else f"The keys are {', '.join(known)}."
    for key in {"country", "country_code"} & {*known} & {*data}:
        try:
            checked_country(data[key])
        except ValidationError:
            yield f"{where} has {key} {data[key]!r}.", "Use an ISO 3166 code of two letters, such as DE."


def _reads_old_rows(alias: str) -> bool:
    connection: Any = connections[alias]
    if connection.vendor != "mysql" or not router.allow_migrate_model(alias, get_invoice_model()):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@SESSION.tx_isolation" if connection.mysql_is_mariadb else "SELECT @@SESSION.transaction_isolation")
        if cursor.fetchone()[0].upper() != "REPEATABLE-READ":
            return False
        cursor.execute("SHOW SESSION VARIABLES LIKE 'innodb_snapshot_isolation'")
        found = cursor.fetchone()
    return found is None or found[1].upper() != "ON"


def _is_shared_sqlite(alias: str) -> bool:
    """Whether it is SQLite, has our tables, and may have several users: one in memory has one."""
    connection: Any = connections[alias]
    has_tables = connection.vendor == "sqlite" and router.allow_migrate_model(alias, get_invoice_model())
    return bool(has_tables and not connection.is_in_memory_db())


def _writes_ahead(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return str(cursor.fetchone()[0]).lower() == "wal"


def _is_hasty_sqlite(alias: str) -> bool:
    options = connections[alias].settings_dict.get("OPTIONS") or {}
    waits = str(options.get("transaction_mode") or "").upper() in {"IMMEDIATE", "EXCLUSIVE"}
    return not waits or options.get("timeout", 0) < SQLITE_PATIENCE
