"""Every setting, its default and what it is for. `conf.number_format` reads INVOICING_NUMBER_FORMAT, live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

PREFIX = "INVOICING_"


class Setting(Generic[T]):
    """One setting: its default, the type it must have, and one sentence on what it is for."""

    def __init__(self, default: T, purpose: str, *, kind: type | tuple[type, ...]) -> None:
        self.default = default
        self.purpose = purpose
        self.kind = kind
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"{PREFIX}{name.upper()}"

    @overload
    def __get__(self, instance: None, owner: type) -> Setting[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Setting[T] | T:
        if instance is None:
            return self
        value = getattr(settings, self.name, self.default)
        if not self.accepts(value):
            raise ImproperlyConfigured(f"{self.name} is {value!r}: {self.purpose} Run `manage.py check` for details.")
        answer: T = value
        return answer

    def accepts(self, value: object) -> bool:
        """Whether the value has the type that the setting needs; True and False are no numbers."""
        if isinstance(value, bool):
            return bool in self.kinds
        return isinstance(value, self.kind)

    @property
    def kinds(self) -> tuple[type, ...]:
        """The types that the setting takes."""
        return self.kind if isinstance(self.kind, tuple) else (self.kind,)


class Conf:
    """All settings. Each is optional."""

    # Who we are
    supplier = Setting[Mapping[str, Any]](
        {}, "The own legal entity of a single-company host: fills the supplier and bank fields of a new invoice.", kind=Mapping
    )
    invoice_model = Setting[str](
        "invoicing.Invoice", "The model that stands in for Invoice; set it before the first migration, like AUTH_USER_MODEL.", kind=str
    )

    # Numbers
    number_format = Setting[str](
        "{{ invoice.date_issue|date:'Y' }}/{{ invoice.sequence }}", "How a number is written, as a template over plain values.", kind=str
    )
    number_prefix = Setting[str](
        "", "A prefix that a format may show as {{ invoice.prefix }}; each prefix is a series of its own.", kind=str
    )
    number_start_from = Setting[int](1, "The first sequence of a counter that is new.", kind=int)
    counter_period = Setting[str]("YEARLY", "How long a counter runs: DAILY, MONTHLY, YEARLY, FISCAL_YEAR or INFINITE.", kind=str)
    counter_per_type = Setting[bool](False, "Whether each type of invoice has a counter of its own.", kind=bool)
    fiscal_year_start = Setting[int](1, "The month a fiscal year starts in, where the company names none.", kind=int)
    sequence_generator = Setting[str]("", "Dotted path of a function that gives the next sequence instead of the counter.", kind=str)
    number_formatter = Setting[str]("", "Dotted path of a function that writes an invoice's number instead of the format.", kind=str)

    chronological = Setting[bool](
        False, "Whether a later number of a counter may have no earlier issue date than the numbers before it.", kind=bool
    )
    locked_until = Setting[date | None](
        None,
        "The last day of the locked books of a host without companies: nothing dated up to it is issued, changed or voided.",
        kind=(date, type(None)),
    )

    # Money
    currency = Setting[str]("EUR", "The currency of an invoice that names none (ISO 4217).", kind=str)
    rounding_policy = Setting[str](
        "TAX_PER_CATEGORY", "Where tax is rounded: TAX_PER_CATEGORY, TAX_PER_LINE or KEEP_GROSS; a company may differ.", kind=str
    )
    payment_days = Setting[int](14, "Days from the issue to the due date, where no payment term says otherwise.", kind=int)
    payment_method = Setting[str]("BANK_TRANSFER", "How a new invoice is to be paid.", kind=str)

    small_differences = Setting[Mapping[str, Decimal | str]](
        {}, "The largest rest by currency that a payment may leave and that is written off, such as {'EUR': '0.50'}.", kind=Mapping
    )

    bank_confirm_from = Setting[int | None](
        None,
        "The score from which the best proposal for a bank entry is confirmed at import; empty: a person confirms.",
        kind=(int, type(None)),
    )

    # Tax
    taxation_policy = Setting[str | type | None](
        None,
        "The TaxationPolicy that decides on tax (dotted path or class); empty: by the supplier's country.",
        kind=(str, type, type(None)),
    )
    tax_rate = Setting[Decimal | int | str | None](None, "The rate of FlatRatePolicy, in percent.", kind=(Decimal, int, str, type(None)))
    one_stop_shop = Setting[bool](False, "Charge consumers in other member states the rate of their country (One-Stop-Shop).", kind=bool)
    require_verified_vat_id = Setting[bool](False, "Grant reverse charge only on a VAT id that the register confirmed.", kind=bool)
    vies_url = Setting[str]("https://ec.europa.eu/taxation_customs/vies/rest-api", "Where verify_vat_id() asks.", kind=str)
    vies_timeout = Setting[int | float](10, "Seconds without a sign of life after which verify_vat_id() gives up.", kind=(int, float))

    # Issuing
    content_rules = Setting[str](
        "EU",
        "What issue() asks of an invoice's content: EU (Art. 226), EU_SIMPLIFIED (Art. 226b), BASIC or NONE.",
        kind=str,
    )

    # Documents and admin
    document_template = Setting[str]("invoicing/document.html", "The template that an invoice's HTML and PDF are made from.", kind=str)
    document_extra_context = Setting[str](
        "", "Dotted path of a function that gives a template more values, as {{ extra }}; called with the invoice and document=.", kind=str
    )
    store_documents = Setting[bool](
        False, "Whether the PDF of an invoice is stored once it is issued, so that a later template does not change it.", kind=bool
    )
    look = Setting[Mapping[str, str]](
        {},
        "How the documents of a host without companies look: logo (path of an image), accent_color, paper, footer, template.",
        kind=Mapping,
    )
    pdf_renderer = Setting[str](
        "invoicing.documents.pdf.WeasyPrintRenderer", "Dotted path of the class that turns the HTML into a PDF.", kind=str
    )
    fonts = Setting[Sequence[str | Path]](
        (), "Paths of font files (TrueType, OpenType) with letters that the package's own fonts lack.", kind=(list, tuple)
    )
    check_glyphs = Setting[bool](
        True, "Whether issue() refuses characters that no font has, which a PDF could only show as a box.", kind=bool
    )
    payment_codes = Setting[bool](True, "Whether documents carry a code to pay by, or a Swiss QR-bill, where one is possible.", kind=bool)
    admin = Setting[bool](True, "Register the models in Django's admin.", kind=bool)
    absolute_url = Setting[str](
        "", "Name of the host's URL pattern of an invoice, reversed with its uuid, for get_absolute_url().", kind=str
    )

    # Delivery
    email_from = Setting[str](
        "", "The address that mail comes from, with or without a name; empty: DEFAULT_FROM_EMAIL under the supplier's name.", kind=str
    )
    base_url = Setting[str](
        "", "Where the host is, such as https://billing.example.com, for links in mail; empty: mail has none.", kind=str
    )
    public_link_days = Setting[int](90, "Days that a public link to a document is valid.", kind=int)
    delivery_attempts = Setting[int](6, "How often a mail is tried that servers refuse for the moment.", kind=int)
    delivery_pause = Setting[int](300, "Seconds between the first attempt and the second; each pause is twice the one before.", kind=int)
    delivery_timeout = Setting[int | float](
        60, "Seconds without a sign of life after which a mail server is given up, where the mail settings name none.", kind=(int, float)
    )
    delivery_patience = Setting[int](900, "Seconds after which a mail is in doubt whose worker was not heard of since.", kind=int)
    task_backend = Setting[str]("default", "The alias in TASKS of the backend that sends mail.", kind=str)

    # Companies and roles
    company_resolver = Setting[str](
        "invoicing.contrib.access.companies.resolve_company",
        "Dotted path of the function that says which company a request is for; called with the request.",
        kind=str,
    )
    roles = Setting[Mapping[str, Any]](
        {}, "Changes to what roles may do: the name of a role and its permissions; an unknown name is a role of the host.", kind=Mapping
    )

    # Collaboration
    attachment_max_bytes = Setting[int](10_485_760, "The largest file that may be attached to a document, in bytes.", kind=int)
    attachment_types = Setting[Mapping[str, Any]](
        {},
        "File endings that may be attached beside the usual ones, each with its media type; an ending with None is not taken any more.",
        kind=Mapping,
    )

    # API
    api_page_size = Setting[int](10, "Rows on a page of the API that asks for no number.", kind=int)
    api_max_page_size = Setting[int](200, "The most rows that a page of the API may have.", kind=int)
    api_max_bytes = Setting[int](
        2_621_440, "The longest body that the API reads, in bytes; files that are attached have a limit of their own.", kind=int
    )
    api_throttle_rates = Setting[Mapping[str, Any]](
        {},
        "How often a user may read, write and send: {'read': '600/min', 'write': '120/min', 'send': '30/min'}; empty: as often as wanted.",
        kind=Mapping,
    )
    api_user_field = Setting[str]("pk", "The column of the user model that the API knows users by.", kind=str)
    idempotency_days = Setting[int](7, "Days that the answer to an Idempotency-Key is kept.", kind=int)
    webhook_attempts = Setting[int](10, "How often a webhook is tried that is not taken.", kind=int)
    webhook_pause = Setting[int](
        60, "Seconds between the first attempt of a webhook and the second; each pause is twice the one before.", kind=int
    )
    webhook_timeout = Setting[int | float](10, "Seconds after which a receiver of webhooks is given up.", kind=(int, float))
    webhook_private_hosts = Setting[Sequence[str]](
        (),
        "Hosts inside the own network that webhooks may go to, also without TLS; all others must be public and use https.",
        kind=(list, tuple),
    )


conf = Conf()


def declared_settings() -> dict[str, Setting[Any]]:
    """Every setting by its full name, in the order of declaration."""
    return {setting.name: setting for setting in vars(Conf).values() if isinstance(setting, Setting)}
