"""Personal data that is erased goes from comments, files and history, too; that there was something, and when, stays."""

import pytest

from invoicing.actor import acting
from invoicing.contrib.collaboration.models import AssignmentEvent, Attachment, Comment
from invoicing.contrib.collaboration.services import assign, attach, comment
from tests.contrib.collaboration.conftest import stored, upload
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


def make_discussed_invoice(petra):
    invoice = make_issued_invoice()
    with acting(petra):
        comment(invoice, "Camille Rivière called")
        attach(invoice, upload("Camille Rivière.pdf"))
        assign(invoice, users=[petra])
    return invoice


def test_nothing_of_a_person_is_left(petra, media):
    make_discussed_invoice(petra).erase_personal_data("ten years are over")

    remark, event = Comment.objects.get(), AssignmentEvent.objects.get()
    assert (remark.text, remark.author, remark.author_name) == ("", None, "")
    assert (event.what, event.actor_name) == ({}, "")
    assert (Attachment.objects.count(), stored(media)) == (0, [])


def test_when_it_was_stays(petra):
    invoice = make_discussed_invoice(petra)
    before = Comment.objects.get().created
    invoice.erase_personal_data("ten years are over")

    assert Comment.objects.get().created == before


def test_other_documents_keep_theirs(petra, media):
    make_discussed_invoice(petra)
    make_issued_invoice().erase_personal_data("ten years are over")

    assert Comment.objects.get().text == "Camille Rivière called"
    assert len(stored(media)) == 1
