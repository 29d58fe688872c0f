"""The site's SECRET_KEY: made at the first start, kept in a file that only its owner reads and that git ignores."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def secret_key(file: Path) -> str:
    """Return the key in `file`; the first caller makes it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        # Written aside and linked, so that of two processes that start at once one wins and none reads half a key.
        fresh.touch(mode=0o600)
        fresh.write_text(get_random_secret_key())
        try:
            file.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text()
