"""Writing an invoice in the admin: document and items are saved as one, or the page says what is wrong."""

from decimal import Decimal

import pytest

from invoicing import payment_methods
from invoicing.models import Counter, InvoiceEvent, get_invoice_model
from tests.admin.conftest import address, errors, page_data
from tests.factories import ALPENBLICK, columns, line, make_company, make_invoice, make_issued_invoice, make_party, make_product

pytestmark = pytest.mark.django_db
TWO_LINES = ({"quantity": "10", "unit": "hours", "tax_rate": "19"}, {"title": "Hosting", "unit_price": "50", "tax_rate": "7"})


@pytest.fixture
def open_invoice():
    return make_invoice([line(), line("Hosting", quantity=1, unit="PIECES", unit_price=Decimal(50), tax_rate=Decimal(7))])


def stored_lines(invoice):
    fields = ("quantity", "unit", "unit_price", "discount", "weight", "title", "description", "tax_category")
    return [
        {
            "id": item.pk,
            "invoice": invoice.pk,
            **{name: getattr(item, name) for name in fields},
            "tax_rate": "" if item.tax_rate is None else item.tax_rate,
        }
        for item in invoice.item_set.all()
    ]


def test_an_invoice_with_two_items_is_written_in_one_go(admin_client):
    response = admin_client.post(address("add"), page_data(*TWO_LINES))

    assert response.status_code == 302
    invoice = get_invoice_model().objects.get()
    # 800.00 + 50.00 net; 152.00 + 3.50 tax.
    assert (invoice.number, invoice.vat, invoice.total) == ("2026/1", Decimal("155.50"), Decimal("1005.50"))
    assert [(item.title, item.unit) for item in invoice.item_set.all()] == [("Website redesign", "HOURS"), ("Hosting", "PIECES")]


def test_whoever_writes_it_stands_in_the_history(admin_client, admin_user):
    admin_client.post(address("add"), page_data(*TWO_LINES))

    event = InvoiceEvent.objects.get()
    assert (event.actor, event.actor_name) == (admin_user, admin_user.get_username())


def test_the_log_of_the_admin_names_document_and_items(admin_client, admin_user):
    admin_client.post(address("add"), page_data(*TWO_LINES))

    entry = admin_user.logentry_set.get()
    assert entry.object_id == str(get_invoice_model().objects.get().pk)
    assert "Hosting" in entry.get_change_message()


def test_a_draft_takes_no_number(admin_client):
    admin_client.post(address("add"), page_data(*TWO_LINES, status="DRAFT"))

    invoice = get_invoice_model().objects.get()
    assert (invoice.number, invoice.total) == ("", Decimal("1005.50"))
    assert not Counter.objects.exists()


def test_a_new_invoice_is_draft_or_new_and_nothing_else(admin_client):
    response = admin_client.post(address("add"), page_data(*TWO_LINES, status="PAID"))

    assert "status" in errors(response)
    assert not get_invoice_model().objects.exists()


def test_company_and_party_fill_what_is_left_empty(admin_client):
    company, party = make_company(), make_party()
    empty = dict.fromkeys((*columns("supplier", company.snapshot()), *columns("customer", party.snapshot())), "")
    data = page_data(*TWO_LINES, **empty, company=company.pk, party=party.pk) | {"date_due": "", "date_tax_point": "", "currency": ""}

    assert admin_client.post(address("add"), data).status_code == 302
    invoice = get_invoice_model().objects.get()
    assert (invoice.supplier_name, invoice.customer_name) == (company.name, party.name)
    assert (str(invoice.date_tax_point), str(invoice.date_due), invoice.currency) == ("2026-11-20", "2026-12-04", "EUR")


def test_a_line_that_names_only_a_product_takes_the_rest_from_it(admin_client):
    product = make_product()
    bare = {"title": "", "unit_price": "", "product": product.pk, "quantity": "3"}

    admin_client.post(address("add"), page_data(bare))

    item = get_invoice_model().objects.get().item_set.get()
    assert (item.title, item.unit, item.unit_price, item.net) == ("Consulting", "HOURS", 80, 240)


def test_what_somebody_typed_beats_the_product(admin_client):
    typed = {"title": "Consulting, evening", "unit_price": "95", "product": make_product().pk}

    admin_client.post(address("add"), page_data(typed))

    item = get_invoice_model().objects.get().item_set.get()
    assert (item.title, item.unit_price) == ("Consulting, evening", 95)


def test_empty_tax_rates_are_filled_by_the_policy_if_that_is_ticked(admin_client):
    lines = ({"tax_rate": ""}, {"tax_rate": "7"}, {"tax_rate": "", "tax_category": "E"})

    admin_client.post(address("add"), page_data(*lines, fills_tax="on"))

    invoice = get_invoice_model().objects.get()
    # Within Germany: 19 % for the one that says nothing.
    assert [item.tax_rate for item in invoice.item_set.all()] == [19, 7, None]
    assert invoice.kept_decisions[0].rate == 19


def test_the_policy_sees_a_customer_abroad(admin_client):
    admin_client.post(address("add"), page_data({"tax_rate": ""}, fills_tax="on", **columns("customer", ALPENBLICK)))

    invoice = get_invoice_model().objects.get()
    assert (invoice.vat, invoice.item_set.get().tax_category, invoice.tax_notes) == (None, "AE", ["Reverse charge"])


def test_empty_tax_rates_stay_empty_without_the_tick(admin_client):
    admin_client.post(address("add"), page_data({"tax_rate": ""}))

    assert get_invoice_model().objects.get().vat is None


def test_items_are_changed_added_and_deleted_in_one_go(admin_client, open_invoice):
    first, second = stored_lines(open_invoice)
    lines = ({**first, "quantity": "5"}, {**second, "DELETE": "on"}, {"title": "Fonts", "unit_price": "20", "tax_rate": "19"})

    response = admin_client.post(address("change", open_invoice.pk), page_data(*lines, number=open_invoice.number, title="Relaunch"))

    assert response.status_code == 302
    open_invoice.refresh_from_db()
    assert [item.title for item in open_invoice.item_set.all()] == ["Website redesign", "Fonts"]
    # 400.00 + 20.00 net, 19 %: 79.80.
    assert (open_invoice.title, open_invoice.total) == ("Relaunch", Decimal("499.80"))


def test_items_and_the_vat_id_may_go_together(admin_client, open_invoice):
    lines = [{**stored, "tax_rate": ""} for stored in stored_lines(open_invoice)]

    response = admin_client.post(address("change", open_invoice.pk), page_data(*lines, number=open_invoice.number, supplier_vat_id=""))

    assert response.status_code == 302
    open_invoice.refresh_from_db()
    assert (open_invoice.supplier_vat_id, open_invoice.vat, open_invoice.total) == ("", None, 850)


def test_another_currency_changes_the_digits_of_every_line(admin_client, open_invoice):
    lines = [{**stored, "unit_price": "80.50"} for stored in stored_lines(open_invoice)[:1]]
    data = page_data(*lines, stored_lines(open_invoice)[1], number=open_invoice.number, currency="jpy")

    assert admin_client.post(address("change", open_invoice.pk), data).status_code == 302
    open_invoice.refresh_from_db()
    # 805 + 50 net; 152.95 → 153 and 3.5 → 4 tax.
    assert (open_invoice.currency, str(open_invoice.total)) == ("JPY", "1012")


def test_the_number_stays_when_the_page_is_saved(admin_client, open_invoice):
    admin_client.post(address("change", open_invoice.pk), page_data(*stored_lines(open_invoice), number="2026/1"))

    open_invoice.refresh_from_db()
    assert open_invoice.number == "2026/1"
    assert Counter.objects.get().value == 1


@pytest.mark.parametrize(
    ("field", "fields", "lines"),
    [
        ("item_set-0-discount", {}, [{"discount": "150"}]),
        ("item_set-0-quantity", {}, [{"quantity": "0"}]),
        ("item_set-1-quantity", {}, [{}, {"quantity": "-1"}]),
        ("item_set-0-unit", {}, [{"unit": "boxes"}]),
        ("item_set-0-tax_rate", {}, [{"tax_rate": "abc"}]),
        ("item_set-0-tax_category", {}, [{"tax_rate": "19", "tax_category": "AE"}]),
        ("item_set-0-title", {}, [{"title": ""}]),
        ("item_set-0-title", {}, [{"title": "Tea\x07"}]),
        ("item_set-0-unit_price", {}, [{"unit_price": ""}]),
        ("item_set-0-unit_price", {}, [{"unit_price": "99999999999", "quantity": "99999"}]),
        ("item_set-1-tax_rate", {"supplier_vat_id": ""}, [{}, {"tax_rate": "19"}]),
        (
            "item_set-1-tax_rate",
            {"supplier_vat_id": "", "fills_tax": "on", "supplier_country": "DE"},
            [{"tax_category": "O"}, {"tax_rate": "7"}],
        ),
        ("date_due", {"date_due": "2026-11-19"}, [{}]),
        ("date_issue", {"date_issue": "30.02.2026"}, [{}]),
        ("currency", {"currency": "XQX"}, [{}]),
        ("credit", {"credit": "0.005"}, [{}]),
        ("credit", {"credit": "-1"}, [{}]),
        ("customer_name", {"customer_name": "Sommer\x0bKG"}, [{}]),
        ("customer_email", {"customer_email": "nobody"}, [{}]),
        ("customer_country", {"customer_country": "QQ"}, [{}]),
        ("metadata", {"metadata": "{"}, [{}]),
        ("type", {"type": "RECEIPT"}, [{}]),
        ("number", {"number": "x" * 129}, [{}]),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_saved(admin_client, field, fields, lines):
    response = admin_client.post(address("add"), page_data(*lines, **fields))

    assert list(errors(response)) == [field]
    assert not get_invoice_model().objects.exists()
    assert not Counter.objects.exists()


def test_the_page_that_is_shown_again_has_kept_what_was_typed(admin_client):
    response = admin_client.post(address("add"), page_data({"title": "Tea tasting", "discount": "150"}, note="With love"))

    assert b"Tea tasting" in response.content
    assert b"With love" in response.content


def test_errors_of_document_and_items_are_said_together(admin_client):
    response = admin_client.post(address("add"), page_data({"quantity": "0"}, date_due="2026-11-19"))

    assert set(errors(response)) == {"date_due", "item_set-0-quantity"}


def test_a_number_that_is_taken_is_said_beside_the_number(admin_client, open_invoice):
    response = admin_client.post(address("add"), page_data({}, number=open_invoice.number))

    assert errors(response) == {"number": ["2026/1 is in use: choose another number, or set sequence to one that is free."]}
    assert Counter.objects.get().value == 1


def test_a_change_that_is_refused_leaves_document_and_items_as_they_were(admin_client, open_invoice):
    first, second = stored_lines(open_invoice)
    data = page_data({**first, "quantity": "7"}, second, number="", title="Relaunch")

    response = admin_client.post(address("change", open_invoice.pk), data)

    assert list(errors(response)) == ["number"]
    open_invoice.refresh_from_db()
    assert (open_invoice.title, open_invoice.total, open_invoice.item_set.first().quantity) == ("", Decimal("1005.50"), 10)


def test_taking_the_vat_id_off_taxed_items_is_refused(admin_client, open_invoice):
    data = page_data(*stored_lines(open_invoice), number=open_invoice.number, supplier_vat_id="")

    assert errors(admin_client.post(address("change", open_invoice.pk), data))


def test_a_tax_point_may_be_left_empty(admin_client):
    assert admin_client.post(address("add"), page_data({}, date_tax_point="")).status_code == 302


def test_issued_means_read_only(admin_client):
    invoice = make_issued_invoice()

    page = admin_client.get(address("change", invoice.pk))

    assert set(page.context["adminform"].form.fields) == {"already_paid", "internal_note", "metadata", "attachments", "fills_tax"}
    assert b'name="item_set-0-title"' not in page.content
    assert b"Website redesign" in page.content


def test_after_issue_only_the_allow_list_changes(admin_client):
    invoice = make_issued_invoice()
    item = invoice.item_set.get()
    data = page_data(
        {"id": item.pk, "invoice": invoice.pk, "quantity": "1", "title": "Cheaper"},
        {"title": "One more"},
        customer_name="Somebody else",
        number="1",
        status="DRAFT",
        internal_note="Called on Friday",
        metadata='{"project": "relaunch"}',
        already_paid="100",
    )

    response = admin_client.post(address("change", invoice.pk), data)

    assert response.status_code == 302
    fresh = get_invoice_model().objects.get()
    assert (fresh.internal_note, fresh.metadata, fresh.already_paid) == ("Called on Friday", {"project": "relaunch"}, 100)
    assert (fresh.customer_name, fresh.number, fresh.status, fresh.total) == ("Buchhandlung Sommer KG", "2026/1", "NEW", 952)
    assert [item.title for item in fresh.item_set.all()] == ["Website redesign"]


def test_an_invoice_that_is_issued_while_its_page_is_open_is_refused_not_changed(admin_client, open_invoice, monkeypatch):
    model = get_invoice_model()
    lines = stored_lines(open_invoice)
    real = model.batch

    def issue_first(self):
        model.objects.get(pk=self.pk).issue()
        return real(self)

    monkeypatch.setattr(model, "batch", issue_first)
    data = page_data({**lines[0], "quantity": "7"}, lines[1], number=open_invoice.number)

    response = admin_client.post(address("change", open_invoice.pk), data)

    assert "can no longer change" in errors(response)["__all__"][0]
    open_invoice.refresh_from_db()
    assert open_invoice.total == Decimal("1005.50")


def test_the_page_of_a_new_invoice_opens_with_the_defaults(admin_client):
    page = admin_client.get(address("add"))

    assert page.status_code == 200
    assert page.context["adminform"].form["status"].value() == "NEW"
    assert b"What happened" not in page.content


def test_the_page_shows_totals_and_history(admin_client, open_invoice):
    page = admin_client.get(address("change", open_invoice.pk)).content.decode()

    assert "1005.50 EUR" in page
    assert "19 % of" in page
    assert "What happened" in page


def test_what_people_typed_is_shown_as_text(admin_client):
    nasty = "<script>alert(1)</script>"
    invoice = make_issued_invoice([line(nasty)], customer_name=nasty)
    invoice.cancel(nasty)

    for page in (address("change", invoice.pk), address("changelist")):
        assert nasty not in admin_client.get(page).content.decode()


def test_a_page_costs_the_same_however_many_items_it_shows(admin_client, django_assert_max_num_queries):
    few, many = make_issued_invoice([line()] * 2), make_issued_invoice([line()] * 40)
    admin_client.get(address("change", few.pk))

    with django_assert_max_num_queries(100) as small:
        admin_client.get(address("change", few.pk))
    with django_assert_max_num_queries(100) as large:
        admin_client.get(address("change", many.pk))

    assert len(large) == len(small)


def test_an_open_page_costs_the_same_however_many_items_it_shows(admin_client, django_assert_max_num_queries):
    product = make_product()
    few, many = make_invoice([line(product=product)] * 2), make_invoice([line(product=product)] * 40)

    with django_assert_max_num_queries(1000) as small:
        admin_client.get(address("change", few.pk))
    with django_assert_max_num_queries(1000) as large:
        admin_client.get(address("change", many.pk))

    # A product's name is looked up by the autocompletion of each line.
    assert len(large) - len(small) <= 38


def test_payment_methods_are_chosen_from_those_that_are_known(admin_client, monkeypatch):
    monkeypatch.setattr(payment_methods, "_sources", [{"default": {"CHEQUE": "cheque"}}.get])

    field = admin_client.get(address("add")).context["adminform"].form.fields["payment_method"]
    saved = admin_client.post(address("add"), page_data(*TWO_LINES, payment_method="CHEQUE"))

    assert [code for code, _name in field.choices] == ["", "BANK_TRANSFER", "CASH", "CASH_ON_DELIVERY", "PAYMENT_CARD", "CHEQUE"]
    assert saved.status_code == 302
    assert get_invoice_model().objects.get().payment_method == "CHEQUE"


def test_an_unknown_payment_method_is_refused_beside_its_field(admin_client):
    response = admin_client.post(address("add"), page_data(*TWO_LINES, payment_method="GOLD"))

    assert "payment_method" in errors(response)


def test_a_payment_method_that_nobody_knows_any_more_stays_until_it_is_changed(admin_client):
    invoice = make_invoice([line()])
    get_invoice_model().objects.filter(pk=invoice.pk).update(payment_method="GOLD")

    field = admin_client.get(address("change", invoice.pk)).context["adminform"].form.fields["payment_method"]

    assert ("GOLD", "GOLD") in field.choices


def test_an_issued_invoice_shows_its_payment_method_by_name(admin_client):
    page = admin_client.get(address("change", make_issued_invoice(payment_method="PAYMENT_CARD").pk)).content.decode()

    assert "payment card" in page
    assert "PAYMENT_CARD" not in page


def test_a_discount_for_early_payment_is_written_on_the_page(admin_client):
    discount = {"early_discount_percent": "2", "early_discount_until": "2026-11-30"}

    admin_client.post(address("add"), page_data(*TWO_LINES, **discount))
    late = admin_client.post(address("add"), page_data(*TWO_LINES, **discount | {"early_discount_until": "2026-12-05"}))

    assert str(get_invoice_model().objects.get().early_discount_until) == "2026-11-30"
    assert list(errors(late)) == ["early_discount_until"]
