"""What people wrote about a document, in a database that refuses to change history."""

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction

from invoicing.contrib.collaboration.models import Assignment, AssignmentEvent, Attachment, Comment
from invoicing.contrib.collaboration.services import assign, attach, comment
from invoicing.models import Invoice
from invoicing.protection import install_triggers, remove_triggers
from tests.factories import make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def triggers(transactional_db):
    """The triggers of `invoicing_protect`."""
    install_triggers("default")
    yield
    remove_triggers("default")


def work_on(invoice, user):
    """Comment on it, attach a file, put somebody in charge."""
    comment(invoice, "Customer asked for another date")
    attach(invoice, ContentFile(b"%PDF-1.7 order", name="order.pdf"))
    assign(invoice, users=[user])


@pytest.mark.parametrize("status", ["DRAFT", "NEW"])
def test_a_document_that_is_not_issued_takes_it_along(django_user_model, status):
    invoice = make_invoice(status=status)
    work_on(invoice, django_user_model.objects.create_user("petra"))

    invoice.delete()

    assert [model.objects.count() for model in (Invoice, Comment, Attachment, Assignment, AssignmentEvent)] == [0, 0, 0, 0, 0]


def deleted_by_sql(model):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  # a table of ours


@pytest.mark.parametrize("model", [Comment, AssignmentEvent])
def test_it_stays_with_one_that_is_issued(django_user_model, model):
    invoice = make_issued_invoice()
    work_on(invoice, django_user_model.objects.create_user("petra"))

    with pytest.raises(DatabaseError, match="history is added to"):
        deleted_by_sql(model)

    assert model.objects.count() == 1


def test_it_is_erased_with_the_personal_data(django_user_model):
    invoice = make_issued_invoice(customer_name="Camille Rivière")
    work_on(invoice, django_user_model.objects.create_user("petra"))

    invoice.erase_personal_data(reason="Asked for by the customer")

    assert [Comment.objects.get().text, AssignmentEvent.objects.get().what, Attachment.objects.count()] == ["", {}, 0]
