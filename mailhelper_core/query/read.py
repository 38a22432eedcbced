"""Query text to the criteria tree; every mistake answers with its position and a hint.

query = [ any ]
any   = all *( "OR" all )
all   = part *( [ "AND" ] part )
part  = ( "-" / "NOT" ) part / "(" [ any ] ")" / test
test  = [ field operator ] value
value = word [ "*" ] / quoted [ "*" ] / "*"

What the others are, docs/reference/query.md says.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from mailhelper_core.errors import QueryError
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.rules.criteria import (
    FIELDS,
    NAMED_FIELDS,
    AllOf,
    AnyOf,
    Criteria,
    Is,
    Not,
    Operator,
    simplify,
)
from mailhelper_core.query.check import NAME, NAMED_HINTS, Conditions, canonical, check

# The longest list of senders that a person keeps by hand fits; 1 MB is refused before it is looked at.
MAX_LENGTH = 10_000
# SQL gets at most two bounds of two values each from a test: below 1,000 bind parameters.
MAX_TESTS = 200
# Far below Python's and SQLite's recursion limits.
MAX_DEPTH = 40

_BLANKS = re.compile(r"\s*")
_OPERATOR = "<=|>=|[:=~<>]"
_FIELD = re.compile(rf"([A-Za-z][A-Za-z0-9_-]*)({_OPERATOR})")
_NAMED = re.compile(rf"({NAME.pattern})({_OPERATOR})")
_BARE = re.compile(r'[^\s"()]+')
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
# What phones and word processors make of the quotes that somebody types, in English and German.
CURLY = "“”„"
_CURLY = re.compile(f"[{CURLY}]([^{CURLY}]*)[“”]")
_BOUNDARY = re.compile(r"[\s)]")
_NEGATED = re.compile(r"-[^\s)]")
# A unit that stands apart from its number would be a word to look for.
_UNIT = re.compile(r"\s+[kmg]b?(?=[\s)]|$)", re.IGNORECASE)
_NO_BLANK = "write it without a blank, as in subject:invoice"
_QUOTE_IT = 'put it in quotes, as in subject~"(a|b)"; a quote inside quotes is written twice: ""'
_GROUP = "a group holds whole tests, as in (subject:a OR subject:b); quote a text with parentheses"
_WORD_OPERATOR = re.compile(r'(AND|OR|NOT)(?=[\s"()]|$)')


# Answers the category that a misspelt one is close to; empty where it may be right.
Nearest = Callable[[str], str]


def read(text: str, conditions: Conditions | None = None, *, nearest: Nearest | None = None) -> Criteria:
    """Answer the tree of a query; an empty query is everything. Raises QueryError.

    With `nearest` also for a category that nothing gives and that looks like another one.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            "this query is too long", position=MAX_LENGTH, hint=f"at most {MAX_LENGTH} characters; split it into rules"
        )
    plain = _plain(text)
    return _Reader(text, conditions or {}, nearest).query() if plain is None else plain


def read_asked(text: str, conditions: Conditions | None = None, *, nearest: Nearest | None = None) -> Criteria:
    """Answer the tree of a query from outside: of the text that the store would keep, so that it stays what it was.

    Raises QueryError, with the position in the text that was given.
    """
    try:
        return read(clean_text(text), conditions, nearest=nearest)
    except QueryError as exc:
        exc.position = _given(text, exc.position)
        raise


def _given(text: str, position: int) -> int:
    """Answer where a text has what stands at a position once it is cleaned: behind what was taken out before it."""
    if text.isprintable():
        return position
    return bisect_right(range(len(text) + 1), position, key=lambda end: len(clean_text(text[:end]))) - 1


@lru_cache(maxsize=128)
def _plain(text: str) -> Criteria | None:
    """Answer the tree of a query that is the same for everybody, such as a host's views; None for any other.

    Which conditions and categories there are is not known here, and a mistake is told by who asked.
    """
    reader = _Reader(text, {}, None)
    try:
        criteria = reader.query()
    except QueryError:
        return None
    return None if any(leaf.field == "category" for _, _, leaf in reader.found) else criteria


def tests_in(text: str) -> tuple[tuple[int, int, Is], ...]:
    """Answer where in a query each test begins and ends, and the test. Raises QueryError.

    The query was checked when it was saved: the words of plugins are taken, whether they are there or not.
    """
    reader = _Reader(text, None, None)
    reader.query()
    return tuple(reader.found)


class _Reader:
    def __init__(self, text: str, conditions: Conditions | None, nearest: Nearest | None) -> None:
        self.text = text
        self.conditions = conditions
        self.nearest = nearest
        self.at = 0
        self.tests = 0
        self.depth = 0
        self.found: list[tuple[int, int, Is]] = []

    def query(self) -> Criteria:
        self.skip()
        criteria = AllOf() if self.at == len(self.text) else self.any_of()
        if self.at < len(self.text):
            raise self.error("this parenthesis was never opened", hint="remove it, or quote it to search for it")
        return simplify(criteria)

    def any_of(self) -> Criteria:
        parts = [self.all_of()]
        while self.word() == "OR":
            self.take(2)
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self) -> Criteria:
        parts = [self.nested(self.part)]
        while self.at < len(self.text) and self.text[self.at] != ")" and self.word() != "OR":
            if self.word() == "AND":
                self.take(3)
            parts.append(self.nested(self.part))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def part(self) -> Criteria:
        word = self.word()
        if word == "NOT":
            self.take(3)
            return Not(self.nested(self.part))
        if word or self.text.startswith(")", self.at) or self.at == len(self.text):
            raise self.error("a test is missing here", hint='quote "AND", "OR" and parentheses to search for them')
        if self.text.startswith("(", self.at):
            return self.group()
        if _NEGATED.match(self.text, self.at):
            self.at += 1
            return Not(self.nested(self.part))
        return self.test()

    def group(self) -> Criteria:
        opened = self.at
        self.take(1)
        criteria = AllOf() if self.text.startswith(")", self.at) else self.any_of()
        if not self.text.startswith(")", self.at):
            raise self.error("this parenthesis is never closed", at=opened, hint="add ')'")
        self.take(1)
        return criteria

    def test(self) -> Is:
        started = self.at
        self.tests += 1
        if self.tests > MAX_TESTS:
            raise self.error("this query has too many tests", hint=f"at most {MAX_TESTS}; split it into several rules")
        field, operator, name = self.field()
        valued = self.at
        self.blank(field, operator)
        value, prefix = self.value(operator, stars=operator == ":" and field in FIELDS)
        leaf = canonical(Is(field, operator, value, name, prefix))
        self.found.append((started, self.at, leaf))
        if self.conditions is not None:
            check(leaf, self.conditions, position=valued if field in FIELDS or field in self.conditions else started)
        if self.nearest and field == "category" and operator == ":" and not prefix:
            self.near(value, self.nearest(value), valued)
        if field in FIELDS and FIELDS[field].type == "size" and value.isdigit() and _UNIT.match(self.text, self.at):
            hint = "write a size in octets, or with k, M or G: 500k, 2M"
            raise self.error(f"this is no value for {field!r}", at=valued, hint=hint)
        self.skip()
        return leaf

    def blank(self, field: str, operator: str) -> None:
        """Refuse a blank where the value should stand; `subject= x` is no subject, and x.

        And the end, where a pattern should: one of nothing finds everything, which nobody means who left it out.
        """
        following = self.text[self.at : self.at + 1]
        is_left_out = operator == "~" and following in ("", ")")
        if field in FIELDS and field != "any" and operator != "=" and (following.isspace() or is_left_out):
            raise self.error(f"{field!r} needs a value", hint=_NO_BLANK)

    def near(self, category: str, close: str, at: int) -> None:
        if close:
            hint = f"did you mean {close!r}? category={category[:40]} asks for it as it is"
            raise self.error("nothing gives this category", at=at, hint=hint)

    def field(self) -> tuple[str, Operator, str]:
        found = _FIELD.match(self.text, self.at)
        if not found:
            return "any", ":", ""
        field = found[1].lower()
        if self.conditions is not None and field not in FIELDS and field not in self.conditions:
            check(Is(field, ":", ""), self.conditions, position=self.at)
        self.at = found.end()
        operator = found[2]
        if field not in NAMED_FIELDS or operator != ":":
            return field, cast("Operator", operator), ""
        named = _NAMED.match(self.text, self.at)
        if not named:
            raise self.error(f"the name behind {field!r} or its test is missing", hint=NAMED_HINTS[field])
        self.at = named.end()
        return field, cast("Operator", named[2]), named[1]

    def value(self, operator: str, *, stars: bool) -> tuple[str, bool]:
        began_with = self.text[self.at : self.at + 1] or " "
        quoted = began_with in ('"', *CURLY)
        found = (_CURLY if began_with in CURLY else _QUOTED if quoted else _BARE).match(self.text, self.at)
        if quoted and not found:
            raise self.error("this quote is never closed", hint='add \'"\'; a quote inside quotes is written twice: ""')
        value, began = found[0] if found else "", self.at
        self.at += len(value)
        prefix = False
        if quoted:
            value = value[1:-1] if began_with in CURLY else value[1:-1].replace('""', '"')
            prefix = stars and self.text.startswith("*", self.at)
            self.at += prefix
        elif stars and value.endswith("*"):
            value, prefix = value[:-1], True
        if operator == "~" and not quoted and self.text[self.at : self.at + 1] in ("(", '"'):
            raise self.error("this regular expression cannot be read", at=began, hint=_QUOTE_IT)
        if self.at < len(self.text) and not _BOUNDARY.match(self.text, self.at):
            hint = _GROUP if self.text[self.at] == "(" else 'a quote inside quotes is written twice: ""'
            raise self.error("a blank is missing here", hint=hint)
        return value, prefix

    def word(self) -> str:
        """The operator word (AND, OR, NOT) that stands here, or an empty text."""
        found = _WORD_OPERATOR.match(self.text, self.at)
        return found[1] if found else ""

    def take(self, length: int) -> None:
        self.at += length
        self.skip()

    def skip(self) -> None:
        found = _BLANKS.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def nested(self, rule: Callable[[], Criteria]) -> Criteria:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("this query is nested too deeply", hint=f"at most {MAX_DEPTH} levels")
        criteria = rule()
        self.depth -= 1
        return criteria

    def error(self, message: str, *, hint: str, at: int | None = None) -> QueryError:
        return QueryError(message, position=self.at if at is None else at, hint=hint)
