"""The form that a bank file is uploaded with."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from invoicing.admin.refusals import show_refusal
from invoicing.admin.typed import AnyModelForm
from invoicing.contrib.payments.bank import StatementReport, import_statement
from invoicing.contrib.payments.bank.csv_headings import Column
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError
from invoicing.contrib.payments.bank.reading import LARGEST_FILE
from invoicing.contrib.payments.models import BankStatement
from invoicing.exceptions import InvalidDataError, InvoicingError
from invoicing.scoping import is_narrowed

DECIMAL_MARKS = (("", _("as the amounts show")), (",", _("comma: 1.234,50")), (".", _("point: 1,234.50")))
DAY_FORMATS = (("", _("as the days show")), ("DMY", _("day first: 21/11/2026")), ("MDY", _("month first: 11/21/2026")))


class UploadForm(AnyModelForm):
    """A file, whose it is, and what a table may leave open."""

    file = forms.FileField(label=_("File"), help_text=_("camt.053 (XML), MT940 or CSV: the content says which."))
    decimal_mark = forms.ChoiceField(label=_("Decimal mark"), choices=DECIMAL_MARKS, required=False)
    day_format = forms.ChoiceField(label=_("Order of days"), choices=DAY_FORMATS, required=False)
    columns = forms.CharField(
        label=_("Columns"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 50}),
        help_text=_("Where headings are not known, a line each, such as: amount = Umsatz in EUR"),
    )

    class Meta:
        model = BankStatement
        fields: ClassVar = ("company",)

    def clean_columns(self) -> dict[str, str]:
        """The lines as a mapping of what a column holds to its heading."""
        columns: dict[str, str] = {}
        for line in filter(str.strip, self.cleaned_data["columns"].splitlines()):
            key, sign, heading = (part.strip() for part in line.partition("="))
            if not sign or not heading:
                raise forms.ValidationError(_("“{line}” has no heading: write date = Buchungstag.").format(line=line[:60]))
            columns[key] = heading
        known = {column.value for column in Column} | {"delimiter", "encoding", "default_currency", "default_account"}
        if unknown := sorted(set(columns) - known):
            text = _("There is no column {name}: use {known}.")
            raise forms.ValidationError(text.format(name=unknown[0], known=", ".join(sorted(known))))
        return columns

    def clean_file(self) -> Any:
        """The file, unless it is too large to be read at once."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than {size} MB.").format(size=LARGEST_FILE // 1024**2))
        return file

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook for rules about the whole instance
        show_refusal(self)

    def take_in(self) -> StatementReport:
        """Import the file. Raises InvoicingError; see `placed()`."""
        given = self.cleaned_data
        options = {name: given[name] for name in ("decimal_mark", "day_format") if given[name]}
        file = given["file"]
        return import_statement(file.read(), name=file.name, company=given["company"], csv_columns={**given["columns"], **options})


def placed(error: InvoicingError, *, user: Any) -> InvoicingError:
    """The refusal beside the field that it is about; whose an account is, is said only to somebody who sees everything."""
    if isinstance(error, StatementRefusedError):
        return InvalidDataError({"file": [str(error)]})
    if error.code != "wrong_account":
        return error
    return InvalidDataError({"company": [_("The account is not known as one of this company's.") if is_narrowed(user) else str(error)]})
