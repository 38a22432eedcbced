"""Writes the `__init__.pyi` where type checkers read the public names: `python -m tests.stub`; a test compares them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import mailhelper_core
import mailhelper_core.testing

PACKAGES = (mailhelper_core, mailhelper_core.testing)
# `as` is how a stub hands a name on; a line for each module, however long, keeps the stub a list.
HEAD = '''"""The public names, for type checkers; made by `python -m tests.stub`."""

# fmt: off
# ruff: noqa: E501, I001
'''


def path_of(package: ModuleType) -> Path:
    """Answer where the stub of a package belongs."""
    return Path(str(package.__file__)).with_suffix(".pyi")


def text_of(package: ModuleType) -> str:
    """Answer the stub: every public name, from its home."""
    lines = [
        f"from {package.__name__}.{home} import {', '.join(f'{name} as {name}' for name in names.split())}\n"
        for home, names in package.HOMES.items()
    ]
    version = "\n__version__: str\n" if "__version__" in package.__all__ else ""
    return HEAD + "".join(lines) + version


def write() -> None:
    """Write the stub of each package."""
    for package in PACKAGES:
        path_of(package).write_text(text_of(package), encoding="utf-8")


if __name__ == "__main__":
    write()
