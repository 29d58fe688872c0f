"""The published schema is what the import understands."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from invoicing.importing.json_schema import json_schema
from invoicing.importing.shapes import LISTS

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    getattr(settings, "INVOICING_INVOICE_MODEL", "invoicing.Invoice") != "invoicing.Invoice",
    reason="a host's own invoice has columns of its own",
)
def test_the_published_schema_is_up_to_date():
    published = json.loads((ROOT / "docs/reference/invoice-import.schema.json").read_text(encoding="utf-8"))

    assert published == json_schema(), "manage.py invoicing_import --schema > docs/reference/invoice-import.schema.json"


def test_the_example_data_knows_no_key_that_the_schema_lacks():
    schema = json_schema()
    for path in sorted((ROOT / "example_project/data").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        for name, records in data.items() if isinstance(data, dict) else [("invoices", data)]:
            assert name in LISTS
            for record in records:
                assert set(record) <= set(schema["$defs"][name]["properties"]), record
