"""Is a script allowed? Every command and test against the tables; the first mistake answers with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mailhelper_core.errors import SieveError
from mailhelper_core.sieve.language.script import Argument, Command, Number, Span, Strings, Tag, Test, required
from mailhelper_core.sieve.language.vocabulary import COMMANDS, EXTENSIONS, TESTS, Kind, TagWord, Word

Value = int | Strings | None


@dataclass(frozen=True, slots=True)
class Call:
    """A command or test whose arguments were read: tags with their values, and what stands in its places.

    A place that was left out is None.
    """

    name: str
    tags: dict[str, Value]
    places: tuple[Value, ...]
    span: Span

    def strings(self, place: int) -> tuple[str, ...]:
        """Answer the strings in a place."""
        value = self.places[place]
        return value.values if isinstance(value, Strings) else ()

    def tag_strings(self, name: str) -> tuple[str, ...]:
        """Answer the strings behind a tag; none without it."""
        value = self.tags.get(name)
        return value.values if isinstance(value, Strings) else ()

    def number(self, tag: str) -> int | None:
        """Answer the number behind a tag, None without it."""
        value = self.tags.get(tag)
        return value if isinstance(value, int) else None


class Checker:
    """Reads the calls of one script: knows what was required, and the text for the places of mistakes."""

    def __init__(self, text: str = "", required: Iterable[str] = ()) -> None:
        self.text = text
        self.required = set(required)

    def commands(self, commands: Sequence[Command], *, top: bool = False) -> None:
        """Check a block: its order, and at the top what it requires."""
        self._order(commands, top=top)
        for command in commands:
            if command.name == "require":
                self._require(command)

    def structure(self, commands: Sequence[Command], *, top: bool = True) -> None:
        """Check what must be right whatever the words of a script mean: order, and the tests and blocks of `if`."""
        self._order(commands, top=top)
        for command in commands:
            if command.name in ("if", "elsif", "else"):
                self.command(command)
            self.structure(command.block or (), top=False)

    def _order(self, commands: Sequence[Command], *, top: bool) -> None:
        """`require` stands first, `elsif` and `else` behind an `if`."""
        before, may_require = "", top
        for command in commands:
            if command.name != "require":
                may_require = False
            elif not may_require:
                raise self.error("'require' stands too late", "write it before all other commands", command.span)
            if command.name in ("elsif", "else") and before not in ("if", "elsif"):
                raise self.error(f"{command.name!r} follows no 'if'", "write it right behind its 'if'", command.span)
            before = command.name

    def command(self, command: Command) -> Call:
        """Answer the call of a command. Raises SieveError."""
        word = self._word(COMMANDS, command, "command")
        call = self._call(word, command)
        if word.has_block and command.block is None:
            raise self.error(f"{word.name!r} needs a block", "write its commands in braces", command.span)
        if not word.has_block and command.block is not None:
            raise self.error(f"{word.name!r} has no block", "end it with ';'", command.span)
        return call

    def test(self, test: Test) -> Call:
        """Answer the call of a test. Raises SieveError."""
        return self._call(self._word(TESTS, test, "test"), test)

    def error(self, message: str, hint: str, span: Span) -> SieveError:
        """Answer the error with its place."""
        return SieveError(message, text=self.text, position=span.start, hint=hint)

    def _require(self, command: Command) -> None:
        self.command(command)
        for name in required(command):
            if name not in EXTENSIONS:
                near = get_close_matches(name[:100], EXTENSIONS, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(EXTENSIONS))}"
                raise self.error(f"the extension {name[:60]!r} is unknown", hint, command.span)
            self.required.add(name)

    def _word(self, table: dict[str, Word], node: Command | Test, what: str) -> Word:
        word = table.get(node.name)
        if word is None:
            near = get_close_matches(node.name[:100], table, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(table))}"
            raise self.error(f"there is no {what} {node.name[:60]!r}", hint, node.span)
        self._needs(word.extension, node.name, node.span)
        return word

    def _needs(self, extension: str, name: str, span: Span) -> None:
        if extension and extension not in self.required:
            raise self.error(f"{name!r} was not required", f'write require "{extension}"; at the top', span)

    def _call(self, word: Word, node: Command | Test) -> Call:
        tags: dict[str, Value] = {}
        places: list[Strings | Number] = []
        rest = list(reversed(node.arguments))
        while rest:
            argument = rest.pop()
            if not isinstance(argument, Tag):
                places.append(argument)
                continue
            if places:
                raise self.error(f"':{argument.name}' stands too late", "write tags before strings", argument.span)
            tag = self._tag(word, argument, tags)
            tags[tag.name] = self._tag_value(tag, rest, argument) if tag.value else None
        self._check_tests(word, node)
        return Call(word.name, tags, self._places(word, places, node.span), node.span)

    def _tag(self, word: Word, argument: Tag, tags: dict[str, Value]) -> TagWord:
        tag = word.tags.get(argument.name)
        if tag is None:
            known = ", ".join(f":{name}" for name in word.tags) or "none"
            raise self.error(f"{word.name!r} has no tag ':{argument.name[:60]}'", f"known: {known}", argument.span)
        self._needs(tag.extension, f":{tag.name}", argument.span)
        if tag.name in tags or (tag.group and any(word.tags[name].group == tag.group for name in tags)):
            raise self.error(f"':{tag.name}' stands beside its like", "write one of them", argument.span)
        return tag

    def _tag_value(self, tag: TagWord, rest: list[Argument], argument: Tag) -> Value:
        if not rest or not tag.value or not _fits(tag.value, rest[-1]):
            raise self.error(f"the value of ':{tag.name}' is missing", f"write a {tag.value} behind it", argument.span)
        value = rest.pop()
        return value.value if isinstance(value, Number) else value if isinstance(value, Strings) else None

    def _places(self, word: Word, found: list[Strings | Number], span: Span) -> tuple[Value, ...]:
        missing = len(word.places) - len(found)
        if not 0 <= missing <= word.optional:
            takes = f"{word.name!r} takes {len(word.places)} argument(s)"
            raise self.error(f"{takes}, not {len(found)}", "see docs/reference/sieve.md", span)
        for kind, value in zip(word.places[missing:], found, strict=True):
            if not _fits(kind, value):
                raise self.error(f"this is no {kind} for {word.name!r}", f"write a {kind}", value.span)
        given = [one.value if isinstance(one, Number) else one for one in found]
        return (*[None] * missing, *given)

    def _check_tests(self, word: Word, node: Command | Test) -> None:
        wanted = {"none": len(node.tests) == 0, "one": len(node.tests) == 1 and not node.is_list, "list": node.is_list}
        if not wanted[word.tests]:
            hint = {"none": "it takes no test", "one": "it takes one test", "list": "write (test, test)"}[word.tests]
            raise self.error(f"{word.name!r} and its tests do not fit", hint, node.span)


def _fits(kind: Kind, argument: Argument) -> bool:
    match argument:
        case Number():
            return kind == "number"
        case Strings(_, is_list):
            return kind == "strings" or (kind == "string" and not is_list)
        case Tag():
            return False
