"""All that the engine says about rules, read from its sources with samples in its places: no text can be forgotten."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType

import mailhelper_core
from mailhelper_core.model.mind import tag
from mailhelper_core.model.rules import ranges, rule, schedule
from mailhelper_core.model.rules.criteria import FIELDS
from mailhelper_core.model.source import directory
from mailhelper_core.query import check, pattern, read
from mailhelper_core.rules import arguments, prepare
from mailhelper_core.rules.advice import analyze, loops, nobody, unknown
from mailhelper_core.rules.sieve import actions, checked, reading, tests, words, writing
from mailhelper_core.sieve import deeds, fields, match, unit
from mailhelper_core.sieve.language import check as script_check
from mailhelper_core.sieve.language import parse, tokens
from mailhelper_core.sieve.values import ere, variables

Place = ModuleType | Callable[..., object]

# Where a script is read, and each word of it.
SCRIPTS = (tokens, parse, script_check, unit, match, fields, deeds, reading)
# What stands in the places of a text: one that has quotes around it, and any other.
QUOTED, PLAIN = repr("it's"), "7"


def problems() -> set[str]:
    """Answer why a rule cannot act, but for its query."""
    found = said_by("InvalidError", prepare, rule.read_delay, schedule.read_schedule)
    return found | set(_stored_reasons()) | {prepare.KEPT}


def stored_arguments() -> set[str]:
    """Answer why the argument of an action cannot be read."""
    places = (arguments, tag.check_tag_name, tag.check_color, directory.check_mailbox_name, words, prepare)
    return said_by("ValueError", *places) | said_by("InvalidError", *places[:-1])


def messages() -> set[str]:
    """Answer what is wrong with a query."""
    return said_by("_Refused", check) | said_by("error", read) | said_by("QueryError", read)


def hints() -> set[str]:
    """Answer what to write instead, but for the help of a field."""
    found = said_by("_Refused", check, number=1) | said_by("error", read, number=1) | said_by("ValueError", ranges)
    found |= _sentences(check) | _sentences(read)
    return found | said_by("QueryError", read, number=1) | set(check.NAMED_HINTS.values()) | _texts(prepare._near)


def field_helps() -> set[str]:
    """Answer the help of all fields of queries, as hints tell it."""
    helps = {one.help for one in FIELDS.values()}
    named = {f"{one.name}: {one.help}" for one in FIELDS.values()}
    return helps | named | {f"{one.name}: {one.help}, a whole number" for one in FIELDS.values() if one.type == "id"}


def script_messages() -> set[str]:
    """Answer what is wrong with a Sieve script."""
    return said_by("error", *SCRIPTS) | said_by("SieveError", *SCRIPTS) | said_by("ValueError", variables)


def script_hints() -> set[str]:
    """Answer what to write instead in a Sieve script."""
    return said_by("error", *SCRIPTS, number=1) | said_by("SieveError", *SCRIPTS, number=1)


def pattern_reasons() -> set[str]:
    """Answer why a regular expression cannot be read, but for what RE2 says."""
    return said_by("ValueError", pattern, ere) | _texts(pattern._reason)


def losses() -> set[str]:
    """Answer why rules and a script cannot say each other."""
    found = _texts(writing) | _texts(tests) | _texts(actions.to_commands)
    notes = [one for one in ast.walk(_tree(reading)) if isinstance(one, ast.FunctionDef) and "_note" in one.name]
    found.update(text for one in notes for text in _texts_below(one))
    found |= _texts(checked._lost_to_the_first) | {"they come back as LF alone"}
    return {text for text in found if not text.startswith("if ")}


def shapes_of_findings() -> set[str]:
    """Answer the texts of findings, with a sample in each place."""
    found = set()
    for scope, call in (call for place in (analyze, loops, unknown, nobody) for call in _calls(place, "Finding")):
        # The last argument, by its name or without.
        found.update(_samples(call.keywords[-1].value if call.keywords else call.args[-1], scope))
    return found


def said_by(name: str, *places: Place, number: int = 0) -> set[str]:
    """Answer the texts of an argument of all calls of a function; the second may be named as a hint."""
    found: set[str] = set()
    for place in places:
        for scope, call in _calls(place, name):
            given = [one.value for one in call.keywords if one.arg == "hint" and number]
            given += call.args[number : number + 1]
            found.update(text for value in given for text in _samples(value, scope))
    return found


def _sentences(module: ModuleType) -> set[str]:
    """Answer the sentences that a module has named."""
    named = {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    return {text for text in named if " " in text}


def _stored_reasons() -> Iterator[str]:
    """Yield what the store itself writes into the column."""
    for file in (Path(mailhelper_core.__file__).parent / "store").rglob("*.py"):
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(one, ast.keyword) and one.arg == "disabled_reason" and isinstance(one.value, ast.Constant):
                yield str(one.value.value)


def _calls(place: Place, name: str) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield the calls of a function, each with the function in which it stands."""
    for scope in ast.walk(_tree(place)):
        if isinstance(scope, ast.FunctionDef):
            for one in ast.walk(scope):
                if isinstance(one, ast.Call) and getattr(one.func, "attr", getattr(one.func, "id", "")) == name:
                    yield scope, one


def _texts(place: Place) -> set[str]:
    return set(_texts_below(_tree(place)))


def _texts_below(node: ast.AST, scope: ast.AST | None = None) -> Iterator[str]:
    """Yield the sentences that stand anywhere below, but for docstrings."""
    scope = node if scope is None else scope
    for one in ast.iter_child_nodes(node):
        is_docstring = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
        if isinstance(one, ast.Constant | ast.JoinedStr):
            yield from (text for text in _samples(one, scope) if " " in text.strip())
        elif not is_docstring:
            yield from _texts_below(one, one if isinstance(one, ast.FunctionDef) else scope)


def _samples(value: ast.AST, scope: ast.AST) -> Iterator[str]:
    """Yield the texts that an expression can be; none for what is not written here."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield from map("".join, product(*(list(_samples(part, scope)) for part in parts)))
        case ast.FormattedValue(value=ast.Attribute(attr="help")):
            return
        case ast.FormattedValue(value=said, conversion=conversion):
            written = list(_samples(said, scope)) if isinstance(said, ast.Name) and conversion == -1 else []
            yield from written or [PLAIN if conversion == -1 else QUOTED]
        case ast.IfExp() | ast.Subscript() | ast.Name():
            yield from (text for one in _choices(value, scope) for text in _samples(one, scope))
        case ast.Call(args=given):
            yield from (one.value for one in given if isinstance(one, ast.Constant) and " " in str(one.value))


def _choices(value: ast.AST, scope: ast.AST) -> list[ast.expr]:
    """Answer the expressions that a value can be: sides of a condition, entries of a table, what a name was given."""
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.Subscript(value=ast.Dict(values=entries)):
            return entries
        case ast.Name(id=name):
            return _assigned(name, scope)
    return []


def _assigned(name: str, scope: ast.AST) -> list[ast.expr]:
    found = [one for one in ast.walk(scope) if isinstance(one, ast.Assign)]
    return [one.value for one in found if any(isinstance(to, ast.Name) and to.id == name for to in one.targets)]


def _tree(of: Place) -> ast.Module:
    return ast.parse(inspect.getsource(of))
