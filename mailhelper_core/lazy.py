"""Public names that load on first use (PEP 562), so that importing a package costs next to nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module


def lazy_names(
    package: str, homes: Mapping[str, str], *also: str, modules: Collection[str] = ()
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """Answer `__getattr__`, `__dir__` and `__all__` of a package.

    homes: names, separated by blanks, under the module that has them, from the package on. also: what else it has.
    modules: modules of the package that are attributes of it without an import.
    """
    home_of = {name: home for home, names in homes.items() for name in names.split()}
    public = sorted({*home_of, *also})

    def load(name: str) -> object:
        if name in modules:
            return import_module(f"{package}.{name}")
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return load, lambda: sorted({*public, *modules}), public
