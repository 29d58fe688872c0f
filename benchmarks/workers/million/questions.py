"""What is asked: each question by the library and by hand-written SQL, which must give the same rows.

A new question is an entry here: a name, what the library is asked, the SQL, and how the library's answer is read as rows.
"""

from operator import attrgetter
from typing import Any

from django.db.models import Count, F, Sum

from invoicing.contrib.reports.periods import Span
from invoicing.models import Invoice
from million import by_hand
from million.asking import Question, Row, Sample, report, streamed


def questions(asked: Sample) -> list[Question]:
    """All questions, in the order of the table."""
    return [*pages(asked), *searches(asked), *open_items(asked), *periods(asked)]


def pages(asked: Sample) -> list[Question]:
    """Lists and sums of documents, by the querysets of the core."""
    every = Invoice.objects.filter(company_id=asked.company)
    unpaid, overdue = every.issued().unpaid(), every.issued().overdue(on=asked.today)
    values = asked.values()
    return [
        Question(
            name="newest-page",
            title="list, newest 50",
            ours=lambda: list(every[:50]),
            rows=documents,
            sql=by_hand.NEWEST,
            values=values,
            is_ordered=True,
        ),
        Question(
            name="outstanding-page",
            title="outstanding, first 50 by due date",
            ours=lambda: list(unpaid.order_by("date_due", "pk")[:50]),
            rows=documents,
            sql=by_hand.OUTSTANDING,
            values=values,
            is_ordered=True,
        ),
        Question(
            name="outstanding-sum",
            title="outstanding, count and sum by currency",
            ours=lambda: list(
                unpaid.order_by().values_list("currency").annotate(count=Count("pk"), left=Sum(F("total") - F("already_paid")))
            ),
            sql=by_hand.OUTSTANDING_BY_CURRENCY,
            values=values,
        ),
        Question(
            name="overdue-page",
            title="overdue, first 50 by due date",
            ours=lambda: list(overdue.order_by("date_due", "pk")[:50]),
            rows=documents,
            sql=by_hand.OVERDUE,
            values=values,
            is_ordered=True,
        ),
        Question(
            name="overdue-count",
            title="overdue, how many",
            ours=overdue.count,
            rows=single,
            sql=by_hand.OVERDUE_COUNT,
            values=values,
        ),
        Question(
            name="capped-count",
            title="count, no further than 10,000",
            ours=every.order_by()[:10_000].count,
            rows=single,
            sql=by_hand.CAPPED,
            values=values,
        ),
    ]


def searches(asked: Sample) -> list[Question]:
    """By number and by customer, the newest fifty."""
    every = Invoice.objects.filter(company_id=asked.company)
    ways: list[tuple[str, str, dict[str, str], str]] = [
        ("number-exact", "search, number", {"number": asked.number}, "number = %(number)s"),
        ("number-prefix", "search, beginning of number", {"number__startswith": asked.prefix}, "number LIKE %(prefix)s"),
        (
            "customer-prefix",
            "search, beginning of customer",
            {"customer_name__startswith": asked.customer},
            "customer_name LIKE %(customer)s",
        ),
        (
            "customer-prefix-any-case",
            "search, beginning of customer in any case",
            {"customer_name__istartswith": asked.customer},
            "UPPER(customer_name) LIKE UPPER(%(customer)s)",
        ),
        (
            "customer-contains",
            "search, part of customer in any case",
            {"customer_name__icontains": asked.part},
            "UPPER(customer_name) LIKE UPPER(%(part)s)",
        ),
    ]
    return [
        Question(
            name=name,
            title=title,
            ours=lambda lookup=lookup: list(every.filter(**lookup)[:50]),
            rows=documents,
            sql=by_hand.page(condition),
            values=asked.values(),
            is_ordered=True,
        )
        for name, title, lookup, condition in ways
    ]


def open_items(asked: Sample) -> list[Question]:
    """What is open, today and on a past day, by the reports."""
    values, company = asked.values(), asked.company
    aged = attrgetter("party_id", "party", "currency")
    rest = attrgetter("credit_notes", "credit", "balance")
    listed = attrgetter(
        *("document_id", "number", "type", "status", "party_id", "party", "date_issue", "date_due", "overdue", "currency", "total", "open")
    )

    def ageing_rows(answer: Any) -> list[Row]:
        return [(*aged(row), *row.aged, *rest(row)) for row in answer]

    return [
        Question(
            name="report-outstanding-sums",
            title="report: outstanding, sums by currency",
            ours=report("outstanding", "outstanding_sums", on=asked.today, company=company),
            rows=columns("currency", "documents", "open"),
            sql=by_hand.OUTSTANDING_SUMS,
            values=values,
        ),
        Question(
            name="report-outstanding",
            title="report: outstanding, every document",
            ours=streamed(report("outstanding", "outstanding", on=asked.today, company=company)),
            rows=lambda answer: [listed(row) for row in answer],
            sql=by_hand.OUTSTANDING_LIST,
            values=values,
            is_ordered=True,
        ),
        Question(
            name="ageing",
            title="report: ageing by party, today",
            ours=report("ageing", "ageing", on=asked.today, company=company),
            rows=ageing_rows,
            sql=by_hand.AGEING,
            values=values,
            is_ordered=True,
        ),
        Question(
            name="ageing-past",
            title="report: ageing by party, half a year ago",
            ours=report("ageing", "ageing", on=asked.past, company=company),
            rows=ageing_rows,
            sql=by_hand.AGEING_PAST,
            values=values,
            is_ordered=True,
        ),
        Question(
            name="statement",
            title="report: statement of one party, one year",
            ours=report("statement", "statement", party=asked.party, first=asked.year[0], last=asked.year[1], company=company),
            rows=columns("currency", "date", "kind", "reference", "amount", "balance"),
            sql=by_hand.STATEMENT,
            values=values,
            is_ordered=True,
        ),
    ]


def periods(asked: Sample) -> list[Question]:
    """What a month or a year came to, by the reports."""
    by_month = {"span": Span.MONTH}
    made: list[Question] = []
    spans: list[tuple[str, str, Any, dict[str, Any], str]] = [
        ("vat-month", "report: VAT, one month", asked.month, {}, by_hand.VAT_OF_A_PERIOD),
        ("vat-year", "report: VAT, one year by month", asked.year, by_month, by_hand.VAT_BY_MONTH),
    ]
    for name, title, (first, last), cut, sql in spans:
        made.append(
            Question(
                name=name,
                title=title,
                ours=report("vat", "vat", first=first, last=last, company=asked.company, **cut),
                rows=columns("period", "origin", "currency", "category", "rate", "base", "tax"),
                sql=sql,
                values=asked.values((first, last)),
            )
        )
    year = {"first": asked.year[0], "last": asked.year[1], "company": asked.company}
    reports: list[tuple[str, str, Any, tuple[str, ...], str]] = [
        (
            "revenue",
            "report: revenue by month, one year",
            report("revenue", "revenue", **year),
            ("key", "currency", "documents", "net"),
            by_hand.REVENUE,
        ),
        (
            "received",
            "report: payments by method, one year",
            report("received", "received", **year),
            ("currency", "direction", "method", "payments", "amount"),
            by_hand.RECEIVED,
        ),
        (
            "days-to-pay",
            "report: days to pay, one year",
            report("days_to_pay", "days_to_pay", **year),
            ("currency", "documents", "amount", *("average_from_issue", "weighted_from_issue", "average_from_due", "weighted_from_due")),
            by_hand.DAYS_TO_PAY,
        ),
    ]
    made += [
        Question(name=name, title=title, ours=ours, rows=columns(*names), sql=sql, values=asked.values())
        for name, title, ours, names, sql in reports
    ]
    return made


def documents(answer: Any) -> list[Row]:
    """Instances as the columns of their table."""
    return [tuple(getattr(invoice, field.attname) for field in invoice._meta.concrete_fields) for invoice in answer]


def columns(*names: str) -> Any:
    """What reads these attributes of every row."""
    read = attrgetter(*names)
    return lambda answer: [read(row) for row in answer]


def single(answer: Any) -> list[Row]:
    """One value as a row."""
    return [(answer,)]
