"""Many documents: in order, each once, whatever becomes of one of them or of the process that renders it."""

import multiprocessing
import os
import signal
from collections import Counter
from types import SimpleNamespace

import pytest
from django.db import connections

from invoicing.documents import bulk
from invoicing.documents.bulk import render_keys, render_many
from invoicing.documents.pdf import render_pdf
from invoicing.exceptions import MissingDependencyError
from invoicing.models import get_invoice_model
from tests.factories import line, make_company, make_invoice, make_issued_invoice

ELSEWHERE = '''
"""The project of the suite, with a renderer that does what the title of a document says."""

import os
import signal

from invoicing.exceptions import MissingDependencyError
from tests.settings import *

INVOICING_PDF_RENDERER = "settings_elsewhere.Renderer"


class Renderer:
    def render(self, html):
        if "Deadly" in html:
            os.kill(os.getpid(), signal.SIGKILL)
        if "Broken" in html:
            raise AssertionError("the ribbon is torn")
        if "Penniless" in html:
            raise MissingDependencyError(feature="A PDF", package="a ribbon", mend="buy one")
        return f"%PDF by {os.getpid()}".encode()
'''


class Renderer:
    """The same, for this process."""

    def render(self, html):
        if "Broken" in html:
            raise AssertionError("the ribbon is torn")
        if "Penniless" in html:
            raise MissingDependencyError(feature="A PDF", package="a ribbon", mend="buy one")
        return b"%PDF " + str(len(html)).encode()


@pytest.fixture
def quick(settings):
    """No real drawing in this process."""
    settings.INVOICING_PDF_RENDERER = f"{__name__}.Renderer"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """No real drawing in other processes: they have settings of their own."""
    (tmp_path / "settings_elsewhere.py").write_text(
        ELSEWHERE.replace("tests.settings", os.environ["DJANGO_SETTINGS_MODULE"]), encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "settings_elsewhere")


def titled(*titles):
    """A saved invoice for each title."""
    return [make_invoice([line()], title=title) for title in titles]


def all_of():
    return get_invoice_model()._default_manager.order_by("pk")


def job(*, recycle_after):
    databases = {alias: options["NAME"] for alias, options in connections.settings.items()}
    label = get_invoice_model()._meta.label
    return bulk._Job(model=label, using="default", databases=databases, language="en", recycle_after=recycle_after)


# In this process


@pytest.mark.django_db
def test_documents_come_in_the_order_in_which_they_are_given_and_each_once(quick):
    first, second, third = titled("One", "Two", "Three")
    documents = list(render_many([third, first, third, second, first]))

    assert [(document.pk, document.uuid, document.number, document.filename) for document in documents] == [
        (third.pk, third.uuid, "2026/3", "invoice-2026-3.pdf"),
        (first.pk, first.uuid, "2026/1", "invoice-2026-1.pdf"),
        (second.pk, second.uuid, "2026/2", "invoice-2026-2.pdf"),
    ]
    assert all(document.content.startswith(b"%PDF ") and not document.error for document in documents)


@pytest.mark.django_db
def test_a_queryset_keeps_its_order(quick):
    titled("One", "Two", "Three")

    assert [document.number for document in render_many(all_of().order_by("-pk")[:2])] == ["2026/3", "2026/2"]


@pytest.mark.django_db
def test_it_is_the_same_document_as_one_by_one():
    invoice = make_issued_invoice(company=make_company())
    (document,) = render_many([invoice])

    assert document.content == render_pdf(invoice)


@pytest.mark.django_db
def test_one_that_fails_does_not_stop_the_rest(quick):
    fine, broken, last = titled("Fine", "Broken", "Last")
    documents = list(render_many(all_of()))

    assert [(document.pk, bool(document.content)) for document in documents] == [(fine.pk, True), (broken.pk, False), (last.pk, True)]
    assert documents[1].error == "The document of invoice 2026/2 could not be rendered: AssertionError: the ribbon is torn"
    assert (documents[1].number, documents[1].uuid, documents[1].content) == ("2026/2", broken.uuid, None)


@pytest.mark.django_db
def test_one_that_is_gone_is_told(quick):
    kept, gone = titled("Kept", "Gone")
    key = gone.pk
    documents = render_many([kept, gone])
    gone.delete()
    _, told = documents

    assert (told.pk, told.uuid, told.content, told.error) == (key, None, None, "The invoice is not there any more.")


@pytest.mark.django_db
def test_what_befalls_every_document_is_raised(quick):
    titled("Penniless")

    with pytest.raises(MissingDependencyError, match="A PDF needs a ribbon: buy one"):
        list(render_many(all_of()))


@pytest.mark.django_db
def test_a_document_costs_the_same_number_of_queries_however_many_there_are(quick, django_assert_num_queries):
    titled("One", "Two", "Three")

    # The keys; then the seal, the invoice and its items, for each.
    with django_assert_num_queries(1 + 3 * 3):
        list(render_many(all_of()))


@pytest.mark.django_db
def test_keys_may_be_given_without_reading_invoices_first(quick):
    first, second = titled("One", "Two")

    assert [document.number for document in render_keys(get_invoice_model(), [second.pk, first.pk])] == ["2026/2", "2026/1"]


@pytest.mark.django_db
def test_nothing_gives_nothing():
    assert list(render_many([])) == []
    assert list(render_many(all_of())) == []


@pytest.mark.django_db
def test_what_cannot_be_rendered_is_refused_at_once():
    invoice = make_invoice()

    with pytest.raises(ValueError, match="saved invoices of one model"):
        render_many([invoice, get_invoice_model()()])
    with pytest.raises(ValueError, match="saved invoices of one model"):
        render_many([invoice, make_company()])
    for options in ({"processes": 0}, {"recycle_after": 0}):
        with pytest.raises(ValueError, match="At least one process"):
            render_many([invoice], **options)


@pytest.fixture
def connected(monkeypatch):
    """A database file outside a transaction, on eight cores."""
    monkeypatch.setattr(bulk.os, "cpu_count", lambda: 8)
    connection = SimpleNamespace(vendor="sqlite", in_atomic_block=False, is_in_memory_db=lambda: False)
    monkeypatch.setattr(bulk, "connections", {"default": connection})
    return connection


@pytest.mark.parametrize(
    ("asked", "documents", "workers"),
    [(None, 500, 8), (None, 16, 2), (None, 15, 0), (None, 0, 0), (1, 500, 0), (3, 500, 3), (3, 2, 2), (3, 0, 0)],
)
def test_there_are_as_many_workers_as_cores_or_as_asked_and_as_are_worth_it(connected, asked, documents, workers):
    assert bulk._how_many(asked, documents=documents, using="default") == workers


def test_an_open_transaction_is_not_left_unless_it_is_asked_for(connected):
    connected.in_atomic_block = True

    assert bulk._how_many(None, documents=500, using="default") == 0
    assert bulk._how_many(2, documents=500, using="default") == 2


def test_what_no_other_process_can_see_is_rendered_here(connected, monkeypatch):
    connected.is_in_memory_db = lambda: True
    assert bulk._how_many(2, documents=500, using="default") == 0

    connected.is_in_memory_db = lambda: False
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    assert bulk._how_many(2, documents=500, using="default") == 0


# In other processes


@pytest.mark.django_db(transaction=True)
def test_other_processes_draw_the_same():
    invoices = [make_issued_invoice(language=language) for language in ("en", "de", "fr")]
    documents = list(render_many(invoices, processes=2))

    assert [document.content for document in documents] == [render_pdf(invoice) for invoice in invoices]
    assert multiprocessing.active_children() == []


@pytest.mark.django_db(transaction=True)
def test_workers_are_recycled_and_few_documents_are_held(elsewhere):
    invoices = titled(*(f"No. {number}" for number in range(14)))
    crew = bulk._Crew(job=job(recycle_after=4), keys=[invoice.pk for invoice in invoices], processes=2)
    documents = []
    try:
        for document in crew.results():
            documents.append(document)
            held = len(crew.done) + sum(len(worker.places) for worker in crew.workers)
            assert held <= 2 * bulk.WINDOW
            assert crew.upcoming - len(documents) < 2 * bulk.WINDOW
    finally:
        crew.stop()

    assert [document.pk for document in documents] == [invoice.pk for invoice in invoices]
    by_process = Counter(document.content for document in documents)
    assert max(by_process.values()) == 4
    assert f"%PDF by {os.getpid()}".encode() not in by_process


@pytest.mark.django_db(transaction=True)
def test_one_that_kills_its_process_is_told_and_the_rest_is_rendered(elsewhere):
    titles = ["Fine", "Deadly", "Fine", "Broken", "Fine", "Fine"]
    invoices = titled(*titles)
    documents = list(render_many(all_of(), processes=2))

    assert [document.pk for document in documents] == [invoice.pk for invoice in invoices]
    assert [bool(document.content) for document in documents] == [title == "Fine" for title in titles]
    assert documents[1].error == "The process that rendered it died 2 times (exit code -9)."
    assert (documents[1].number, documents[1].filename) == ("2026/2", "invoice-2026-2.pdf")
    assert "the ribbon is torn" in documents[3].error


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_somebody_kills_costs_no_document(elsewhere):
    titled(*(f"No. {number}" for number in range(20)))
    documents = render_many(all_of(), processes=2)
    came = [next(documents)]
    for worker in multiprocessing.active_children():
        os.kill(worker.pid, signal.SIGKILL)
    came += documents

    assert len(came) == 20
    assert [document.error for document in came if document.error] == []


@pytest.mark.django_db(transaction=True)
def test_closing_it_early_leaves_no_process(elsewhere):
    titled(*(f"No. {number}" for number in range(20)))
    documents = render_many(all_of(), processes=2)
    next(documents)
    assert len(multiprocessing.active_children()) == 2
    documents.close()

    assert multiprocessing.active_children() == []


@pytest.mark.django_db(transaction=True)
def test_what_befalls_every_document_elsewhere_is_raised_here(elsewhere):
    titled("Penniless", "Penniless")

    with pytest.raises(MissingDependencyError, match="A PDF needs a ribbon: buy one"):
        list(render_many(all_of(), processes=2))
    assert multiprocessing.active_children() == []


@pytest.mark.django_db(transaction=True)
def test_workers_that_cannot_start_are_told(monkeypatch):
    invoices = titled("One", "Two")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "settings_of_nobody")

    with pytest.raises(RuntimeError, match=r"No process could start that renders documents \(exit code 1\)"):
        list(render_many(invoices, processes=2))
    assert multiprocessing.active_children() == []


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_stopped_early_leaves_no_files_behind(tmp_path, monkeypatch):
    titled(*(f"Document {number}" for number in range(12)))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    documents = render_many(all_of(), processes=2)
    first = next(documents)
    there = [*tmp_path.glob("invoicing-fonts-*")]
    documents.close()

    assert first.error == ""
    assert len(there) > 0
    assert [*tmp_path.glob("invoicing-fonts-*")] == []
