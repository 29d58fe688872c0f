"""Invoices come in as files: read, checked place by place, and taken in whole or not at all.

`import_file` is the way in; `docs/reference/import-format.md` says what a file may hold.
"""

from invoicing.importing.importer import import_file
from invoicing.importing.report import ImportedInvoice, ImportReport

__all__ = ["ImportReport", "ImportedInvoice", "import_file"]
