"""Writes the tables of docs/reference/api.md from the code: `python -m tests.api_page`; a test compares them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from mailhelper_core import MailHelper

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "api.md"
BEGIN, END = "<!-- begin: python -m tests.api_page -->\n", "<!-- end -->\n"
HEADING = "| call | answers | what it does |\n|---|---|---|\n"


def tables() -> str:
    """Answer the tables of all public calls, a section for each part."""
    with MailHelper("sqlite:///never-opened.db") as helper:
        ada = helper.for_owner("ada")
        whole = {"helper": helper, "helper.jobs": helper.jobs, "helper.admin": helper.admin, "ada": ada}
        sections = [(name, list(_rows(part))) for name, part in whole.items()]
        sections += [(f"ada.{name}", list(_rows(part))) for name, part in public(ada) if not callable(part)]
        sections.append(("ada.replies.styles", list(_rows(ada.replies.styles))))
    return "".join(f"\n## {title}\n\n{HEADING}{''.join(rows)}" for title, rows in sections if rows) + "\n"


def public(value: object) -> Iterator[tuple[str, Any]]:
    """Answer what a service offers, by name; its fields are what it is made of."""
    made_of = {field.name for field in fields(value)} if is_dataclass(value) else set()
    for name in sorted(dir(value)):
        if not name.startswith("_") and name not in made_of:
            yield name, getattr(value, name)


def write() -> None:
    """Put the tables between the marks of the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + BEGIN + tables() + END + after, encoding="utf-8")


def parameters_of(function: Any) -> str:
    """Answer the parameters of a call with their defaults, without types."""
    signature = inspect.signature(function)
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)).replace(
        "mappingproxy({})", "{}"
    )


def answer_of(function: Any) -> str:
    """Answer the type of what a call answers."""
    answer = str(inspect.signature(function).return_annotation).replace(" | ", " or ")
    return "" if answer == "None" else f"`{answer}`"


def sentence_of(function: Any) -> str:
    """Answer the first sentence of the docstring, on one line."""
    text = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
    return re.split(r"(?<=\.) ", text)[0].replace("|", "\\|")


def _rows(value: object) -> Iterator[str]:
    for name, function in public(value):
        described = getattr(type(value), name, None)
        if isinstance(described, property):
            yield f"| `{name}` | {answer_of(described.fget)} | {sentence_of(described)} |\n"
        elif inspect.ismethod(function):
            yield f"| `{name}{parameters_of(function)}` | {answer_of(function)} | {sentence_of(function)} |\n"


if __name__ == "__main__":
    write()
