"""Verification: an untouched database has no problem, and every change past the library is found and named."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from invoicing import verifying
from invoicing.actor import acting
from invoicing.chain import GENESIS, check_links, digest, new_salt, read_export
from invoicing.models import (
    Counter,
    InvoiceEvent,
    Item,
    LockExemption,
    Register,
    StoredDocument,
    VatIdCheck,
    get_invoice_model,
    unprotected,
)
from invoicing.verifying import Finding, check_chains, export_chain, find_heads, verify_chain
from tests.chains import chained, change_row, found, remove_document, remove_row, rewrite_from, run_sql, told
from tests.factories import TODAY, line, make_company, make_invoice, make_issued_invoice, make_party, make_product

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

FROZEN = [field.name for field in Invoice._meta.concrete_fields if Invoice.is_frozen(field)]
COLUMNS_OF_ITEMS = [field.name for field in Item._meta.concrete_fields]

RELATED = {
    "company": lambda: make_company(code="OTHER"),
    "party": make_party,
    "counter": lambda: Counter.objects.create(key="other", series="OTHER"),
    "customer_vat_id_check": lambda: VatIdCheck.objects.create(vat_id="ATU98765434", answer="VALID"),
    "product": make_product,
    "credited_item": Item.objects.first,
}
STEPS = {
    models.DateTimeField: timedelta(milliseconds=1),
    models.DateField: timedelta(days=1),
    models.IntegerField: 1,
    models.DecimalField: 1,
}


def other_value(row, field):
    """A value that differs in one byte, or by the smallest step that the column can take."""
    before = models.QuerySet(type(row)).values_list(field.attname, flat=True).get(pk=row.pk)
    if field.name in RELATED:
        return RELATED[field.name]().pk
    for kind, step in STEPS.items():
        if isinstance(field, kind):
            return (before or 0) + (step if kind is not models.DecimalField else Decimal(1).scaleb(-field.decimal_places))
    if isinstance(field, models.UUIDField):
        return UUID(int=before.int ^ 1)
    if isinstance(field, models.JSONField):
        return [*before, 0] if isinstance(before, list) else {**(before or {}), "": ""}
    return before[:-1] + chr(ord(before[-1]) ^ 1) if before else "."


# Nothing was touched


def test_an_empty_database_holds():
    assert found() == []


def test_every_way_of_life_holds():
    for act in ("mark_sent", "mark_paid", "create_credit_note", "send_to_collection", "write_off"):
        getattr(make_issued_invoice(), act)()
    make_issued_invoice().cancel("entered twice")
    make_invoice([line()]).cancel("entered twice, too")
    make_invoice([line()], status="DRAFT").issue()

    assert found() == []


def test_open_documents_are_in_no_chain():
    make_invoice([line()], status="DRAFT").delete()
    make_invoice([line()])

    assert found() == []
    assert not Register.objects.exists()


def test_what_may_change_after_issue_is_no_problem():
    invoice = make_issued_invoice()
    invoice.internal_note, invoice.metadata, invoice.already_paid = "Called on Friday", {"crm": 7}, 10
    invoice.save()

    assert found() == []


# The documents


@pytest.mark.parametrize("name", [name for name in FROZEN if name != "id"])
def test_a_changed_byte_of_a_document_is_found(name):
    make_issued_invoice()
    # A discount is promised by both of its columns, or by none.
    promise = {"early_discount_percent": 2, "early_discount_until": TODAY}
    invoice = make_issued_invoice(company=make_company(), note="Thank you", **promise)
    invoice.mark_sent()
    field = Invoice._meta.get_field(name)

    change_row(invoice, **{name: other_value(invoice, field)})

    here = [problem for problem in found() if problem.finding == Finding.DOCUMENT]
    assert {problem.uuid for problem in here} <= {str(invoice.uuid), str(Invoice.objects.get(pk=invoice.pk).uuid)}
    assert field.attname in {column for problem in here for column in problem.columns}
    assert 1 in {problem.position for problem in here}


@pytest.mark.parametrize(
    "after", ["Buchhandlung Sommer KG ", "BUCHHANDLUNG SOMMER KG", "Buchhandlung Sömmer KG", "Buchhandlung Sommer KG\n", ""]
)
def test_what_databases_take_for_the_same_text_is_found(after):
    invoice = make_issued_invoice()

    change_row(invoice, customer_name=after)

    assert told() == [("document", 1, ("customer_name",))]


def test_a_changed_key_of_a_document_is_found():
    invoice = make_issued_invoice()
    with connection.constraint_checks_disabled():
        for row in (*invoice.events.all(), *invoice.item_set.all()):
            change_row(row, invoice=invoice.pk + 1)
        change_row(invoice, id=invoice.pk + 1)

    assert told() == [("document", 1, ("id", "items[0].invoice_id"))]


def test_all_changed_columns_are_named_at_once():
    invoice = make_issued_invoice([line(), line("Hosting")])
    first, second = invoice.item_set.all()

    change_row(invoice, total=Decimal("1.00"), customer_name="Somebody else")
    change_row(second, title="Hosting, one year")
    change_row(first, quantity=Decimal(11))

    [problem] = found()
    assert problem.columns == ("total", "customer_name", "items[0].quantity", "items[1].title")
    assert problem.what == ("Document 2026/1 is not what Event 1 (2026/1) sealed: total, customer_name, items[0].quantity, items[1].title.")


def test_a_change_of_a_plain_queryset_is_found():
    make_issued_invoice()
    models.QuerySet(Invoice).update(note="Paid in cash")

    assert told() == [("document", 1, ("note",))]


@pytest.mark.parametrize("name", [name for name in COLUMNS_OF_ITEMS if name not in {"id", "invoice"}])
def test_a_changed_byte_of_an_item_is_found(name):
    invoice = make_issued_invoice([line("Logo"), line()])
    item = invoice.item_set.last()
    field = Item._meta.get_field(name)

    change_row(item, **{name: other_value(item, field)})

    assert told() == [("document", 1, (f"items[1].{field.attname}",))]


def test_an_item_that_moved_is_found_on_both_sides():
    first, second = make_issued_invoice(), make_issued_invoice()

    change_row(first.item_set.get(), invoice=second.pk)

    gone, come = found()
    assert (gone.position, gone.columns) == (1, ("items[0] (missing)",))
    assert (come.position, come.columns) == (2, (f"items (added: {models.QuerySet(Item).order_by('pk')[0].pk})",))


def test_a_changed_key_of_an_item_is_found():
    item = make_issued_invoice().item_set.get()

    change_row(item, id=item.pk + 7)

    assert told() == [("document", 1, ("items[0] (missing)", f"items (added: {item.pk + 7})"))]


def test_an_item_that_was_removed_is_found():
    invoice = make_issued_invoice([line(), line("Hosting")])

    remove_row(invoice.item_set.first())

    assert told() == [("document", 1, ("items[0] (missing)",))]


def test_an_item_that_was_added_is_found():
    invoice = make_issued_invoice()
    models.QuerySet(Item).bulk_create([Item(invoice=invoice, title="Fee", unit_price=1)])

    assert told() == [("document", 1, (f"items (added: {models.QuerySet(Item).order_by('-pk')[0].pk})",))]


def test_a_document_that_was_reopened_by_sql_is_found():
    invoice = make_issued_invoice()

    change_row(invoice, issued_at=None, note="Written again")

    assert told() == [("document", 1, ("issued_at", "note"))]


def test_a_status_that_was_set_by_sql_is_found():
    invoice = make_issued_invoice()
    invoice.mark_sent()

    change_row(invoice, status="PAID")

    [problem] = found()
    assert (problem.finding, problem.position, problem.columns) == (Finding.STATUS, 2, ("status",))
    assert problem.what == "Document 2026/1 is PAID, and its last step, event 2, made it SENT."


def test_a_document_that_was_removed_is_found():
    make_issued_invoice()
    invoice = make_issued_invoice()
    invoice.mark_sent()

    remove_document(invoice)

    [problem] = found()
    assert (problem.finding, problem.position, problem.number) == (Finding.REMOVED, 2, "2026/2")
    assert problem.uuid == str(invoice.uuid)


def test_a_document_that_was_inserted_is_found():
    make_issued_invoice()
    made = make_invoice([line()])

    models.QuerySet(Invoice).filter(pk=made.pk).update(issued_at=datetime(2026, 11, 20, tzinfo=UTC))

    [problem] = found()
    assert (problem.finding, problem.position, problem.number, problem.uuid) == (Finding.INSERTED, None, "2026/2", str(made.uuid))


def test_a_document_whose_events_were_unlinked_is_found():
    invoice = make_issued_invoice()
    invoice.mark_sent()

    models.QuerySet(InvoiceEvent).filter(register__isnull=False).update(invoice=None)

    assert told() == [
        ("wrong_document", 1, ("invoice_id",)),
        ("wrong_document", 2, ("invoice_id",)),
        ("inserted", None, ()),
    ]


def test_an_event_that_points_to_another_document_is_found():
    first, second = make_issued_invoice(), make_issued_invoice()

    change_row(chained(invoice=first), invoice=second.pk)

    assert told()[0] == ("wrong_document", 1, ("invoice_id",))
    assert ("inserted", None, ()) in told()


def test_a_document_that_changed_its_company_is_found_from_both_sides():
    company, other = make_company(), make_company(code="OTHER")
    invoice = make_issued_invoice(company=company)

    change_row(invoice, company=other.pk)

    assert told(companies=[company]) == [("document", 1, ("company_id",))]
    assert told(companies=[other]) == [("document", 1, ("company_id",))]


def test_a_document_that_is_there_again_after_its_deletion_is_found():
    invoice = make_issued_invoice()
    kept = models.QuerySet(Invoice).get(pk=invoice.pk)
    with unprotected(invoice, reason="entered for a customer who never ordered"):
        invoice.delete()
    kept.save_base(raw=True, force_insert=True)

    assert [problem.finding for problem in found()] == [
        *[Finding.WRONG_DOCUMENT] * 2,
        Finding.INSERTED,
    ]


# The events


def three_documents():
    """Six events of one chain, and its register."""
    with acting("Petra Lang"):
        for _ in range(3):
            make_issued_invoice().mark_sent()
    return Register.objects.get()


def test_an_event_that_was_removed_is_found():
    three_documents()

    remove_row(chained(position=4))

    [problem] = found()[:1]
    assert (problem.finding, problem.position) == (Finding.LINK, 4)
    assert problem.what == "Event 4 is missing here: event 5 stands after event 3."


def test_the_last_event_that_was_removed_is_found():
    three_documents()

    remove_row(chained(position=6))

    assert told() == [("link", 6, ()), ("status", 5, ("status",))]


def test_the_last_event_that_was_removed_with_its_register_is_found_by_the_noted_head():
    register = three_documents()
    last = chained(position=6)
    remove_row(last)
    change_row(register, length=5, head=chained(position=5).hash)
    change_row(Invoice.objects.get(pk=last.invoice_id), status="NEW")

    assert found() == []
    [noted] = find_heads([last.hash])
    assert not noted.is_found


def test_an_event_that_was_inserted_is_found():
    register = three_documents()
    event = chained(position=6)
    event.pk, event.uuid, event._state.adding, event.position = None, UUID(int=7), True, 7
    models.QuerySet(InvoiceEvent).bulk_create([event])

    assert {problem.position for problem in found()} == {7, 6}
    assert {problem.finding for problem in found()} == {Finding.LINK, Finding.EVENT}
    change_row(register, length=7)
    assert Finding.LINK in {problem.finding for problem in found()}


def test_events_that_changed_places_are_found():
    three_documents()
    second, third = chained(position=2), chained(position=3)
    for event, position in ((second, 99), (third, 2), (second, 3)):
        change_row(event, position=position)

    assert ("event", 2, ("position",)) in told()
    assert {problem.position for problem in found() if problem.finding == Finding.LINK} <= {2, 3, 4}
    assert Finding.LINK in {problem.finding for problem in found()}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "2026/9"),
        ("kind", "CREDITED"),
        ("status_from", "DRAFT"),
        ("status_to", "PAID"),
        ("reason", "none"),
        ("actor_name", "petra lang"),
        ("data", {"note": 1}),
        ("at", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
    ],
)
def test_an_edited_event_is_found(column, value):
    three_documents()

    change_row(chained(position=4), **{column: value})

    assert ("event", 4, (column,)) in told()
    assert {problem.position for problem in found()} == {4}


def test_another_salt_is_found():
    three_documents()
    event = chained(position=4)
    salt = new_salt()

    change_row(event, salt=salt)
    assert told() == [("event", 4, ("reason", "actor_name", "salt"))]

    change_row(event, salt=salt[:-1])
    assert told() == [("event", 4, ("salt",))]

    change_row(event, salt="")
    assert told() == [("event", 4, ("actor_name",)), ("salt", 4, ("salt",))]


def test_the_salt_of_a_seal_that_is_gone_is_found():
    three_documents()

    change_row(chained(position=3), salt="", actor_name="")

    assert told() == [("salt", 3, ("salt",))]


def test_another_hash_is_found():
    three_documents()

    change_row(chained(position=4), hash=digest("another"))

    assert told() == [("link", 4, ())]


@pytest.mark.parametrize(
    ("before", "after"), [("SENT", "PAID"), ('{"actor"', '"actor"'), ("{", "[" * 100_000)], ids=["a word", "cut", "nested deeply"]
)
def test_another_record_is_found(before, after):
    three_documents()
    event = chained(position=4)

    change_row(event, record=event.record.replace(before, after))

    assert ("link", 4, ()) in told()
    assert {problem.position for problem in found()} == {4}


def test_a_record_that_is_only_written_differently_is_found():
    three_documents()
    event = chained(position=4)

    change_row(event, record=event.record.replace(":", ": ", 1))

    assert told() == [("link", 4, ())]


def test_a_rewritten_event_is_found_by_the_one_after_it():
    three_documents()
    event = chained(position=4)
    record = event.record.replace('"SENT"', '"PAID"')

    change_row(event, record=record, hash=digest(record), status_to="PAID")

    assert ("link", 4, ()) in told()


def test_a_rewritten_rest_is_found_by_the_head():
    register = three_documents()
    event = chained(position=4)
    change_row(event, record=event.record.replace('"SENT"', '"PAID"'), status_to="PAID")
    change_row(Invoice.objects.get(pk=event.invoice_id), status="PAID")

    rewrite_from(4, register)

    assert told() == [("link", 6, ())]
    noted = register.head
    change_row(register, head=chained(position=6).hash)
    assert found() == []
    assert [head.is_found for head in find_heads([noted, chained(position=3).hash])] == [False, True]


def test_another_content_is_found():
    three_documents()
    event = chained(position=3)

    change_row(event, content=event.content.replace("Website redesign", "Website rework"))

    assert told() == [("link", 3, ()), ("document", 3, ("items[0].title",))]


def test_a_content_that_is_only_written_differently_is_found():
    three_documents()
    event = chained(position=3)

    change_row(event, content=event.content.replace(":", ": ", 1))

    assert told() == [("link", 3, ())]


def test_a_document_and_its_content_that_were_changed_alike_are_found():
    three_documents()
    event = chained(position=3)
    change_row(models.QuerySet(Item).get(invoice=event.invoice_id), title="Website rework")

    change_row(event, content=event.content.replace("Website redesign", "Website rework"))

    assert told() == [("link", 3, ())]


@pytest.mark.parametrize("content", ["{}", "[]", "null", "not JSON", '{"columns":1}', "1e400", "[" * 100_000])
def test_a_content_that_cannot_be_read_is_found(content):
    three_documents()

    change_row(chained(position=3), content=content)

    assert told() == [("link", 3, ()), ("document", 3, ("content",))]


def test_a_content_that_was_taken_away_is_found():
    three_documents()

    change_row(chained(position=3), content="")

    assert told() == [("link", 3, ()), ("inserted", None, ())]


def test_a_seal_that_was_added_past_the_chain_does_not_count():
    invoice = make_issued_invoice()
    seal = chained()
    change_row(invoice, note="Changed")
    now = json.loads(seal.content)
    forged = InvoiceEvent(invoice_id=invoice.pk, kind="CREATED", content=json.dumps({**now, "personal": {}}), number="2026/1")
    models.QuerySet(InvoiceEvent).bulk_create([forged])

    assert told() == [("document", 1, ("note",))]


def test_events_that_were_taken_out_of_the_chain_are_found():
    register = three_documents()
    last = chained(position=6)
    change_row(last, register=None, position=None)
    change_row(register, length=5, head=chained(position=5).hash)

    assert told() == [("unchained", None, ("register_id", "position")), ("status", 5, ("status",))]


def test_an_event_without_a_place_is_found():
    three_documents()

    change_row(chained(position=6), position=None)

    assert ("link", 6, ()) in told()
    assert ("unchained", None, ("register_id", "position")) in told()


@pytest.mark.parametrize("kind", ["ISSUED", "CREDITED", "REPAIRED", "ERASED", "LOCKED", "EXEMPTED"])
def test_an_event_that_was_added_beside_the_chain_is_found(kind):
    models.QuerySet(InvoiceEvent).bulk_create([InvoiceEvent(kind=kind, number="2026/1")])

    [problem] = found()
    assert (problem.finding, problem.chain, problem.number) == (Finding.UNCHAINED, "-", "2026/1")


# The register


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"head": digest("another")}, ("link", 6)),
        ({"length": 7}, ("link", 7)),
        ({"length": 5}, ("link", 6)),
        ({"length": 0, "head": GENESIS}, ("link", 1)),
        ({"locked_until": date(2026, 1, 31)}, ("register", None)),
        ({"key": "12"}, ("link", 1)),
    ],
)
def test_a_changed_register_is_found(change, expected):
    change_row(three_documents(), **change)

    assert expected in [(finding, position) for finding, position, _columns in told()]


def test_a_lock_date_that_was_moved_by_sql_is_found():
    company = make_company()
    company.lock_books(date(2026, 1, 31), reason="Year closed")
    assert found() == []

    change_row(company, locked_until=None)
    [problem] = found()
    assert problem.what == "The company says that the books are locked until None, and the last event about it says 2026-01-31."

    change_row(company, locked_until=date(2026, 1, 31))
    change_row(Register.objects.get(), locked_until=date(2025, 12, 31))
    [problem] = found()
    assert problem.what == "The register says that the books are locked until 2025-12-31, and the last event about it says 2026-01-31."


def test_documents_without_a_register_are_found():
    make_issued_invoice()
    for event in InvoiceEvent.objects.all():
        remove_row(event)
    remove_row(Register.objects.get())

    assert told() == [("inserted", None, ())]


# Several companies


def test_companies_have_chains_of_their_own():
    one, two = make_company(), make_company(code="TWO")
    make_issued_invoice(company=one).mark_sent()
    make_issued_invoice(company=two)
    make_issued_invoice()

    checks = []
    for check in check_chains():
        assert list(check) == []
        checks.append((check.chain, check.company, check.events, check.documents))

    assert sorted(checks) == sorted([(str(one.pk), "LV", 2, 1), (str(two.pk), "TWO", 1, 1), ("-", "", 1, 1)])


def test_only_the_companies_that_are_asked_for_are_verified():
    one, two = make_company(), make_company(code="TWO")
    make_issued_invoice(company=one)
    change_row(make_issued_invoice(company=two), note="Changed")
    change_row(make_issued_invoice(), note="Changed")

    assert found(companies=[one]) == []
    assert [problem.chain for problem in found(companies=[two.pk])] == [str(two.pk)]
    assert [problem.chain for problem in found(companies=[None])] == ["-"]
    assert [(check.chain, check.company) for check in check_chains(companies=[two.pk])] == [(str(two.pk), "TWO")]


def test_grants_and_locks_are_links_of_the_chain():
    company = make_company()
    user = get_user_model().objects.create_user("nora.lindner")
    with acting("Petra Lang"):
        company.lock_books(date(2026, 1, 31), reason="Year closed")
        LockExemption.objects.grant(company, user, until=datetime(2126, 1, 1, tzinfo=UTC), reason="Late invoice")

    assert [(event.kind, event.position) for event in InvoiceEvent.objects.filter(register__company=company)] == [
        ("LOCKED", 1),
        ("EXEMPTED", 2),
    ]
    assert found() == []
    change_row(chained(kind="EXEMPTED"), data={"user": "nora.lindner", "until": "2226-01-01T00:00:00.000000+00:00"})
    assert told() == [("event", 2, ("data",))]


# How it reads


def statements():
    """How many statements it takes to verify."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert found() == []
    return len(captured)


def test_it_reads_page_by_page(monkeypatch):
    for _ in range(4):
        make_issued_invoice()
    few = statements()
    monkeypatch.setattr(verifying.rows, "PAGE", 2)

    # One page more of entries, of events with the documents they point to, of documents with their rows, items, seals and steps; and the
    # empty page that ends each.
    assert few < statements() <= few * 3
    for _ in range(4):
        make_issued_invoice()
    monkeypatch.setattr(verifying.rows, "PAGE", 500)
    assert statements() == few


def test_every_page_is_compared(monkeypatch):
    monkeypatch.setattr(verifying.rows, "PAGE", 2)
    invoices = [make_issued_invoice() for _ in range(5)]
    for invoice in invoices:
        change_row(invoice, note="Changed")

    assert told() == [("document", position, ("note",)) for position in range(1, 6)]


# The export


def exported(company=None):
    header, entries = read_export(export_chain(company))
    return header, list(check_links(entries, head=header.head, length=header.length, chain=header.chain))


def test_an_export_verifies_by_itself():
    register = three_documents()

    header, problems = exported()

    assert problems == []
    assert (header.chain, header.company, header.length, header.head) == ("-", "", 6, register.head)


def test_an_export_of_a_company_names_it():
    company = make_company()
    make_issued_invoice(company=company)

    header, problems = exported(company)

    assert problems == []
    assert (header.chain, header.company, header.length) == (str(company.pk), company.name, 1)


def test_the_export_of_a_chain_that_is_empty():
    header, problems = exported()

    assert (header.length, header.head, problems) == (0, GENESIS, [])


@pytest.mark.parametrize("column", ["record", "content"])
@pytest.mark.parametrize("text", ["not JSON", '{"a":1.5}', '{"a":1,"a":2}', '{"a":"\\ud800"}', "[]", "7"])
def test_the_export_of_a_broken_chain_tells_of_it(column, text):
    three_documents()

    change_row(chained(position=3), **{column: text})

    assert {problem.position for problem in exported()[1]} == {3}


def test_an_export_holds_no_personal_text():
    with acting("Petra Lang"):
        invoice = make_issued_invoice()
        invoice.cancel("Camille does not want it")

    text = "".join(export_chain(None))

    assert [
        part
        for part in ("Petra", "Camille", "Sommer", "Dresden", *InvoiceEvent.objects.values_list("salt", flat=True))
        if part and part in text
    ] == []


def test_a_problem_reads_as_a_sentence():
    change_row(make_issued_invoice(), note="Changed")

    assert [str(problem) for problem in verify_chain()] == ["Document 2026/1 is not what Event 1 (2026/1) sealed: note."]


def test_raw_sql_of_a_whole_table_is_found():
    three_documents()

    run_sql(f"UPDATE {Invoice._meta.db_table} SET vat = vat + 1")  # noqa: S608  # our own table

    assert told() == [("document", position, ("vat",)) for position in (1, 3, 5)]


# Stored renderings


@pytest.fixture
def rendering():
    invoice = make_issued_invoice()
    return StoredDocument.objects.keep(invoice, b"%PDF-1.7 of 2026/1", role="PDF", name="invoice-2026-1.pdf", media_type="application/pdf")


def test_a_rendering_as_it_was_stored_is_no_finding(rendering):
    assert told() == []


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"content": b"%PDF-1.7 of 2026/2"}, "content"),
        ({"content": None}, "content"),
        ({"sha256": "0" * 64}, "sha256"),
        ({"role": "XML"}, "id"),
    ],
)
def test_a_rendering_that_was_changed_is_found(rendering, values, column):
    change_row(rendering, **values)

    assert told() == [("rendering", 2, (column,))]


def test_a_rendering_and_its_hash_that_were_changed_together_are_found(rendering):
    change_row(rendering, content=b"other", sha256=hashlib.sha256(b"other").hexdigest())

    assert told() == [("rendering", 2, ("sha256",))]


def test_a_rendering_that_was_removed_is_found(rendering):
    remove_row(rendering)

    (problem,) = found()
    assert (problem.finding, problem.position, problem.number) == (Finding.RENDERING, 2, "2026/1")
    assert str(problem) == "Event 2 (2026/1) tells of a rendering that is not there any more."


def test_a_rendering_that_was_erased_is_no_finding(rendering):
    rendering.invoice.erase_personal_data("ten years are over")

    assert told() == []
