"""Files become documents, whole or not at all, and only once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from invoicing.exceptions import ImportRefusedError
from invoicing.importing import import_file
from invoicing.models import Company, InvoiceEvent, Item, Party, PaymentTerm, Product, get_invoice_model

pytestmark = pytest.mark.django_db


def stored(external_id):
    return get_invoice_model().objects.get(metadata__external_id=external_id)


# Round trips


def test_an_invoice_with_everything_around_it(file, company_data):
    data = {
        "payment_terms": [{"name": "Net 30", "days": 30}],
        "companies": [{**company_data, "payment_term": "Net 30"}],
        "parties": [{"company": "TEE", "name": "Buchhandlung Sommer", "code": "SOMMER", "street": "Hauptstraße 21", "country": "DE"}],
        "products": [{"company": "TEE", "sku": "ASSAM", "name": "Assam, 1 kg", "unit_price": "50.00", "supply": "GOODS", "unit": "KGM"}],
        "invoices": [
            {
                "external_id": "tea-1",
                "party": "SOMMER",
                "tax": "policy",
                "date_issue": "2026-03-02",
                "metadata": {"shop": "east"},
                "items": [
                    {"product": "ASSAM", "quantity": 3, "discount": 10},
                    {"title": "Delivery", "unit_price": "7.50", "unit": "EMPTY"},
                ],
            }
        ],
    }

    report = import_file(file(data))

    invoice = stored("tea-1")
    first, second = invoice.item_set.all()
    assert (first.title, first.unit, first.product.sku, first.tax_rate) == ("Assam, 1 kg", "KGM", "ASSAM", Decimal(19))
    assert (second.title, second.tax_rate) == ("Delivery", Decimal(19))
    # 3 × 50 − 10 % = 135.00, and 7.50: 142.50; 19 % of it is 27.075.
    assert (invoice.net_total, invoice.vat, invoice.total) == (Decimal("142.50"), Decimal("27.08"), Decimal("169.58"))
    assert (invoice.supplier_vat_id, invoice.customer_name, invoice.party.code) == ("DE136695976", "Buchhandlung Sommer", "SOMMER")
    assert (invoice.status, invoice.number, invoice.issued_at, invoice.date_due) == ("NEW", "2026/1", None, date(2026, 4, 1))
    assert invoice.metadata["shop"] == "east"
    assert report.made == {"payment_terms": 1, "companies": 1, "parties": 1, "products": 1}
    assert [(entry.external_id, entry.number, entry.total) for entry in report.imported] == [("tea-1", "2026/1", Decimal("169.58"))]


def test_a_table_gives_the_same_as_json(file, company_data):
    import_file(file({"companies": [company_data]}))
    table = (
        "external_id;customer_name;date_issue;date_due;title;quantity;unit;unit_price;discount;tax_rate\r\n"
        "tea-7;Buchhandlung Sommer;2026-03-02;2026-03-16;Assam, 1 kg;2;PIECES;50.00;;19\r\n"
        ";;;;Oolong;1.5;KGM;8.50;10;7\r\n"
    )

    import_file(file(table, "invoices.csv", encoding="utf-8-sig"), company="TEE")

    invoice = stored("tea-7")
    # 100.00 at 19 % is 19.00; 1.5 × 8.50 − 10 % = 11.475 → 11.48, at 7 % is 0.8036 → 0.80.
    assert (invoice.net_total, invoice.vat, invoice.total) == (Decimal("111.48"), Decimal("19.80"), Decimal("131.28"))
    assert (invoice.date_due, invoice.company.code) == (date(2026, 3, 16), "TEE")


@pytest.mark.parametrize(
    ("word", "status", "is_issued", "left"),
    [
        ("Draft", "DRAFT", False, "119.00"),
        ("new", "NEW", False, "119.00"),
        ("Pending", "NEW", True, "119.00"),
        ("unpaid", "NEW", True, "119.00"),
        ("POSTED", "NEW", True, "119.00"),
        ("OVERDUE", "NEW", True, "119.00"),
        ("Sent", "SENT", True, "119.00"),
        ("returned", "RETURNED", True, "119.00"),
        ("paid", "PAID", True, "0.00"),
        ("Cancelled", "CANCELED", True, "119.00"),
        ("IN_COLLECTION", "IN_COLLECTION", True, "119.00"),
        ("uncollectible", "UNCOLLECTIBLE", True, "119.00"),
    ],
)
def test_every_word_for_a_status(file, company_data, invoice_data, *, word, status, is_issued, left):
    import_file(file({"companies": [company_data], "invoices": [invoice_data(status=word, reason="Asked by the customer.")]}))

    invoice = stored("tea-1")
    assert (invoice.status, invoice.to_pay) == (status, Decimal(left))
    assert (invoice.issued_at is not None) == is_issued


def test_a_partial_payment(file, company_data, invoice_data):
    import_file(file({"companies": [company_data], "invoices": [invoice_data(status="partially_paid", already_paid="19.00")]}))

    assert (stored("tea-1").to_pay, stored("tea-1").payment_status) == (Decimal("100.00"), "PARTIALLY_PAID")


def test_acts_run_in_their_order_and_the_history_tells_them(file, company_data, invoice_data):
    import_file(
        file({"companies": [company_data], "invoices": [invoice_data(acts=["issue", "mark_sent", "cancel"], reason="Wrong customer.")]})
    )

    invoice = stored("tea-1")
    assert invoice.status == "CANCELED"
    assert [event.status_to for event in invoice.events.all()][-3:] == ["NEW", "SENT", "CANCELED"]


def test_documents_speak_of_one_another(file, company_data, invoice_data):
    data = {
        "companies": [company_data],
        "invoices": [
            invoice_data("offer", type="PROFORMA", status="sent"),
            invoice_data(
                "tea-1", related=["offer"], items=[{"title": "Assam", "quantity": 10, "unit_price": "5.00", "tax_rate": 19}], status="sent"
            ),
            {
                "external_id": "back-1",
                "corrects": "tea-1",
                "date_issue": "2026-03-20",
                "items": [{"line": 1, "quantity": "4"}],
                "reason": "Torn.",
            },
            {"external_id": "back-2", "corrects": "tea-1", "items": [{"title": "Assam", "amount": "10.00"}]},
            {"external_id": "back-3", "corrects": "tea-1"},
        ],
    }

    import_file(file(data))

    # 10 × 5.00 = 50.00; back go 20.00, 10.00 and the 20.00 that are left.
    notes = [stored(f"back-{index}") for index in (1, 2, 3)]
    assert [(note.type, note.net_total, note.vat) for note in notes] == [
        ("CREDIT_NOTE", Decimal("20.00"), Decimal("3.80")),
        ("CREDIT_NOTE", Decimal("10.00"), Decimal("1.90")),
        ("CREDIT_NOTE", Decimal("20.00"), Decimal("3.80")),
    ]
    assert (notes[0].note, notes[0].date_issue) == ("Torn.", date(2026, 3, 20))
    assert stored("tea-1").status == "CREDITED"
    assert stored("offer") in stored("tea-1").related_invoices.all()
    assert all(note.is_issued for note in notes)


def test_a_received_invoice_keeps_its_suppliers_number(file, company_data):
    data = {
        "companies": [company_data],
        "parties": [{"name": "Kistenbau Vogt", "vat_id": "DE305917242", "street": "Am Wehr 2", "country": "DE"}],
        "invoices": [
            {
                "origin": "received",
                "number": "RE-118",
                "party": "Kistenbau Vogt",
                "payment_term": 10,
                "date_issue": "2026-05-04",
                "acts": ["issue"],
                "items": [{"title": "Crates", "quantity": 20, "unit_price": "4.10", "tax_rate": 19}],
            }
        ],
    }

    import_file(file(data))

    invoice = get_invoice_model().objects.get()
    assert (invoice.number, invoice.supplier_name, invoice.customer_name) == ("RE-118", "Kistenbau Vogt", "Teehaus Lindner GmbH")
    assert (invoice.total, invoice.date_due) == (Decimal("97.58"), date(2026, 5, 14))
    assert invoice.metadata["external_id"] == "RE-118"


def test_two_companies_have_ids_of_their_own(file, company_data, invoice_data):
    other = {**company_data, "name": "Teehaus Lindner Wien GmbH", "code": "WIEN"}
    invoices = [
        invoice_data(company="TEE"),
        invoice_data(company="WIEN"),
        invoice_data(company=None, supplier_name="Lindner", tax="policy"),
    ]
    invoices[2]["items"] = [{"title": "Assam", "quantity": 1, "unit_price": "5.00"}]

    import_file(file({"companies": [company_data, other], "invoices": invoices}))

    documents = get_invoice_model().objects.order_by("pk")
    assert [invoice.company and invoice.company.code for invoice in documents] == ["TEE", "WIEN", None]


# Once and for all


def test_importing_twice_changes_nothing(file, company_data, invoice_data):
    path = file(
        {
            "companies": [company_data],
            "parties": [{"name": "Buchhandlung Sommer", "country": "DE"}],
            "products": [{"sku": "ASSAM", "name": "Assam", "unit_price": "50.00"}],
            "payment_terms": [{"name": "Net 30", "days": 30}],
            "invoices": [invoice_data(status="sent"), {"external_id": "back", "corrects": "tea-1", "items": [{"line": 1, "quantity": 1}]}],
        }
    )
    import_file(path)
    tables = (get_invoice_model(), Item, Company, Party, Product, PaymentTerm, InvoiceEvent)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    report = import_file(path)

    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert ([entry.external_id for entry in report.skipped], report.imported, report.made) == (["tea-1", "back"], [], {})


def test_the_same_content_in_other_writing_is_the_same(file, company_data, invoice_data):
    import_file(file({"companies": [company_data], "invoices": [invoice_data()]}))
    item = {"unit_price": 50, "tax_rate": "19.000", "quantity": "2.0", "title": "Assam, 1 kg"}

    report = import_file(file([dict(reversed(invoice_data(items=[item]).items()))]))

    assert len(report.skipped) == 1


def test_other_content_under_the_same_id_is_refused(file, refused, company_data, invoice_data):
    import_file(file({"companies": [company_data], "invoices": [invoice_data()]}))

    rows = refused([invoice_data(date_due="2026-04-01", note="Later.")])

    assert rows == [
        (
            "line 3",
            "invoices[0].external_id",
            "It was imported before as 2026/1 and says something else now (date_due, note): correct the document, or give another id.",
        )
    ]


def test_an_address_book_entry_is_never_overwritten(file, refused, company_data):
    import_file(file({"companies": [company_data]}))

    rows = refused({"companies": [{**company_data, "city": "Halle"}]})

    assert [(field, sentence.partition(":")[0]) for place, field, sentence in rows] == [
        ("companies[0].city", "“Teehaus Lindner GmbH” is here already with “Leipzig”")
    ]


def test_a_copy_of_an_imported_invoice_does_not_pass_for_it(file, company_data, invoice_data):
    path = file({"companies": [company_data], "invoices": [invoice_data()]})
    import_file(path)
    stored("tea-1").create_copy(note="Second order.")

    assert len(import_file(path).skipped) == 1


def test_a_dry_run_tells_everything_and_keeps_nothing(file, company_data, invoice_data):
    report = import_file(file({"companies": [company_data], "invoices": [invoice_data(status="sent")]}), is_dry_run=True)

    assert [(entry.number, entry.total) for entry in report.imported] == [("2026/1", Decimal("119.00"))]
    assert report.is_dry_run
    assert not get_invoice_model().objects.exists()
    assert not Company.objects.exists()


# What is refused


def test_all_problems_are_told_at_once_and_nothing_is_kept(refused, company_data, invoice_data):
    good = invoice_data("good")
    bad = [
        invoice_data("a", custmer_name="x", date_issue="02.03.2026"),
        invoice_data("b", items=[{"title": "Assam", "quantity": 0, "unit_price": "1,50", "tax_rate": 19}]),
        invoice_data("c", date_due="2026-03-01"),
        invoice_data("d", status="sennt"),
        invoice_data("e", related=["nobody"]),
        invoice_data("f", customer_name=..., status="sent"),
    ]

    rows = refused({"companies": [company_data], "invoices": [good, *bad]})

    assert [field for place, field, sentence in rows] == [
        "invoices[1].date_issue",
        "invoices[1].custmer_name",
        "invoices[2].items[0].quantity",
        "invoices[2].items[0].unit_price",
        "invoices[3].date_due",
        "invoices[4].status",
        "invoices[5].related",
        "invoices[6].customer_name",
    ]
    assert all(place.startswith("line ") for place, field, sentence in rows)
    assert not get_invoice_model().objects.exists()
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"due_date": "2026-03-16"}, "due_date", "Did you mean date_due?"),
        ({"external_id": ...}, "external_id", "Give each invoice an external_id"),
        ({"items": "Assam"}, "items", "list of objects"),
        ({"items": ["Assam"]}, "items[0]", "object in braces"),
        ({"items": [{"title": "Assam", "unit_price": 5}]}, "items[0].tax_rate", "null"),
        ({"items": [{"quantity": 1, "tax_rate": None}]}, "items[0].title", "missing"),
        ({"items": [{"title": " ", "unit_price": 5, "tax_rate": 19}]}, "items[0].title", "Enter what is sold."),
        ({"items": [{"title": "A", "unit_price": 5, "tax_rate": 19, "tax_category": "AE"}]}, "items[0].tax_category", "charges no tax"),
        ({"items": [{"product": "GONE", "tax_rate": 19}]}, "items[0].product", "neither in this file nor in the database"),
        ({"party": "Nobody"}, "party", "neither in this file nor in the database"),
        ({"company": "GONE"}, "company", "neither in this file nor in the database"),
        ({"payment_term": "Net 30", "date_due": ...}, "payment_term", "neither in this file nor in the database"),
        ({"payment_term": "Net 30"}, "payment_term", "not both"),
        ({"tax": "guess"}, "tax", "policy or given"),
        ({"status": "sent", "acts": ["issue"]}, "acts", "not both"),
        ({"acts": ["isue"]}, "acts", "Did you mean issue?"),
        ({"acts": ["mark_paid", "mark_sent"]}, "acts", "mark_sent is not possible"),
        ({"status": "credited"}, "status", "corrects"),
        ({"status": "canceled"}, "reason", "Say why"),
        ({"status": "partially_paid"}, "status", "already_paid between 0 and the total"),
        ({"status": "unpaid", "already_paid": "5.00"}, "status", "already_paid is 5.00"),
        ({"already_paid": "5.005"}, "already_paid", "finer than EUR"),
        ({"metadata": 1}, "metadata", "object in braces"),
        ({"metadata": {"external_id": "x"}}, "metadata.external_id", "kept by the import"),
        ({"supplier_name": "Lindner"}, "items[0].tax_rate", "VAT id"),
        ({"corrects": "gone", "items": ...}, "corrects", "No document “gone” stands above"),
        ({"currency": "EURO"}, "currency", "not a currency"),
    ],
)
def test_each_kind_of_bad_row(refused, company_data, invoice_data, *, changes, field, sentence):
    rows = refused({"companies": [company_data], "invoices": [invoice_data(**changes)]})

    assert any(named == f"invoices[0].{field}" and sentence in text for place, named, text in rows), rows


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"items": [{"line": 3}]}, "items[0].line", "0 lines"),
        ({"items": [{"title": "Tea"}]}, "items[0].title", "0 lines"),
        ({"items": [{"line": 1, "quantity": 1, "amount": 1}]}, "items[0].amount", "not both"),
        ({"items": [{"line": 1, "quantity": 3}]}, "corrects", "Only 2"),
        ({"items": [{"line": 1, "unit_price": 3}]}, "items[0].unit_price", "no such key"),
        ({"currency": "USD"}, "currency", "leave it out"),
        ({"type": "INVOICE"}, "type", "CREDIT_NOTE"),
    ],
)
def test_credit_notes_that_cannot_be(refused, company_data, invoice_data, *, changes, field, sentence):
    note = {"external_id": "back", "corrects": "tea-1", **changes}

    rows = refused({"companies": [company_data], "invoices": [invoice_data(status="sent"), note]})

    assert [named for place, named, text in rows] == [f"invoices[1].{field}"]
    assert sentence in rows[0][2]


def test_an_open_invoice_cannot_be_corrected(refused, company_data, invoice_data):
    rows = refused({"companies": [company_data], "invoices": [invoice_data(), {"external_id": "back", "corrects": "tea-1"}]})

    assert [(field, "not issued yet" in text) for place, field, text in rows] == [("invoices[1].corrects", True)]


def test_what_depends_on_a_bad_record_is_no_further_problem(refused, company_data, invoice_data):
    rows = refused(
        {
            "companies": [company_data],
            "parties": [{"name": "Sommer", "code": "SOMMER", "country": "Germany"}],
            "invoices": [invoice_data(party="SOMMER"), invoice_data("tea-2", related=["tea-1"]), {"external_id": "b", "corrects": "tea-2"}],
        }
    )

    assert [field for place, field, text in rows] == ["parties[0].country"]


def test_an_id_stands_for_one_document(refused, company_data, invoice_data):
    rows = refused({"companies": [company_data], "invoices": [invoice_data(), invoice_data(note="again")]})

    assert [(field, text) for place, field, text in rows] == [
        ("invoices[1].external_id", "“tea-1” is used in line 14 already: give each document an external_id of its own.")
    ]


def test_a_number_that_is_taken(refused, company_data, invoice_data):
    rows = refused({"companies": [company_data], "invoices": [invoice_data(number="T-1"), invoice_data("tea-2", number="T-1")]})

    assert [(field, text) for place, field, text in rows] == [
        ("invoices[1].number", "T-1 is in use: choose another number, or set sequence to one that is free.")
    ]


def test_several_companies_must_be_told_apart(refused, company_data, invoice_data):
    other = {**company_data, "name": "Teehaus Wien", "code": "WIEN"}

    rows = refused({"companies": [company_data, other], "invoices": [invoice_data()]})

    assert [field for place, field, text in rows] == ["invoices[0].company"]


def test_an_unknown_company_on_the_command_line(file, company_data, invoice_data):
    with pytest.raises(ImportRefusedError, match=r"There is no company “GONE”\. Known: TEE"):
        import_file(file({"companies": [company_data], "invoices": [invoice_data()]}), company="GONE")


@pytest.mark.parametrize(
    ("content", "sentence"), [({}, "no records"), ({"invoces": []}, "Did you mean invoices?"), ({"invoices": 3}, "list")]
)
def test_files_that_say_nothing(refused, content, sentence):
    rows = refused(content)

    assert sentence in rows[0][2]


def test_a_bad_row_of_a_table_is_named_by_line_and_column(file, refused, company_data):
    import_file(file({"companies": [company_data]}))
    table = "external_id,customer_name,title,quantity,unit_price,tax_rate\na,Sommer,Assam,2,50.00,19\n,,Oolong,0,8.50,\n"

    rows = refused(file(table, "invoices.csv"))

    assert [(place, field) for place, field, text in rows] == [("line 3, column 4", "quantity"), ("line 3", "tax_rate")]


# Its price


def test_an_invoice_costs_the_same_however_many_lines_it_has(file, company_data, invoice_data, django_assert_max_num_queries):
    items = [{"title": f"Tea {index}", "quantity": 1, "unit_price": "1.00", "tax_rate": 19} for index in range(300)]
    import_file(file({"companies": [company_data], "invoices": [invoice_data("first")]}))

    # SQLite before Django 6.0 takes 999 values a statement: 300 lines are inserted, and their categories written, in several.
    with django_assert_max_num_queries(33 if connection.features.max_query_params != 999 else 53):
        import_file(file([invoice_data("many", items=items, status="sent")]))

    assert stored("many").total == Decimal("357.00")


QUICK_TERM = {"name": "30 days, 2 % within 10", "days": 30, "early_discount_percent": "2.00", "early_discount_days": 10}


@pytest.mark.parametrize(
    ("fields", "promised"),
    [
        ({"payment_term": QUICK_TERM["name"], "date_due": ...}, (2, date(2026, 3, 12))),
        ({"payment_term": QUICK_TERM["name"], "date_due": ..., "early_discount_percent": 0}, (None, None)),
        ({"early_discount_percent": 3, "early_discount_until": "2026-03-05"}, (3, date(2026, 3, 5))),
        ({}, (None, None)),
    ],
)
def test_a_discount_for_early_payment_comes_by_term_or_by_columns(file, company_data, invoice_data, fields, promised):
    import_file(file({"payment_terms": [QUICK_TERM], "companies": [company_data], "invoices": [invoice_data(**fields)]}))

    made = get_invoice_model().objects.get()
    assert (made.early_discount_percent, made.early_discount_until) == promised


def test_a_discount_of_a_term_that_lasts_too_long_is_a_problem_at_its_field(refused):
    rows = refused({"payment_terms": [{**QUICK_TERM, "early_discount_days": 31}]})

    assert [field for _place, field, _sentence in rows] == ["payment_terms[0].early_discount_days"]


def test_a_payment_method_may_be_written_in_any_case_and_must_be_known(file, refused, company_data, invoice_data):
    import_file(file({"companies": [company_data], "invoices": [invoice_data(payment_method="payment_card")]}))

    assert get_invoice_model().objects.get().payment_method == "PAYMENT_CARD"
    ((_place, field, sentence),) = refused([invoice_data("other", company="TEE", payment_method="gold")])
    assert (field, sentence.partition(":")[0]) == ("invoices[0].payment_method", "“GOLD” is no payment method")
