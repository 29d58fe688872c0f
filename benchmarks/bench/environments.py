"""A virtual environment for each library, so that two packages of one import name never meet."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ENVIRONMENTS = HERE / ".venvs"


def python_of(library: str) -> Path:
    """The interpreter of a library's environment, which is made or renewed when its requirements changed."""
    wanted = (HERE / "requirements" / f"{library}.txt").read_text() + (HERE / "requirements" / "shared.txt").read_text() + sys.version
    home = ENVIRONMENTS / library
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = home / "requirements.stamp"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"making {home.relative_to(HERE)} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)  # noqa: S603  # this interpreter
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", f"{library}.txt"]
        subprocess.run(install, check=True, cwd=HERE / "requirements")  # noqa: S603  # the one just made
        stamp.write_text(wanted)
    return python
