"""The words of the trade, as choices. The one file of this floor that imports Django."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class InvoiceType(TextChoices):
    """What kind of document it is (BT-3)."""

    INVOICE = "INVOICE", _("Invoice")
    ADVANCE = "ADVANCE", _("Advance invoice")
    PROFORMA = "PROFORMA", _("Proforma invoice")
    CREDIT_NOTE = "CREDIT_NOTE", _("Credit note")


class Origin(TextChoices):
    """Whether we issued the document or received it from a supplier."""

    ISSUED = "ISSUED", _("issued invoice")
    RECEIVED = "RECEIVED", _("received invoice")


class Status(TextChoices):
    """Where a document is in its life. Whether it is paid in part, posted or overdue are questions of their own."""

    DRAFT = "DRAFT", _("draft")
    NEW = "NEW", _("new")
    SENT = "SENT", _("sent")
    RETURNED = "RETURNED", _("returned")
    CANCELED = "CANCELED", _("canceled")
    PAID = "PAID", _("paid")
    CREDITED = "CREDITED", _("credited")
    IN_COLLECTION = "IN_COLLECTION", _("in collection")
    UNCOLLECTIBLE = "UNCOLLECTIBLE", _("uncollectible")


class PaymentStatus(TextChoices):
    """How much of it is paid: derived from what came in, never set by hand."""

    UNPAID = "UNPAID", _("unpaid")
    PARTIALLY_PAID = "PARTIALLY_PAID", _("partially paid")
    PAID = "PAID", _("paid")
    OVERPAID = "OVERPAID", _("overpaid")


class PaymentMethod(TextChoices):
    """How the document is to be paid (BT-81)."""

    BANK_TRANSFER = "BANK_TRANSFER", _("bank transfer")
    CASH = "CASH", _("cash")
    CASH_ON_DELIVERY = "CASH_ON_DELIVERY", _("cash on delivery")
    PAYMENT_CARD = "PAYMENT_CARD", _("payment card")


class DeliveryMethod(TextChoices):
    """How the goods or the work reach the customer."""

    PERSONAL_PICKUP = "PERSONAL_PICKUP", _("personal pickup")
    MAILING = "MAILING", _("mailing")
    DIGITAL = "DIGITAL", _("digital")


class CounterPeriod(TextChoices):
    """How long a counter runs before it starts anew."""

    DAILY = "DAILY", _("daily")
    MONTHLY = "MONTHLY", _("monthly")
    YEARLY = "YEARLY", _("yearly")
    FISCAL_YEAR = "FISCAL_YEAR", _("by fiscal year")
    INFINITE = "INFINITE", _("infinite")


class Paper(TextChoices):
    """Sizes of sheets that documents are made for."""

    A4 = "A4", _("A4")
    LETTER = "LETTER", _("US Letter")


class Unit(TextChoices):
    """Units with a name of their own; an item may hold any code of UN/ECE Recommendation 20 instead (BT-130)."""

    EMPTY = "EMPTY", _("empty")
    PIECES = "PIECES", _("pieces")
    HOURS = "HOURS", _("hours")


class TaxCategory(TextChoices):
    """The tax categories of EN 16931 (BT-118, BT-151; codes of UNTDID 5305)."""

    STANDARD = "S", _("standard rate")
    ZERO = "Z", _("zero rated")
    EXEMPT = "E", _("exempt from tax")
    REVERSE_CHARGE = "AE", _("reverse charge")
    INTRA_COMMUNITY = "K", _("intra-community supply")
    EXPORT = "G", _("export outside the EU")
    OUT_OF_SCOPE = "O", _("outside the scope of tax")
    CANARY_ISLANDS = "L", _("Canary Islands general indirect tax")
    CEUTA_AND_MELILLA = "M", _("tax of Ceuta and Melilla")


class TaxClass(TextChoices):
    """Which of a country's rates a product falls under; the policy turns it into a percentage."""

    STANDARD = "STANDARD", _("standard rate")
    REDUCED = "REDUCED", _("reduced rate")
    SECOND_REDUCED = "SECOND_REDUCED", _("second reduced rate")
    SUPER_REDUCED = "SUPER_REDUCED", _("super-reduced rate")
    ZERO = "ZERO", _("zero rate")
    EXEMPT = "EXEMPT", _("exempt")


class Supply(TextChoices):
    """Goods or services: the place of supply, and with it the tax, may differ."""

    GOODS = "GOODS", _("goods")
    SERVICES = "SERVICES", _("services")


class RoundingPolicy(TextChoices):
    """Where tax is rounded."""

    TAX_PER_CATEGORY = "TAX_PER_CATEGORY", _("tax once per category and rate")
    TAX_PER_LINE = "TAX_PER_LINE", _("tax on each line")
    KEEP_GROSS = "KEEP_GROSS", _("prices with tax stay as they are")


class VatIdAnswer(TextChoices):
    """What the register said about a VAT id."""

    VALID = "VALID", _("valid")
    INVALID = "INVALID", _("invalid")
    UNREACHABLE = "UNREACHABLE", _("register could not be reached")


class EventKind(TextChoices):
    """What an entry of an invoice's history tells."""

    CREATED = "CREATED", _("created")
    ISSUED = "ISSUED", _("issued")
    STATUS_CHANGED = "STATUS_CHANGED", _("status changed")
    CREDITED = "CREDITED", _("credited")
    COPIED = "COPIED", _("copied")
    DELETED = "DELETED", _("deleted")
    REPAIRED = "REPAIRED", _("repaired")
    ERASED = "ERASED", _("personal data erased")
    LOCKED = "LOCKED", _("lock date moved")
    EXEMPTED = "EXEMPTED", _("exempted from the lock")
    STORED = "STORED", _("document stored")
    PAYMENT = "PAYMENT", _("payment")


class Month(IntegerChoices):
    """The month a fiscal year starts in."""

    JANUARY = 1, _("January")
    FEBRUARY = 2, _("February")
    MARCH = 3, _("March")
    APRIL = 4, _("April")
    MAY = 5, _("May")
    JUNE = 6, _("June")
    JULY = 7, _("July")
    AUGUST = 8, _("August")
    SEPTEMBER = 9, _("September")
    OCTOBER = 10, _("October")
    NOVEMBER = 11, _("November")
    DECEMBER = 12, _("December")
