"""The wheel: what it must carry, and that nothing of the tests and tools is in it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files of a wheel built from the working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_wheel_carries_types_migrations_and_licence(names: list[str]) -> None:
    assert "mailhelper_core/py.typed" in names
    assert "mailhelper_core/store/migrations/env.py" in names
    assert "mailhelper_core/store/migrations/versions/r0001_first.py" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_wheel_carries_every_file_of_the_package(names: list[str]) -> None:
    package = ROOT / "mailhelper_core"
    files = {path.relative_to(ROOT).as_posix() for path in package.rglob("[!.]*") if path.is_file()}

    assert {file for file in files if "/." not in file and "__pycache__" not in file} <= set(names)


def test_wheel_holds_nothing_else(names: list[str]) -> None:
    folders = {name.split("/")[0] for name in names}

    assert {folder for folder in folders if not folder.endswith(".dist-info")} <= {
        "mailhelper_core",
        "mailhelper_celery",
    }
    assert not [name for name in names if "test_" in name.rpartition("/")[2] or "conftest" in name]
