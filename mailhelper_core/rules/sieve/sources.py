"""The text that rules came from: what they say of it, under the names that they have now; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.rules.engine import SCRIPTS, STOP
from mailhelper_core.rules.sieve.blocks import NAME, NOTE_LINE, write_note
from mailhelper_core.rules.sieve.reading import Imported, import_script
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, nodes
from mailhelper_core.sieve.language.tokens import tokenize

_GENERATED = re.compile(r"Sieve [0-9]+( |$)")
_NUMBERS = re.compile(r"(?: \([0-9]+\))+")
# Names are cut here before a number makes them one of their kind.
_STEM = 90


def unchanged(rules: Sequence[Rule], required: Sequence[str]) -> Imported | None:
    """Answer what the source of the first rule is, where the rules still do what it says."""
    found = _read(rules[0].source, required) if rules[0].source else None
    return found if found and found.rules and are_first(found, rules) else None


def are_first(found: Imported, rules: Sequence[Rule]) -> bool:
    """Say whether the first of some rules do what was found, whatever their names."""
    return len(found.rules) <= len(rules) and all(map(is_same, found.rules, rules))


def is_same(one: Rule, other: Rule) -> bool:
    """Say whether two rules do the same."""
    return content(one) == content(other)


def content(rule: Rule) -> Rule:
    """Answer what a rule does: the rule without its name, its place and whose it is."""
    return replace(rule, name="", id=0, revision=0, position=0, disabled_reason="", source="", account_id=None)


def is_numbered(name: str) -> bool:
    """Say whether a name is one that an import gives where a script has none."""
    return _GENERATED.match(name) is not None


def have_names(found: Imported, rules: Sequence[Rule]) -> bool:
    """Say whether rules have the names of their text, but for the numbers that an import gives.

    Where the text names none, a name counts where a rule stands in its script.
    """
    return all(_is_named(given, rule.name) for given, rule in zip(found.given, rules, strict=True))


def named(found: Imported, rules: Sequence[Rule], required: Sequence[str]) -> str | None:
    """Answer the source of rules, with comments for the names that their owner gave; None where it cannot say them."""
    source = rules[0].source
    changed = [number for number, rule in enumerate(rules) if not _is_named(found.given[number], rule.name)]
    if not changed:
        return source
    # A branch without a name has that of its block: where one changes, the other must be said.
    for numbers in (changed, range(len(rules))):
        text = _renamed(source, found, rules, numbers)
        back = _read(text, required) if text else None
        if back and len(back.rules) == len(rules) and are_first(back, rules) and have_names(back, rules):
            return text
    return None


def stopping(source: str, rules: Sequence[Rule], required: Sequence[str], mode: RuleMode) -> str | None:
    """Answer a source behind which no rule has its turn where the mode says so; None where it cannot say that."""
    if mode == "all" or all(is_script(rule) or _stops(rule) for rule in rules):
        return source
    if len(rules) > 1:
        return None
    end = max(_ends_of_deeds(_commands(source)))
    text = noted(source[:end] + " stop;" + source[end:], rules[0])
    back = _read(text, required)
    return text if back and len(back.rules) == 1 and are_first(back, rules) else None


def noted(source: str, rule: Rule) -> str:
    """Answer the source of a rule with the comment from which an import reads the rule."""
    start = _commands(source)[0].span.start
    if NOTE_LINE.search(source, 0, start):
        return source
    return _before(source, start, write_note(rule))


def is_script(rule: Rule) -> bool:
    """Say whether a rule leaves it to a script whether it acts."""
    return all(action.name in SCRIPTS for action in rule.then)


def has_comments(source: str) -> bool:
    """Say whether a source holds comments besides names, and what an export wrote."""
    tokens = tokenize(source)
    gaps = [source[: tokens[0].start], *(source[one.end : other.start] for one, other in pairwise(tokens))]
    rest = (NOTE_LINE.sub("", NAME.sub("", gap)) for gap in gaps)
    return any("#" in gap or "/*" in gap for gap in rest)


def _read(source: str, required: Sequence[str]) -> Imported | None:
    try:
        return import_script(source, required=required)
    except SieveError:
        return None


def _is_named(given: str, name: str) -> bool:
    if not given:
        return is_numbered(name)
    stem = given[:_STEM]
    return name == given or (name.startswith(stem) and _NUMBERS.fullmatch(name, len(stem)) is not None)


def _renamed(source: str, found: Imported, rules: Sequence[Rule], numbers: Iterable[int]) -> str | None:
    """Answer a source with comments for these names; None where a rule is none of its branches."""
    places = list(_places(_commands(source)))
    if max(numbers) > 0 and len(places) != len(rules):
        return None
    for number in sorted(numbers, reverse=True):
        source = _with_name(source, *places[number], replace(found.rules[number], name=rules[number].name))
    return source


def _places(commands: Sequence[Command]) -> Iterator[tuple[int, int]]:
    """Yield where the comments of each branch begin and end."""
    yield 0, commands[0].span.start
    for before, command in pairwise(commands):
        if command.name not in ("elsif", "else"):
            return
        yield before.span.end, command.span.start


def _with_name(source: str, begin: int, end: int, rule: Rule) -> str:
    """Answer a source with the name of a rule in the last of its comments there, or in one of its own."""
    head = source[begin:end]
    notes = list(NOTE_LINE.finditer(head))
    if notes:
        head = head[: notes[-1].start()] + write_note(rule).rstrip("\n") + head[notes[-1].end() :]
    names = list(NAME.finditer(head))
    if names and names[-1].lastgroup:
        start = names[-1].start(names[-1].lastgroup)
        head = head[:start] + rule.name + head[start + len(names[-1][names[-1].lastgroup].rstrip()) :]
    elif not notes:
        head = _before(head, len(head), f"# rule:[{rule.name}]\n")
    return source[:begin] + head + source[end:]


def _before(source: str, position: int, comment: str) -> str:
    head = source[:position]
    return head + ("" if head.endswith("\n") or not head else "\n") + comment + source[position:]


def _commands(source: str) -> tuple[Command, ...]:
    return tuple(one for one in parse(source).commands if one.name != "require")


def _stops(rule: Rule) -> bool:
    return any(action.name == STOP for action in rule.then)


def _ends_of_deeds(commands: Sequence[Command]) -> Iterator[int]:
    """Yield where the commands end that lead to no others: those of one rule stand in a row."""
    return (one.span.end for one in nodes(tuple(commands)) if isinstance(one, Command) and one.block is None)
