"""The admin: everything together on the page of an invoice, and pages that write through the services."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.urls import reverse

from invoicing.actor import acting
from invoicing.contrib.access.models import Membership
from invoicing.contrib.collaboration.models import Assignment, AssignmentEvent, Attachment, Comment
from invoicing.contrib.collaboration.services import assign, attach, comment
from invoicing.models import get_invoice_model
from tests.contrib.collaboration.conftest import PDF, stored, upload
from tests.factories import make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk(client):
    """A client of staff who may see invoices, and has permissions by their names."""

    def log_in(*names):
        opts = get_invoice_model()._meta
        user = User.objects.create_user("clara", password="hamburg", is_staff=True)
        own = Permission.objects.filter(content_type__app_label="invoicing_collaboration", codename__in=names)
        invoices = Permission.objects.filter(content_type__app_label=opts.app_label, codename=f"view_{opts.model_name}")
        user.user_permissions.set(own | invoices)
        client.force_login(user)
        return client

    return log_in


def address(model, page, *args):
    return reverse(f"admin:invoicing_collaboration_{model}_{page}", args=args)


def panel(client, invoice):
    """The HTML of working together on the page of an invoice."""
    opts = get_invoice_model()._meta
    page = client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[invoice.pk]))
    return {shown["name"]: shown["html"] for shown in page.context["panels"]}.get("collaboration", "")


def errors(response):
    assert response.status_code == 200, "the page was not shown again"
    return {name: list(texts) for name, texts in response.context["adminform"].form.errors.items()}


def body(response):
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_the_page_of_an_invoice_shows_it_all(admin_client, petra):
    invoice = make_issued_invoice()
    with acting(petra):
        comment(invoice, "<b>Called</b>\nthem")
        kept = attach(invoice, upload("Note <1>.pdf"))
        assign(invoice, users=[petra], groups=[Group.objects.create(name="Design")], authorized_by=petra)

    html = panel(admin_client, invoice)

    assert "&lt;b&gt;Called&lt;/b&gt;<br>them" in html
    assert f'<a href="{address("attachment", "download", kept.pk)}"><bdi>Note _1_.pdf</bdi></a>' in html
    assert re.search(r"25\sbytes, internal", html)
    assert "Teams: Design" in html
    assert "Authorized by: petra" in html
    assert address("assignment", "change", invoice.assignment.pk) in html
    assert f"{address('comment', 'add')}?invoice={invoice.pk}" in html


def test_an_invoice_that_nobody_worked_on_says_so(admin_client):
    html = panel(admin_client, make_issued_invoice())

    assert all(text in html for text in ("Nobody yet.", "No files yet.", "No comments yet."))


def test_each_part_is_for_whoever_may_see_it(clerk):
    invoice = make_issued_invoice()
    comment(invoice, "Called")
    attach(invoice, upload())

    html = panel(clerk("view_comment"), invoice)

    assert "Called" in html
    assert "note.pdf" not in html
    assert "/add/" not in html


def test_whoever_may_see_nothing_sees_no_panel(clerk):
    assert panel(clerk(), make_issued_invoice()) == ""


def test_a_comment_is_added_and_not_changed(admin_client, admin_user):
    invoice = make_issued_invoice()
    answer = admin_client.post(address("comment", "add"), {"invoice": invoice.pk, "text": "Called"})

    row = Comment.objects.get()
    assert (answer.status_code, row.text, row.author) == (302, "Called", admin_user)
    page = admin_client.get(address("comment", "change", row.pk)).content.decode()
    assert "Called" in page
    assert 'name="_save"' not in page
    assert admin_client.get(address("comment", "delete", row.pk)).status_code == 403


def test_what_is_refused_stands_beside_its_field(admin_client):
    said = errors(admin_client.post(address("comment", "add"), {"invoice": make_issued_invoice().pk, "text": "a\x07b"}))

    assert said == {"text": ["Remove the control characters."]}


def test_a_file_is_attached_downloaded_marked_and_deleted(admin_client, admin_user, media):
    data = {"invoice": make_issued_invoice().pk, "file": upload("Delivery note.pdf"), "name": ""}
    answer = admin_client.post(address("attachment", "add"), data)
    row = Attachment.objects.get()
    assert (answer.status_code, row.name, row.uploader, row.is_public) == (302, "Delivery note.pdf", admin_user, False)

    download = admin_client.get(address("attachment", "download", row.pk))
    assert (body(download), download["X-Content-Type-Options"]) == (PDF, "nosniff")

    assert address("attachment", "download", row.pk) in admin_client.get(address("attachment", "change", row.pk)).content.decode()
    admin_client.post(address("attachment", "change", row.pk), {"is_public": "on"})
    assert Attachment.objects.get().is_public

    admin_client.post(address("attachment", "delete", row.pk), {"post": "yes"})
    assert (Attachment.objects.count(), stored(media)) == (0, [])


def test_files_are_deleted_from_the_list(admin_client, media):
    invoice = make_issued_invoice()
    keys = [attach(invoice, upload()).pk, attach(invoice, upload()).pk]
    chosen = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    admin_client.post(address("attachment", "changelist"), chosen)

    assert (Attachment.objects.count(), stored(media)) == (0, [])


@pytest.mark.parametrize(("name", "content"), [("x.html", PDF), ("x.pdf", b"<html>"), ("x.pdf", b"")])
def test_a_file_that_is_refused_is_refused_beside_its_field(admin_client, media, name, content):
    data = {"invoice": make_issued_invoice().pk, "file": upload(name, content)}

    assert list(errors(admin_client.post(address("attachment", "add"), data))) == ["file"]
    assert (Attachment.objects.count(), stored(media)) == (0, [])


def test_a_download_is_for_whoever_may_see_attachments(clerk):
    kept = attach(make_issued_invoice(), upload())
    client = clerk("view_comment", "add_attachment")

    assert client.get(address("attachment", "download", kept.pk)).status_code == 403
    client.logout()
    assert client.get(address("attachment", "download", kept.pk)).status_code == 302


def test_a_download_of_nothing(admin_client):
    assert admin_client.get(address("attachment", "download", 999)).status_code == 404
    assert admin_client.get(address("attachment", "download", "x")).status_code == 404


def test_a_file_that_is_missing_leads_back_and_says_so(admin_client, media):
    kept = attach(make_issued_invoice(), upload())
    stored(media)[0].unlink()
    answer = admin_client.get(address("attachment", "download", kept.pk))

    assert answer.url == address("attachment", "change", kept.pk)
    assert ["missing" in str(message) for message in get_messages(answer.wsgi_request)] == [True]


def test_somebody_is_put_in_charge(admin_client, admin_user, petra):
    team = Group.objects.create(name="Design")
    data = {"invoice": make_issued_invoice().pk, "users": [petra.pk], "groups": [team.pk], "authorized_by": ""}
    answer = admin_client.post(address("assignment", "add"), data)
    row = Assignment.objects.get()
    assert (answer.status_code, [*row.users.all()], [*row.groups.all()]) == (302, [petra], [team])

    admin_client.post(address("assignment", "change", row.pk), {"users": [], "groups": [team.pk], "authorized_by": petra.pk})
    row.refresh_from_db()
    assert ([*row.users.all()], [*row.groups.all()], row.authorized_by) == ([], [team], petra)
    assert {event.actor_name for event in AssignmentEvent.objects.all()} == {admin_user.username}
    assert admin_client.get(address("assignment", "delete", row.pk)).status_code == 403


def test_whoever_is_in_charge_and_left_is_still_offered(admin_client, petra):
    invoice = make_issued_invoice()
    assign(invoice, users=[petra])
    User.objects.filter(pk=petra.pk).update(is_active=False)
    page = admin_client.get(address("assignment", "change", invoice.assignment.pk))

    assert petra in page.context["adminform"].form.fields["users"].queryset


def test_the_history_is_only_read(admin_client, petra):
    assign(make_issued_invoice(), users=[petra])

    assert "petra" in admin_client.get(address("assignmentevent", "changelist")).content.decode()
    assert admin_client.get(address("assignmentevent", "add")).status_code == 403


def test_nothing_of_another_company(client, petra):
    ours, theirs = make_company(), make_company(code="TH", name="Teehaus Lindner GmbH")
    clara, stranger = (User.objects.create_user(name, is_staff=True) for name in ("clara", "stranger"))
    Membership(user=clara, company=ours, role="ADMIN").save()
    Membership(user=stranger, company=theirs, role="ADMIN").save()
    invoice, foreign = make_issued_invoice(company=ours), make_issued_invoice(company=theirs)
    comment(foreign, "Secret")
    kept = attach(foreign, upload("Secret.pdf"))
    assign(foreign, users=[stranger])
    client.force_login(User.objects.get(pk=clara.pk))

    assert panel(client, invoice).count("/add/") == 3
    assert b"Secret" not in client.get(address("comment", "changelist")).content
    assert b"Secret" not in client.get(address("attachment", "changelist")).content
    assert client.get(address("attachment", "download", kept.pk)).status_code in {403, 404}
    assert client.get(address("attachment", "change", kept.pk)).status_code == 302
    client.post(address("comment", "add"), {"invoice": foreign.pk, "text": "Ours now"})
    assert foreign.comments.count() == 1
    said = errors(client.post(address("assignment", "add"), {"invoice": invoice.pk, "users": [stranger.pk]}))
    assert list(said) == ["users"]
    offered = client.get(address("assignment", "add"), {"invoice": invoice.pk}).context["adminform"].form.fields["users"].queryset
    assert list(offered) == [clara]


@pytest.mark.parametrize("model", ["comment", "attachment", "assignment", "assignmentevent"])
def test_the_lists_and_pages_open(admin_client, model, petra):
    invoice = make_issued_invoice()
    comment(invoice, "Called")
    attach(invoice, upload())
    assign(invoice, users=[petra])

    assert admin_client.get(address(model, "changelist"), {"q": "note"}).status_code == 200


def test_the_page_costs_the_same_however_much_was_written(admin_client, django_assert_max_num_queries, petra):
    little, much = make_issued_invoice(), make_issued_invoice()
    for invoice, count in ((little, 1), (much, 10)):
        assign(invoice, users=[petra])
        for _each in range(count):
            comment(invoice, "Called", author=petra)
            attach(invoice, upload(), uploader=petra)
    panel(admin_client, little)

    with django_assert_max_num_queries(80) as few:
        panel(admin_client, little)
    with django_assert_max_num_queries(80) as many:
        panel(admin_client, much)

    assert len(many) == len(few)


def test_a_draft_that_people_worked_on_is_deleted_with_all_of_it(admin_client, media, petra):
    draft = make_invoice(status="DRAFT")
    comment(draft, "Called")
    attach(draft, upload())
    assign(draft, users=[petra])
    opts = get_invoice_model()._meta
    admin_client.post(reverse(f"admin:{opts.app_label}_{opts.model_name}_delete", args=[draft.pk]), {"post": "yes"})

    assert not get_invoice_model().objects.filter(pk=draft.pk).exists()
    assert (Comment.objects.count(), AssignmentEvent.objects.count(), stored(media)) == (0, 0, [])
