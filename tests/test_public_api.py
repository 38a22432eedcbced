"""The public API: names are added and never lost, load on demand, and are all that the examples use."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import mailhelper_celery
import mailhelper_core
import mailhelper_core.testing
from tests import stub

ROOT = Path(__file__).parent.parent
SNAPSHOT = Path(__file__).with_name("public_api.txt")
LAZY = {"mailhelper_core": mailhelper_core, "mailhelper_core.testing": mailhelper_core.testing}
PUBLIC = {**LAZY, "mailhelper_celery": mailhelper_celery}
# A library that a web application imports must not be what its start waits for.
IMPORT_SECONDS = 0.1
EXAMPLES = sorted(path for path in (ROOT / "examples").rglob("*.py") if "tests" not in path.parts)
NAMES = [(module, name) for module in PUBLIC for name in PUBLIC[module].__all__]


def test_public_names_are_those_of_the_snapshot() -> None:
    lines = [f"{module} {name}" for module, name in NAMES]

    assert lines == SNAPSHOT.read_text(encoding="utf-8").splitlines(), (
        "a public name came or went; names may be added (write them into tests/public_api.txt), not taken away"
    )


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_every_public_name_can_be_imported(module: str, name: str) -> None:
    assert getattr(PUBLIC[module], name) is not None


@pytest.mark.parametrize("module", PUBLIC)
def test_an_unknown_name_is_an_attribute_error(module: str) -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        PUBLIC[module].no_such_name  # noqa: B018


@pytest.mark.parametrize("package", LAZY.values(), ids=LAZY)
def test_type_checkers_see_the_same_names(package: ModuleType) -> None:
    assert stub.path_of(package).read_text(encoding="utf-8") == stub.text_of(package), "run `python -m tests.stub`"


def test_importing_the_package_costs_next_to_nothing() -> None:
    code = (
        "import time; before = time.process_time(); import mailhelper_core;"
        "print(time.process_time() - before, 'sqlalchemy' in __import__('sys').modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    seconds, loads_sqlalchemy = done.stdout.split()

    assert float(seconds) <= IMPORT_SECONDS
    assert loads_sqlalchemy == "False"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_use_public_names_only(path: Path) -> None:
    private = [name for name in _used_names(ast.parse(path.read_text(encoding="utf-8"))) if not _is_public(name)]

    assert not private


def test_the_search_for_private_names_finds_every_way_to_import() -> None:
    code = """
import mailhelper_core.store
from mailhelper_core import store
from mailhelper_core.store import tables
import mailhelper_core as core
core.store
from importlib import import_module
import_module("mailhelper_core.store")
"""
    found = [name for name in _used_names(ast.parse(code)) if not _is_public(name)]

    assert found == [
        "mailhelper_core.store",
        "mailhelper_core.store",
        "mailhelper_core.store.tables",
        "mailhelper_core.store",
        "mailhelper_core.store",
    ]


def _is_public(name: str) -> bool:
    module, _, last = name.rpartition(".")
    return name in PUBLIC or last in getattr(PUBLIC.get(module), "__all__", ())


def _used_names(tree: ast.Module) -> list[str]:
    """Answer all dotted names of mailhelper_core that a module imports, reads or spells in a text."""
    found = []
    known_as = {"mailhelper_core": "mailhelper_core"}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names]
                known_as |= {alias.asname: alias.name for alias in names if alias.asname}
            case ast.ImportFrom(module=str(module), names=names):
                found += [f"{module}.{alias.name}" for alias in names]
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in known_as:
                found.append(f"{known_as[name]}.{attr}")
            case ast.Constant(value=str(text)) if text.startswith("mailhelper_core."):
                found.append(text)
    return [name for name in found if name.startswith("mailhelper_core")]
