"""Comments: added to any document, kept with author and time, changed by nobody."""

import pytest
from django.contrib.auth.models import AnonymousUser

from invoicing.actor import acting
from invoicing.contrib.collaboration.models import Comment
from invoicing.contrib.collaboration.services import comment
from invoicing.contrib.collaboration.signals import comment_added
from invoicing.exceptions import AppendOnlyError, InvalidDataError
from invoicing.models import get_invoice_model
from tests.factories import build_invoice, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


def test_a_comment_on_an_issued_invoice_keeps_author_and_time(petra):
    added = comment(make_issued_invoice(), "  Customer requested\r\npayment extension \n", author=petra)

    row = Comment.objects.get()
    assert (row.pk, row.text, row.author, row.author_name) == (added.pk, "Customer requested\npayment extension", petra, "petra")
    assert row.created == added.created


def test_whoever_acts_is_the_author(petra):
    with acting(petra):
        first = comment(make_invoice(), "First")
    with acting("import"):
        second = comment(make_invoice(), "Second")
    with acting(AnonymousUser()):
        third = comment(make_invoice(), "Third")

    assert [(row.author, row.author_name) for row in (first, second, third)] == [(petra, "petra"), (None, "import"), (None, "")]


def test_the_name_of_the_author_outlives_the_user(petra):
    added = comment(make_issued_invoice(), "Called", author=petra)
    petra.delete()

    added.refresh_from_db()
    assert (added.author, added.author_name) == (None, "petra")


@pytest.mark.parametrize("text", ["", " \n\t", None, 7, "a\x00b", "a\x1bb", "a\ud800b", "x" * 10_001])
def test_a_text_that_no_comment_may_have(text):
    invoice = make_invoice()

    with pytest.raises(InvalidDataError) as caught:
        comment(invoice, text)
    assert list(caught.value.errors) == ["text"]
    assert not invoice.comments.exists()


def test_the_longest_comment_with_signs_of_four_bytes():
    assert comment(make_invoice(), "😀" * 10_000).text == "😀" * 10_000


def test_a_document_that_is_not_saved():
    with pytest.raises(InvalidDataError, match="Save the document first"):
        comment(build_invoice(), "Hello")


def test_nobody_changes_or_deletes_a_comment():
    added = comment(make_issued_invoice(), "Called")
    added.text = "Never called"

    with pytest.raises(AppendOnlyError):
        added.save()
    with pytest.raises(AppendOnlyError):
        added.delete()
    with pytest.raises(AppendOnlyError):
        Comment.objects.update(text="Never called")
    with pytest.raises(AppendOnlyError):
        Comment.objects.all().delete()


def test_a_comment_goes_with_its_draft():
    draft = make_invoice(status="DRAFT")
    comment(draft, "Ask Jonas")
    draft.delete()

    assert not Comment.objects.exists()


def test_the_signal_tells_of_it():
    heard = []

    def listen(sender, **news):
        heard.append((sender, news["invoice"], news["comment"]))

    comment_added.connect(listen)
    try:
        invoice = make_invoice()
        added = comment(invoice, "Called")
    finally:
        comment_added.disconnect(listen)

    assert heard == [(Comment, invoice, added)]


def test_a_comment_changes_nothing_of_the_invoice():
    invoice = make_issued_invoice()
    before = get_invoice_model().objects.values().get(pk=invoice.pk)
    comment(invoice, "Called")

    assert get_invoice_model().objects.values().get(pk=invoice.pk) == before
