"""Personal data goes for good, and the chain still holds."""

import json

import pytest
from django.db import connection

from invoicing.actor import acting
from invoicing.chain import check_links, read_export
from invoicing.exceptions import InvalidDataError
from invoicing.models import InvoiceEvent, get_invoice_model, unprotected
from invoicing.verifying import export_chain
from tests.chains import change_row, found, told
from tests.factories import LINDNER, RIVIERE, columns, line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

PERSONAL = {
    **columns("customer", {**RIVIERE, "tax_id": "75 123 456 789", "phone": "+33 3 88 55 50 12"}),
    "customer_additional_info": {"door code": "4711-B"},
    "customer_zip": "F-67000",  # not digits only, which a hash may hold by chance
    "shipping_name": "Odile Rivière-Kerguelen",
    "shipping_street": "3 quai des Bateliers",
    "shipping_city": "Illkirch-Graffenstaden",
    "title": "Garden of Madame Rivière",
    "note": "Dear Camille, thank you",
    "buyer_reference": "Ref. C. Rivière",
    "internal_note": "Camille pays late",
}
GONE = [
    "Rivière",
    "14 rue des Tilleuls",
    "F-67000",
    "Strasbourg",
    "camille.riviere@example.com",
    "75 123 456 789",
    "+33 3 88 55 50 12",
    "4711-B",
    "quai des Bateliers",
    "Illkirch",
    "Camille",
    "Petra Lang",
]
"""Everything that tells of the customer, or of who acted."""


def make_personal_invoice():
    """An issued invoice to a person, with a history that names people."""
    with acting("Petra Lang"):
        invoice = make_issued_invoice(**{**PERSONAL, "customer": {}})
        invoice.mark_sent()
        invoice.send_to_collection("Camille Rivière does not answer")
    return invoice


def everything_stored():
    """All values of all tables, as one text each."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # every table there is
            for row in cursor.fetchall():
                for value in row:
                    yield json.loads(f'"{value}"') if isinstance(value, str) and "\\u" in value and '"' not in value else str(value)


def stored_texts(*texts):
    """Which of these texts stand anywhere in the database, also escaped as in JSON."""
    values = "\n".join(everything_stored())
    return [text for text in texts if text in values or json.dumps(text)[1:-1] in values]


def test_what_is_searched_for_is_there_before():
    make_personal_invoice()

    assert stored_texts(*GONE) == GONE


def test_erased_values_and_salts_are_nowhere_in_the_database():
    invoice = make_personal_invoice()
    salts = list(InvoiceEvent.objects.exclude(salt="").values_list("salt", flat=True))
    with acting("retention"):
        invoice.erase_personal_data("ten years are over")

    assert len(salts) == 3
    assert stored_texts(*GONE, *salts) == []


def test_the_chain_holds_after_an_erasure():
    invoice = make_personal_invoice()
    with acting("retention"):
        invoice.erase_personal_data("ten years are over")

    assert found() == []
    event = invoice.events.get(kind="ERASED")
    assert (event.position, event.reason, event.actor_name, len(event.salt)) == (4, "ten years are over", "retention", 32)
    header, entries = read_export(export_chain(None))
    assert list(check_links(entries, head=header.head, length=header.length)) == []


def test_what_is_blanked_is_told_and_the_rest_stays():
    invoice = make_personal_invoice()
    names = invoice.erase_personal_data("ten years are over")

    assert names == sorted(
        [
            *[f"customer_{name}" for name in ("additional_info", "city", "email", "name", "phone", "registration_id", "state")],
            *[f"customer_{name}" for name in ("street", "tax_id", "vat_id", "zip")],
            *[f"shipping_{name}" for name in ("city", "name", "state", "street", "zip")],
            *["title", "note", "buyer_reference"],
        ]
    )
    assert {getattr(invoice, name) or "" for name in names} == {""}
    assert (invoice.number, str(invoice.total), invoice.customer_country.code) == ("2026/1", "952.00", "FR")
    assert (invoice.supplier_name, invoice.bank_name) == (LINDNER["name"], "Musterbank Berlin")
    assert invoice.item_set.get().title == "Website redesign"
    assert invoice.events.get(kind="ERASED").data == {"columns": names}


def test_of_a_received_document_the_supplier_is_erased():
    invoice = make_issued_invoice(origin="RECEIVED", number="R-1")
    invoice.erase_personal_data("ten years are over")

    assert (invoice.supplier_name, invoice.bank_iban, invoice.customer_name) == ("", "", "Buchhandlung Sommer KG")
    assert found() == []


def test_the_history_goes_on_after_an_erasure():
    invoice = make_personal_invoice()
    invoice.erase_personal_data("ten years are over")
    with acting("Petra Lang"):
        invoice.write_off("insolvent")
    assert found() == []

    invoice.erase_personal_data("again")

    assert found() == []
    assert stored_texts("Petra Lang", "insolvent") == []


def test_other_documents_keep_what_they_say():
    other = make_personal_invoice()
    make_personal_invoice().erase_personal_data("ten years are over")

    other.refresh_from_db()
    assert other.customer_name == "Camille Rivière"
    assert other.events.get(position=3).reason == "Camille Rivière does not answer"
    assert found() == []


def test_a_repaired_document_is_erased_with_the_salts_of_all_its_seals():
    invoice = make_personal_invoice()
    with unprotected(invoice, reason="Camille moved"):
        invoice.customer_street = "15 rue des Tilleuls"
        invoice.save()
    salts = list(InvoiceEvent.objects.exclude(salt="").values_list("salt", flat=True))
    invoice.erase_personal_data("ten years are over")

    assert found() == []
    assert stored_texts(*salts, "rue des Tilleuls") == []


def test_what_is_written_back_is_found():
    invoice = make_personal_invoice()
    invoice.erase_personal_data("ten years are over")

    change_row(invoice, customer_name="Camille Rivière")
    assert told() == [("document", 4, ("customer_name",))]

    change_row(invoice, customer_name="")
    change_row(invoice.events.get(position=3), reason="Camille Rivière does not answer")
    assert told() == [("event", 3, ("reason",))]


@pytest.mark.parametrize("status", ["DRAFT", "NEW"])
def test_an_open_document_is_not_erased(status):
    invoice = make_invoice([line()], status=status)

    with pytest.raises(InvalidDataError, match="not issued"):
        invoice.erase_personal_data("ten years are over")


def test_an_erasure_needs_a_reason():
    with pytest.raises(InvalidDataError, match="reason"):
        make_issued_invoice().erase_personal_data(" ")


def test_an_erasure_that_fails_leaves_all_as_it_was(monkeypatch):
    invoice = make_personal_invoice()

    def fail(*_arguments, **_options):
        raise RuntimeError("power cut")

    monkeypatch.setattr(Invoice, "note_event", fail)
    with pytest.raises(RuntimeError):
        invoice.erase_personal_data("ten years are over")

    assert stored_texts(*GONE) == GONE
    assert found() == []


def test_a_credit_note_is_erased_by_itself():
    invoice = make_personal_invoice()
    note = invoice.create_credit_note()
    invoice.erase_personal_data("ten years are over")
    assert note.customer_name == "Camille Rivière"

    note.erase_personal_data("ten years are over")

    assert stored_texts("Rivière", "14 rue des Tilleuls", "camille.riviere@example.com") == []
    assert found() == []
