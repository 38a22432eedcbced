"""What is learned is numbers: no module reads back what could run code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RUNS_CODE = frozenset(("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"))
MODULES = sorted(path for name in ("mailhelper_core", "mailhelper_celery") for path in (ROOT / name).rglob("*.py"))


def imported(code: str) -> set[str]:
    """The top-level names of what a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_no_module_unpickles() -> None:
    assert [path for path in MODULES if imported(path.read_text(encoding="utf-8")) & RUNS_CODE] == []
    assert [path for path in MODULES if "allow_pickle=True" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("code", ["import pickle", "def f():\n    from joblib import load", "import shelve as s"])
def test_what_would_is_seen(code: str) -> None:
    assert imported(code) & RUNS_CODE
