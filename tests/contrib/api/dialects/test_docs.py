"""The page of dialects is the tables: whoever changes one has to change the other."""

import re

import pytest
from django.urls import reverse

from invoicing.contrib.api.dialects import agency, agency_urls, crm, crm_urls, erp, erp_urls
from tests.docs.pages import DOCS, quoted, table

PAGE = DOCS / "reference/dialects.md"

DIALECTS = {"crm": (crm, crm.CRM, crm_urls), "agency": (agency, agency.Agency, agency_urls), "erp": (erp, erp.ERP, erp_urls)}

HEADINGS = {
    "invoice": "documents",
    "comment": "comments",
    "attachment": "files",
    "delivery": "mails",
    "payment": "payments",
    "payment_method": "payment modes",
    "payment_term": "payment terms",
    "company": "the sender",
}

RESOURCES = [(name, resource) for name, (_, dialect, _) in DIALECTS.items() for resource in dialect.tables if "." not in resource]


def described(heading):
    return {quoted(name)[0]: (quoted(ours), how) for name, ours, how in table(PAGE, after=heading)}


def told(rows):
    found = {}
    for one in rows.fields:
        how = "required" if one.is_required else "written" if one.is_written else "read"
        found[one.name] = ([one.ours, *one.others], how if one.is_said else f"{how}, not answered")
    return found


@pytest.mark.parametrize("name", DIALECTS)
def test_every_word_is_in_the_table_with_what_it_is_said_of(name):
    module = DIALECTS[name][0]

    assert {quoted(word)[0]: means for word, means in table(PAGE, after=f"### Words of {name}")} == {
        word.word: word.means for word in module.WORDS
    }


@pytest.mark.parametrize(("name", "resource"), RESOURCES)
def test_every_field_is_in_the_table_with_its_canonical_name(name, resource):
    rows = DIALECTS[name][1].tables[resource]

    assert described(f"### Fields of {name}: {HEADINGS[resource]}") == told(rows)
    for one in rows.fields:
        if one.lines is not None:
            assert described(f"### Lines of {name}") == told(one.lines)


@pytest.mark.parametrize(("name", "resource"), RESOURCES)
def test_every_filter_is_named(name, resource):
    rows = DIALECTS[name][1].tables[resource]
    section = PAGE.read_text(encoding="utf-8").partition(f"### Fields of {name}: {HEADINGS[resource]}\n")[2].partition("\n#")[0]
    line = re.search(r"^Filters: (.+)\.$", section, re.MULTILINE)

    beside = {"status", "limit", "offset"} if rows.words else set()
    assert set(quoted(line[1]) if line else ()) == {*(one.name for one in rows.filters), *beside}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_address_is_in_the_table_with_its_methods(name):
    module = DIALECTS[name][2]
    routed = {pattern.name for pattern in module.urlpatterns}

    found = {quoted(address)[0]: set(quoted(methods)) for address, methods in table(PAGE, after=f"### Addresses of {name}")}

    known = {one.address: {method.upper() for method in one.actions} for one in module.ADDRESSES if one.name in routed}
    assert found == {re.sub(r"<str:(\w+)>", r"{\1}", address): methods for address, methods in known.items()}
    assert reverse(f"{module.app_name}:invoice-list").startswith(f"/{name}/api/")
