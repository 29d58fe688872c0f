"""Compares a wheel with the checkout it was made of: every file of the package is in it, and nothing else is."""

import subprocess
import sys
import zipfile
from pathlib import Path


def files_of_the_package(checkout: Path) -> set[str]:
    """Return what git tracks, or would, below `invoicing`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "invoicing"]
    listed = subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout  # noqa: S603 -- a fixed command
    return {name for name in listed.splitlines() if (checkout / name).exists()}


def files_of_the_wheel(wheel: Path) -> set[str]:
    """Return what is in the wheel beside its metadata."""
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def main(wheel: str, checkout: str) -> int:
    """Say what differs; return the exit code."""
    expected, found = files_of_the_package(Path(checkout)), files_of_the_wheel(Path(wheel))
    for name in sorted(expected ^ found):
        sys.stdout.write(f"{'missing from' if name in expected else 'unexpected in'} the wheel: {name}\n")
    sys.stdout.write(f"{len(found)} files in the wheel\n")
    return int(expected != found or "invoicing/py.typed" not in found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
