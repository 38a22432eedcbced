"""The layers: the contracts hold, and each of them catches a planted violation."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOWEST = ("errors", "settings", "model")

# module -> its code, and what the report then says
VIOLATIONS = {
    "sync/planted_queue.py": (
        "def run() -> None:\n    import celery\n",
        "mailhelper_core.sync.planted_queue -> celery",
    ),
    "tags/planted_sibling.py": (
        "import mailhelper_core.rules.planted_target\n",
        "mailhelper_core.tags.planted_sibling -> mailhelper_core.rules.planted_target",
    ),
    "rules/planted_target.py": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mailhelper_core.jobs.planted_upper\n",
        "mailhelper_core.rules.planted_target -> mailhelper_core.jobs.planted_upper",
    ),
    "jobs/planted_upper.py": ("import sqlalchemy\n", "mailhelper_core.jobs.planted_upper -> sqlalchemy"),
    "search/planted_client.py": ("import imapclient\n", "mailhelper_core.search.planted_client -> imapclient"),
    "store/planted_hooks.py": ("import pluggy\n", "mailhelper_core.store.planted_hooks -> pluggy"),
    "mailhelper_celery/planted_door.py": (
        "import mailhelper_core.store.engine\n",
        "mailhelper_celery.planted_door -> mailhelper_core.store.engine",
    ),
    "misc/planted_room.py": ("", "- mailhelper_core.misc"),  # a folder that no layer names
}


def test_the_contracts_hold() -> None:
    done = _lint(ROOT)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says about a copy of the core with all violations planted."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in ("mailhelper_core", "mailhelper_celery"):
        shutil.copytree(ROOT / package, copy / package)
    for path, (code, _) in VIOLATIONS.items():
        module = copy / path if path.startswith("mailhelper_celery/") else copy / "mailhelper_core" / path
        module.parent.mkdir(exist_ok=True)
        (module.parent / "__init__.py").touch()
        module.write_text(code)
    done = _lint(copy)
    assert done.returncode == 1
    return done.stdout


@pytest.mark.parametrize("path", VIOLATIONS)
def test_a_planted_violation_is_named(path: str, report: str) -> None:
    assert VIOLATIONS[path][1] in report


@pytest.mark.parametrize("name", LOWEST)
def test_the_lowest_layer_imports_the_standard_library_only(name: str) -> None:
    package = ROOT / "mailhelper_core" / name
    files = sorted(package.rglob("*.py")) if package.is_dir() else [package.with_suffix(".py")]

    foreign = {module for file in files for module in _imports(file)} - sys.stdlib_module_names

    assert foreign <= {"mailhelper_core"}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([str(program), "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def _imports(file: Path) -> set[str]:
    """Answer the top-level names of all modules that a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | named}
