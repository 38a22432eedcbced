"""The interpreter: a script is compiled once, and then says of each mail what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailhelper_core.sieve import facts, fields
from mailhelper_core.sieve.action import Decision, Keep
from mailhelper_core.sieve.deeds import COMMANDS
from mailhelper_core.sieve.language.check import Call, Checker
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Command, Script, Test
from mailhelper_core.sieve.mail import CompileRegex, SieveMail, Surroundings
from mailhelper_core.sieve.run import Broken, Run
from mailhelper_core.sieve.unit import Does, Holds, Unit

_Body = tuple[Does, ...]


class Program:
    """A compiled script. Thread-safe: each mail has its own state."""

    def __init__(self, body: _Body) -> None:
        self._body = body

    def decide(self, mail: SieveMail, around: Surroundings, flags: Sequence[str] = ()) -> Decision:
        """Answer what the script does with a mail that has these flags; a script that breaks off keeps it."""
        run = Run(mail, around, flags)
        try:
            _do(self._body, run)
            return run.decision()
        except Broken as exc:
            return Decision((Keep(tuple(run.flags), is_implicit=True),), (), str(exc))


def compile_script(text: str, regex: CompileRegex) -> Program:
    """Read and compile a script; `regex` compiles a pattern in the syntax of RE2. Raises SieveError."""
    return compile_tree(parse(text), regex, text=text)


def compile_tree(script: Script, regex: CompileRegex, *, text: str = "") -> Program:
    """Compile a tree; the text is for the places of mistakes. Raises SieveError."""
    return Program(_Compiler(Unit(Checker(text), regex)).block(script.commands, top=True))


def compile_commands(commands: Sequence[Command], required: Sequence[str], regex: CompileRegex, *, text: str) -> None:
    """Compile commands as they stand in a script that requires these extensions: is all allowed? Raises SieveError."""
    _Compiler(Unit(Checker(text, required), regex)).block(commands)


def compile_test(test: Test, required: Sequence[str], regex: CompileRegex, *, text: str = "") -> Holds:
    """Compile one test as it stands in a script that requires these extensions. Raises SieveError."""
    return _Compiler(Unit(Checker(text, required), regex)).test(test)


def _do(body: _Body, run: Run) -> bool:
    for does in body:  # noqa: SIM110 - twice as fast as all()
        if not does(run):
            return False
    return True


class _Compiler:
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def block(self, commands: Sequence[Command], *, top: bool = False) -> _Body:
        """Compile commands; an `if` with what hangs on it becomes one."""
        self.unit.checker.commands(commands, top=top)
        body: list[Does] = []
        chain: list[tuple[Holds, _Body]] = []
        for command in commands:
            if command.name in ("elsif", "else"):
                chain.append(self.branch(command))
                continue
            if command.name == "if":
                chain = [self.branch(command)]
                body.append(_chained(chain))
            elif command.name != "require":
                body.append(self.command(command))
        return tuple(body)

    def branch(self, command: Command) -> tuple[Holds, _Body]:
        self.unit.checker.command(command)
        holds = self.test(command.tests[0]) if command.tests else _true
        return holds, self.block(command.block or ())

    def command(self, command: Command) -> Does:
        call = self.unit.checker.command(command)
        return COMMANDS[call.name](call, self.unit)

    def test(self, test: Test) -> Holds:
        call = self.unit.checker.test(test)
        combined = _COMBINED.get(call.name)
        if combined:
            return combined([self.test(one) for one in test.tests])
        return _TESTS[call.name](call, self.unit)


def _chained(chain: list[tuple[Holds, _Body]]) -> Does:
    """The chain still grows while it is compiled: `elsif` and `else` follow."""

    def does(run: Run) -> bool:
        for holds, body in chain:
            if holds(run):
                return _do(body, run)
        return True

    return does


def _true(_: Run) -> bool:
    return True


def _false(_: Run) -> bool:
    return False


def _allof(tests: Sequence[Holds]) -> Holds:
    return lambda run: all(test(run) for test in tests)


def _anyof(tests: Sequence[Holds]) -> Holds:
    return lambda run: any(test(run) for test in tests)


def _not(tests: Sequence[Holds]) -> Holds:
    inner = tests[0]
    return lambda run: not inner(run)


_COMBINED: dict[str, Callable[[Sequence[Holds]], Holds]] = {
    "allof": _allof,
    "anyof": _anyof,
    "not": _not,
    "true": lambda _: _true,
    "false": lambda _: _false,
}
_TESTS: dict[str, Callable[[Call, Unit], Holds]] = {
    "exists": fields.compile_exists,
    "size": fields.compile_size,
    "header": fields.compile_header,
    "address": fields.compile_address,
    "envelope": fields.compile_envelope,
    "body": facts.compile_body,
    "date": facts.compile_date,
    "currentdate": facts.compile_currentdate,
    "hasflag": facts.compile_hasflag,
    "string": facts.compile_string,
    "mailboxexists": facts.compile_mailboxexists,
    "specialuse_exists": facts.compile_specialuse_exists,
    "duplicate": facts.compile_duplicate,
}
