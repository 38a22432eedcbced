"""Many rules as one script: unchanged imports word for word, others rendered, all behind one `require`; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.model.rules.sieve import SieveExport, SieveLoss
from mailhelper_core.rules.engine import SCRIPTS
from mailhelper_core.rules.sieve.actions import SCRIPT, to_commands
from mailhelper_core.rules.sieve.blocks import NOTE, write_note
from mailhelper_core.rules.sieve.extensions import needed
from mailhelper_core.rules.sieve.places import deeds, has_stop
from mailhelper_core.rules.sieve.reading import Imported, import_script
from mailhelper_core.rules.sieve.together import clashing
from mailhelper_core.rules.sieve.writing import ENDS, LATE, render
from mailhelper_core.sieve.language.generate import generate, quoted
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, Script, required

_GENERATED = re.compile(r"Sieve [0-9]+( |$)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the script, and the extensions it needs."""

    text: str
    needs: tuple[str, ...]
    rules: tuple[Rule, ...]
    losses: tuple[SieveLoss, ...]
    commands: tuple[Command, ...]
    is_verbatim: bool = False


def export_script(rules: Sequence[Rule], *, mode: RuleMode = "all") -> SieveExport:
    """Answer the script of rules in their order, and what it does not say.

    A comment behind `# mailhelper` brings back in an import what the code below cannot say.
    """
    pieces = _apart(list(_pieces(rules, mode)), mode)
    return SieveExport(_assembled(pieces), tuple(loss for piece in pieces for loss in piece.losses))


def _pieces(rules: Sequence[Rule], mode: RuleMode) -> Iterator[_Piece]:
    known = _known(rules)
    at = 0
    while at < len(rules):
        unchanged = _unchanged(rules[at:], known, mode)
        piece = _verbatim(unchanged, rules[at:], known) if unchanged else _rendered(rules[at], mode)
        yield piece
        at += len(piece.rules)


def _verbatim(found: Imported, rules: Sequence[Rule], known: Sequence[str]) -> _Piece:
    """Answer the source of rules that are still what it says."""
    rules = rules[: len(found.rules)]
    source = _named(found, rules[0])
    names = {one.name: rule.name for one, rule in zip(found.rules, rules, strict=True)}
    losses = [replace(loss, rule=names.get(loss.rule, loss.rule), line=0) for loss in found.losses]
    losses += [_accountless(one) for one in rules if one.account_id is not None]
    commands = tuple(one for one in parse(source).commands if one.name != "require")
    return _Piece(source, _source_needs(source, known), tuple(rules), tuple(losses), commands, True)


def _apart(pieces: list[_Piece], mode: RuleMode) -> list[_Piece]:
    """Report what a server does otherwise for what stands before it, and let an import find it apart all the same."""
    late = set(clashing([deeds(piece.commands) for piece in pieces]))
    pieces = [_noted(piece) if number in late else piece for number, piece in enumerate(pieces)]
    late = {number for number in late if pieces[number].is_verbatim}
    if late and not _is_read_so(pieces):
        parts = [_rewritten(one, mode) if number in late else [one] for number, one in enumerate(pieces)]
        pieces = [piece for part in parts for piece in part]
    return _stopped(pieces)


def _noted(piece: _Piece) -> _Piece:
    """Answer a piece whose deeds undo those of an earlier one."""
    rule = piece.rules[0]
    has_note = piece.is_verbatim or piece.text.startswith(NOTE)
    text = piece.text if has_note else write_note(rule) + piece.text
    return replace(piece, text=text, losses=(*piece.losses, SieveLoss(rule.name, "near", "order", LATE)))


def _rewritten(piece: _Piece, mode: RuleMode) -> list[_Piece]:
    """Answer a source from which an import reads its rules wherever it stands."""
    if len(piece.rules) > 1:
        return [_noted(_rendered(rule, mode)) for rule in piece.rules]
    return [replace(piece, text=_before_code(piece.text, piece.commands[0].span.start, write_note(piece.rules[0])))]


def _is_read_so(pieces: Sequence[_Piece]) -> bool:
    """Say whether an import of these answers their rules."""
    rules = [rule for piece in pieces for rule in piece.rules]
    found = import_script(_assembled(pieces)).rules
    return len(found) == len(rules) and all(map(_is_same, found, rules))


def _stopped(pieces: list[_Piece]) -> list[_Piece]:
    """Report scripts that end those behind them on a server."""
    last = max((number for number, piece in enumerate(pieces) if piece.commands), default=0)
    return [_ending(piece) if number < last and _ends_more(piece) else piece for number, piece in enumerate(pieces)]


def _ends_more(piece: _Piece) -> bool:
    return any(one.name == SCRIPT and has_stop(to_commands(one)) for rule in piece.rules for one in rule.then)


def _ending(piece: _Piece) -> _Piece:
    return replace(piece, losses=(*piece.losses, SieveLoss(piece.rules[0].name, "near", "stop", ENDS)))


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
    return _before_code(rule.source, found.positions[0], f"# rule:[{rule.name}]\n")


def _before_code(source: str, position: int, comment: str) -> str:
    head = source[:position]
    return head + ("" if head.endswith("\n") or not head else "\n") + comment + source[position:]


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


def _rendered(rule: Rule, mode: RuleMode) -> _Piece:
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
    return _Piece(head + code, tuple(sorted(needs)), (rule,), tuple(losses), commands)


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
