"""The import: a file's records become documents, in one transaction, and nothing of it stays when anything is wrong."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils.translation import gettext as _

from invoicing.actor import acting, current_actor
from invoicing.domain.lifecycle import Act
from invoicing.exceptions import ImportRefusedError, InvalidDataError, InvoicingError
from invoicing.importing.address_book import CHUNK, AddressBook
from invoicing.importing.crediting import credit_lines, credit_note_values
from invoicing.importing.file_reader import read_file
from invoicing.importing.records import Record, read_records
from invoicing.importing.report import ImportedInvoice, ImportReport
from invoicing.importing.source import Problems
from invoicing.importing.statuses import money_contradiction
from invoicing.models import Company, get_invoice_model

WITH_REASON = {Act.CANCEL, Act.WRITE_OFF, Act.SEND_TO_COLLECTION}


def import_file(path: Path | str, *, company: str = "", is_dry_run: bool = False, using: str = DEFAULT_DB_ALIAS) -> ImportReport:
    """Take in a file of invoices (.json or .csv), whole or not at all.

    `company` is the code or name of the company of all records that name none. A dry run does everything and undoes it.
    What was imported before is skipped, by company and external_id. Raises ImportRefusedError that names every problem
    by line and field.
    """
    problems = read_file(Path(path))
    records = read_records(problems)
    with transaction.atomic(using=using), acting(current_actor() or "invoicing_import"):
        report = _Import(problems, records, company=company, using=using).run()
        problems.raise_any()
        report.is_dry_run = is_dry_run
        if is_dry_run:
            transaction.set_rollback(True, using=using)
    return report


class _NotPossibleError(Exception):
    """A record cannot be taken in; why is among the problems, here or at the record that it needs."""


class _Import:
    """One run over the records of one file."""

    def __init__(self, problems: Problems, records: dict[str, list[Record]], *, company: str, using: str) -> None:
        self.problems = problems
        self.records = records
        self.company = company
        self.using = using
        self.model = get_invoice_model()
        self.book = AddressBook(using=using, problems=problems)
        self.stored: dict[tuple[Any, str], Any] = {}
        self.refused: set[str] = {record.external_id for record in records["invoices"] if not record.is_sound}
        self.seen: dict[tuple[Any, str], Record] = {}
        self.report = ImportReport()

    def run(self) -> ImportReport:
        self.book.load(self.records)
        for name in ("payment_terms", "companies"):
            for record in self.records[name]:
                self.book.take(name, record)
        self.default_company = self._default_company()
        for name in ("parties", "products"):
            for record in self.records[name]:
                try:
                    self.book.take(name, record, company=self._company_of(record))
                except _NotPossibleError:
                    self.book.refused.add((name, str(record.columns.get("name", ""))))
        self._load_stored()
        for record in self.records["invoices"]:
            self._take(record)
        self.report.made = self.book.made
        return self.report

    # Companies

    def _default_company(self) -> Company | None:
        """The company of records that name none: as was asked, else the only one there is."""
        if self.company:
            found: Company | None = self._found("companies", self.company)
            if found is None:
                known = ", ".join(row.code or row.name for row in self.book.rows["companies"]) or _("none")
                text = _("There is no company “{name}”. Known: {known}.").format(name=self.company, known=known)
                raise ImportRefusedError([("--company", "", text)])
            return found
        rows = self.book.rows["companies"]
        return rows[0] if len(rows) == 1 else None

    def _company_of(self, record: Record) -> Company | None:
        """The company of a record; null means none at all."""
        if "company" not in record.extras:
            if self.default_company is None and len(self.book.rows["companies"]) > 1:
                text = _("Several companies are here: name one, by its code, or give null for none.")
                raise self._impossible(record, "company", text)
            return self.default_company
        wanted = record.extras["company"]
        if wanted is None:
            return None
        company: Company | None = self._linked(record, "companies", "company", wanted, None)
        return company

    # Links

    def _found(self, name: str, key: str, company: Company | None = None) -> Any:
        try:
            return self.book.find(name, key, company=company)
        except LookupError as error:
            raise ImportRefusedError([(key, "", str(error))]) from error

    def _linked(self, record: Record, name: str, field: str, key: str, company: Company | None) -> Any:
        """The row that a record names. Raises _NotPossibleError; a row that was refused itself is no further problem."""
        try:
            row = self.book.find(name, key, company=company)
        except LookupError as error:
            raise self._impossible(record, field, str(error)) from error
        if row is None:
            if (name, key) in self.book.refused:
                raise _NotPossibleError
            text = _("“{key}” is neither in this file nor in the database.").format(key=key)
            raise self._impossible(record, field, text)
        return row

    def _impossible(self, record: Record, field: str, sentence: str) -> _NotPossibleError:
        self.problems.add(record.at(field), sentence)
        return _NotPossibleError(sentence)

    # Documents that are here already

    def _load_stored(self) -> None:
        """Read, in a few questions, the documents that earlier imports made of the external ids of this file."""
        wanted: set[str] = set()
        for record in self.records["invoices"]:
            wanted |= {record.external_id, str(record.extras.get("corrects", "")), *record.extras.get("related", ())}
        ids = sorted(wanted - {""})
        for start in range(0, len(ids), CHUNK):
            rows = self.model._base_manager.using(self.using).filter(metadata__external_id__in=ids[start : start + CHUNK])
            # A copy carries the metadata of its original: the oldest is the one that was imported.
            for row in rows.select_related("company").order_by("-pk"):
                self.stored[row.company_id, row.metadata["external_id"]] = row

    def _target(self, record: Record, field: str, key: str, *, company: Company | None) -> Any:
        """The document that a record speaks of: above it in the file, or imported before."""
        found = self.stored.get((company.pk if company else None, key))
        if found is None:
            if key in self.refused:
                raise _NotPossibleError
            raise self._impossible(record, field, _("No document “{key}” stands above, nor was one imported before.").format(key=key))
        return found

    # One document

    def _take(self, record: Record) -> None:
        try:
            company = self._company_of(record)
            key = (company.pk if company else None, record.external_id)
            self._check(record, key)
            if key in self.stored:
                self._skip(record, self.stored[key])
                return
            with transaction.atomic(using=self.using):
                invoice = self._made(record, company)
                self._go_through_course(record, invoice)
        except _NotPossibleError:
            self.refused.add(record.external_id)
        except InvoicingError as error:
            self._note(record, error)
        except ValidationError as error:
            self.problems.add(record.path, " ".join(error.messages))
            self.refused.add(record.external_id)
        else:
            self.stored[key] = invoice
            self.report.imported.append(_entry(record, invoice))

    def _check(self, record: Record, key: tuple[Any, str]) -> None:
        """Raise _NotPossibleError for a record that could not be read, or that is another of the same id."""
        first = self.seen.setdefault(key, record)
        if first is not record and record.external_id:
            line = self.problems.source.place_of(first.path).line
            text = _("“{key}” is used in line {line} already: give each document an external_id of its own.")
            field = "external_id" if "external_id" in record.extras else "number"
            raise self._impossible(record, field, text.format(key=record.external_id, line=line))
        if not record.is_sound:
            raise _NotPossibleError

    def _skip(self, record: Record, stored: Any) -> None:
        """Pass over what is here with the same content. Other content is a problem: imports never overwrite."""
        if stored.metadata.get("import_fingerprint") == record.fingerprint():
            self.report.skipped.append(_entry(record, stored))
            return
        columns = {name: value for name, value in record.columns.items() if name != "metadata"}
        changed = ", ".join(sorted(name for name, value in columns.items() if getattr(stored, name) != value))
        text = _("It was imported before as {number} and says something else now ({changed}): correct the document, or give another id.")
        sentence = text.format(number=stored.number or stored.uuid, changed=changed or _("its items or what is done with it"))
        raise self._impossible(record, "external_id" if "external_id" in record.extras else "number", sentence)

    def _made(self, record: Record, company: Company | None) -> Any:
        metadata = {
            **(record.columns.get("metadata") or {}),
            "external_id": record.external_id,
            "import_fingerprint": record.fingerprint(),
        }
        if "corrects" in record.extras:
            return self._credit_note(record, metadata, company=company)
        columns = {name: value for name, value in record.columns.items() if name != "metadata"}
        invoice = self.model(**columns, metadata=metadata, company=company, status=record.course.begins)
        if wanted := record.extras.get("party"):
            invoice.party = self._linked(record, "parties", "party", wanted, company)
        self._set_due_date(record, invoice)
        items = [self._item(item, invoice, company=company, by_policy=record.taxed_by_policy) for item in record.items]
        related = [self._target(record, "related", key, company=company) for key in record.extras.get("related", ())]
        invoice.save_with_items(items, using=self.using)
        if related:
            invoice.related_invoices.add(*related)
        return invoice

    def _set_due_date(self, record: Record, invoice: Any) -> None:
        wanted = record.extras.get("payment_term")
        if wanted is None:
            return
        issue: date = invoice.date_issue or invoice.today()
        if isinstance(wanted, int):
            invoice.date_due = issue + timedelta(days=wanted)
        else:
            term = self._linked(record, "payment_terms", "payment_term", wanted, None)
            invoice.date_issue, invoice.date_due = issue, term.due_date(issue)
            if not {"early_discount_percent", "early_discount_until"} & set(record.columns):
                invoice.promise_discount(term)

    def _item(self, record: Record, invoice: Any, *, company: Company | None, by_policy: bool) -> Any:
        product = None
        if wanted := record.extras.get("product"):
            product = self._linked(record, "products", "product", wanted, company)
        item = self.model.item_model()(**record.columns, product=product)
        item.invoice = invoice
        if by_policy and not {"tax_rate", "tax_category"} & set(record.columns):
            item.calculate_tax()
        return item

    def _credit_note(self, record: Record, metadata: dict[str, Any], *, company: Company | None) -> Any:
        original = self._target(record, "corrects", record.extras["corrects"], company=company)
        # Read anew: an act on the instance of an earlier record must not be lost.
        original.refresh_from_db(using=self.using)
        values = credit_note_values(record)
        lines = credit_lines(record, original) if record.items else None
        return original.create_credit_note(lines, **values, metadata=metadata)

    def _go_through_course(self, record: Record, invoice: Any) -> None:
        """Do what the file asks for, act by act."""
        reason = str(record.extras.get("reason", ""))
        for act in record.course.acts:
            if act == Act.ISSUE and invoice.is_issued:
                continue
            if act == Act.MARK_PAID and invoice.already_paid < invoice.total:
                # It was paid before it came here, nobody says when: that is no payment of today.
                invoice.already_paid = invoice.total
                invoice.save(update_fields=["already_paid"])
            if act in WITH_REASON:
                getattr(invoice, act.value)(reason)
            else:
                getattr(invoice, act.value)()
        if contradiction := money_contradiction(record.course, already_paid=invoice.already_paid, total=invoice.total):
            raise InvalidDataError({"status": [contradiction]})

    def _note(self, record: Record, error: InvoicingError) -> None:
        """Note what a document refused, at the fields that it names."""
        self.refused.add(record.external_id)
        if isinstance(error, InvalidDataError):
            self.problems.add_errors(record.path, error.errors)
            return
        field = next((name for name in ("corrects", "status", "acts") if name in record.extras), "")
        self.problems.add(record.at(field) if field else record.path, error)


def _entry(record: Record, invoice: Any) -> ImportedInvoice:
    return ImportedInvoice(
        external_id=record.external_id,
        number=invoice.number,
        uuid=str(invoice.uuid),
        type=str(invoice.type),
        status=str(invoice.status),
        currency=invoice.currency,
        total=invoice.total,
    )
