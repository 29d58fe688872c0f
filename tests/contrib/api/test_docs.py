"""The page of statuses and codes is the code, and the requests that pages show are answered as they say."""

import json
import re
import shlex

import pytest

from invoicing.contrib.api.errors import STATUSES
from invoicing.models import Party
from tests.docs.pages import DOCS, quoted, table
from tests.factories import SOMMER, make_issued_invoice

ERRORS = DOCS / "reference/http-errors.md"
GUIDE = DOCS / "how-to/rest-api.md"


def codes(heading):
    return {quoted(code)[0]: int(status) for code, status, _when in table(ERRORS, after=heading)}


def test_every_code_of_the_library_is_in_the_table_with_its_status():
    assert codes("## Codes of the library") == STATUSES


def test_every_status_of_a_code_is_explained():
    explained = {int(status) for status, _says, _again in table(ERRORS, after="## Statuses")}

    assert explained >= {*STATUSES.values(), *codes("## Codes of HTTP").values()}


def refusals(client, invoice):
    """One request for each code of HTTP that needs no set-up of its own."""
    address = "/api/invoices/"
    yield client.post(address, {"titel": "x"}, format="json")
    yield client.post(address, b"{", content_type="application/json")
    yield client.get(f"{address}nothing/")
    yield client.delete(address)
    yield client.patch(f"{address}{invoice.uuid}/", {"note": "x"}, format="json", headers={"If-Match": '"old"'})
    yield client.post(address, b"x", content_type="text/plain")


def test_codes_of_http_are_answered_with_their_statuses(admin, viewer, company):
    invoice = make_issued_invoice(company=company)

    answers = [*refusals(admin, invoice), viewer.post("/api/invoices/", {}, format="json")]

    found = {answer.json()["code"]: answer.status_code for answer in answers}
    assert len(found) == 7
    assert found.items() <= codes("## Codes of HTTP").items()


def test_nobody_is_told_to_log_in(client, company):
    answer = client.get("/api/invoices/")

    assert (answer.json()["code"], answer.status_code) in codes("## Codes of HTTP").items()


def test_the_body_of_the_page_is_what_is_answered(sales, company):
    party = Party.objects.create(company=company, **SOMMER)
    body = {"party": str(party.uuid), "items": [{"title": "Website", "unit_price": "80.00", "quantity": "0"}]}
    (shown,) = re.findall(r"^```json\n(.*?)^```$", ERRORS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)

    assert sales.post("/api/invoices/", body, format="json").json() == json.loads(shown)


# The guide


def requests_shown():
    """The requests by curl that the guide shows, as their words."""
    text = GUIDE.read_text(encoding="utf-8").replace("\\\n", " ")
    return [shlex.split(line) for line in text.splitlines() if line.strip().startswith("curl ") and "/api/token/" not in line]


def asked(client, words, known):
    """Make a request as curl would; what the shell knows by name is filled in."""
    words = [re.sub(r"\$(\w+)", lambda found: known[found[1]], word) for word in words]
    options = [(words[place], words[place + 1]) for place in range(len(words) - 1) if words[place] in {"-X", "-H", "-d"}]
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    body = "".join(value for name, value in options if name == "-d")
    method = next((value for name, value in options if name == "-X"), "POST" if body else "GET")
    (address,) = [word for word in words if word.startswith("http")]
    headers.pop("Authorization")
    kind = headers.pop("Content-Type", "application/json")
    return client.generic(method, address.partition("example.com")[2], body, content_type=kind, headers=headers)


@pytest.mark.usefixtures("company")
def test_the_requests_of_the_guide_succeed_one_after_the_other(admin, company):
    known = {"TOKEN": "", "COMPANY": str(company.uuid)}
    made = []
    for words in requests_shown():
        answer = asked(admin, words, known)
        made.append(answer.status_code)
        assert answer.status_code < 300, (words, answer.content)
        if answer.headers.get("Content-Type") == "application/json" and "number" in (data := answer.json()):
            known |= {"INVOICE": data["id"], "ITEM": data["items"][0]["id"], "ETAG": answer.headers["ETag"]}
        elif "/api/parties/" in words[-1] or "/api/parties/" in " ".join(words):
            known["PARTY"] = answer.json()["id"]

    assert (made.count(201), made.count(202)) == (4, 1)
