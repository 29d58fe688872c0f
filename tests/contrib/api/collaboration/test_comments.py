"""Comments over HTTP."""

import pytest

from invoicing.contrib.collaboration.models import Comment
from invoicing.contrib.collaboration.services import comment
from tests.factories import make_issued_invoice


@pytest.fixture
def invoice(company):
    return make_issued_invoice(company=company)


def test_a_comment_has_author_and_time(sales, invoice):
    answer = sales.post(f"/api/invoices/{invoice.uuid}/comments/", {"text": "Paid in cash, says Mr. Sommer."})

    stored = Comment.objects.get()
    assert answer.status_code == 201
    assert (answer.data["id"], answer.data["text"]) == (str(stored.uuid), "Paid in cash, says Mr. Sommer.")
    assert answer.data["author"] == {"id": str(sales.user.pk), "name": sales.user.username}
    assert answer.data["created"].endswith("Z")


def test_comments_come_in_their_order(viewer, invoice):
    for text in ("first", "second"):
        comment(invoice, text, author="import")

    answer = viewer.get(f"/api/invoices/{invoice.uuid}/comments/?limit=1")

    assert (answer.data["count"], [row["text"] for row in answer.data["results"]]) == (2, ["first"])
    assert answer.data["results"][0]["author"] == {"id": None, "name": "import"}


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"text": "  "}, 422), ({"text": "x", "txt": "y"}, 400), ({"text": "x" * 10_001}, 422)]
)
def test_bad_comments_are_refused(sales, invoice, body, status):
    assert sales.post(f"/api/invoices/{invoice.uuid}/comments/", body).status_code == status
    assert not Comment.objects.exists()


def test_whoever_only_looks_on_writes_none(viewer, invoice):
    assert viewer.post(f"/api/invoices/{invoice.uuid}/comments/", {"text": "x"}).status_code == 403


def test_a_document_of_another_company_is_not_there(admin, other_company):
    foreign = make_issued_invoice(company=other_company)
    comment(foreign, "secret")

    assert admin.get(f"/api/invoices/{foreign.uuid}/comments/").status_code == 404
    assert admin.post(f"/api/invoices/{foreign.uuid}/comments/", {"text": "x"}).status_code == 404
    assert Comment.objects.count() == 1


def test_fifty_comments_are_read_with_a_few_queries(viewer, sales, invoice, django_assert_max_num_queries):
    for _ in range(50):
        comment(invoice, "x", author=sales.user)

    with django_assert_max_num_queries(8):
        assert len(viewer.get(f"/api/invoices/{invoice.uuid}/comments/?limit=50").data["results"]) == 50
