"""What the compilers of tests and commands share: the checker, strings with variables, regular expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from mailhelper_core.errors import SieveError
from mailhelper_core.sieve.language.check import Call, Checker
from mailhelper_core.sieve.language.script import Span
from mailhelper_core.sieve.mail import CompileRegex, FindGroups, with_lf
from mailhelper_core.sieve.run import Run
from mailhelper_core.sieve.values.ere import translate
from mailhelper_core.sieve.values.octets import whole
from mailhelper_core.sieve.values.variables import (
    MAX_GROUP,
    Template,
    decode_characters,
    foreign_namespace,
    large_group,
    read_template,
)

Holds = Callable[[Run], bool]  # a compiled test
Does = Callable[[Run], bool]  # a compiled command; False ends the script
Texts = Callable[[Run], Sequence[str]]


class Unit:
    """One script while it is compiled."""

    def __init__(self, checker: Checker, regex: CompileRegex) -> None:
        self.checker = checker
        self._regex = lru_cache(maxsize=256)(regex)

    @property
    def has_variables(self) -> bool:
        """Say whether strings are expanded."""
        return "variables" in self.checker.required

    def texts(self, strings: Sequence[str], span: Span) -> tuple[Texts, tuple[str, ...] | None]:
        """Answer a function that expands strings, and the texts where nothing in them varies."""
        templates = [self._template(text, span) for text in strings]
        constants = [template.constant for template in templates]
        fixed = tuple(text for text in constants if text is not None)
        if len(fixed) == len(templates):
            return (lambda _: fixed), fixed
        return (lambda run: [template.expand(run.values, run.groups) for template in templates]), None

    def text(self, call: Call, place: int) -> tuple[Callable[[Run], str], str | None]:
        """Answer the same for the one string in a place."""
        texts, fixed = self.texts(call.strings(place), call.span)
        return (lambda run: texts(run)[0]), fixed[0] if fixed else None

    def regex(self, pattern: str, *, ignore_case: bool) -> FindGroups:
        """Compile a POSIX extended regular expression. Raises ValueError."""
        find = self._regex(translate(pattern, ignore_case=ignore_case))
        return lambda text: find(text if text.isascii() else whole(text))

    def error(self, message: str, hint: str, span: Span) -> SieveError:
        """Answer the error with its place."""
        return self.checker.error(message, hint, span)

    def _template(self, text: str, span: Span) -> Template:
        text = with_lf(text)
        if "encoded-character" in self.checker.required and "${" in text:
            try:
                text = decode_characters(text)
            except ValueError as exc:
                raise self.error(str(exc), "write code points such as ${unicode:e4}", span) from exc
        if not self.has_variables or "${" not in text:
            return Template((text,))
        if foreign_namespace(text):
            raise self.error("this name space of variables is unknown", "use plain names such as ${name}", span)
        if large_group(text):
            raise self.error("there are not so many match variables", f"at most ${{{MAX_GROUP}}}", span)
        return read_template(text)
