"""Questions: what the query of an address asks a report, as the arguments of its function."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.conf import conf
from invoicing.contrib.api.related import CompanyRowField
from invoicing.contrib.reports.periods import EARLIEST, LATEST, Period, read_period, year
from invoicing.contrib.reports.tables import ORIGINS, Asks, Report
from invoicing.domain.codes.currencies import is_currency
from invoicing.models import Company, Party

CHOICE: Final = {"by": "by", "span": "by", "direction": "direction"}
"""What the own choice of a report is called in a query: that of the command where it is a cut."""


class DayField(serializers.DateField):
    """A day that a report may be about."""

    default_error_messages = {"range": _("Use a day from {first} to {last}.")}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            self.fail("range", first=EARLIEST, last=LATEST)
        return day


def fields_of(report: Report) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """What a report may be asked, by the names of the query."""
    fields: dict[str, Any] = {"currency": serializers.CharField(required=False, max_length=3)}
    if Asks.PERIOD in report.asks:
        fields["period"] = serializers.CharField(required=False, max_length=10)
        fields["start_date"] = DayField(required=False)
        fields["end_date"] = DayField(required=False)
    if Asks.DAY in report.asks:
        fields["on"] = DayField(required=False)
    if {Asks.PARTY, Asks.A_PARTY} & report.asks:
        fields["party"] = CompanyRowField(Party, required=report.needs_party)
    if {Asks.ORIGIN, Asks.ANY_ORIGIN} & report.asks:
        fields["origin"] = serializers.ChoiceField(list(ORIGINS.items()), required=False)
    if report.choice:
        words = [(word, title) for word, title in report.choices.items() if word]
        fields[CHOICE.get(report.choice, report.choice)] = serializers.ChoiceField(words, required=False)
    return fields


def arguments_of(report: Report, asked: Mapping[str, Any], *, view: Any) -> dict[str, Any]:
    """The arguments that a report is called with, narrowed to the company of the request. Raises ValidationError and InvalidDataError."""
    fields = fields_of(report)
    unknown = {
        name: [ErrorDetail(_("The report is not asked for it: use {known}.").format(known=", ".join(fields)), "unknown")]
        for name in asked
        if name not in fields
    }
    if unknown:
        raise ValidationError(unknown)
    given = {name: value for name, value in asked.items() if value != ""}
    serializer = type("Question", (serializers.Serializer,), fields)(data=given, context={"view": view})
    serializer.is_valid(raise_exception=True)
    values = dict(serializer.validated_data)
    company: Company | None = view.company
    if report.choice:
        values[report.choice] = values.pop(CHOICE.get(report.choice, report.choice), None)
    if "currency" in values:
        values["currency"] = values["currency"].upper()
        if not is_currency(values["currency"]):
            raise ValidationError({"currency": [ErrorDetail(_("Use an ISO 4217 code, such as EUR."), "invalid_choice")]})
    today = company.today() if company else timezone.localdate()
    if Asks.DAY in report.asks:
        values.setdefault("on", today)
    else:
        period = _period(values, today=today, company=company)
        values |= {"first": period.first, "last": period.last}
    return {**report.arguments(values), "company": [company.pk if company else None]}


def _period(values: Mapping[str, Any], *, today: date, company: Company | None) -> Period:
    """The days that a report is about; this year where nothing is said."""
    first, last = values.get("start_date"), values.get("end_date")
    if values.get("period"):
        if first or last:
            raise ValidationError({"period": [ErrorDetail(_("Write a period, or start_date and end_date."), "ambiguous")]})
        start = (company.fiscal_year_start if company else None) or conf.fiscal_year_start
        return read_period(values["period"], fiscal_year_start=start)
    if first is None and last is None:
        return year(today.year)
    if first is None or last is None:
        raise ValidationError({"end_date" if first else "start_date": [ErrorDetail(_("Write both days."), "required")]})
    if first > last:
        raise ValidationError({"end_date": [ErrorDetail(_("It is before the first day."), "order")]})
    return Period(first, last)
