"""Item: one line of an invoice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, router
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.domain import amounts
from invoicing.domain.amounts import LineAmounts
from invoicing.domain.choices import TaxCategory, Unit
from invoicing.domain.codes import units
from invoicing.domain.money import quantise
from invoicing.exceptions import InvalidDataError
from invoicing.models.batch import open_batch
from invoicing.models.locking import joined_transaction, plain
from invoicing.models.product import Product
from invoicing.models.querysets import ItemManager
from invoicing.models.validation import check_row, check_significant_digits

if TYPE_CHECKING:
    from invoicing.models.invoice import AbstractInvoice

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
LINE_COLUMNS = ("unit_price", "quantity", "discount", "tax_rate", "tax_category")
"""The columns that the amounts of a line follow from."""

SMALLEST_QUANTITY = Decimal("0.001")

UNTAXED = frozenset(
    {
        TaxCategory.ZERO,
        TaxCategory.EXEMPT,
        TaxCategory.REVERSE_CHARGE,
        TaxCategory.INTRA_COMMUNITY,
        TaxCategory.EXPORT,
        TaxCategory.OUT_OF_SCOPE,
    }
)
"""Categories whose rate is zero or none (BR-Z-5, BR-E-5, BR-AE-5, BR-IC-5, BR-G-5, BR-O-5)."""


class AbstractItem(models.Model):
    """A line: so much of something at a price, less a discount, plus tax.

    Saving or deleting one brings the invoice's totals up to date, at four statements however many items there are.
    """

    COMPANY_PATH: ClassVar = "invoice__company"

    UNIT = Unit

    invoice = models.ForeignKey(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.CASCADE)
    product = models.ForeignKey(Product, verbose_name=_("product"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.TextField(_("title"))
    description = models.TextField(_("description"), blank=True)
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=3, default=ONE, validators=[MinValueValidator(SMALLEST_QUANTITY)]
    )
    unit = models.CharField(
        _("unit"),
        max_length=8,
        default=Unit.PIECES,
        help_text=_("EMPTY, PIECES, HOURS or a code of UN/ECE Recommendation 20, such as KGM."),
    )
    unit_price = models.DecimalField(
        _("unit price"),
        max_digits=17,
        decimal_places=6,
        help_text=_("Before discount and tax; negative to deduct."),
    )
    discount = models.DecimalField(
        _("discount (%)"), max_digits=5, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO), MaxValueValidator(HUNDRED)]
    )
    tax_rate = models.DecimalField(
        _("tax rate (%)"),
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        default=None,
        validators=[MinValueValidator(ZERO), MaxValueValidator(HUNDRED)],
        help_text=_("Empty: no tax, or the customer owes it."),
    )
    tax_category = models.CharField(
        _("tax category"), max_length=2, choices=TaxCategory.choices, blank=True, help_text=_("Empty: as the rate says.")
    )
    net = models.DecimalField(_("net"), max_digits=14, decimal_places=3, default=ZERO, editable=False)
    tag = models.CharField(_("tag"), max_length=128, blank=True)
    weight = models.IntegerField(_("weight"), default=0, help_text=_("Orders the items; equal weights keep the order of entry."))
    credited_item = models.ForeignKey(
        "self",
        verbose_name=_("credited item"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="crediting_items",
        help_text=_("The line that this line of a credit note takes back."),
    )
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("modified"), auto_now=True)

    objects = ItemManager()

    _stored_invoice_id: Any = None

    class Meta:
        abstract = True
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering: ClassVar = ["weight", "pk"]
        base_manager_name = "objects"
        constraints: ClassVar = [
            # A hair under 0.001: SQLite compares floats.
            models.CheckConstraint(condition=Q(quantity__gt=Decimal("0.0009")), name="%(app_label)s_%(class)s_quantity"),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="%(app_label)s_%(class)s_discount"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        product = kwargs.get("product")
        if product is not None and "pk" not in kwargs and "id" not in kwargs:
            kwargs = {**product.snapshot(), **kwargs}
        super().__init__(*args, **kwargs)

    def __str__(self) -> str:
        return self.title

    # Saving

    def save(
        self,
        *,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Check the line, lock its invoice, save, and bring the invoice's totals up to date.

        Raises InvalidDataError, TaxWithoutVatIdError (both ValueErrors), or InvoiceFrozenError when the invoice is issued.
        """
        database = using or router.db_for_write(type(self), instance=self)
        if update_fields is not None:
            update_fields = {*update_fields, "net", "modified"} if update_fields else update_fields
        self.check_line()
        written = self if update_fields is None else self._as_written(update_fields, using=database)
        with self._home(using=database) as home:
            line = home.invoice.place(written)
            self.net = written.net
            self.bring_decisions(home.invoice)
            if home.is_locked_here:
                home.invoice.set_totals([*home.others.values(), line])
            super().save(force_insert=force_insert, force_update=force_update, using=database, update_fields=update_fields)
            if home.is_locked_here:
                home.invoice.write_totals(using=database)
                self.show_totals(home.invoice)
        self._stored_invoice_id = self.invoice_id

    def delete(
        self,
        using: str | None = None,
        keep_parents: bool = False,  # noqa: FBT001, FBT002  # Django's signature
    ) -> tuple[int, dict[str, int]]:
        """Delete the line and bring the invoice's totals up to date. Raises InvoiceFrozenError when the invoice is issued."""
        database = using or router.db_for_write(type(self), instance=self)
        with self._home(using=database) as home:
            if home.is_locked_here:
                home.invoice.set_totals(home.others.values())
            deleted = super().delete(using=database, keep_parents=keep_parents)
            if home.is_locked_here:
                home.invoice.write_totals(using=database)
                self.show_totals(home.invoice)
        return deleted

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Remember which invoice the stored line belongs to, so that a move to another one is noticed."""
        item = super().from_db(db, field_names, values, **options)
        item.__dict__["_stored_invoice_id"] = item.__dict__.get("invoice_id")
        return item

    # Amounts

    @property
    def subtotal(self) -> Decimal:
        """Unit price × quantity less the discount, rounded to the currency: the line's net (BT-131)."""
        return self._amounts().net

    @property
    def subtotal_before_discount(self) -> Decimal:
        """Unit price × quantity."""
        return self._rounded(amounts.extended_price(self.unit_price, self.quantity))

    @property
    def discount_amount(self) -> Decimal:
        """What the discount saves, tax included."""
        return self._rounded(amounts.EXACT.divide(amounts.EXACT.multiply(self._full_price_with_tax(), self.discount), HUNDRED))

    @property
    def vat(self) -> Decimal:
        """Subtotal × rate; zero without a rate."""
        line = self._amounts()
        return self._rounded(amounts.tax_on(line.net, line.rate)) if line.tax is None else line.tax

    @property
    def vat_before_discount(self) -> Decimal:
        """The VAT as it would be without the discount."""
        return self._rounded(amounts.tax_on(self.subtotal_before_discount, self.tax_rate))

    @property
    def unit_price_with_vat(self) -> Decimal:
        """One unit with its tax, exact: a unit price may be finer than the currency."""
        return amounts.with_tax(self.unit_price, self.tax_rate)

    @property
    def total(self) -> Decimal:
        """Subtotal and VAT."""
        return amounts.add_up((self.subtotal, self.vat), currency=self.invoice.currency)

    @property
    def total_before_discount(self) -> Decimal:
        """The total as it would be without the discount."""
        return amounts.add_up((self.subtotal_before_discount, self.vat_before_discount), currency=self.invoice.currency)

    def _amounts(self) -> LineAmounts:
        return self.invoice.line(self)

    def _full_price_with_tax(self) -> Decimal:
        return amounts.with_tax(amounts.extended_price(self.unit_price, self.quantity), self.tax_rate)

    def _rounded(self, amount: Decimal) -> Decimal:
        return quantise(amount, self.invoice.currency)

    # Unit and tax

    @property
    def unit_code(self) -> str:
        """The unit as a code of UN/ECE Recommendation 20 (BT-130): C62 for PIECES, HUR for HOURS, nothing for EMPTY."""
        return units.unit_code(self.unit)

    @unit_code.setter
    def unit_code(self, code: str) -> None:
        self.unit = units.unit_name(code)

    def get_tax_category(self) -> str:
        """The tax category that the line falls under: its own, else derived (BT-151)."""
        return self.invoice.category_of(category=self.tax_category, rate=self.tax_rate)

    def calculate_tax(self) -> None:
        """Set the rate by the policy of the invoice; call it before `save()`."""
        decision = self.invoice.decide_tax(self.product)
        self.tax_rate = decision.rate
        # A taxed line's category follows from its rate; why a line is untaxed, only the decision knows.
        self.tax_category = "" if decision.rate else str(decision.category)

    # Checking

    def check_line(self) -> None:
        """Raise InvalidDataError that names every bad field of the line."""
        errors: dict[str, list[str]] = {}
        for check in (self._check_unit, self._check_columns, self._check_title, self._check_category):
            try:
                check()
            except InvalidDataError as error:
                errors |= error.errors
        if errors:
            raise InvalidDataError(errors)

    def _check_unit(self) -> None:
        self.unit = units.normalise_unit(self.unit)

    def _check_columns(self) -> None:
        expressions = [name for name in LINE_COLUMNS if hasattr(getattr(self, name), "resolve_expression")]
        if expressions:
            raise InvalidDataError({name: [_("Give a value: the totals cannot be computed from an expression.")] for name in expressions})
        check_row(self, exclude=("net",))
        check_significant_digits(self.unit_price, field="unit_price")

    def _check_title(self) -> None:
        if not (self.title or "").strip():
            raise InvalidDataError({"title": [_("Enter what is sold.")]})

    def _check_category(self) -> None:
        if self.tax_rate and self.tax_category in UNTAXED:
            text = _("Category {category} charges no tax: choose S, or leave tax_rate empty.").format(category=self.tax_category)
            raise InvalidDataError({"tax_category": [text]})
        if not self.tax_rate and self.tax_category == TaxCategory.STANDARD:
            raise InvalidDataError({"tax_rate": [_("Category S charges tax: enter the rate, or choose another category.")]})

    def _as_written(self, update_fields: Iterable[str], *, using: str) -> AbstractItem:
        """The line as it will be stored when only some columns are written."""
        row = copy(self)
        stored = plain(type(self), using=using).filter(pk=self.pk).values(*LINE_COLUMNS).first() or {}
        for name in stored.keys() - set(update_fields):
            setattr(row, name, stored[name])
        return row

    @contextmanager
    def _home(self, *, using: str) -> Iterator[Home]:
        """The invoice that the line is written to, locked and open, with the other lines in it.

        A line that moves here from another invoice takes its amounts along: that one is locked, too, and its totals follow.
        """
        if self.invoice_id is None:
            raise InvalidDataError({"invoice": [_("Save the invoice before its items.")]})
        if self._state.adding and self.pk is not None:
            # A fresh instance with the key of a stored line would take that line along.
            self._stored_invoice_id = plain(type(self), using=using).filter(pk=self.pk).values_list("invoice_id", flat=True).first()
        batched = open_batch(self.invoice_id, using=using)
        if batched is not None and not self._is_moving:
            batched.check_open()
            yield Home(invoice=batched)
            return
        with joined_transaction(using):
            # In the order of their keys, so that two moves in opposite directions cannot wait for each other.
            model: type[AbstractInvoice] = type(self)._meta.get_field("invoice").related_model  # type: ignore[assignment]
            locked = {
                pk: open_batch(pk, using=using) or model.lock_open(pk, using=using)
                for pk in sorted({self.invoice_id, self._stored_invoice_id} - {None})
            }
            invoice = locked[self.invoice_id]
            invoice.check_open()
            others = invoice.stored_lines(using=using)
            is_here = others.pop(self.pk, None) is not None
            if not is_here and not self._is_moving and not self._state.adding:
                self._refuse_if_moved(using=using)
            yield Home(invoice=invoice, others=others, is_locked_here=batched is None)
            for pk, left in locked.items():
                if pk != self.invoice_id:
                    left.store_totals(using=using)

    @property
    def _is_moving(self) -> bool:
        """Whether the line leaves the invoice that it was read from."""
        return self._stored_invoice_id not in {None, self.invoice_id}

    def _refuse_if_moved(self, *, using: str) -> None:
        """Refuse to act on a line that others moved or deleted since it was read."""
        where = plain(type(self), using=using).filter(pk=self.pk).values_list("invoice__number", flat=True).first()
        if where is None:
            raise self.DoesNotExist(f"Item {self.pk} does not exist any more.")
        raise InvalidDataError({"invoice": [_("The item was moved to invoice {number} meanwhile: read it again.").format(number=where)]})

    def bring_decisions(self, invoice: AbstractInvoice) -> None:
        """Hand the tax decisions that `calculate_tax()` made on the instance held here to the invoice that is stored."""
        if AbstractItem.invoice.is_cached(self) and self.invoice is not invoice:
            invoice.keep_decisions(self.invoice.tax_decisions)

    def show_totals(self, invoice: AbstractInvoice) -> None:
        """Let the instance that the caller holds show the new totals."""
        if AbstractItem.invoice.is_cached(self):
            self.invoice.show_totals_of(invoice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a line is written: the locked invoice, and its other lines unless a batch adds them up."""

    invoice: AbstractInvoice
    others: dict[Any, LineAmounts] = field(default_factory=dict)
    is_locked_here: bool = False


class Item(AbstractItem):
    """The line item that comes with the library."""

    class Meta(AbstractItem.Meta):
        pass
