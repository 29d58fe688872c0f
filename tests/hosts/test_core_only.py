"""The smallest host that there can be: two of Django's apps beside ours, an empty database, the core dependencies."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "core_only"
ROOT = HERE.parent.parent.parent


def test_from_an_empty_database_to_an_issued_invoice():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run(  # noqa: S603  our own interpreter and script
        [sys.executable, "-W", "error", str(HERE / "smoke.py")], env=environment, capture_output=True, text=True, check=False, cwd=HERE
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "issued 2026/1: 119.00 EUR" in done.stdout
