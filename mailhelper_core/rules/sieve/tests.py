"""Criteria of our queries as Sieve tests, and where a test only comes near; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mailhelper_core.model.rules.criteria import ADDRESS_FIELDS, AllOf, AnyOf, Criteria, Is, Not, is_presence
from mailhelper_core.model.rules.ranges import read_size
from mailhelper_core.rules.sieve import patterns
from mailhelper_core.rules.sieve.criteria import AUTHORS, CONDITION, FLAG_STATES, Unsaid, quoted_glob
from mailhelper_core.rules.sieve.days import days
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.language.script import Argument, Number, Strings, Tag, Test

_OCTETS = (Tag("comparator"), Strings(("i;octet",)))
_STATES = {state: flag for flag, state in FLAG_STATES.items()}
_NEGATED = {"unread": "read", "unflagged": "flagged", "unanswered": "answered"}
# Where a word is looked for: the fields of the header, or the body.
_WORD_FIELDS: dict[str, tuple[str, ...]] = {
    "subject": ("subject",),
    "from": ("from",),
    "to": ("to",),
    "cc": ("cc",),
    "bcc": ("bcc",),
    "recipient": ("to", "cc", "bcc"),
    "reply_to": ("reply-to",),
    "sender": ("sender",),
    "mailer": ("x-mailer", "user-agent"),
    "list": ("list-id",),
    "any": ("subject", "from", "to", "cc", "bcc"),
}
# What `:matches` finds in every value that is not empty.
_SOMETHING = "?*"
_LETTERS = "Sieve tells é from e, and two blanks from one"
_WORDS = "Sieve looks for the text, wherever words begin and end"
_WRITTEN = "Sieve looks at the field as it is written"
_DAYS = "Sieve looks at the field Date, and a day begins where the server says"
# Fields of which the value is what stands before a blank, a semicolon, a comment or a comma.
_FIRST_WORD = {"precedence": "precedence", "auto_submitted": "auto-submitted"}
_WORD_ENDS = (";*", " *", "(*", ",*")
_IDS = {"message_id": "message-id", "in_reply_to": "in-reply-to"}
# The fields of the header that say whether a mail has it.
_HAS = {"unsubscribe": ("list-unsubscribe",), "list": ("list-id", "list-post")}


@dataclass(slots=True)
class Speech:
    """Says criteria in Sieve; `near` collects (test, why) where it comes near."""

    near: list[tuple[str, str]] = field(default_factory=list)

    def test(self, criteria: Criteria) -> Test:
        """Answer the test. Raises Unsaid."""
        match criteria:
            case AllOf(()):
                return Test("true")
            case AnyOf(()) | Not(AllOf(())):
                return Test("false")
            case Not(part):
                return Test("not", (), (self.test(part),))
            case AllOf(parts):
                return Test("allof", (), tuple(map(self.test, parts)), True)
            case AnyOf(parts):
                return Test("anyof", (), tuple(map(self.test, parts)), True)
            case Is():
                return self._leaf(criteria)

    def _leaf(self, leaf: Is) -> Test:
        if leaf.field in ADDRESS_FIELDS and leaf.value == "me":
            raise Unsaid(f"{leaf.field}:me has no word in Sieve")
        say = _SAY.get(leaf.field)
        if say is None:
            raise Unsaid(f"Sieve has no {leaf.field!r}")
        return say(self, leaf)

    def _text(self, leaf: Is) -> Test:
        names = (leaf.name,) if leaf.field == "header" else _WORD_FIELDS.get(leaf.field, ())
        if is_presence(leaf):
            if leaf.field != "header":
                self.near.append((f"{_shown(leaf)}*", "Sieve asks for the field, which may be empty"))
            return _one_of([Test("exists", (Strings((name,)),)) for name in names])
        if leaf.operator == "~":
            return self._pattern(leaf, names)
        if leaf.operator == "=":
            return self._whole(leaf, names)
        self.near.append((_shown(leaf), _WORDS))
        return _header("contains", names, leaf.value)

    def _whole(self, leaf: Is, names: tuple[str, ...]) -> Test:
        if not leaf.value:  # it holds where no such field says something, or where there is none
            if leaf.field not in ("subject", "header"):
                self.near.append((f'{_shown(leaf)}""', "Sieve asks for the field, which may name nobody"))
            return Test("not", (), (_header("matches", names, _SOMETHING),))
        if leaf.field in ("subject", "header", "mailer"):
            if not leaf.value.isdecimal() or leaf.field == "mailer":
                self.near.append((_shown(leaf), _LETTERS))
            return _header("", names, leaf.value)
        if leaf.field in ADDRESS_FIELDS and "@" in leaf.value:
            if leaf.field == "from":
                self.near.append((_shown(leaf), AUTHORS))
            return Test("address", (_strings(names), Strings((leaf.value,))))
        self.near.append((_shown(leaf), "Sieve looks for it within the whole field"))
        return _header("contains", names, leaf.value)

    def _pattern(self, leaf: Is, names: tuple[str, ...]) -> Test:
        if leaf.field not in ("subject", "header"):
            self.near.append((_shown(leaf), _WRITTEN))
        kind, key, has_case = _read(leaf.value)
        is_key = patterns.whole(kind, key)
        tags = _tags(kind, has_case=has_case) if is_key is None else _tags("is", has_case=has_case)
        return Test("header", (*tags, _strings(names), Strings((key if is_key is None else is_key,))))

    def _body(self, leaf: Is) -> Test:
        if leaf.operator == "~":
            kind, key, has_case = _read(leaf.value)
            return Test("body", (*_tags(kind, has_case=has_case), Strings((key,))))
        if is_presence(leaf) or not leaf.value:
            raise Unsaid("Sieve cannot ask whether there is a text")
        is_whole = leaf.operator == "="
        self.near.append((_shown(leaf), _LETTERS if is_whole else _WORDS))
        return Test("body", (Tag("is" if is_whole else "contains"), Strings((leaf.value,))))

    def _any(self, leaf: Is) -> Test:
        if leaf.operator != ":":
            raise Unsaid("Sieve has no word for a pattern anywhere")
        return Test("anyof", (), (self._text(leaf), self._body(leaf)), True)

    def _domain(self, leaf: Is) -> Test:
        self.near.append((_shown(leaf), AUTHORS))
        value = leaf.value.lower().lstrip("@")
        names = Strings(("from",))
        exact = Test("address", (Tag("domain"), names, Strings((value,))))
        if leaf.prefix:
            return Test("address", (Tag("domain"), Tag("matches"), names, Strings((f"{quoted_glob(value)}*",))))
        if leaf.operator == "=":
            return exact
        below = Test("address", (Tag("domain"), Tag("matches"), names, Strings((f"*.{quoted_glob(value)}",))))
        return Test("anyof", (), (exact, below), True)

    def _first_word(self, leaf: Is) -> Test:
        name = _FIRST_WORD[leaf.field]
        if is_presence(leaf):
            return self._there(leaf, name)
        self.near.append((_shown(leaf), _WRITTEN))
        key = quoted_glob(leaf.value)
        keys = (f"{key}*",) if leaf.prefix else (key, *(f"{key}{end}" for end in _WORD_ENDS))
        return Test("header", (Tag("matches"), Strings((name,)), _strings(keys)))

    def _id(self, leaf: Is) -> Test:
        name, value = _IDS[leaf.field], leaf.value.strip("<>")
        if not value:
            return self._there(leaf, name)
        self.near.append((_shown(leaf), _WRITTEN))
        return _header("contains", (name,), f"<{value}" if leaf.prefix else f"<{value}>")

    def _there(self, leaf: Is, name: str) -> Test:
        there = _header("matches", (name,), _SOMETHING)
        return there if leaf.prefix else Test("not", (), (there,))

    def _has(self, leaf: Is) -> Test:
        if leaf.value not in _HAS:
            raise Unsaid(f"Sieve has no {_shown(leaf)!r}")
        return _header("matches", _HAS[leaf.value], _SOMETHING)

    def _day(self, leaf: Is) -> Test:
        self.near.append((_shown(leaf), _DAYS))
        return days(leaf)

    def _size(self, leaf: Is) -> Test:
        operator = {"larger": ">", "smaller": "<"}.get(leaf.field, leaf.operator)
        octets = read_size(leaf.value)
        bound = {">": ("over", octets), ">=": ("over", octets - 1), "<": ("under", octets), "<=": ("under", octets + 1)}
        if operator not in bound or bound[operator][1] < 0:
            raise Unsaid("Sieve cannot ask for an exact size")
        return Test("size", (Tag(bound[operator][0]), Number(bound[operator][1])))

    def _state(self, leaf: Is) -> Test:
        if leaf.value in _NEGATED:
            return Test("not", (), (self._state(Is("is", ":", _NEGATED[leaf.value])),))
        if leaf.value not in _STATES:
            raise Unsaid(f"Sieve has no is:{leaf.value}")
        return Test("hasflag", (Strings((_STATES[leaf.value],)),))

    def _keyword(self, leaf: Is) -> Test:
        if leaf.prefix:
            return Test("hasflag", (Tag("matches"), Strings((f"{quoted_glob(leaf.value)}*",))))
        return Test("hasflag", (Strings((leaf.value,)),))

    def _in(self, leaf: Is) -> Test:
        if leaf.value.lower() != "inbox" or leaf.prefix:
            raise Unsaid("Sieve knows no mailbox before delivery")
        self.near.append((_shown(leaf), "at delivery all mail comes to the inbox"))
        return Test("true")

    def _sieve(self, leaf: Is) -> Test:
        return parse(f"if {leaf.value} {{}}").commands[0].tests[0]


_SAY: dict[str, Callable[[Speech, Is], Test]] = {
    "subject": Speech._text,
    "from": Speech._text,
    "to": Speech._text,
    "cc": Speech._text,
    "bcc": Speech._text,
    "recipient": Speech._text,
    "reply_to": Speech._text,
    "sender": Speech._text,
    "mailer": Speech._text,
    "list": Speech._text,
    "header": Speech._text,
    "any": Speech._any,
    "body": Speech._body,
    "domain": Speech._domain,
    "precedence": Speech._first_word,
    "auto_submitted": Speech._first_word,
    "message_id": Speech._id,
    "in_reply_to": Speech._id,
    "has": Speech._has,
    "date": Speech._day,
    "sent": Speech._day,
    "after": Speech._day,
    "before": Speech._day,
    "size": Speech._size,
    "larger": Speech._size,
    "smaller": Speech._size,
    "is": Speech._state,
    "keyword": Speech._keyword,
    "in": Speech._in,
    CONDITION: Speech._sieve,
}


def _read(pattern: str) -> patterns.Key:
    found = patterns.read(pattern)
    if found is None:
        raise Unsaid("this regular expression is not one of POSIX")
    return found


def _tags(kind: str, *, has_case: bool) -> tuple[Argument, ...]:
    return (Tag(kind), *_OCTETS) if has_case else (Tag(kind),)


def _header(kind: str, names: tuple[str, ...], key: str) -> Test:
    tags = (Tag(kind),) if kind else ()
    return Test("header", (*tags, _strings(names), Strings((key,))))


def _strings(values: tuple[str, ...]) -> Strings:
    return Strings(values, len(values) > 1)


def _one_of(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else Test("anyof", (), tuple(tests), True)


def _shown(leaf: Is) -> str:
    return f"{leaf.field}{leaf.operator}{leaf.value}"
