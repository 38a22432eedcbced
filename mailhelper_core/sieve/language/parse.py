"""The parser: script text to its tree; what is unknown is kept as it is, what is no Sieve answers with its place."""

from __future__ import annotations

from mailhelper_core.errors import SieveError
from mailhelper_core.sieve.language.script import Argument, Command, Number, Script, Span, Strings, Tag, Test
from mailhelper_core.sieve.language.tokens import Token, tokenize

# Deeper than any script people write (Pigeonhole stops at 32), far from Python's own limit.
MAX_DEPTH = 64
# Of the shortest, 1 MiB holds more; nobody writes so many, and each is looked at several times.
MAX_COMMANDS = 100_000
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
# RFC 5228 2.4.1 asks for 31 bits; Pigeonhole reads 64.
_MAX_NUMBER = 2**63 - 1


def parse(text: str) -> Script:
    """Answer the tree of a script. Raises SieveError with line, column and hint."""
    reader = _Reader(text)
    commands: list[Command] = []
    while reader.token.kind != "end":
        if reader.is_mark("}"):
            raise reader.error("this block was never opened", "remove the '}'")
        commands.append(reader.command())
    return Script(tuple(commands))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self.depth = 0
        self.commands = 0
        self.token = self.tokens[0]
        self.last_end = 0

    def command(self) -> Command:
        """command = identifier arguments (";" / block)."""
        self.enter()
        self.commands += 1
        if self.commands > MAX_COMMANDS:
            raise self.error(f"this script has more than {MAX_COMMANDS} commands", "cut it into several")
        name = self.take_name("a command")
        arguments = self.arguments()
        tests, is_list = self.tests()
        block = None
        if self.is_mark("{"):
            block = self.block()
        elif not self.is_mark(";"):
            raise self.error(f"the end of {name.value!r} is missing", "end a command with ';' or a block in braces")
        else:
            self.take()
        self.depth -= 1
        return Command(name.value, arguments, tests, is_list, block, Span(name.start, self.last_end))

    def block(self) -> tuple[Command, ...]:
        opened = self.take()
        commands: list[Command] = []
        while not self.is_mark("}"):
            if self.token.kind == "end":
                raise self.error("this block is never closed", "add '}'", opened)
            commands.append(self.command())
        self.take()
        return tuple(commands)

    def arguments(self) -> tuple[Argument, ...]:
        found: list[Argument] = []
        while True:
            argument = self.argument()
            if argument is None:
                return tuple(found)
            found.append(argument)

    def argument(self) -> Argument | None:
        token = self.token
        match token.kind:
            case "tag":
                self.take()
                return Tag(token.value, Span(token.start, token.end))
            case "number":
                self.take()
                return Number(self.number(token), Span(token.start, token.end))
            case "string":
                self.take()
                return Strings((token.value,), span=Span(token.start, token.end))
        return self.strings() if self.is_mark("[") else None

    def strings(self) -> Strings:
        opened = self.take()
        values: list[str] = []
        while True:
            if self.token.kind != "string":
                raise self.error("a string is missing in this list", 'write ["one", "two"]')
            values.append(self.take().value)
            if not self.is_mark(","):
                break
            self.take()
        if not self.is_mark("]"):
            raise self.error("this list is not closed here", "separate strings with ',' and close with ']'")
        self.take()
        return Strings(tuple(values), True, Span(opened.start, self.last_end))

    def tests(self) -> tuple[tuple[Test, ...], bool]:
        """Read a test, a list of tests in parentheses, or nothing."""
        if self.token.kind == "identifier":
            return (self.test(),), False
        if not self.is_mark("("):
            return (), False
        self.take()
        found = [self.test()]
        while self.is_mark(","):
            self.take()
            found.append(self.test())
        if not self.is_mark(")"):
            raise self.error("this list of tests is not closed here", "separate tests with ',' and close with ')'")
        self.take()
        return tuple(found), True

    def test(self) -> Test:
        self.enter()
        name = self.take_name("a test")
        arguments = self.arguments()
        tests, is_list = self.tests()
        self.depth -= 1
        return Test(name.value, arguments, tests, is_list, Span(name.start, self.last_end))

    def number(self, token: Token) -> int:
        unit = _UNITS.get(token.value[-1].upper(), 1)
        digits = token.value if unit == 1 else token.value[:-1]
        # Longer digits are not even converted: int() is quadratic.
        value = int(digits) * unit if len(digits) < 20 else _MAX_NUMBER + 1
        if value > _MAX_NUMBER:
            raise self.error("this number is too large", f"at most {_MAX_NUMBER}", token)
        return value

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("this script is nested too deeply", f"at most {MAX_DEPTH} levels")

    def take(self) -> Token:
        token = self.token
        self.index += 1
        self.token = self.tokens[self.index]
        self.last_end = token.end
        return token

    def take_name(self, what: str) -> Token:
        if self.token.kind != "identifier":
            found = "the script ends" if self.token.kind == "end" else f"{self.shown()} stands"
            raise self.error(f"{found} where {what} is expected", "write a name such as 'if', 'header' or 'fileinto'")
        return self.take()

    def is_mark(self, mark: str) -> bool:
        return self.token.kind == "mark" and self.token.value == mark

    def shown(self) -> str:
        return repr(self.text[self.token.start : min(self.token.end, self.token.start + 20)])

    def error(self, message: str, hint: str, token: Token | None = None) -> SieveError:
        return SieveError(message, text=self.text, position=(token or self.token).start, hint=hint)
