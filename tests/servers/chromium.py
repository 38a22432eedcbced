"""A real Chromium for the pages of the web host: Debian's own, headless, with a new profile for each run."""

from __future__ import annotations

import shutil

from tests.servers.process import MissingServerError

PACKAGE = "chromium"
# Without these it asks its maker's hosts at every start.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_program() -> str:
    """Answer the path of Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium", path="/usr/bin:/usr/local/bin")
    if found is None:
        raise MissingServerError(f"Chromium (apt-get install {PACKAGE})")
    return found
