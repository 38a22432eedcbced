"""Frozen values that are made by the thousand, such as the messages of a list.

A frozen dataclass sets each field by `object.__setattr__`, which looks for the field first; a fourth of what making a
Message takes is left where the slots set them.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import wraps
from typing import Any, TypeVar, cast

T = TypeVar("T")


def quick_to_make(cls: type[T]) -> type[T]:
    """Let the slots of a frozen dataclass set its fields, which then are as frozen as before; a decorator."""
    known: dict[str, Any] = {}
    parameters, settings = ["self"], []
    for field in fields(cast("Any", cls)):
        name = field.name
        known[f"set_{name}"] = getattr(cls, name).__set__
        known[f"default_{name}"] = field.default
        parameters.append(name if field.default is MISSING else f"{name}=default_{name}")
        settings.append(f"    set_{name}(self, {name})")
    source = "\n".join([f"def __init__({', '.join(parameters)}):", *settings])
    exec(source, known)  # noqa: S102 - as `dataclass` itself makes it, of the names of fields
    # Whoever asks is told the signature of the first one.
    setattr(cls, "__init__", wraps(vars(cls)["__init__"])(known["__init__"]))  # noqa: B010 - mypy takes it for a mistake
    return cls
