"""Chromium without a window: started for each page, as its `--print-to-pdf` is used."""

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from printers.measuring import Act, printing
from printers.page import html_with_fonts

DISTRIBUTION = "django-invoicekit"
"""Whose page it prints: a browser is no Python distribution."""

PR_SET_CHILD_SUBREAPER = 36

if sys.platform == "linux":
    # Processes that the browser leaves behind become children of this one, so that their time is counted.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def from_page(invoice: Any) -> Act:
    """Print the same page from a file; the profile is kept, so that only the first start makes one."""
    page = PLACE / "page.html"
    page.write_text(html_with_fonts(invoice), encoding="utf-8")
    return lambda: _print(page)


def _print(page: Path) -> bytes:
    pdf = page.with_suffix(".pdf")
    pdf.unlink(missing_ok=True)
    # Root has no sandbox to go into.
    rights = ["--no-sandbox"] if os.geteuid() == 0 else []
    options = ["--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={PLACE / 'profile'}", f"--print-to-pdf={pdf}"]
    command = [os.environ["BENCH_CHROMIUM"], *rights, *options, page.as_uri()]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  # what PATH has
    return pdf.read_bytes()


directory = tempfile.TemporaryDirectory(prefix="invoicing-bench-")
PLACE = Path(directory.name)

WAYS: dict[str, Any] = {}
RACES: dict[str, Callable[..., dict[str, Any]]] = {"print": printing(from_page)}
