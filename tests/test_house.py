"""What keeps the house readable: no file grows until nobody reads it whole."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from mailhelper_core.store.revision import HEAD

ROOT = Path(__file__).parent.parent
FOLDERS = ("mailhelper_core", "mailhelper_celery", "examples", "tests", "bench")
LONGEST_LINES = 300
# The first migration makes every table, and is never changed.
LONGER = {Path("mailhelper_core/store/migrations/versions/r0001_first.py")}
# Names that say nothing about what is in a module.
EMPTY_NAMES = {"utils", "helpers", "base", "common", "misc"}


def sources() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    relative = [path.relative_to(ROOT) for path in found]
    return [path for path in relative if not any(part.startswith((".", "build")) for part in path.parts)]


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in sources()}

    assert len(lengths) > 500
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_LINES and path not in LONGER} == {}


def test_every_module_is_named_by_what_it_holds() -> None:
    assert [path for path in sources() if EMPTY_NAMES & {path.stem, *path.parts}] == []


def test_a_module_of_the_contract_that_names_sqlite_alone_says_why() -> None:
    """The contract is one for both databases: `database_url` gives each of them."""
    names_it = re.compile(r"sqlite:///|\bsqlite_(?:database|store)\b|\bon_sqlite\b")
    says_why = re.compile(r'(?:"""|# )[^\n]*(?:SQLite|database)')
    modules = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests/contract").rglob("test_*.py")}
    naming = {path for path, text in modules.items() if names_it.search(text) and "postgres" not in text}

    assert naming
    assert [str(path.relative_to(ROOT)) for path in naming if not says_why.search(modules[path])] == []


def test_every_migration_follows_the_one_before_it() -> None:
    """Two branches may each add one: the second that lands takes the next number."""
    folder = ROOT / "mailhelper_core/store/migrations/versions"
    files = sorted(folder.glob("r[0-9]*.py"))
    said = [re.findall(r'^(?:down_)?revision\b.* = "?(\w+)"?$', path.read_text(), re.MULTILINE) for path in files]

    names = [f"r{number:04}" for number in range(1, len(files) + 1)]
    assert [path.name[:5] for path in files] == names
    assert said == [[name, before] for before, name in pairwise(["None", *names])]
    assert names[-1] == HEAD
