"""An agency in India with its clients, services and invoices, and who works for which company.

The agency's keys are fixed, because its programs call everything by key: client 10, service 3, payment term 1.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from invoicing.contrib.access.models import Membership
from invoicing.contrib.collaboration.services import assign
from invoicing.contrib.payments.services import receive_payment
from invoicing.models import Company, Invoice, Party, PaymentTerm, Product

AGENCY: Final = "SD"

USERS: Final = (
    # Key, name, and the role in each company; the first company is the active one.
    (2, "rohan", "Rohan", "Deshpande", {"SD": "ADMIN"}),
    (3, "johanna", "Johanna", "Reimers", {"NW": "ADMIN", "ELA": "VIEWER"}),
    (4, "amira", "Amira", "Haddad", {"NW": "ACCOUNTANT", "ELA": "ACCOUNTANT"}),
    (5, "felix", "Felix", "Brandt", {"NW": "SALES_MANAGER"}),
    (6, "viktor", "Viktor", "Lang", {"NW": "VIEWER"}),
    (7, "dana", "Dana", "Whitfield", {"CRC": "ADMIN"}),
    (8, "joel", "Joel", "Nakamarra", {"CBH": "ACCOUNTANT"}),
)
TEAMS: Final = ((1, "Development", ("dana",)), (2, "Vertrieb", ("felix", "amira")))


def make_agency() -> Company:
    """The agency with what its clients order. It comes before all other data, so that its keys are free."""
    term = PaymentTerm.objects.create(pk=1, name="Net 30", days=30)
    agency = Company.objects.create(
        name="Sahyadri Digital Pvt. Ltd.",
        code=AGENCY,
        street="14 Law College Road",
        zip="411004",
        city="Pune",
        state="MH",
        country="IN",
        vat_id="27AAKCS4187B1Z8",
        email="accounts@sahyadri.example.com",
        language="en",
        currency="INR",
        payment_term=term,
        time_zone="Asia/Kolkata",
        bank_name="Example Bank",
        issuer_name="Rohan Deshpande",
        additional_info={"Account": "1234567890", "IFSC": "EXAMP0001"},
        # The client's code, the key, the month and the year: st12DEC25.
        number_format="{{ invoice.customer_code }}{{ invoice.pk }}{{ invoice.date_issue|date:'M'|upper }}{{ invoice.date_issue|date:'y' }}",
    )
    alice = {"name": "Alice Smith", "code": "st", "street": "8 Linking Road", "zip": "400050", "city": "Mumbai", "state": "MH"}
    meera = {"name": "Meera Kulkarni", "code": "mk", "street": "3 Residency Road", "zip": "560025", "city": "Bengaluru", "state": "KA"}
    Party.objects.create(pk=10, company=agency, country="IN", email="alice@acme.example.com", is_business=False, **alice)
    Party.objects.create(pk=3, company=agency, country="IN", email="meera@example.com", is_business=False, **meera)
    for key, name, description, price in (
        (1, "Service #1", "", "5000.00"),
        (3, "Website Design", "Basic site", "5000.00"),
        (4, "SEO", "Monthly SEO", "10000.00"),
    ):
        Product.objects.create(pk=key, company=agency, name=name, description=description, unit="EMPTY", unit_price=Decimal(price))
    return agency


def make_agency_invoices(agency: Company) -> None:
    """One that is paid in part, and one that is still open for changes."""
    alice = Party.objects.get(pk=10)
    website, seo = Product.objects.get(pk=3), Product.objects.get(pk=4)
    for key in (1, 12):
        invoice = Invoice(pk=key, company=agency, party=alice, date_issue=dt.date(2025, 12, 16), date_due=dt.date(2026, 1, 15))
        invoice.save_with_items([{"product": website}, {"product": seo}])
        invoice.recalculate_tax()
    first = Invoice.objects.get(pk=1)
    first.issue()
    receive_payment(first, amount=Decimal(5000), on=dt.date(2025, 12, 20), reference="TXN12340")


def make_users(password: str | None) -> None:
    """Everybody with his roles, all with one password; without one, nobody can log in."""
    users, hashed = get_user_model(), make_password(password)
    companies = {company.code: company for company in Company.objects.all()}
    for key, login, first, last, roles in USERS:
        user = users._default_manager.create(
            pk=key, username=login, first_name=first, last_name=last, email=f"{login}@example.com", password=hashed
        )
        for place, (code, role) in enumerate(roles.items()):
            Membership.objects.create(user=user, company=companies[code], role=role, is_active=not place)
    for key, name, members in TEAMS:
        Group.objects.create(pk=key, name=name).user_set.set(users._default_manager.filter(username__in=members))
    rohan = users._default_manager.get(username="rohan")
    for invoice in Invoice.objects.filter(company__code=AGENCY):
        assign(invoice, authorized_by=rohan)
