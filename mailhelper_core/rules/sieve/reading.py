"""A Sieve script to rules that decide the same; what they cannot say is kept word for word and reported; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailhelper_core.errors import InvalidError, QueryError, SieveError
from mailhelper_core.model.extension import Provided
from mailhelper_core.model.rules.criteria import AllOf, Criteria, Not, leaves, simplify
from mailhelper_core.model.rules.rule import MAX_ACTIONS, Action, Rule
from mailhelper_core.model.rules.sieve import SieveLoss
from mailhelper_core.model.source.directory import MAX_MAILBOX_NAME, check_mailbox_name
from mailhelper_core.query.pattern import compile_groups
from mailhelper_core.query.read import read
from mailhelper_core.query.write import write
from mailhelper_core.rules.engine import STOP
from mailhelper_core.rules.sieve.actions import to_action, to_script
from mailhelper_core.rules.sieve.blocks import Block, branch_names, cut
from mailhelper_core.rules.sieve.criteria import AUTHORS, OF_AUTHOR, Unsaid, to_criteria
from mailhelper_core.rules.sieve.extensions import has_references, needed
from mailhelper_core.rules.sieve.places import Deed, deeds, has_stop
from mailhelper_core.rules.sieve.state import Reads, leaves_state, read_later
from mailhelper_core.rules.sieve.together import Part, together
from mailhelper_core.rules.sieve.words import is_carried_out, named_mailboxes, register_conditions, unanswered
from mailhelper_core.rules.sieve.writing import is_written, render
from mailhelper_core.sieve.language.check import Checker
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, Test, nodes
from mailhelper_core.sieve.language.tokens import MAX_CHARACTERS
from mailhelper_core.sieve.language.vocabulary import COMMANDS, EXTENSIONS
from mailhelper_core.sieve.program import compile_commands

_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Scripts of people have some hundred; each rule costs every message its turn.
MAX_RULES = 2_000
_NUMBERED = re.compile(r"Sieve ([0-9]{1,6})")
_CONDITIONS = {one.name: Provided("sieve", one) for one in register_conditions()}


@dataclass(frozen=True, slots=True)
class Imported:
    """Rules as a script has them, none saved; `source` of the first of a block is its text."""

    rules: tuple[Rule, ...]
    losses: tuple[SieveLoss, ...]
    positions: tuple[int, ...]  # where each rule begins in the text
    given: tuple[str, ...]  # the name that a comment gave to each, before a number made it one of its kind; or empty
    text: str


def import_script(text: str, *, required: Sequence[str] = (), apart: bool = False) -> Imported:
    """Answer the rules of a script. Raises SieveError for what is no Sieve, or could not be carried out.

    required are extensions besides those that the script itself requires. apart: what would end otherwise as rules of
    their own is not kept together, but reported.
    """
    given, text = text, text.removeprefix("\ufeff").replace("\r\n", "\n")
    _refuse_controls(text)
    script = parse(text)
    Checker(text).structure(script.commands)
    reader = _Reader(text, (*script.required, *required), apart=apart)
    for block in reader.joined(list(cut(text, script))):
        reader.block(block)
        if len(reader.rules) > MAX_RULES:
            message, position = f"more than {MAX_RULES} rules come of this script", reader.positions[MAX_RULES]
            raise SieveError(message, text=text, position=position, hint="cut it into several")
    if "\r" in given:
        reader.losses.append(SieveLoss("", "near", "line ends", "they come back as LF alone", 1))
    if text.strip() and not reader.rules:
        reader.losses.append(SieveLoss("", "left_out", "comments", "no rule comes of it, so nothing of it is kept", 1))
    return Imported(tuple(reader.rules), tuple(reader.losses), tuple(reader.positions), tuple(reader.given), text)


def _refuse_controls(text: str) -> None:
    """Raise SieveError for what no rule could keep: a NUL (RFC 5228 2.1), other control characters, half characters."""
    found = _UNKEPT.search(text)
    if found:
        hint = "save the script as UTF-8 text"
        raise SieveError("this character cannot stand in a script", text=text, position=found.start(), hint=hint)


def with_free_names(rules: Sequence[Rule], taken: Iterable[str]) -> list[Rule]:
    """Answer the rules under names that are not taken: the second `Sieve 1` is `Sieve 1 (2)`."""
    names = _Names(taken)
    return [replace(rule, name=names.free(rule.name)) for rule in rules]


class _Names:
    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def free(self, name: str) -> str:
        found, number = name, 1
        while found in self.taken:
            number += 1
            found = f"{name[:90]} ({number})"
        self.taken.add(found)
        return found


class _Reader:
    def __init__(self, text: str, required: Sequence[str], *, apart: bool) -> None:
        self.text = text
        self.apart = apart
        self.required = frozenset(required)
        self.rules: list[Rule] = []
        self.positions: list[int] = []
        self.given: list[str] = []
        self.losses: list[SieveLoss] = []
        self.names = _Names()
        self.number = 0
        self.beside: set[int] = set()  # where blocks stand that should be one with an earlier one

    def joined(self, blocks: list[Block]) -> Iterator[Block]:
        """Yield the blocks; those that end otherwise as rules of their own are one.

        So is all from the first whose variables or stop reach beyond it.
        """
        has_state = "variables" in self.required
        later = read_later([one.commands for one in blocks]) if has_state else [Reads()] * len(blocks)
        parts = [self._part(block, reads) for block, reads in zip(blocks, later, strict=True)]
        found = together(parts)
        self.beside = {blocks[late].position for late in found.clashes}
        for begin, end in found.ranges:
            rest = blocks[begin:end]
            commands = tuple(command for one in rest for command in one.commands)
            yield replace(rest[0], commands=commands, text="".join(one.text for one in rest))

    def _part(self, block: Block, later: Reads) -> Part:
        is_idle = not is_carried_out(block.commands)
        stops = has_stop(block.commands)
        reaches = "variables" in self.required and leaves_state(block.commands, later)
        takes_rest = reaches or (stops and not block.notes and self._said(block) is None)
        is_apart = self.apart or is_idle or bool(block.notes)
        return Part(deeds(() if is_idle else block.commands), is_apart, stops and not is_idle, takes_rest)

    def block(self, block: Block) -> None:
        """Read the notes before a block, then the block itself unless the last note says it whole."""
        for number, rule in enumerate(block.notes, 1):
            rendered = render(rule).commands
            if not rendered or number < len(block.notes):
                self._add(block, rule, rule.name)
                continue
            is_said = self._reads_as(block, rule)
            if is_said or is_written(rendered, block.commands) or self._reads_as(block, _stopping(rule)):
                self._count(rule)
                self._add(block, replace(rule, source=block.text if is_said and number == 1 else ""), rule.name)
                return
        if block.commands:
            self.number += 1
            self._read(block)

    def _count(self, rule: Rule) -> None:
        """Go on behind the number that an earlier import gave to this block."""
        found = _NUMBERED.fullmatch(rule.name)
        self.number = int(found[1]) if found else self.number

    def _reads_as(self, block: Block, rule: Rule) -> bool:
        said = self._said(block)
        read = [("", (self._kept(block),))] if said is None else [(when, then) for when, then, _ in said]
        return read == [(rule.when, tuple(rule.then))]

    def _read(self, block: Block) -> None:
        said = self._said(block)
        base = block.name or f"Sieve {self.number}"
        if said is None:
            rule = self._add(block, Rule(base, "", [self._kept(block)], source=block.text), block.name)
            self._note_kept(block, rule.name)
            self._note_beside(block, rule.name)
            return
        for number, (when, then, name) in enumerate(said):
            one = Rule(name or base, when, then, source=block.text if number == 0 else "")
            rule = self._add(block, one, name or block.name)
            self._note_near(block, rule)
            if number == 0:
                self._note_beside(block, rule.name)

    def _add(self, block: Block, rule: Rule, given: str) -> Rule:
        """Add a rule under a free name, and answer it."""
        rule = replace(rule, name=self.names.free(rule.name))
        self.rules.append(rule)
        self.positions.append(block.position)
        self.given.append(given)
        return rule

    def _said(self, block: Block) -> list[tuple[str, tuple[Action, ...], str]] | None:
        if "variables" in self.required and (has_references(block.commands) or "variables" in needed(block.commands)):
            return None
        if "encoded-character" in self.required and has_references(block.commands):
            return None
        done = deeds(block.commands)
        if not done.is_clear:
            return None
        try:
            names = branch_names(self.text, block.commands)
            said = [(_query(guard), then, name) for guard, then, name in _flat(block.commands, AllOf(), names)]
        except (Unsaid, SieveError, QueryError):
            return None
        # A rule asks for the flags that the one before it left, where a script asked before.
        asks_late = len(said) > 1 and {Deed("flag"), Deed("asks")} <= done.acts
        return None if asks_late or any(len(then) > MAX_ACTIONS for _, then, _ in said) else said

    def _kept(self, block: Block) -> Action:
        names = set(needed(block.commands)) | {name for name in self.required if name not in EXTENSIONS}
        if has_references(block.commands):
            names |= self.required & {"variables", "encoded-character"}
        script = to_script(block.commands, sorted(names))
        if len(script.argument) > MAX_CHARACTERS:
            message = f"more than {MAX_CHARACTERS} characters come of this, written as one rule"
            raise SieveError(message, text=self.text, position=block.position, hint="cut it into several")
        if is_carried_out(block.commands):
            compile_commands(block.commands, sorted(names), compile_groups, text=self.text)
            self._check_mailboxes(block)
        return script

    def _check_mailboxes(self, block: Block) -> None:
        for position, name in named_mailboxes(block.commands):
            try:
                check_mailbox_name(name)
            except InvalidError as exc:
                hint = f"1 to {MAX_MAILBOX_NAME} characters without line breaks, TAB or other controls"
                message = "this is no name for a mailbox"
                raise SieveError(message, text=self.text, position=position, hint=hint, code=exc.code) from exc

    def _note_kept(self, block: Block, rule: str) -> None:
        """Report what is not carried out: unknown words, tests of the delivery, and what sends mail."""
        if is_carried_out(block.commands):
            for name in _sending(block.commands):
                self._lose(rule, "kept", name, "it sends mail, which rules do not", block)
            return
        unknown = [node.name for node in nodes(block.commands) if not is_carried_out((_alone(node),))]
        for name in dict.fromkeys(unanswered(block.commands)):
            self._lose(rule, "kept", name, "only a server at delivery knows the answer; the rule does nothing", block)
        for name in dict.fromkeys(unknown):
            if name not in unanswered(block.commands):
                self._lose(rule, "kept", name, "it is unknown here; the rule does nothing", block)

    def _note_near(self, block: Block, rule: Rule) -> None:
        names = [one.name for one in rule.then]
        if "discard" in names:
            self._lose(rule.name, "near", "discard", "it moves to the trash here", block)
        if any(leaf.field in OF_AUTHOR for leaf in leaves(read(rule.when, _CONDITIONS))):
            self._lose(rule.name, "near", "address", AUTHORS, block)
        if "redirect" in names:
            self._lose(rule.name, "kept", "redirect", "it sends mail, which rules do not", block)

    def _note_beside(self, block: Block, rule: str) -> None:
        """Report what should be one with an earlier block, and cannot."""
        if block.position in self.beside:
            self._lose(rule, "near", "order", "where one before it acts too, a script has another end", block)

    def _lose(self, rule: str, kind: str, what: str, why: str, block: Block) -> None:
        self.losses.append(SieveLoss(rule, "kept" if kind == "kept" else "near", what, why, block.line))


def _flat(
    commands: Sequence[Command], guard: Criteria, names: Mapping[int, str], name: str = ""
) -> Iterator[tuple[Criteria, tuple[Action, ...], str]]:
    """Answer what a block does as (criteria, actions, name): branches exclude those before them."""
    actions: list[Action] = []
    before: list[Criteria] = []
    for command in commands:
        if command.name not in ("if", "elsif", "else"):
            actions.append(to_action(command))
            continue
        if actions:
            yield guard, tuple(actions), name
            actions = []
        before = [] if command.name == "if" else before
        test = to_criteria(command.tests[0]) if command.tests else AllOf()
        branch = names.get(command.span.start, name)
        yield from _flat(command.block or (), AllOf((guard, *before, test)), names, branch)
        before.append(Not(test))
    if actions:
        yield guard, tuple(actions), name


def _query(criteria: Criteria) -> str:
    """Answer the text of a query. Raises QueryError for one that is too long or deep."""
    text = write(simplify(criteria))
    read(text, _CONDITIONS)
    return text


def _stopping(rule: Rule) -> Rule:
    """Answer a rule as an export in the mode `first` writes it."""
    return replace(rule, then=(*rule.then, Action(STOP)))


def _sending(commands: Sequence[Command]) -> tuple[str, ...]:
    found = [node.name for node in nodes(tuple(commands)) if isinstance(node, Command)]
    return tuple(dict.fromkeys(name for name in found if not COMMANDS[name].is_executed))


def _alone(node: Command | Test) -> Command:
    if isinstance(node, Test):
        return Command("if", (), (replace(node, tests=()),), False, ())
    return replace(node, tests=(), block=None if node.block is None else ())
