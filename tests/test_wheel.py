"""The wheel: what it must carry, and that nothing of the tests and tools is in it."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


# What a plain install may bring: ourselves, and what pyproject.toml gives reasons for.
MOST_PACKAGES = 18
MOST_MIB = 90


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files of a wheel built from the working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def files_below(folder: Path) -> set[str]:
    """Answer the files of a folder, but for hidden ones and what Python leaves behind."""
    files = {path.relative_to(ROOT).as_posix() for path in folder.rglob("[!.]*") if path.is_file()}
    return {file for file in files if "/." not in file and "__pycache__" not in file}


def test_wheel_carries_types_migrations_and_licence(names: list[str]) -> None:
    assert "mailhelper_core/py.typed" in names
    assert "mailhelper_core/__init__.pyi" in names
    assert "mailhelper_core/store/migrations/env.py" in names
    assert "mailhelper_core/store/migrations/versions/r0001_first.py" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.parametrize("package", ["mailhelper_core", "mailhelper_celery"])
def test_wheel_carries_every_file_of_the_package(names: list[str], package: str) -> None:
    assert files_below(ROOT / package) <= set(names)


def test_wheel_holds_nothing_else(names: list[str]) -> None:
    folders = {name.split("/")[0] for name in names}

    assert {folder for folder in folders if not folder.endswith(".dist-info")} <= {
        "mailhelper_core",
        "mailhelper_celery",
    }
    assert not [name for name in names if "test_" in name.rpartition("/")[2] or "conftest" in name]


def test_sdist_carries_what_a_distributor_builds_and_tests_with(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}

    assert {"pyproject.toml", "LICENSE", "CHANGELOG.md", "mailhelper_core/py.typed", "tests/public_api.txt"} <= found
    template = files_below(ROOT / "examples" / "plugin_template")
    assert "examples/plugin_template/copier.yml" in template
    assert template <= found  # what the page about publishing a plugin promises
    assert not [name for name in found if "__pycache__" in name or name.startswith((".venv", ".nox", "dist/"))]


@pytest.mark.full
def test_the_celery_extra_brings_all_that_a_worker_on_redis_imports(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    python = str(tmp_path / "env" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", f"{ROOT}[celery]"], check=True)

    subprocess.run([python, "-c", "import mailhelper_celery, kombu.transport.redis"], cwd=tmp_path, check=True)


@pytest.mark.full
@pytest.mark.parametrize(("extra", "more"), [("", 0), ("[learn]", 1)])
def test_a_plain_install_is_small(tmp_path: Path, extra: str, more: int) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True
    )
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    python = str(tmp_path / "env" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", f"{wheel}{extra}"], check=True)
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")

    packages = {path.name for path in site.glob("*.dist-info")} - {path.name for path in site.glob("pip-*")}
    packages -= {path.name for path in site.glob("setuptools-*")}
    octets = sum(path.stat().st_size for path in site.rglob("*") if _counts(path.relative_to(site)))

    assert len(packages) <= MOST_PACKAGES + more
    assert octets <= MOST_MIB * 2**20 or extra


def _counts(path: Path) -> bool:
    is_tool = path.parts[0].startswith(("pip", "setuptools", "pkg_resources", "_distutils"))
    return "__pycache__" not in path.parts and not is_tool
