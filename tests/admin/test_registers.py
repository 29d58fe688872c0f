"""Counters, voided numbers, history, chains, repairs and answers about VAT ids can be read, by a superuser too, and only read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from invoicing.models import Counter, InvoiceEvent, LockExemption, Register, Repair, VatIdCheck, VoidedNumber, unprotected
from tests.factories import line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db
REGISTERS = {
    "counter": Counter,
    "voidednumber": VoidedNumber,
    "invoiceevent": InvoiceEvent,
    "vatidcheck": VatIdCheck,
    "register": Register,
    "repair": Repair,
    "lockexemption": LockExemption,
}
ADDED = {"lockexemption"}
"""Registers that people may add to."""


@pytest.fixture
def filled(django_user_model):
    invoice, _later = make_invoice([line()]), make_invoice([line()])
    invoice.delete(reason="Ordered twice")
    VatIdCheck.objects.create(vat_id="ATU98765434", answer="VALID", consultation_id="WAPIAAAAY1234")
    issued = make_issued_invoice()
    with unprotected(issued, reason="Wrong house number"):
        issued.customer_street = "Hauptstraße 12"
        issued.save()
    petra = django_user_model.objects.create_user("petra")
    LockExemption.objects.grant(None, petra, until=timezone.now() + timedelta(hours=1), reason="October is not done")


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_read_and_never_rewritten(admin_client, filled, name):
    row = REGISTERS[name].objects.first()
    pages = {page: reverse(f"admin:invoicing_{name}_{page}", args=[row.pk]) for page in ("change", "delete")}

    assert admin_client.get(reverse(f"admin:invoicing_{name}_changelist")).status_code == 200
    assert admin_client.get(pages["change"]).status_code == 200
    assert admin_client.post(pages["change"], {}).status_code == 403
    assert admin_client.post(pages["delete"], {"post": "yes"}).status_code == 403
    assert admin_client.get(reverse(f"admin:invoicing_{name}_add")).status_code == (200 if name in ADDED else 403)


def test_a_voided_number_shows_its_reason(admin_client, filled):
    page = admin_client.get(reverse("admin:invoicing_voidednumber_changelist")).content.decode()

    assert "2026/1" in page
    assert "Ordered twice" in page


def test_a_repair_shows_its_reason_and_outlives_its_document(admin_client, filled):
    repair = Repair.objects.get()
    invoice = repair.invoice
    with unprotected(invoice, reason="Entered into the wrong books"):
        invoice.delete(reason="entered into the wrong books")

    page = admin_client.get(reverse("admin:invoicing_repair_changelist")).content.decode()
    assert "Wrong house number" in page
    assert "Entered into the wrong books" in page
    assert admin_client.get(reverse("admin:invoicing_repair_change", args=[repair.pk])).status_code == 200


def test_a_register_shows_where_its_chain_ends(admin_client, filled):
    register = Register.objects.get()

    page = admin_client.get(reverse("admin:invoicing_register_changelist")).content.decode()

    assert register.head in page
    assert str(register.length) in page


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_searched(admin_client, filled, name):
    assert admin_client.get(reverse(f"admin:invoicing_{name}_changelist"), {"q": "2026"}).status_code == 200


# Exemptions from a lock date


def grant(client, user, **data):
    until = timezone.now() + timedelta(hours=2)
    details = {
        "user": user.pk or "",
        "until_0": f"{until:%Y-%m-%d}",
        "until_1": f"{until:%H:%M:%S}",
        "reason": "October is not done",
        **data,
    }
    return client.post(reverse("admin:invoicing_lockexemption_add"), details)


def test_an_exemption_is_granted_and_is_an_event(admin_client, admin_user, django_user_model):
    petra, company = django_user_model.objects.create_user("petra"), make_company()

    assert grant(admin_client, petra, company=company.pk).status_code == 302

    granted = LockExemption.objects.get()
    assert (granted.user, granted.company, granted.reason, granted.actor_name) == (petra, company, "October is not done", "admin")
    event = InvoiceEvent.objects.get(kind="EXEMPTED")
    assert (event.actor, event.reason, event.register.company) == (admin_user, "October is not done", company)
    assert "petra" in admin_client.get(reverse("admin:invoicing_lockexemption_changelist")).content.decode()


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("user", {}),  # nobody is named
        ("reason", {"reason": ""}),
        ("reason", {"reason": "  "}),
        ("until", {"until_0": "", "until_1": ""}),
        ("until", {"until_0": "2026-01-01"}),
        ("until", {"until_0": "tomorrow"}),
    ],
)
def test_what_an_exemption_lacks_is_said_beside_its_field(admin_client, django_user_model, field, data):
    petra = django_user_model.objects.create_user("petra") if data else django_user_model()
    page = grant(admin_client, petra, **data)

    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == {field}
    assert not LockExemption.objects.exists()
    assert not InvoiceEvent.objects.exists()


def test_only_who_may_add_exemptions_grants_one(client, django_user_model):
    jonas = django_user_model.objects.create_user("jonas", is_staff=True)
    client.force_login(jonas)
    assert grant(client, jonas).status_code == 403

    jonas.user_permissions.add(Permission.objects.get(codename="add_lockexemption"))
    assert grant(client, jonas).status_code == 302
