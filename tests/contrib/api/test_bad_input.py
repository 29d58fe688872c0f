"""Whatever is sent, the answer is a refusal that names what is wrong, and nothing is stored."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import path
from rest_framework.test import APIClient
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import AccessToken

from invoicing.contrib.access.models import Membership
from invoicing.contrib.api.invoices.serializers import InvoiceSerializer
from invoicing.contrib.api.invoices.views import InvoiceViewSet
from invoicing.contrib.collaboration.models import Attachment
from invoicing.models import Party, get_invoice_model
from tests import databases
from tests.factories import SOMMER, make_party, make_product

Invoice = get_invoice_model()

INVOICES = "/api/invoices/"

ITEM = {"title": "Website", "quantity": "10", "unit_price": "80.00", "tax_rate": "19"}


@pytest.fixture
def body(company):
    party = Party.objects.create(company=company, **SOMMER)
    return {"party": str(party.uuid), "title": "Web development", "currency": "EUR", "date_issue": "2026-11-20", "items": [ITEM]}


def refusal(response, status):
    """The names of the fields that a refusal is for; it has the one body of refusals."""
    assert response.status_code == status, response.content[:500]
    assert set(response.json()) == {"error", "code", "errors"}
    assert response.json()["error"]
    assert Invoice.objects.count() == 0
    return set(response.json()["errors"])


# Bodies that are no bodies


@pytest.mark.parametrize(
    "raw",
    [
        *(b"{", b"{bad", b"[]", b'"text"', b"null", b"1", b"{'a': 1}", b'{"a": 1,}', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e999}'),
        *(b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"title": "\xff"}', b'{"title": "\\u0000"}', b'{"title": "\\ud800"}', b'{"\\u0000": 1}'),
        *(b'{"title": "a", "title": "b"}', b'{"credit": ' + b"9" * 5000 + b"}", b'{"a": ' * 2000 + b"1" + b"}" * 2000),
        b'{"items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"metadata": ' + b'{"a": ' * 40 + b"1" + b"}" * 41,
    ],
    ids=lambda raw: ascii(raw[:20]),
)
def test_what_is_no_object_of_json_is_refused(admin, raw):
    refusal(admin.post(INVOICES, raw, content_type="application/json"), 400)


def test_a_body_of_10_mb_is_refused(admin, body):
    refusal(admin.post(INVOICES, json.dumps({**body, "note": "x" * 10_000_000}), content_type="application/json"), 413)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x", ""]
)
def test_what_is_not_sent_as_json_is_refused(admin, kind):
    assert admin.generic("POST", INVOICES, b'{"title": "x"}', content_type=kind).status_code in ({400, 415} if not kind else {415})
    assert Invoice.objects.count() == 0


def test_another_charset_is_refused(admin):
    refusal(admin.post(INVOICES, '{"title": "ä"}'.encode("utf-16"), content_type="application/json; charset=utf-16"), 400)


def test_an_answer_in_another_format_is_refused(admin):
    refusal(admin.get(INVOICES, headers={"accept": "text/xml"}), 406)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_methods_that_lists_do_not_know_are_refused(admin, method):
    refusal(admin.generic(method, INVOICES), 405)


# Fields


def test_an_unknown_field_is_named_with_the_one_that_is_like_it(admin, body):
    response = admin.post(INVOICES, {**body, "titel": "x", "zzz": 1}, format="json")

    assert refusal(response, 400) == {"titel", "zzz"}
    assert response.json()["errors"]["titel"] == ["There is no such field. Did you mean title?"]


def test_an_unknown_field_of_an_item_is_named_with_its_place(admin, body):
    response = admin.post(INVOICES, {**body, "items": [ITEM, {**ITEM, "unit_prise": "1"}]}, format="json")

    assert refusal(response, 400) == {"items[1].unit_prise"}
    assert "Did you mean unit_price?" in response.json()["error"]


@pytest.mark.parametrize("name", ["quantity", "unit_price", "discount", "tax_rate"])
@pytest.mark.parametrize("value", [1.5, 80.0, 1e3, -0.0])
def test_a_float_is_refused_in_items(admin, body, name, value):
    response = admin.post(INVOICES, {**body, "items": [{**ITEM, name: value}]}, format="json")

    assert refusal(response, 400) == {f"items[0].{name}"}
    assert "a float is not exact" in response.json()["error"]


def test_a_float_is_refused_as_money_of_the_document(admin, body):
    assert refusal(admin.post(INVOICES, {**body, "credit": 5.5}, format="json"), 400) == {"credit"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("total", "1.00"),
        ("vat", "0.00"),
        ("net_total", "800.01"),
        ("to_pay", "0"),
        ("subtotal", 799),
        ("total", 952.0),
        ("vat_summary", []),
    ],
)
def test_a_total_that_disagrees_with_the_items_is_refused(admin, body, name, value):
    assert refusal(admin.post(INVOICES, {**body, name: value}, format="json"), 422) == {name}


@pytest.mark.parametrize("value", ["952.00", "952", 952, "952.000"])
def test_a_total_that_says_what_comes_out_is_taken(admin, body, value):
    assert admin.post(INVOICES, {**body, "total": value}, format="json").status_code == 201


def test_a_total_of_an_item_that_disagrees_is_refused(admin, body):
    response = admin.post(INVOICES, {**body, "items": [{**ITEM, "subtotal": "800.00", "total": "1.00"}]}, format="json")

    assert refusal(response, 422) == {"items[0].total"}


NASTY = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus": -1,
    "float": 1.5,
    "huge": 10**29,
    "huge text": "9" * 400,
    "huge decimal": "1E+999999",
    "tiny decimal": "1E-999999",
    "nan": "NaN",
    "infinity": "-Infinity",
    "empty": "",
    "blank": " \t\n",
    "long": "x" * 100_000,
    "emoji": "🧾" * 300,
    "right to left": "\u202e\u05ea\u05d9\u05d1\u05d4\u202c",
    "arabic digits": "\u0661\u0662\u0663",
    "control": "a\x01\x1b[31m\x7f",
    "markup": "<script>alert(1)</script>{{ 7|add:7 }}{% now 'Y' %}",
    "sql": "'; DROP TABLE invoicing_invoice; --",
    "path": "../../../etc/passwd",
    "day": "2026-02-30",
    "far day": "0000-00-00",
    "last day": "9999-12-31",
    "list": [],
    "list of lists": [[[]]],
    "object": {},
    "object of objects": {"a": {"b": [None, {"c": 1}]}},
    "uuid": "00000000-0000-0000-0000-000000000000",
    "list of nulls": [None],
    "list of texts": ["x", "x"],
    "many": ["1"] * 10_001,
}

FIELDS = [name for name, field in InvoiceSerializer().fields.items()]
ITEM_FIELDS = [name for name, field in InvoiceSerializer().fields["items"].child.fields.items()]


def stored():
    """All rows that a request for a document could write."""
    return Invoice.objects.count(), Invoice.item_model().objects.count(), Party.objects.count()


@pytest.fixture
def nasty(request):
    """For a field by its place, nasty values: a few other ones for each field, all of them in a minute of torture or more."""

    def for_place(place: int) -> list[tuple[str, object]]:
        step = 1 if request.config.getoption("--torture") and request.config.getoption("--torture-seconds") >= 60 else 8
        return list(NASTY.items())[place % step :: step]

    return for_place


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_that_a_field_can_be_given_breaks_anything(admin, body, name, nasty):
    for case, value in nasty(FIELDS.index(name)):
        before = stored()
        response = admin.post(INVOICES, {**body, name: value}, format="json")

        assert response.status_code in {201, 400, 409, 422}, (name, case, response.content[:300])
        assert response.status_code == 201 or stored() == before, (name, case)
        if response.status_code == 201:
            assert admin.get(f"{INVOICES}{response.json()['id']}/").status_code == 200


@pytest.mark.parametrize("name", ITEM_FIELDS)
def test_nothing_that_a_field_of_an_item_can_be_given_breaks_anything(admin, body, name, nasty):
    for case, value in nasty(ITEM_FIELDS.index(name)):
        before = stored()
        response = admin.post(INVOICES, {**body, "items": [ITEM, {**ITEM, name: value}]}, format="json")

        assert response.status_code in {201, 400, 409, 422}, (name, case, response.content[:300])
        assert response.status_code == 201 or stored() == before, (name, case)


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_that_a_field_can_be_given_breaks_a_document_that_is_there(admin, body, name, nasty):
    made = admin.post(INVOICES, body, format="json").json()
    for case, value in nasty(FIELDS.index(name) + 1):
        response = admin.patch(f"{INVOICES}{made['id']}/", {name: value}, format="json")

        assert response.status_code in {200, 400, 409, 422}, (name, case, response.content[:300])
    assert admin.get(f"{INVOICES}{made['id']}/").status_code == 200


@pytest.mark.parametrize("items", [None, {}, "", [None], [[]], [1], ["x"], [{}], [ITEM, None], [True]], ids=str)
def test_items_that_are_none_are_refused_by_their_place(admin, body, items):
    assert any(name.startswith("items") for name in refusal(admin.post(INVOICES, {**body, "items": items}, format="json"), 400))


def test_10001_items_are_refused(admin, body):
    response = admin.post(INVOICES, {**body, "items": [{"title": "x", "unit_price": "1"}] * 10_001}, format="json")

    assert all(name.startswith("items") for name in refusal(response, response.status_code))
    assert response.status_code in {400, 422}


@pytest.mark.parametrize("price", ["\uff11\uff12", "\u0661\u0662", "1_000", "0x10", "1,50", "1.000,00", "+-1", "1e", "80 EUR"])
def test_what_only_looks_like_an_amount_is_none(admin, body, price):
    assert refusal(admin.post(INVOICES, {**body, "items": [{**ITEM, "unit_price": price}]}, format="json"), 400) == {"items[0].unit_price"}


def test_a_text_that_is_strange_and_none_the_less_a_text_comes_back_as_it_was(admin, body):
    title = "🧾 <b>„Straße“</b> \u200f\u0639\u0631\u0628\u064a\u200f Ñandú"

    made = admin.post(INVOICES, {**body, "title": title}, format="json").json()

    assert admin.get(f"{INVOICES}{made['id']}/").json()["title"] == title


# Rows of another company


def test_the_party_of_another_company_is_not_there(admin, body, other_company):
    theirs = make_party(company=other_company)

    response = admin.post(INVOICES, {**body, "party": str(theirs.uuid)}, format="json")

    assert refusal(response, 422) == {"party"}
    assert theirs.name not in response.content.decode()


def test_the_product_of_another_company_is_not_there(admin, body, other_company):
    theirs = make_product(company=other_company)

    response = admin.post(INVOICES, {**body, "items": [{"product": str(theirs.uuid)}]}, format="json")

    assert refusal(response, 422) == {"items[0].product"}


def test_somebody_of_another_company_cannot_be_in_charge(admin, body, other_admin):
    response = admin.post(INVOICES, {**body, "assigned_to": [str(other_admin.user.pk)]}, format="json")

    assert refusal(response, 422) == {"assigned_to[0]"}


# Queries


@pytest.mark.parametrize(
    "query",
    [
        *("name=%00", "search=%00", "number=%00", "status=%00", "party=%00", "cursor=%00", "limit=%00", "ordering=%00", "assigned_to=%00"),
        *(
            "offset=99999999999999999999",
            "offset=-1",
            "offset=1e3",
            "offset=%D9%A1",
            "limit=0",
            "limit=-1",
            "limit=1.5",
            "limit=",
            "limit=x",
        ),
        *("cursor=x", "cursor=" + "x" * 5000, "start_date=2026-02-30", "start_date=0", "currency=EURO", "foo=1", "%00=1", "%FF=%FF"),
        *("ordering=company", "ordering=party__name", "ordering=-items__title", "ordering=%3F", "ordering=pk;", "ordering=--number"),
        *("search=" + "x" * 300, "status=" + "x" * 5000, "team=%F0%9F%A7%BE" + "x" * 100),
    ],
)
def test_a_query_that_says_nothing_is_refused_by_name(admin, query):
    names = refusal(response := admin.get(f"{INVOICES}?{query}"), admin.get(f"{INVOICES}?{query}").status_code)

    assert response.status_code in {400, 422}
    assert names


@pytest.mark.parametrize(
    "query",
    [
        *(
            "limit=5&limit=7",
            "status=paid&status=draft",
            "offset=2147483647",
            "name=%25",
            "name=_",
            "search=%27",
            "limit=100000",
            "search=",
        ),
        *("assigned_to=x", "assigned_to=" + "9" * 60, "team=" + "9" * 60, "assigned_to=%D9%A1", "team=%D9%A1", "party=", "cursor="),
    ],
)
def test_a_query_that_is_only_strange_finds_nothing_and_breaks_nothing(admin, query):
    response = admin.get(f"{INVOICES}?{query}")

    assert (response.status_code, response.json()["results"]) == (200, [])


@pytest.mark.parametrize("key", ["x", "1", "%00", "..%2F..%2Fx", "00000000-0000-0000-0000-000000000000", "🧾", "x" * 5000, "{id}", "%FF"])
def test_an_address_of_nothing_leads_nowhere(admin, key):
    assert admin.get(f"{INVOICES}{key}/").status_code == 404


@pytest.mark.parametrize("value", ["", "x", "1", "00000000-0000-0000-0000-000000000000", "x" * 5000])
def test_a_company_that_there_is_not_is_not_found(admin, value):
    refusal(admin.get(INVOICES, headers={"organization-id": value}), 404)


# Who asks


class WithToken(InvoiceViewSet):
    authentication_classes = [JWTAuthentication]


urlpatterns = [path("api/invoices/", WithToken.as_view({"get": "list", "post": "create"}), name="invoice-list")]


# The key of the test project is no secret, and short.
SHORT_KEY = pytest.mark.filterwarnings("ignore:The HMAC key")


@pytest.fixture
def tokens(settings, client_of):
    """A client without a login, and a token of an administrator."""
    settings.ROOT_URLCONF = __name__
    return APIClient(), AccessToken.for_user(client_of("ADMIN").user)


@SHORT_KEY
def test_a_token_opens_the_door(tokens):
    client, token = tokens

    assert client.get(INVOICES, headers={"authorization": f"Bearer {token}"}).status_code == 200


@SHORT_KEY
def test_an_expired_token_is_refused_with_the_way_to_log_in(tokens):
    client, token = tokens
    token.set_exp(lifetime=-timedelta(minutes=1))

    response = client.get(INVOICES, headers={"authorization": f"Bearer {token}"})

    refusal(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error"] == "Given token not valid for any token type"


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer x y", "Bearer a.b.c", "Basic x", "Bearer " + "x" * 5000])
def test_what_is_no_token_is_refused(tokens, header):
    client, _token = tokens

    response = client.get(INVOICES, headers={"authorization": header})

    refusal(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.django_db
def test_without_a_login_nothing_is_told(method):
    response = getattr(APIClient(), method)(f"{INVOICES}x/" if method in {"put", "delete"} else INVOICES)

    refusal(response, 401)
    assert response.headers["WWW-Authenticate"]


# Twice, and at once


def test_a_change_of_what_has_changed_meanwhile_is_refused(admin, body):
    made = admin.post(INVOICES, body, format="json")
    address, tag = f"{INVOICES}{made.json()['id']}/", made.headers["ETag"]

    assert admin.patch(address, {"title": "first"}, format="json", headers={"if-match": tag}).status_code == 200
    assert admin.patch(address, {"title": "second"}, format="json", headers={"if-match": tag}).status_code == 412
    assert admin.get(address).json()["title"] == "first"


@pytest.mark.parametrize("tag", ["x", '"', "*, x", '"' + "x" * 5000 + '"', "W/"])
def test_what_is_no_tag_does_not_match(admin, body, tag):
    made = admin.post(INVOICES, body, format="json").json()

    assert admin.patch(f"{INVOICES}{made['id']}/", {"title": "x"}, format="json", headers={"if-match": tag}).status_code in {400, 412}
    assert admin.get(f"{INVOICES}{made['id']}/").json()["title"] == "Web development"


def test_the_same_submitted_twice_is_stored_once(admin, body):
    first, second = (admin.post(INVOICES, body, format="json", headers={"idempotency-key": "k-1"}) for _ in range(2))

    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Invoice.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(admin, body):
    admin.post(INVOICES, body, format="json", headers={"idempotency-key": "k-1"})

    response = admin.post(INVOICES, {**body, "title": "x"}, format="json", headers={"idempotency-key": "k-1"})

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "\x7f"])
def test_what_is_no_key_is_refused(admin, body, key):
    assert refusal(admin.post(INVOICES, body, format="json", headers={"idempotency-key": key}), 422) == {"Idempotency-Key"}


@pytest.mark.django_db(transaction=True)
def test_the_same_submitted_at_once_is_stored_once(client_of, body):
    client = client_of("ADMIN")
    workers = 2 if databases.KIND == "sqlite" else 4
    together = Barrier(workers)

    def submit():
        own = APIClient()
        own.force_authenticate(client.user)
        together.wait()
        try:
            for _attempt in range(20):
                response = own.post(INVOICES, body, format="json", headers={"idempotency-key": "k-1"})
                if response.status_code != 409:
                    return response.status_code, response.json()["id"]
            return response.status_code, None
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        answers = {call.result() for call in [pool.submit(submit) for _ in range(workers)]}

    assert Invoice.objects.count() == 1
    assert answers == {(201, str(Invoice.objects.get().uuid))}


# Files


@pytest.mark.parametrize(
    "name", ["../../x.html", "..\\..\\x.html", "/etc/passwd", "x\x00.html", "x.html;.png", "", ".", "..", "a" * 400 + ".html"]
)
def test_a_file_whose_name_leads_elsewhere_is_refused_or_kept_by_another_name(admin, body, name):
    made = admin.post(INVOICES, body, format="json").json()
    file = SimpleUploadedFile("x", b"<script>alert(1)</script>", "text/html")
    file._name = name

    response = admin.post(f"{INVOICES}{made['id']}/attachments/", {"file": file}, format="multipart")

    assert response.status_code in {201, 400, 415, 422}, response.content[:300]
    for kept in Attachment.objects.all():
        assert not {"/", "\\", "\x00"} & set(kept.name)
        assert ".." not in kept.file.name
        assert not kept.file.name.startswith("/")


def test_a_membership_that_ended_opens_nothing(client_of, company):
    client = client_of("ADMIN")
    Membership.objects.all().delete()

    assert client.get(INVOICES).status_code == 403
