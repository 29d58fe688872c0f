"""Bank files: read, kept once, matched with what is open, confirmed as payments.

`from invoicing.contrib.payments.bank import import_statement, propose, confirm, ignore, reopen` is the public way in.
"""

from invoicing.contrib.payments.bank.confirming import confirm, ignore, reopen
from invoicing.contrib.payments.bank.proposing import propose
from invoicing.contrib.payments.bank.statements import StatementReport, import_statement

__all__ = ["StatementReport", "confirm", "ignore", "import_statement", "propose", "reopen"]
