"""What access refuses; part of the family of `invoicing.exceptions`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvoicingError


class CompanyNotFoundError(InvoicingError):
    """A request names a company that is none of the user's, or none at all: it is not said which of the two."""

    code = "company_not_found"
    message = _("There is no company {wanted}, or it is none of yours.")


class CompanyRequiredError(InvoicingError):
    """There are several companies that a request could be for, and it does not say which."""

    code = "company_required"
    message = _("There are several companies: {mend}")


class NoCompanyError(InvoicingError):
    """There are companies, and the user is a member of none."""

    code = "no_company"
    message = _("You are a member of no company.")
