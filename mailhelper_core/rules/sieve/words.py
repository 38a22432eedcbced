"""The words that Sieve adds to rules: `sieve:TEST` as a condition, SCRIPT and `redirect` as actions.

A test or script sees a stored message, not a delivery: what only the server knows at that moment it may not ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import ActionType, Condition, action_argument
from mailhelper_core.model.mail.keyword import FACTS
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.source.directory import Directory, check_mailbox_name
from mailhelper_core.model.work.operation import Operation
from mailhelper_core.query.pattern import compile_groups
from mailhelper_core.rules.engine import LeftAlone
from mailhelper_core.rules.sieve.carried_out import operations
from mailhelper_core.rules.sieve.message import StoredMail
from mailhelper_core.sieve.action import Action as SieveAction
from mailhelper_core.sieve.action import Decision, Discard, FileInto, Keep
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, Script, Strings, Tag, Test, nodes
from mailhelper_core.sieve.language.tokens import MAX_CHARACTERS
from mailhelper_core.sieve.language.vocabulary import COMMANDS, EXTENSIONS, TESTS
from mailhelper_core.sieve.mail import Surroundings
from mailhelper_core.sieve.program import Program, compile_test, compile_tree
from mailhelper_core.sieve.run import Run
from mailhelper_core.sieve.unit import Holds

# Tests whose answer is known at delivery alone.
UNANSWERABLE = frozenset({"envelope", "currentdate", "duplicate", "mailboxexists", "specialuse_exists"})
_RAW_TAGS = frozenset({"raw", "content"})
# Commands that lead to others and do nothing to the mail.
_WITHOUT_DEED = frozenset({"require", "if", "elsif", "else", "set"})
_AROUND = Surroundings(datetime(1970, 1, 1, tzinfo=UTC), facts=FACTS)


@hookimpl
def register_conditions() -> Sequence[Condition]:
    """Answer the condition that asks in Sieve's words."""
    return [Condition("sieve", _matches, argument=compile_one_test, help="a Sieve test (RFC 5228), with extensions")]


@hookimpl
def register_actions() -> Sequence[ActionType]:
    """Answer the actions that came from a script and have no words of ours."""
    return [
        ActionType(
            "sieve",
            _run,
            argument=read_script,
            help="SCRIPT: what a Sieve script decides on the message",
            max_characters=MAX_CHARACTERS,
        ),
        ActionType("redirect", _nothing, argument=_read_address, help="ADDRESS: kept for export, not carried out"),
    ]


@lru_cache(maxsize=1_024)
def compile_one_test(text: str) -> Holds:
    """Read `header :is "subject" "x"`; every extension may be used. Raises ValueError or SieveError."""
    commands = parse(f"if {text} {{}}").commands
    tests = commands[0].tests if len(commands) == 1 else ()
    if len(tests) != 1:
        raise ValueError('write one test, such as header :contains "subject" "lunch"')
    if unanswered(commands):
        raise ValueError("this asks what only the server knows at delivery")
    return compile_test(tests[0], tuple(EXTENSIONS), compile_groups, text=f"if {text} {{}}")


@lru_cache(maxsize=256)
def read_script(text: str) -> Program | None:
    """Compile a script that may be carried out; None for one that is only kept.

    Raises SieveError for no script, InvalidError for a mailbox that cannot be.
    """
    script = parse(text)
    if not is_carried_out(script.commands):
        return None
    program = compile_tree(script, compile_groups, text=text)
    for _, name in named_mailboxes(script.commands):
        check_mailbox_name(name)
    return program


def named_mailboxes(commands: Sequence[Command], *, by_use: bool = True) -> Iterator[tuple[int, str]]:
    """Yield where each mailbox is named outright, and its name; by_use: those beside a special use too."""
    for node in nodes(tuple(commands)):
        name = node.arguments[-1] if node.name == "fileinto" else None
        if not by_use and Tag("specialuse") in node.arguments:
            continue
        if isinstance(name, Strings) and "${" not in name.values[0]:
            yield node.span.start, name.values[0]


@lru_cache(maxsize=256)
def filed_into(text: str) -> tuple[str, ...]:
    """Answer the mailboxes that a script names to file mail into; none of one that is not carried out.

    `:create` makes no difference (RFC 5490 3.2: where needed), for `fileinto` of rules makes what never was, too. Where
    a special use is asked for, the name beside it may not count (RFC 8579 4).
    """
    if read_script(text) is None:
        return ()
    return tuple(dict.fromkeys(name for _, name in named_mailboxes(parse(text).commands, by_use=False)))


def is_kept(rule: Rule) -> bool:
    """Say whether a rule is nothing but what is kept for export and not carried out."""
    return bool(rule.then) and all(
        one.name == "redirect" or (one.name == "sieve" and _is_kept_script(action_argument(one))) for one in rule.then
    )


@lru_cache(maxsize=256)
def _is_kept_script(text: str) -> bool:
    """Say whether a script is not carried out, or does nothing but send mail."""
    if read_script(text) is None:
        return True
    deeds = [node.name for node in nodes(parse(text).commands) if isinstance(node, Command)]
    sends = [name for name in deeds if name in COMMANDS and not COMMANDS[name].is_executed]
    return bool(sends) and set(deeds) <= {*sends, *_WITHOUT_DEED}


def is_carried_out(commands: Sequence[Command]) -> bool:
    """Say whether the interpreter knows all words, and a stored message answers all tests."""
    return not unanswered(commands) and all(
        node.name in TESTS if isinstance(node, Test) else node.name in COMMANDS for node in nodes(tuple(commands))
    )


def unanswered(commands: Sequence[Command]) -> tuple[str, ...]:
    """Answer the tests that a stored message cannot answer."""
    return tuple(
        node.name
        for node in nodes(tuple(commands))
        if isinstance(node, Test) and (node.name in UNANSWERABLE or (node.name == "body" and _asks_raw(node)))
    )


def _asks_raw(test: Test) -> bool:
    return any(isinstance(one, Tag) and one.name in _RAW_TAGS for one in test.arguments)


def _matches(message: MessageDetail, holds: object) -> bool:
    run = Run(StoredMail(message), _AROUND, sorted(message.keywords))
    return bool(holds(run)) if callable(holds) else False


def _run(message: MessageDetail, program: object, directory: Directory) -> Sequence[Operation]:
    if not isinstance(program, Program):
        return LeftAlone()
    decision = program.decide(StoredMail(message), _AROUND, sorted(message.keywords))
    is_deed = not decision.error and any(_is_deed(action, decision) for action in decision.actions)
    return operations(message, decision, directory) if is_deed else LeftAlone()


def _is_deed(action: SieveAction, decision: Decision) -> bool:
    """Say whether an action is more than to leave the message where it is because nothing else was said."""
    match action:
        case Keep(is_implicit=is_implicit):
            return bool(decision.named) or not is_implicit
        case FileInto() | Discard():
            return True
    return False  # what sends mail is not carried out


def _nothing(_message: MessageDetail, _: object) -> Sequence[Operation]:
    return LeftAlone()


def _read_address(text: str) -> str:
    """Read `ADDRESS` or `ADDRESS copy=yes`. Raises ValueError."""
    address = text.strip().removesuffix(" copy=yes")
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(one.isspace() for one in address):
        raise ValueError("write an address such as name@example.org")
    return address


def write_script(commands: Sequence[Command], required: Sequence[str]) -> Script:
    """Answer a script of its own: what it requires, then the commands."""
    head = (Command("require", (Strings(tuple(required), True),)),) if required else ()
    return Script((*head, *commands))
