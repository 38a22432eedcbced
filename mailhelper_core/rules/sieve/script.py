"""Many rules as one script: unchanged imports word for word, others rendered, all behind one `require`; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.model.rules.sieve import SieveExport, SieveLoss
from mailhelper_core.rules.engine import STOP
from mailhelper_core.rules.sieve.actions import SCRIPT, to_commands
from mailhelper_core.rules.sieve.blocks import NOTE, write_note
from mailhelper_core.rules.sieve.extensions import needed
from mailhelper_core.rules.sieve.places import deeds, has_stop
from mailhelper_core.rules.sieve.reading import Imported, import_script
from mailhelper_core.rules.sieve.sources import (
    are_first,
    has_comments,
    have_names,
    is_same,
    is_script,
    named,
    noted,
    stopping,
    unchanged,
)
from mailhelper_core.rules.sieve.together import clashing
from mailhelper_core.rules.sieve.writing import ENDS, LATE, render
from mailhelper_core.sieve.language.generate import generate, quoted
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, Script, required

_FIRST = "where it acts, the rules behind it act too"
_ANEW = "what it came from is written anew, without them"


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
        found = unchanged(rules[at:], known)
        piece = (_verbatim(found, rules[at:], known, mode) if found else None) or _rendered(rules[at], mode)
        yield piece
        at += len(piece.rules)


def _verbatim(found: Imported, rules: Sequence[Rule], known: Sequence[str], mode: RuleMode) -> _Piece | None:
    """Answer the source of rules that are still what it says; None where it cannot say their names or the mode."""
    rules = rules[: len(found.rules)]
    source = named(found, rules, known)
    source = source and stopping(source, rules, known, mode)
    if not source:
        return None
    names = {one.name: rule.name for one, rule in zip(found.rules, rules, strict=True)}
    losses = [replace(loss, rule=names.get(loss.rule, loss.rule), line=0) for loss in found.losses]
    losses += [_accountless(one) for one in rules if one.account_id is not None]
    losses += [_not_first(one) for one in rules if mode == "first" and is_script(one)]
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
    return [replace(piece, text=noted(piece.text, piece.rules[0]))]


def _is_read_so(pieces: Sequence[_Piece]) -> bool:
    """Say whether an import of these answers their rules."""
    rules = [rule for piece in pieces for rule in piece.rules]
    found = import_script(_assembled(pieces))
    return len(found.rules) == len(rules) and are_first(found, rules) and have_names(found, rules)


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


def _not_first(rule: Rule) -> SieveLoss:
    return SieveLoss(rule.name, "near", "first", _FIRST)


def _accountless(rule: Rule) -> SieveLoss:
    return SieveLoss(rule.name, "left_out", "account", "a script does not say whose it is; import it for this account")


def _source_needs(source: str, known: Sequence[str]) -> tuple[str, ...]:
    script = parse(source)
    implied = {"variables", "encoded-character"} & set(known) if "${" in source else set()
    return tuple(sorted({*needed(script.commands), *script.required, *implied}))


def _rendered(rule: Rule, mode: RuleMode) -> _Piece:
    found = render(rule)
    commands, losses = found.commands, found.losses
    if commands and mode == "first":
        if is_script(rule):
            losses = [*losses, _not_first(rule)]
        else:
            commands = _stopping(commands, is_asking=found.is_asking)
    code = f"# rule:[{rule.name}]\n" + generate(Script(commands)) if commands else ""
    if rule.source and has_comments(rule.source):
        losses = [*losses, SieveLoss(rule.name, "left_out", "comments", _ANEW)]
    if rule.account_id is not None:
        losses = [*losses, _accountless(rule)]
    needs = {*needed(commands), *_kept_needs(rule)}
    head = "" if code and _comes_back(rule, code, sorted(needs)) else write_note(rule)
    return _Piece(head + code, tuple(sorted(needs)), (rule,), tuple(losses), commands)


def _stopping(commands: tuple[Command, ...], *, is_asking: bool) -> tuple[Command, ...]:
    if is_asking:
        return (replace(commands[0], block=_stopping(commands[0].block or (), is_asking=False)),)
    return commands if commands[-1:] == (Command(STOP),) else (*commands, Command(STOP))


def _comes_back(rule: Rule, code: str, needs: Sequence[str]) -> bool:
    try:
        found = import_script(code, required=needs).rules
    except SieveError:
        return False
    if len(found) != 1 or rule.account_id is not None:
        return False
    return found[0].name == rule.name and is_same(found[0], rule)


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
