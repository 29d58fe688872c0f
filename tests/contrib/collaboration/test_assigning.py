"""Who is in charge: users and teams of the company, changed at any time, with a history."""

import pytest
from django.contrib.auth.models import Group

from invoicing.actor import acting
from invoicing.contrib.collaboration import assigning
from invoicing.contrib.collaboration.invoices import assigned_to, assigned_to_teams
from invoicing.contrib.collaboration.models import Assignment, AssignmentEvent
from invoicing.contrib.collaboration.services import assign
from invoicing.contrib.collaboration.signals import assignment_changed
from invoicing.exceptions import AppendOnlyError, InvalidDataError
from invoicing.models import get_invoice_model
from tests.factories import build_invoice, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Group.objects.create(name="Design")


def charge(invoice):
    """Who is in charge, by name."""
    row = Assignment.objects.get(invoice=invoice)
    by = row.authorized_by
    return [user.username for user in row.users.order_by("pk")], [group.name for group in row.groups.all()], by and by.username


def test_users_and_teams_take_charge_of_an_issued_invoice(petra, jonas, team):
    invoice = make_issued_invoice()
    assign(invoice, users=[petra, jonas], groups=[team], authorized_by=petra, actor=jonas)

    assert charge(invoice) == (["petra", "jonas"], ["Design"], "petra")
    event = AssignmentEvent.objects.get()
    assert (event.invoice, event.actor_name) == (invoice, "jonas")
    assert event.what == {
        "assigned_to": {"added": ["jonas", "petra"], "removed": []},
        "teams": {"added": ["Design"], "removed": []},
        "authorized_by": {"added": ["petra"], "removed": []},
    }


def test_what_is_not_given_stays_and_what_is_given_replaces(petra, jonas, team):
    invoice = make_invoice()
    assign(invoice, users=[petra], groups=[team], authorized_by=petra)
    assign(invoice, users=[jonas])
    after_users = charge(invoice)
    assign(invoice, groups=[], authorized_by=None)

    assert after_users == (["jonas"], ["Design"], "petra")
    assert charge(invoice) == (["jonas"], [], None)
    assert [event.what for event in AssignmentEvent.objects.all()][1:] == [
        {"assigned_to": {"added": ["jonas"], "removed": ["petra"]}},
        {"teams": {"added": [], "removed": ["Design"]}, "authorized_by": {"added": [], "removed": ["petra"]}},
    ]


def test_keys_stand_for_rows_and_twice_is_once(petra, team):
    invoice = make_invoice()
    assign(invoice, users=[petra.pk, str(petra.pk), petra], groups=[str(team.pk)], authorized_by=petra.pk)

    assert charge(invoice) == (["petra"], ["Design"], "petra")


def test_nothing_new_is_no_news(petra):
    invoice = make_invoice()
    assign(invoice, users=[petra])
    assign(invoice, users=[petra])
    assign(invoice)

    assert AssignmentEvent.objects.count() == 1


def test_strangers_are_refused_all_at_once(petra, jonas, team, monkeypatch):
    monkeypatch.setitem(assigning.ALLOWED, "assigned_to", lambda _company: type(petra).objects.filter(pk=petra.pk))
    monkeypatch.setitem(assigning.ALLOWED, "teams", lambda _company: Group.objects.none())
    monkeypatch.setitem(assigning.ALLOWED, "authorized_by", lambda _company: type(petra).objects.none())
    invoice = make_invoice()

    with pytest.raises(InvalidDataError) as caught:
        assign(invoice, users=[petra, jonas], groups=[team], authorized_by=jonas)
    assert caught.value.errors == {
        "assigned_to": [f"{jonas.pk}: no user of this company."],
        "teams": [f"{team.pk}: no team of this company."],
        "authorized_by": [f"{jonas.pk}: no user of this company."],
    }
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("key", [0, -1, 999_999, "x", "", None, "1 OR 1=1", 1.5, True, [1], 2**70])
def test_what_is_no_user_is_refused(key):
    with pytest.raises(InvalidDataError) as caught:
        assign(make_invoice(), users=[key])
    assert list(caught.value.errors) == ["assigned_to"]


def test_whoever_is_in_charge_and_left_the_company_may_stay(petra, jonas):
    invoice = make_invoice()
    assign(invoice, users=[petra])
    petra.is_active = False
    petra.save()
    assign(invoice, users=[petra, jonas])

    assert charge(invoice)[0] == ["petra", "jonas"]
    with pytest.raises(InvalidDataError):
        assign(make_invoice(), users=[petra])


def test_a_user_who_is_deleted_is_in_charge_no_more(petra):
    invoice = make_invoice()
    assign(invoice, users=[petra], authorized_by=petra)
    petra.delete()

    assert charge(invoice) == ([], [], None)
    assert AssignmentEvent.objects.get().what["assigned_to"]["added"] == ["petra"]


def test_the_history_is_changed_by_nobody_and_goes_with_the_draft(petra):
    draft = make_invoice(status="DRAFT")
    with acting(petra):
        assign(draft, users=[petra])

    with pytest.raises(AppendOnlyError):
        AssignmentEvent.objects.update(actor_name="jonas")
    with pytest.raises(AppendOnlyError):
        AssignmentEvent.objects.get().delete()
    assert AssignmentEvent.objects.get().actor_name == "petra"
    draft.delete()
    assert (Assignment.objects.count(), AssignmentEvent.objects.count()) == (0, 0)


def test_a_document_that_is_not_saved(petra):
    with pytest.raises(InvalidDataError, match="Save the document first"):
        assign(build_invoice(), users=[petra])


def test_the_signal_tells_of_it(petra):
    heard = []

    def listen(sender, **news):
        heard.append((sender, news["invoice"].pk, news["assignment"].users.get(), news["event"].what))

    assignment_changed.connect(listen)
    try:
        invoice = make_invoice()
        assign(invoice, users=[petra])
    finally:
        assignment_changed.disconnect(listen)

    assert heard == [(Assignment, invoice.pk, petra, {"assigned_to": {"added": ["petra"], "removed": []}})]


def test_invoices_of_users_and_of_teams_each_once(petra, jonas, team):
    both, one, none = make_invoice(), make_invoice(), make_invoice()
    assign(both, users=[petra, jonas], groups=[team])
    assign(one, users=[jonas])
    rows = get_invoice_model().objects.order_by("pk")

    assert list(assigned_to(rows, [petra])) == [both]
    assert list(assigned_to(rows, [petra, jonas.pk])) == [both, one]
    assert list(assigned_to(rows, [])) == []
    assert list(assigned_to_teams(rows, [team])) == [both]
    assert none not in assigned_to(rows, [petra, jonas])
