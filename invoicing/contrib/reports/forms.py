"""What a report asks for, as a form: a period or a day, a company, a currency, a party."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoicing.contrib.reports.periods import EARLIEST, LATEST, read_period, year
from invoicing.contrib.reports.tables import ORIGINS, Asks, Report
from invoicing.domain.choices import Origin
from invoicing.domain.codes.currencies import currency_codes
from invoicing.exceptions import InvalidDataError
from invoicing.models import Party, get_invoice_model

WITHOUT_COMPANY = "-"
"""Stands for the documents without a company."""


class DayInput(forms.DateInput):
    """A date, picked with what the browser offers."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ReportForm(forms.Form):
    """Has the fields that a report asks for, filled with this year, or today, where nothing is chosen."""

    def __init__(self, data: Any, *, report: Report, companies: Any, is_narrowed: bool, parties: Any, today: date, site: AdminSite) -> None:
        self.report, self.companies, self.is_narrowed, self.today, self.site = report, companies, is_narrowed, today, site
        self.parties = parties
        super().__init__({**self._usual(), **{name: value for name, value in data.items() if value}})
        if Asks.PERIOD in report.asks:
            self.fields["period"] = forms.CharField(
                label=_("Period"),
                required=False,
                max_length=10,
                widget=forms.TextInput(attrs={"placeholder": str(self.today.year)}),
                help_text=_("Such as 2026-10, 2026-Q3, 2026 or FY2026. Leave it empty for two days."),
            )
            self.fields["first"] = forms.DateField(label=_("From"), required=False, widget=DayInput())
            self.fields["last"] = forms.DateField(label=_("To"), required=False, widget=DayInput())
        if Asks.DAY in report.asks:
            self.fields["on"] = forms.DateField(
                label=_("At the end of"), widget=DayInput(), validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
            )
        self._add_scope()

    def _add_scope(self) -> None:
        report = self.report
        named = [(str(company.pk), str(company)) for company in self.companies]
        if len(named) > 1 or (named and not self.is_narrowed):
            rest = [] if self.is_narrowed else [(WITHOUT_COMPANY, _("without a company"))]
            self.fields["company"] = forms.ChoiceField(label=_("Company"), required=False, choices=[("", _("all")), *named, *rest])
        codes = [(code, code) for code in currency_codes()]
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), required=False, choices=[("", _("all")), *codes])
        if {Asks.PARTY, Asks.A_PARTY} & report.asks:
            widget = self._party_widget()
            self.fields["party"] = forms.ModelChoiceField(
                self._parties(), label=_("Party"), required=report.needs_party, widget=widget, empty_label=_("all")
            )
        if {Asks.ORIGIN, Asks.ANY_ORIGIN} & report.asks:
            both = [("", _("both"))] if Asks.ANY_ORIGIN in report.asks else []
            self.fields["origin"] = forms.ChoiceField(label=_("Origin"), required=False, choices=[*both, *ORIGINS.items()])
        if report.choice:
            self.fields[report.choice] = forms.ChoiceField(label=_("Cut"), required=False, choices=list(report.choices.items()))

    def _parties(self) -> Any:
        """The parties to choose from: to a reader of some companies alone, those of others are not even named."""
        return self.parties.filter(Q(company__in=self.companies) | Q(company=None)) if self.is_narrowed else self.parties

    def _party_widget(self) -> Any:
        """A field to search in where the admin has parties; there may be many."""
        if not self.site.is_registered(Party):
            return forms.Select()
        return AutocompleteSelect(get_invoice_model()._meta.get_field("party"), self.site)

    def _usual(self) -> dict[str, Any]:
        usual: dict[str, Any] = {"origin": "" if Asks.ANY_ORIGIN in self.report.asks else Origin.ISSUED}
        if self.report.choice:
            usual[self.report.choice] = next(iter(self.report.choices))
        return {**usual, "on": self.today.isoformat()}

    def clean(self) -> dict[str, Any]:
        """Turn what is written into the first and the last day."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if Asks.PERIOD not in self.report.asks or self.errors:
            return cleaned
        first, last = cleaned["first"], cleaned["last"]
        if cleaned["period"]:
            try:
                period = read_period(cleaned["period"], fiscal_year_start=self._fiscal_year_start())
            except InvalidDataError as error:
                self.add_error("period", [text for texts in error.errors.values() for text in texts])
                return cleaned
            first, last = period.first, period.last
        elif not first and not last:
            whole = year(self.today.year)
            first, last = whole.first, whole.last
        if not first or not last:
            self.add_error("last" if first else "first", _("Enter both days."))
        elif first > last:
            self.add_error("last", _("It is before the first day."))
        return {**cleaned, "first": first, "last": last}

    def arguments(self) -> dict[str, Any]:
        """What the report is called with."""
        return self.report.arguments({**self.cleaned_data, "company": self._company()})

    def _company(self) -> Any:
        chosen = self.cleaned_data.get("company")
        if chosen:
            return [None if chosen == WITHOUT_COMPANY else int(chosen)]
        return [company.pk for company in self.companies] if self.is_narrowed else None

    def _fiscal_year_start(self) -> int:
        from_company: Mapping[str, int | None] = {str(company.pk): company.fiscal_year_start for company in self.companies}
        chosen = self.cleaned_data.get("company") or ""
        only = next(iter(from_company.values())) if len(from_company) == 1 else None
        return from_company.get(chosen) or only or self.usual_fiscal_year_start

    usual_fiscal_year_start = 1
