"""Writes docs/reference/values.md from the code: `python -m tests.values_page`; a test compares them.

What a field means is the comment behind it; what a class is for, its docstring; a section is a module.
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Literal, get_args, get_origin

import mailhelper_core
from tests.api_page import answer_of, parameters_of, public, sentence_of

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "values.md"
BEGIN = "<!-- begin: python -m tests.values_page -->\n"
HEADING = "| field | type | meaning |\n|---|---|---|\n"
# What plugins contribute has its fields on the page about hooks.
ON_ANOTHER_PAGE = {
    "ActionType", "Classifier", "Condition", "Embedder", "Provider", "ReadyRule", "Recognizer", "SourceType",
    "TokenProvider", "TagSuggester", "BlobStoreType", "Setting", "PluginTables",
}  # fmt: skip
LAST_SECTION = "Answers of single calls"


def sections() -> str:
    """Answer all sections by their heading: values first, then functions and constants."""
    entries: dict[str, list[str]] = {}
    for name in mailhelper_core.__all__:
        module = _module_of(name)
        if entry := _entry(name, module):
            entries.setdefault(_heading(module), []).append(entry)
    order = sorted(entries, key=lambda heading: (heading == LAST_SECTION, heading))
    return "".join(f"\n## {heading}\n{''.join(sorted(entries[heading], key=_values_first))}" for heading in order)


def values() -> list[type]:
    """Answer the public dataclasses that the page describes."""
    found = [(name, getattr(mailhelper_core, name)) for name in mailhelper_core.__all__]
    return [value for name, value in found if name not in ON_ANOTHER_PAGE and _is_value(value)]


def unexplained() -> list[str]:
    """Answer the fields that have no comment behind them."""
    return [f"{cls.__name__}.{field.name}" for cls in values() for field in _own_fields(cls) if not _said(cls, field)]


def write() -> None:
    """Put the sections behind the mark of the page."""
    before, mark, _ = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(before + mark + sections(), encoding="utf-8")


def _entry(name: str, module: ModuleType) -> str:
    value = getattr(mailhelper_core, name)
    is_model = module.__name__.startswith("mailhelper_core.model.")
    if value in values() if isinstance(value, type) else False:
        return f"\n### {name}\n\n{_docstring(value)}\n\n{_table(value)}"
    if get_origin(value) is not None:
        return f"\n### {name}\n\n`{_alias(value)}`: {_comment_behind(module, name)}.\n"
    if is_model and isinstance(value, FunctionType):
        return f"\n`{name}{parameters_of(value)}`\n: {sentence_of(value)}\n"
    if is_model and isinstance(value, tuple):
        return f"\n`{name}`\n: {', '.join(f'`{one}`' for one in value)}\n"
    return ""


def _values_first(entry: str) -> tuple[bool, str]:
    return (not entry.startswith("\n###"), entry)


def _is_value(value: object) -> bool:
    """Say whether it is data: in the model, or without calls of its own."""
    if not isinstance(value, type) or not is_dataclass(value):
        return False
    return value.__module__.startswith("mailhelper_core.model.") or not any(
        inspect.isroutine(member) for _, member in public(value)
    )


def _module_of(name: str) -> ModuleType:
    getattr(mailhelper_core, name)  # imports it
    home = next((f".{home}" for home, names in mailhelper_core.HOMES.items() if name in names.split()), "")
    return sys.modules[f"mailhelper_core{home}"]


def _heading(module: ModuleType) -> str:
    if not module.__name__.startswith("mailhelper_core.model."):
        return LAST_SECTION
    return (module.__doc__ or "").split(":")[0]


def _docstring(cls: type) -> str:
    text = "\n\n".join(" ".join(part.split()) for part in (inspect.getdoc(cls) or "").split("\n\n"))
    parent = cls.__mro__[1]
    return f"{text} It has the fields of `{parent.__name__}`, and:" if parent in values() else text


def _table(cls: type) -> str:
    rows = [
        f"| `{field.name}{_default(cls, field)}` | {_type(cls, field)} | {_said(cls, field)} |\n"
        for field in _own_fields(cls)
    ]
    rows += [row for name, _ in public(cls) if (row := _computed(cls, name))]
    return HEADING + "".join(rows)


def _computed(cls: type, name: str) -> str:
    """Answer the row of a property or method that the class itself defines."""
    member = vars(cls).get(name)
    if isinstance(member, property):
        return f"| `{name}` | {answer_of(member.fget)} | {sentence_of(member)} |\n"
    if isinstance(member, FunctionType):
        bound = member.__get__(object())
        return f"| `{name}{parameters_of(bound)}` | {answer_of(member)} | {sentence_of(member)} |\n"
    return ""


def _own_fields(cls: type) -> list[Field[Any]]:
    return [field for field in fields(cls) if field.name in inspect.get_annotations(cls)]


def _default(cls: type, field: Field[Any]) -> str:
    default = (
        inspect.signature(cls)
        .parameters.get(field.name, inspect.Parameter("x", inspect.Parameter.KEYWORD_ONLY))
        .default
    )
    if default is inspect.Parameter.empty or field.default_factory is not MISSING:
        return ""
    return f"={type(default).__name__}()" if is_dataclass(default) or default == frozenset() else f"={default!r}"


def _type(cls: type, field: Field[Any]) -> str:
    text = str(field.type)
    alias = getattr(sys.modules[cls.__module__], text, None)
    return f"`{(_alias(alias) if get_origin(alias) is Literal else text).replace(' | ', '` or `')}`"


def _alias(value: Any) -> str:
    if get_origin(value) is dict:
        return str(value).replace("typing.", "")
    names = [repr(one) if isinstance(one, str) else one.__name__ for one in get_args(value)]
    return " | ".join(names).replace("'", '"')


def _said(cls: type, field: Field[Any]) -> str:
    return _comment_behind(sys.modules[cls.__module__], field.name, within=cls.__name__).replace("|", "\\|")


def _comment_behind(module: ModuleType, name: str, *, within: str = "") -> str:
    """Answer the comment behind the line that defines a name, in the module or in one of its classes."""
    source = inspect.getsource(module)
    return _comments(source).get(_lines(source).get((within, name), 0), "")


@cache
def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    behind = [token for token in tokens if token.type == tokenize.COMMENT and token.line.strip() != token.string]
    return {token.start[0]: token.string.removeprefix("#").strip() for token in behind}


@cache
def _lines(source: str) -> dict[tuple[str, str], int]:
    tree = ast.parse(source)
    bodies = [("", tree.body), *((node.name, node.body) for node in tree.body if isinstance(node, ast.ClassDef))]
    return {(within, name): line for within, body in bodies for name, line in _assigned(body)}


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    for node in body:
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        yield from ((target.id, node.lineno) for target in targets if isinstance(target, ast.Name))


if __name__ == "__main__":
    write()
