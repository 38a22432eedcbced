"""What keeps the house readable: no file grows until nobody reads it whole."""

from __future__ import annotations

from pathlib import Path

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
