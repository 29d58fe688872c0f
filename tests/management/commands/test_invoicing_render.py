"""`manage.py invoicing_render` writes each document once, under a name of its own, and goes on where it was stopped."""

import zipfile
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from invoicing.management import progress, shelves
from invoicing.management.commands import invoicing_render
from invoicing.management.progress import progress_text
from invoicing.models import StoredDocument
from tests.factories import line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


class Renderer:
    """Writes the title of the document, or does what it says."""

    drawn = 0

    def render(self, html):
        Renderer.drawn += 1
        if "Broken" in html:
            raise AssertionError("the ribbon is torn")
        if "Ctrl-C" in html:
            raise KeyboardInterrupt
        return b"%PDF " + html[: html.index("</title>")].encode()


@pytest.fixture(autouse=True)
def quick(settings, monkeypatch):
    """No real drawing; how often is counted."""
    settings.INVOICING_PDF_RENDERER = f"{__name__}.Renderer"
    monkeypatch.setattr(Renderer, "drawn", 0)


def render(*arguments, **options):
    """What the command says."""
    out = StringIO()
    call_command("invoicing_render", *map(str, arguments), stdout=out, processes=1, **options)
    return out.getvalue()


def refusal(*arguments, code):
    """What it says when it fails."""
    with pytest.raises(CommandError) as caught:
        render(*arguments)
    assert caught.value.returncode == code
    return str(caught.value)


def files(folder):
    """Everything in a folder, by relative name."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def entries(path):
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        return packed.namelist()


# The database


def test_what_is_missing_is_stored_and_stays():
    invoices = [make_issued_invoice([line(title)]) for title in ("One", "Two", "Broken")]
    make_invoice([line()])
    out = refusal("--store", code=1)

    assert "2026/3: " in out
    assert "the ribbon is torn" in out
    assert [(stored.invoice_id, stored.name) for stored in StoredDocument.objects.all()] == [
        (invoices[0].pk, "invoice-2026-1.pdf"),
        (invoices[1].pk, "invoice-2026-2.pdf"),
    ]
    assert refusal("--store", code=1).startswith("Not rendered:")
    assert Renderer.drawn == 4  # the broken one twice


def test_a_folder_gets_what_is_stored(tmp_path):
    make_issued_invoice([line("One")])
    assert render("--store") == "1 rendered, 0 skipped, 0 failed: stored\n"
    render("--output", tmp_path)

    assert (tmp_path / "invoice-2026-1.pdf").read_bytes() == StoredDocument.objects.get().read()
    assert Renderer.drawn == 1


def test_what_is_stored_is_not_stored_again():
    assert "leave --again out" in refusal("--store", "--again", code=2)


# A folder


def test_a_folder_gets_a_file_for_each_document(tmp_path):
    make_invoice(title="One")
    make_invoice(title="Two")
    make_invoice(status="DRAFT")

    assert render("--output", tmp_path / "a" / "b") == f"2 rendered, 0 skipped, 0 failed: {tmp_path}/a/b\n"
    assert files(tmp_path) == ["a/b/invoice-2026-1.pdf", "a/b/invoice-2026-2.pdf"]
    assert (tmp_path / "a/b/invoice-2026-2.pdf").read_bytes().startswith(b"%PDF ")


def test_a_second_run_renders_what_is_missing(tmp_path):
    make_invoice()
    make_invoice()
    render("--output", tmp_path)
    (tmp_path / "invoice-2026-2.pdf").unlink()

    assert render("--output", tmp_path).startswith("1 rendered, 1 skipped, 0 failed")
    assert Renderer.drawn == 3
    assert files(tmp_path) == ["invoice-2026-1.pdf", "invoice-2026-2.pdf"]


def test_again_replaces_what_is_there(tmp_path):
    make_invoice()
    (tmp_path / "invoice-2026-1.pdf").write_bytes(b"old")

    assert render("--output", tmp_path, "--again").startswith("1 rendered, 0 skipped")
    assert (tmp_path / "invoice-2026-1.pdf").read_bytes().startswith(b"%PDF ")


def test_what_fails_is_listed_and_does_not_stop_the_rest(tmp_path):
    make_invoice()
    make_invoice(title="Broken")
    make_invoice()
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("invoicing_render", "--output", str(tmp_path), stdout=out)

    assert out.getvalue().startswith("2 rendered, 0 skipped, 1 failed")
    assert caught.value.returncode == 1
    assert str(caught.value).splitlines() == [
        "Not rendered:",
        "  2026/2: The document of invoice 2026/2 could not be rendered: AssertionError: the ribbon is torn",
    ]
    assert files(tmp_path) == ["invoice-2026-1.pdf", "invoice-2026-3.pdf"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_is_interrupted_leaves_no_half_file(tmp_path, monkeypatch, step):
    make_invoice()
    (tmp_path / "invoice-2026-1.pdf").write_bytes(b"old")

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelves.os if step == "fsync" else shelves.Path, step, full)

    assert "invoice-2026-1.pdf cannot be written: No space left on device." in refusal("--output", tmp_path, "--again", code=2)
    assert files(tmp_path) == ["invoice-2026-1.pdf"]
    assert (tmp_path / "invoice-2026-1.pdf").read_bytes() == b"old"


def test_what_was_begun_under_another_name_is_not_taken_for_a_document(tmp_path):
    make_invoice()
    (tmp_path / ".invoice-2026-1.pdf.4711.part").write_bytes(b"%PD")

    assert render("--output", tmp_path).startswith("1 rendered, 0 skipped")


def test_ctrl_c_keeps_what_is_done(tmp_path):
    make_invoice()
    interrupted = make_invoice(title="Ctrl-C")

    assert refusal("--output", tmp_path, code=130) == "Interrupted: 1 rendered, 0 skipped, 0 failed. The same command goes on from here."
    interrupted.title = ""
    interrupted.save()
    assert render("--output", tmp_path).startswith("1 rendered, 1 skipped, 0 failed")


# Names


def test_each_company_has_a_folder_where_there_are_several(tmp_path):
    lindner, sommer = make_company(), make_company(code="A/B")
    for company in (lindner, sommer, None):
        make_invoice(number="7", **{"company": company} if company else {})
    render("--output", tmp_path)

    assert files(tmp_path) == ["LV/invoice-7.pdf", f"company-{sommer.pk}/invoice-7.pdf", "company-none/invoice-7.pdf"]


def test_one_company_of_several_has_its_folder_too_lest_another_run_takes_its_files_for_others(tmp_path):
    for code in ("LV", "TEE"):
        make_invoice(number="7", company=make_company(code=code))
    render("--output", tmp_path, "--company", "LV")

    assert render("--output", tmp_path, "--company", "TEE").startswith("1 rendered, 0 skipped")
    assert files(tmp_path) == ["LV/invoice-7.pdf", "TEE/invoice-7.pdf"]


@pytest.mark.parametrize("codes", [("LV", "LV"), ("LV", "lv"), ("company-1", "company-2"), ("..", "."), ("", "")])
def test_companies_whose_codes_make_no_folders_of_their_own_go_by_key(tmp_path, codes):
    companies = [make_company(code=code) for code in codes]
    for company in companies:
        make_invoice(number="7", company=company)
    render("--output", tmp_path)

    assert files(tmp_path) == sorted(f"company-{company.pk}/invoice-7.pdf" for company in companies)


def test_numbers_that_make_one_file_name_are_told_apart_by_uuid(tmp_path):
    alike = [make_invoice(number=number) for number in ("A/1", "A:1", "a-1")]
    make_invoice(number="A/2")
    wanted = sorted([*(f"invoice-{'a' if invoice.number == 'a-1' else 'A'}-1-{invoice.uuid}.pdf" for invoice in alike), "invoice-A-2.pdf"])
    # In runs of their own, none may take the file of another for its own.
    for invoice in alike:
        render("--output", tmp_path / "one by one", "--number", invoice.number)
    render("--output", tmp_path / "at once")

    assert files(tmp_path / "at once") == wanted
    assert files(tmp_path / "one by one") == [name for name in wanted if name != "invoice-A-2.pdf"]


def test_a_number_that_is_too_long_for_a_file_name_is_cut(tmp_path):
    invoice = make_invoice(number="Ř" * 128)
    render("--output", tmp_path)
    (name,) = files(tmp_path)

    assert name.startswith("invoice-ŘŘŘ")
    assert name.endswith(f"Ř-{invoice.uuid}.pdf")
    assert len(name.encode()) <= 180


# A zip


def test_a_zip_has_every_document_dated_by_its_issue(tmp_path):
    make_invoice(date_issue=date(2026, 3, 2), title="One")
    make_invoice(date_issue=date(2026, 3, 3), title="Two")
    path = tmp_path / "all.zip"

    assert render("--zip", path) == f"2 rendered, 0 skipped, 0 failed: {path}\n"
    assert entries(path) == ["invoice-2026-1.pdf", "invoice-2026-2.pdf"]
    with zipfile.ZipFile(path) as packed:
        assert [entry.date_time for entry in packed.infolist()] == [(2026, 3, 2, 0, 0, 0), (2026, 3, 3, 0, 0, 0)]
        assert packed.read("invoice-2026-2.pdf").startswith(b"%PDF ")
    assert files(tmp_path) == ["all.zip"]


def test_the_same_documents_give_the_same_zip_in_however_many_runs(tmp_path):
    for company in (make_company(code="TEE"), make_company(code="LV")):
        make_invoice(company=company)
    broken = make_invoice(title="Broken")
    path = tmp_path / "bit by bit.zip"
    render("--zip", path, "--company", "TEE")
    # All the others: one of them fails.
    refusal("--zip", path, code=1)
    assert entries(path) == ["LV/invoice-2026-1.pdf", "TEE/invoice-2026-1.pdf"]
    broken.title = ""
    broken.save()
    assert render("--zip", path).startswith("1 rendered, 2 skipped, 0 failed")
    render("--zip", tmp_path / "at once.zip")

    assert path.read_bytes() == (tmp_path / "at once.zip").read_bytes()
    assert files(tmp_path) == ["at once.zip", "bit by bit.zip"]


def test_a_zip_that_is_interrupted_goes_on(tmp_path):
    make_invoice()
    interrupted = make_invoice(title="Ctrl-C")
    path = tmp_path / "all.zip"
    refusal("--zip", path, code=130)
    assert not path.exists()
    assert files(tmp_path) == ["all.zip.parts/invoice-2026-1.pdf"]

    interrupted.title = ""
    interrupted.save()
    assert render("--zip", path).startswith("1 rendered, 1 skipped, 0 failed")
    assert entries(path) == ["invoice-2026-1.pdf", "invoice-2026-2.pdf"]
    assert files(tmp_path) == ["all.zip"]


def test_a_zip_that_cannot_be_packed_leaves_the_old_one_and_what_was_rendered(tmp_path, monkeypatch):
    make_invoice()
    path = tmp_path / "all.zip"
    render("--zip", path)
    before = path.read_bytes()
    make_invoice()

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "writestr", full)
        assert "all.zip cannot be written: No space left on device." in refusal("--zip", path, code=2)
    assert path.read_bytes() == before
    assert files(tmp_path) == ["all.zip", "all.zip.parts/invoice-2026-2.pdf"]

    assert render("--zip", path).startswith("0 rendered, 2 skipped, 0 failed")
    assert entries(path) == ["invoice-2026-1.pdf", "invoice-2026-2.pdf"]


def test_again_replaces_what_is_in_the_zip_and_keeps_what_was_not_asked_for(tmp_path):
    changed = make_invoice(number="1", title="Before")
    make_invoice(number="2")
    path = tmp_path / "all.zip"
    render("--zip", path)
    changed.number = "1"
    changed.date_issue = date(2026, 11, 21)
    changed.save()

    assert render("--zip", path, "--again", "--number", "1").startswith("1 rendered, 0 skipped")
    with zipfile.ZipFile(path) as packed:
        assert [(entry.filename, entry.date_time[:3]) for entry in packed.infolist()] == [
            ("invoice-1.pdf", (2026, 11, 21)),
            ("invoice-2.pdf", (2026, 11, 20)),
        ]


def test_days_that_a_zip_cannot_hold_are_moved_to_those_it_can(tmp_path):
    make_invoice(number="1", date_issue=date(1979, 12, 31))
    make_invoice(number="2", date_issue=date(2108, 1, 1), date_due=date(2108, 1, 1))
    render("--zip", tmp_path / "all.zip")

    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert [entry.date_time[:3] for entry in packed.infolist()] == [(1980, 1, 1), (2107, 12, 31)]


def test_another_file_is_not_taken_for_a_zip(tmp_path):
    make_invoice()
    path = tmp_path / "all.zip"
    path.write_text("my novel")

    assert refusal("--zip", path, code=2) == f"{path} is there, and is no zip."
    assert path.read_text() == "my novel"


# Which documents


@pytest.fixture
def several():
    """Documents that differ in what can be asked for."""
    march, april = date(2026, 3, 2), date(2026, 4, 2)
    company = make_company()
    credited = make_issued_invoice(number="I1", company=company, date_issue=march, date_tax_point=march)
    credited.create_credit_note(number="C1", date_issue=april)
    make_invoice(number="P1", company=company, type="PROFORMA", date_issue=april)
    make_invoice(number="R1", origin="RECEIVED", date_issue=march)
    make_invoice(status="DRAFT", company=company, uuid="6f4a4b64-58f1-4d6c-a3f0-7c1f3e0f9d11")


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("", {"I1", "C1", "P1", "R1"}),
        ("--company LV", {"I1", "C1", "P1"}),
        ("--company -", {"R1"}),
        ("--company LV -", {"I1", "C1", "P1", "R1"}),
        ("--type credit_note PROFORMA", {"C1", "P1"}),
        ("--type CREDIT_NOTE --type PROFORMA", {"C1", "P1"}),
        ("--status DRAFT", {""}),
        ("--status draft new", {"", "C1", "P1", "R1"}),
        ("--status CREDITED", {"I1"}),
        ("--origin RECEIVED", {"R1"}),
        ("--from 2026-03-03", {"C1", "P1"}),
        ("--until 2026-03-02", {"I1", "R1"}),
        ("--from 2026-04-02 --until 2026-04-02 --type PROFORMA", {"P1"}),
        ("--number C1 R1", {"C1", "R1"}),
        ("--from 2027-01-01", set()),
    ],
)
def test_the_filters_can_be_combined(several, arguments, wanted):
    options = call_parser(arguments)

    assert set(invoicing_render._selected(options).values_list("number", flat=True)) == wanted


def call_parser(arguments):
    parser = invoicing_render.Command().create_parser("manage.py", "invoicing_render")
    return vars(parser.parse_args(["--output", "out", *arguments.split()]))


def test_nothing_to_render_is_no_failure(tmp_path):
    make_invoice(status="DRAFT")

    assert render("--output", tmp_path / "out").startswith("0 rendered, 0 skipped, 0 failed")
    assert render("--zip", tmp_path / "all.zip").startswith("0 rendered, 0 skipped, 0 failed")
    assert files(tmp_path) == []


def test_it_is_silent_when_told_so(tmp_path):
    make_invoice()

    assert render("--output", tmp_path, verbosity=0) == ""
    assert files(tmp_path) == ["invoice-2026-1.pdf"]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--output", "out", "--processes", "0"], "--processes is 1 or more"),
        (["--output", "out", "--company", "XY"], "There is no company “XY”"),
        (["--output", "out", "--number", "2026/1", "2026/9"], "No document that you ask for has the number 2026/9."),
        (["--output", "out", "--from", "2026-03-02", "--until", "2026-03-01"], "--from 2026-03-02 is after --until 2026-03-01"),
    ],
)
def test_misuse_is_told_before_anything_is_rendered(tmp_path, monkeypatch, arguments, wanted):
    monkeypatch.chdir(tmp_path)
    make_invoice()
    with pytest.raises(CommandError) as caught:
        call_command("invoicing_render", *arguments)

    assert wanted in str(caught.value)
    assert caught.value.returncode == 2
    assert (Renderer.drawn, files(tmp_path)) == (0, [])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--output", "out", "--zip", "all.zip"],
        ["--output", "out", "--type", "LETTER"],
        ["--output", "out", "--from", "yesterday"],
    ],
)
def test_what_the_parser_refuses(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError):
        call_command("invoicing_render", *arguments)

    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    make_invoice()
    (tmp_path / "out").write_text("a file")

    assert "cannot be written: " in refusal("--output", tmp_path / "out", code=2)


def test_a_renderer_that_is_not_installed_is_told_once(tmp_path, settings):
    make_invoice()
    make_invoice()
    settings.INVOICING_PDF_RENDERER = f"{__name__}.NotInstalled"

    assert refusal("--output", tmp_path, code=1) == "A PDF needs a ribbon: buy one"


class NotInstalled:
    def render(self, _html):
        from invoicing.exceptions import MissingDependencyError

        raise MissingDependencyError(feature="A PDF", package="a ribbon", mend="buy one")


# The progress


@pytest.mark.parametrize(
    ("done", "total", "seconds", "text"),
    [
        (123, 500, 10.0, "123 of 500, 12.3/s, about 31 s left"),
        (1, 5000, 2.0, "1 of 5000, 0.5/s, about 2.8 h left"),
        (100, 700, 50.0, "100 of 700, 2.0/s, about 5 min left"),
        (500, 500, 40.0, "500 of 500, 12.5/s, about 0 s left"),
    ],
)
def test_the_progress_says_how_far_and_how_long(done, total, seconds, text):
    assert progress_text(done, total=total, seconds=seconds) == text


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("out", "verbosity", "is_shown"), [(Terminal, 1, True), (Terminal, 0, False), (StringIO, 1, False)])
def test_the_progress_is_shown_on_a_terminal_alone(tmp_path, monkeypatch, out, verbosity, is_shown):
    make_invoice()
    make_invoice()
    clock = iter(range(100))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
    stderr = out()
    render("--output", tmp_path, stderr=stderr, verbosity=verbosity)

    last = f"\r{' ' * len('2 of 2, 1.0/s, about 0 s left')}\r"
    shown = f"\r1 of 2, 1.0/s, about 1 s left\r2 of 2, 1.0/s, about 0 s left{last}"
    assert stderr.getvalue() == (shown if is_shown else "")


# All together


@pytest.mark.django_db(transaction=True)
def test_several_processes_fill_one_folder(tmp_path):
    for title in ("One", "Two", "Three"):
        make_issued_invoice([line()], title=title)
    call_command("invoicing_render", "--output", str(tmp_path), "--processes", "2", stdout=StringIO())

    assert files(tmp_path) == [f"invoice-2026-{number}.pdf" for number in (1, 2, 3)]
    # Drawn elsewhere, by the renderer of the project.
    assert all((tmp_path / name).read_bytes().startswith(b"%PDF-1.") for name in files(tmp_path))
    assert Renderer.drawn == 0
