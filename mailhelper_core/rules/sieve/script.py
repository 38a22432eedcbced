"""Many rules as one script: unchanged imports word for word, others rendered, all behind one `require`; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.model.rules.sieve import SieveExport, SieveLoss
from mailhelper_core.rules.engine import SCRIPTS
from mailhelper_core.rules.sieve.actions import SCRIPT
from mailhelper_core.rules.sieve.blocks import write_note
from mailhelper_core.rules.sieve.extensions import needed
from mailhelper_core.rules.sieve.reading import Imported, import_script
from mailhelper_core.rules.sieve.writing import render
from mailhelper_core.sieve.language.generate import generate, quoted
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, Script, required

_GENERATED = re.compile(r"Sieve [0-9]+( |$)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the script, and the extensions it needs."""

    text: str
    needs: tuple[str, ...]
    is_verbatim: bool = False


def export_script(rules: Sequence[Rule], *, mode: RuleMode = "all") -> SieveExport:
    """Answer the script of rules in their order, and what it does not say.

    A comment behind `# mailhelper` brings back in an import what the code below cannot say.
    """
    pieces: list[_Piece] = []
    losses: list[SieveLoss] = []
    known = _known(rules)
    at = 0
    while at < len(rules):
        unchanged = _unchanged(rules[at:], known, mode)
        if unchanged:
            source = _named(unchanged, rules[at])
            pieces.append(_Piece(source, _source_needs(source, known), True))
            names = {one.name: rule.name for one, rule in zip(unchanged.rules, rules[at:], strict=False)}
            losses += [replace(loss, rule=names.get(loss.rule, loss.rule), line=0) for loss in unchanged.losses]
            losses += [_accountless(one) for one in rules[at : at + len(unchanged.rules)] if one.account_id is not None]
            at += len(unchanged.rules)
            continue
        piece, lost = _rendered(rules[at], mode)
        pieces.append(piece)
        losses += lost
        at += 1
    return SieveExport(_assembled(pieces), tuple(losses))


def _known(rules: Sequence[Rule]) -> tuple[str, ...]:
    """Answer all that the sources and the kept scripts require: each source alone has lost its head."""
    sources = (name for rule in rules if rule.source for name in parse(rule.source).required)
    return tuple(dict.fromkeys((*sources, *(name for rule in rules for name in _kept_needs(rule)))))


def _kept_needs(rule: Rule) -> tuple[str, ...]:
    return tuple(name for one in rule.then if one.name == SCRIPT for name in parse(one.argument).required)


def _unchanged(rules: Sequence[Rule], known: Sequence[str], mode: RuleMode) -> Imported | None:
    """Answer what the source of the first rule is, where the rules are still what it says."""
    if not rules[0].source or mode == "first":
        return None
    try:
        found = import_script(rules[0].source, required=known)
    except SieveError:
        return None
    same = len(found.rules) <= len(rules) and all(map(_is_same, found.rules, rules))
    if not same or not found.rules:
        return None
    has_names = all(map(_has_name, found.rules, rules))
    return found if has_names or _is_named_by_comment(found, rules[0], known) else None


def _is_same(one: Rule, other: Rule) -> bool:
    """Say whether a saved rule is still what its source says; a name that no comment gave may differ."""
    return _content(one) == _content(other) and (one.name == other.name or _GENERATED.match(one.name) is not None)


def _has_name(one: Rule, other: Rule) -> bool:
    """Say whether a name is that of the source; one that nobody gave counts where the rule stands in its script."""
    return one.name == other.name or _GENERATED.match(other.name) is not None


def _named(found: Imported, rule: Rule) -> str:
    """Answer the source of a rule, with a comment for the name that the owner gave to what had none."""
    if _has_name(found.rules[0], rule):
        return rule.source
    head, code = rule.source[: found.positions[0]], rule.source[found.positions[0] :]
    return head + ("" if head.endswith("\n") or not head else "\n") + f"# rule:[{rule.name}]\n{code}"


def _is_named_by_comment(found: Imported, rule: Rule, known: Sequence[str]) -> bool:
    """Say whether one comment more brings the rule back under its name."""
    return [one.name for one in import_script(_named(found, rule), required=known).rules] == [rule.name]


def _accountless(rule: Rule) -> SieveLoss:
    return SieveLoss(rule.name, "left_out", "account", "a script does not say whose it is; import it for this account")


def _content(rule: Rule) -> Rule:
    return replace(rule, name="", id=0, revision=0, position=0, disabled_reason="", source="", account_id=None)


def _source_needs(source: str, known: Sequence[str]) -> tuple[str, ...]:
    script = parse(source)
    implied = {"variables", "encoded-character"} & set(known) if "${" in source else set()
    return tuple(sorted({*needed(script.commands), *script.required, *implied}))


def _rendered(rule: Rule, mode: RuleMode) -> tuple[_Piece, list[SieveLoss]]:
    found = render(rule)
    commands, losses = found.commands, found.losses
    if commands and mode == "first":
        if all(action.name in SCRIPTS for action in rule.then):
            losses = [*losses, SieveLoss(rule.name, "near", "first", "where it acts, the rules behind it act too")]
        else:
            commands = _stopping(commands)
    code = f"# rule:[{rule.name}]\n" + generate(Script(commands)) if commands else ""
    needs = {*needed(commands), *_kept_needs(rule)}
    head = "" if code and _comes_back(rule, code, sorted(needs)) else write_note(rule)
    return _Piece(head + code, tuple(sorted(needs))), losses


def _stopping(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    last = commands[-1]
    if last.block is None:
        return (*commands, Command("stop"))
    return (*commands[:-1], replace(last, block=(*last.block, Command("stop"))))


def _comes_back(rule: Rule, code: str, needs: Sequence[str]) -> bool:
    try:
        found = import_script(code, required=needs).rules
    except SieveError:
        return False
    if len(found) != 1 or rule.account_id is not None:
        return False
    return found[0].name == rule.name and _content(found[0]) == _content(rule)


def _assembled(pieces: Sequence[_Piece]) -> str:
    needs = sorted({name for piece in pieces for name in piece.needs})
    heads = [set(parse(piece.text).required) if piece.is_verbatim else set() for piece in pieces]
    if pieces and heads[0] >= set(needs) and not any(heads[1:]):
        return "".join(piece.text for piece in pieces)
    head = f"require [{', '.join(map(quoted, needs))}];\n" if needs else ""
    body = "\n".join(_without_require(piece.text).strip("\n") + "\n" for piece in pieces)
    return f"{head}\n{body}" if head else body


def _without_require(text: str) -> str:
    for command in reversed(parse(text).commands):
        if required(command):
            text = text[: command.span.start] + text[command.span.end :].removeprefix("\n")
    return text
