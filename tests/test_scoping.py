"""Every table says whose its rows are, and an app can narrow them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from invoicing import scoping
from invoicing.models import Company, InvoiceEvent, LockExemption, Party, PaymentTerm, VatIdCheck, get_invoice_model
from invoicing.scoping import UnscopedModelError, company_id_of, company_path, is_narrowed, may, of_companies, of_company, scope_by, visible
from tests.factories import line, make_company, make_issued_invoice, make_party

OURS = [
    model
    for config in apps.get_app_configs()
    if config.name == "invoicing" or config.name.startswith("invoicing.contrib.")
    for model in config.get_models()
    if not model._meta.swapped
] + [get_invoice_model(), get_invoice_model().item_model()]

SHARED = {"invoicing.PaymentTerm", "invoicing.Protection", "invoicing_payments.PaymentMethod"}


class Nobody:
    """A scope in which nobody sees, and may, anything."""

    def narrow(self, queryset, *, user):  # noqa: ARG002 -- the same for all
        return queryset.none()

    def narrows(self, user):  # noqa: ARG002
        return True

    def allows(self, user, permission, row):  # noqa: ARG002
        return False


@pytest.fixture
def _scope(monkeypatch):
    monkeypatch.setattr(scoping, "_scopes", [])
    scope_by(Nobody())


@pytest.fixture
def _no_scope(monkeypatch):
    monkeypatch.setattr(scoping, "_scopes", [])


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_table_reaches_its_company(model):
    for path in scoping.company_paths(model):
        reached = model
        for step in path.split("__") if path not in {"", "pk"} else ():
            reached = reached._meta.get_field(step).related_model
        assert reached is Company or (path == "pk" and issubclass(model, Company)) or (path == "" and model._meta.label in SHARED)


def test_a_table_that_says_nothing_is_refused(django_user_model):
    with pytest.raises(UnscopedModelError, match="COMPANY_PATH") as caught:
        company_path(django_user_model)

    assert isinstance(caught.value, ImproperlyConfigured)
    with pytest.raises(UnscopedModelError):
        of_company(django_user_model.objects.all(), None)


def test_paths_are_lookups():
    assert company_path(Party) == "company"
    assert company_path(Company) == "pk"
    assert company_path(PaymentTerm) == ""
    assert company_path(get_invoice_model().item_model()) == "invoice__company"
    assert company_path(InvoiceEvent) == "invoice__company"


@pytest.mark.django_db
def test_rows_are_those_of_exactly_one_company():
    own, other = make_company(name="Lindner"), make_company(name="Brandt")
    rows = {company: make_party(name="Sommer", company=company) for company in (own, other, None)}

    for company, row in rows.items():
        assert list(of_company(Party.objects.all(), company)) == [row]
    assert list(of_company(Party.objects.all(), own.pk)) == [rows[own]]
    assert list(of_company(Company.objects.all(), own)) == [own]
    assert not of_company(Company.objects.all(), None).exists()
    assert set(of_companies(Party.objects.all(), [own.pk, other.pk])) == {rows[own], rows[other]}


@pytest.mark.django_db
def test_a_shared_table_stays_whole():
    term = PaymentTerm.objects.create(name="30 days", days=30)
    company = make_company()

    for found in (of_company(PaymentTerm.objects.all(), company), of_company(PaymentTerm.objects.all(), None)):
        assert list(found) == [term]


@pytest.mark.django_db
def test_history_belongs_to_the_company_of_its_document_or_of_its_register():
    own, other = make_company(name="Lindner"), make_company(name="Brandt")
    invoice = make_issued_invoice([line()], company=own)
    own.lock_books(invoice.date_issue - timedelta(days=30), reason="Filed")

    events = of_company(InvoiceEvent.objects.all(), own)

    assert set(events) == set(InvoiceEvent.objects.all())
    assert {company_id_of(event) for event in events} == {own.pk}
    assert any(event.invoice_id is None for event in events)
    assert not of_company(InvoiceEvent.objects.all(), other).exists()


@pytest.mark.django_db
def test_the_company_of_a_row():
    company = make_company()
    invoice = make_issued_invoice([line()], company=company)

    assert company_id_of(invoice.item_set.get()) == company.pk
    assert company_id_of(company) == company.pk
    assert company_id_of(Party(name="Sommer")) is None
    assert company_id_of(PaymentTerm(name="30 days")) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_scope")
def test_without_a_scope_permissions_of_django_decide(django_user_model):
    root = django_user_model.objects.create_superuser("root")
    user = django_user_model.objects.create_user("petra")
    party = make_party()

    assert list(visible(Party.objects.all(), user=user)) == [party]
    assert not is_narrowed(user)
    assert may(root, "invoicing.change_party", party)
    assert not may(user, "invoicing.change_party")


@pytest.mark.django_db
@pytest.mark.usefixtures("_scope")
def test_a_scope_decides_everywhere(admin_client, admin_user, django_user_model):
    company = make_company()
    invoice = make_issued_invoice([line()], company=company)
    make_party(company=company)
    VatIdCheck.objects.create(company=company, vat_id="DE1", answer="VALID")
    LockExemption(company=company, user=admin_user, until=timezone.now() + timedelta(days=1), reason="Late").save()

    assert not visible(Party.objects.all(), user=admin_user).exists()
    assert is_narrowed(admin_user)
    assert not may(admin_user, "invoicing.view_party")
    for page in ("party/", "company/", "vatidcheck/", "lockexemption/"):
        assert admin_client.get(f"/admin/invoicing/{page}").status_code == 403
    assert admin_client.get(f"/invoices/{invoice.uuid}/").status_code == 404


@pytest.mark.usefixtures("_scope")
def test_the_scope_registered_last_counts(rf, monkeypatch):
    scope_by(None)

    assert not is_narrowed(None)
