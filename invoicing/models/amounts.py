"""What a document comes to: stored totals, and everything that is computed from its items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing import payment_methods
from invoicing.conf import conf
from invoicing.domain import amounts
from invoicing.domain.amounts import DocumentTotals, LineAmounts, TaxSubtotal, add_up
from invoicing.domain.choices import RoundingPolicy, TaxCategory
from invoicing.domain.codes.currencies import is_currency
from invoicing.domain.money import minor_units, quantise
from invoicing.exceptions import InvalidDataError, TaxWithoutVatIdError
from invoicing.models.batch import ItemBatch
from invoicing.models.locking import plain
from invoicing.models.refusals import each_refusal_named
from invoicing.models.statements import prepared, update_row
from invoicing.models.taxed import Taxed
from invoicing.models.validation import check_amount

if TYPE_CHECKING:
    from invoicing.models.item import AbstractItem

ZERO = Decimal(0)

MONEY_COLUMNS = ("total", "vat", "credit", "already_paid")

TOTALS = ("total", "vat", "tax_decisions", "modified")

LINE_COLUMNS = ("pk", "unit_price", "quantity", "discount", "tax_rate", "tax_category", "net")


def _made_item(model: Any, item: Any) -> Any:
    """One unsaved item. Raises InvalidDataError for anything else."""
    if isinstance(item, Mapping):
        known = {field.name for field in model._meta.fields} | {field.attname for field in model._meta.fields} | {"unit_code"}
        unknown = {key: [_("There is no such field.")] for key in item if key not in known}
        if unknown:
            raise InvalidDataError(unknown)
        return model(**item)
    if not isinstance(item, model):
        raise InvalidDataError({"item": [_("Give an Item or a dictionary of its fields, not {value!r}.").format(value=item)]})
    if not item._state.adding:
        raise InvalidDataError({"item": [_("It is saved already: set item.invoice and save it.")]})
    return item


def _nets_of_an_invoice(model: Any, using: str) -> models.QuerySet[Any, Any]:
    return plain(model, using=using).filter(invoice_id=0).order_by().values_list("pk", "net", "tax_rate", "tax_category")


def store_categories(items: Iterable[AbstractItem], *, using: str) -> None:
    """Write the tax categories of stored items, a statement a category and 500 items."""
    keys: defaultdict[tuple[Any, str], list[Any]] = defaultdict(list)
    for item in items:
        keys[type(item), item.tax_category].append(item.pk)
    for (model, category), pks in keys.items():
        for start in range(0, len(pks), 500):
            plain(model, using=using).filter(pk__in=pks[start : start + 500]).update(tax_category=category)


class Amounts(Taxed):
    """The money of a document. Amounts hold 11 digits before and 3 after the point, in the document's currency."""

    currency = models.CharField(_("currency"), max_length=3, blank=True)
    rounding_policy = models.CharField(_("rounding policy"), max_length=16, choices=RoundingPolicy.choices, blank=True, editable=False)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=3, default=ZERO, editable=False)
    vat = models.DecimalField(_("VAT"), max_digits=14, decimal_places=3, null=True, blank=True, default=None, editable=False)
    credit = models.DecimalField(
        _("credit"),
        max_digits=14,
        decimal_places=3,
        default=ZERO,
        validators=[MinValueValidator(ZERO)],
        help_text=_("Taken off after tax, such as a voucher. Deduct an invoiced advance by items instead."),
    )
    already_paid = models.DecimalField(
        _("already paid"), max_digits=14, decimal_places=3, default=ZERO, validators=[MinValueValidator(ZERO)]
    )
    payment_method = models.CharField(
        _("payment method"),
        max_length=payment_methods.LONGEST,
        blank=True,
        validators=[RegexValidator(payment_methods.CODE, _("Use a code of capital letters, digits and underscores, such as CASH."))],
    )

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Show stored money with the digits of its currency: 100 JPY, 100.00 EUR, though columns hold three decimals."""
        row = super().from_db(db, field_names, values, **options)
        row.show_digits()
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read again, with the digits of the currency also where the currency itself is not read."""
        super().refresh_from_db(*args, **kwargs)
        self.show_digits()

    def show_digits(self) -> None:
        """Give the money of this instance the digits of its currency."""
        values = self.__dict__
        if is_currency(values.get("currency", "")):
            for name in MONEY_COLUMNS:
                if isinstance(values.get(name), Decimal):
                    values[name] = quantise(values[name], self.currency)

    # What documents show

    def get_payment_method_display(self) -> str:
        """What people call the payment method, in the language of the moment."""
        return payment_methods.name_of(self.payment_method, using=self._state.db or self.write_database())

    @property
    def subtotal(self) -> Decimal:
        """The items' subtotals less the credit (S2-37)."""
        return add_up((self.net_total, self.credit.copy_negate()), currency=self.currency)

    @property
    def net_total(self) -> Decimal:
        """The items' subtotals (BT-106)."""
        return add_up((item.subtotal for item in self._items()), currency=self.currency)

    @property
    def discount(self) -> Decimal:
        """What the discounts of all items save, tax included."""
        return add_up((item.discount_amount for item in self._items()), currency=self.currency)

    @property
    def total_before_discount(self) -> Decimal:
        """The total as it would be without discounts and credit."""
        return add_up((self.total, self.discount, self.credit), currency=self.currency)

    @property
    def to_pay(self) -> Decimal:
        """What is left to pay (BT-115); negative when too much came in."""
        return add_up((self.total, self.already_paid.copy_negate()), currency=self.currency)

    @property
    def vat_summary(self) -> list[dict[str, Decimal | None]]:
        """Base and tax of each rate, the highest first: [{"rate": …, "base": …, "vat": …}]."""
        summary: dict[Decimal | None, dict[str, Decimal | None]] = {}
        for subtotal in self.tax_subtotals():
            row = summary.setdefault(subtotal.rate, {"rate": subtotal.rate, "base": ZERO, "vat": ZERO})
            row["base"] = add_up((row["base"] or ZERO, subtotal.base), currency=self.currency)
            row["vat"] = add_up((row["vat"] or ZERO, subtotal.tax), currency=self.currency)
        return list(summary.values())

    def tax_subtotals(self) -> tuple[TaxSubtotal, ...]:
        """Base and tax of each tax category and rate (BG-23)."""
        return amounts.tax_subtotals(self._lines(self._items()), currency=self.currency)

    @property
    def has_discount(self) -> bool:
        """Whether any item has a discount."""
        return any(item.discount for item in self._items())

    @property
    def has_unit(self) -> bool:
        """Whether the items' units are worth a column: mixed, or not empty."""
        units = {item.unit for item in self._items()}
        return len(units) > 1 or any(item.unit_code for item in self._items())

    # What documents say of tax

    @property
    def tax_notes(self) -> list[str]:
        """The texts that the law wants printed, such as “Reverse charge”: of the decisions that lines of the document follow."""
        keys = dict.fromkeys((subtotal.category, subtotal.rate) for subtotal in self.tax_subtotals())
        decisions = (self.decision_for(category=category, rate=rate) for category, rate in keys)
        return list(dict.fromkeys(decision.note for decision in decisions if decision and decision.note))

    @property
    def is_reverse_charge(self) -> bool:
        """Whether the customer owes the tax of some line."""
        return any(subtotal.category == TaxCategory.REVERSE_CHARGE for subtotal in self.tax_subtotals())

    # Items

    def add_items(self, items: Iterable[AbstractItem | Mapping[str, Any]], *, batch_size: int = 1000) -> list[AbstractItem]:
        """Add many items for the price of one: all are checked, then inserted in batches, and the totals follow once.

        Each item is an unsaved Item or a dictionary of its fields. Raises InvalidDataError that names every bad item as
        items[0].field; nothing is added then. No save signals are sent.
        """
        made: list[AbstractItem] = self.made_items(items)
        self.adopt(made)
        self.item_model().objects.bulk_create(made, batch_size=batch_size)
        return made

    def batch(self) -> ItemBatch:
        """Save and delete items one by one inside a `with` block; totals follow once, at its end, or nothing happened.

        with invoice.batch():
            for row in rows:
                Item(invoice=invoice, **row).save()
        """
        return ItemBatch(self)

    @classmethod
    def made_items(cls, items: Iterable[AbstractItem | Mapping[str, Any]]) -> list[AbstractItem]:
        """Unsaved items, made where they came as dictionaries of their fields."""
        model = cls.item_model()
        made = []
        with each_refusal_named() as refusals:
            for index, item in enumerate(items):
                with refusals.of(index):
                    made.append(_made_item(model, item))
        return made

    def adopt(self, items: Iterable[Any]) -> None:
        """Point unsaved items to this document."""
        for item in items:
            item.invoice = self

    @classmethod
    def item_model(cls) -> Any:
        """The model of the items, Item unless a host has its own."""
        return cls.item_set.rel.related_model  # type: ignore[attr-defined]  # the reverse side of Item.invoice

    def _items(self) -> Iterable[AbstractItem]:
        """The items, prefetched or read; none before the document is saved."""
        return () if self._state.adding else self.item_set.all()  # type: ignore[attr-defined]  # the reverse side of Item.invoice

    @contextmanager
    def items_at_hand(self) -> Iterator[None]:
        """Read the items once, whatever asks for them inside the block."""
        cache: dict[str, Any] = self.__dict__.setdefault("_prefetched_objects_cache", {})
        before = cache.pop("item_set", None)
        prefetch_related_objects([self], "item_set")
        try:
            yield
        finally:
            cache.pop("item_set", None)
            if before is not None:
                cache["item_set"] = before

    # Totals

    def calculate_total(self) -> Decimal:
        """The total, computed afresh from the items."""
        return self.totals().total

    def calculate_vat(self) -> Decimal | None:
        """The VAT, computed afresh from the items; None when no item has a rate."""
        return self.totals().vat

    def totals(self) -> DocumentTotals:
        """All totals, computed afresh from the items."""
        return amounts.document_totals(self._lines(self._items()), currency=self.currency, credit=self.credit)

    def set_totals(self, lines: Iterable[LineAmounts]) -> None:
        """Set `total` and `vat` of this instance. Raises InvalidDataError when they are wider than their columns."""
        totals = amounts.document_totals(lines, currency=self.currency, credit=self.credit)
        check_amount(totals.total, field="total")
        check_amount(totals.vat or ZERO, field="vat")
        self.total, self.vat = totals.total, totals.vat

    def write_totals(self, *, using: str) -> None:
        """Store the totals of a row that is locked, and the tax decisions that its items brought along."""
        self.modified = timezone.now()
        update_row(self, TOTALS, using=using)

    def store_totals(self, *, using: str) -> None:
        """Compute the totals from the stored items and store them."""
        lines = self.fresh_lines(using=using)
        self.check_tax_allowed(lines)
        self.set_totals(lines)
        self.write_totals(using=using)

    def fresh_lines(self, *, using: str) -> list[LineAmounts]:
        """The lines computed from prices and quantities; stored nets that differ are mended."""
        items = list(plain(self.item_model(), using=using).filter(invoice_id=self.pk).only(*LINE_COLUMNS, "invoice_id"))
        lines = [self.line(item) for item in items]
        changed = [item for item, line in zip(items, lines, strict=True) if item.net != line.net]
        for line in lines:
            check_amount(line.net, field="unit_price")
        if changed:
            for item, line in zip(items, lines, strict=True):
                item.net = line.net
            plain(self.item_model(), using=using).bulk_update(changed, ["net"], batch_size=500)
        return lines

    def stored_lines(self, *, using: str) -> dict[Any, LineAmounts]:
        """The lines of the stored items by their keys, from their stored nets: the fast way, while currency and policy stay."""
        if self.rounding_policy == RoundingPolicy.KEEP_GROSS:
            items = plain(self.item_model(), using=using).filter(invoice_id=self.pk).only(*LINE_COLUMNS)
            return {item.pk: self.line(item) for item in items}
        return {
            pk: amounts.line_of_net(
                net,
                rate=rate,
                category=self.category_of(category=category, rate=rate),
                currency=self.currency,
                policy=self.rounding_policy,
            )
            for pk, net, rate, category in prepared(_nets_of_an_invoice, self.item_model(), using, key_field=self._meta.pk)([self.pk])
        }

    def place(self, item: AbstractItem) -> LineAmounts:
        """Make an item fit for this document: its net is set. Raises TaxWithoutVatIdError, or InvalidDataError for an overflow."""
        line = self.line(item)
        self.check_tax_allowed((line,))
        check_amount(line.net, field="unit_price")
        item.net = line.net
        return line

    def place_all(self, items: Iterable[AbstractItem]) -> list[LineAmounts]:
        """Place several items. Raises InvalidDataError that names every bad one as items[0].field."""
        lines = []
        with each_refusal_named() as refusals:
            for index, item in enumerate(items):
                with refusals.of(index):
                    lines.append(self.place(item))
        return lines

    def resolve_categories(self, *, using: str) -> None:
        """Write down the tax category of lines that left it to be derived: after issue it must not depend on anything."""
        store_categories(self.derive_categories(), using=using)

    def derive_categories(self) -> list[AbstractItem]:
        """Set the tax category of lines that left it to be derived; gives these lines."""
        open_items = [item for item in self._items() if not item.tax_category]
        if not self.is_received and not self.tax_decisions and any(not item.tax_rate for item in open_items):
            self.decide_tax()
        for item in open_items:
            item.tax_category = self.category_of(category="", rate=item.tax_rate)
        return open_items

    def check_tax_allowed(self, lines: Iterable[LineAmounts], *, field: str = "tax_rate") -> None:
        """Raise TaxWithoutVatIdError when a line has a rate and the supplier no VAT id; `field` is the one to mend."""
        if not self.supplier_vat_id and any(line.rate is not None for line in lines):
            raise TaxWithoutVatIdError(field=field)

    def line(self, item: AbstractItem) -> LineAmounts:
        """The rounded amounts of an item in this document's currency, under its rounding policy."""
        return amounts.line_amounts(
            item.unit_price,
            item.quantity,
            discount=item.discount,
            rate=item.tax_rate,
            currency=self.currency,
            policy=self.rounding_policy or RoundingPolicy.TAX_PER_CATEGORY,
            category=self.category_of(category=item.tax_category, rate=item.tax_rate),
        )

    def _lines(self, items: Iterable[AbstractItem]) -> Sequence[LineAmounts]:
        return [self.line(item) for item in items]

    def fill_open_fields(self) -> None:
        """Fill currency, rounding policy and payment method where they are empty."""
        super().fill_open_fields()
        usual = next((side.currency for side in self._sides() if side.currency), conf.currency)
        self.currency = (self.currency or usual).upper()
        self.rounding_policy = self.rounding_policy or (self.company.rounding_policy if self.company else "") or conf.rounding_policy
        self.payment_method = self.payment_method or conf.payment_method

    def check_values(self) -> None:
        """Raise InvalidDataError for a currency or a payment method that is none, or for money finer than the currency."""
        super().check_values()
        minor_units(self.currency)
        payment_methods.check(self.payment_method, using=self._state.db or self.write_database())
        text = _("{amount} is finer than {currency} can be: round it.")
        errors = {
            name: [text.format(amount=getattr(self, name), currency=self.currency)]
            for name in ("credit", "already_paid")
            if quantise(getattr(self, name), self.currency) != getattr(self, name)
        }
        if errors:
            raise InvalidDataError(errors)
        self.show_digits()
