"""What is refused about bank files and their entries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvoicingError


class StatementRefusedError(InvoicingError, ValueError):
    """A bank file cannot be taken in. `place` says where in the file, `reason` what to do about it."""

    code = "statement_refused"
    message = _("Nothing was imported: {place}: {reason}")

    def __init__(self, *, place: str, reason: str, **params: object) -> None:
        self.place = place
        self.reason = reason
        super().__init__(place=place, reason=reason, **params)


class StatementUnbalancedError(StatementRefusedError):
    """The entries of a statement do not lead from its opening balance to its closing balance."""

    code = "statement_unbalanced"


class CsvUnclearError(StatementRefusedError):
    """A CSV file can be read in more than one way. `missing` is the key of `csv_columns` that would say which."""

    code = "csv_unclear"

    def __init__(self, *, place: str, reason: str, missing: str) -> None:
        self.missing = missing
        super().__init__(place=place, reason=reason, missing=missing)


class WrongAccountError(InvoicingError, ValueError):
    """A statement was about to be imported for a company that another company's account is on."""

    code = "wrong_account"
    message = _("Account {account} belongs to {owner}, not to {company}: import the file for {owner}.")


class EntryStateError(InvoicingError):
    """An act does not fit the state of a bank entry."""

    code = "entry_state"
    message = _("Entry of {date} over {amount} {currency} is {status}: {mend}")


class NothingProposedError(InvoicingError):
    """An entry was to be confirmed as proposed, and nothing is proposed for it."""

    code = "nothing_proposed"
    message = _("Nothing is proposed for the entry of {date} over {amount} {currency}: name the documents that it pays.")
