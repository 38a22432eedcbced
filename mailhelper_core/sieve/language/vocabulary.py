"""The closed tables of what the interpreter knows: commands, tests, their tags, and the extension each belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# What stands in a place: one string, a list of strings (one is a list too), or a number.
Kind = Literal["string", "strings", "number"]
Tests = Literal["none", "one", "list"]


@dataclass(frozen=True, slots=True)
class TagWord:
    """A tag: what follows it, which extension has it, and the group of which only one may stand."""

    name: str
    value: Kind | None = None
    extension: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A command or test: its extension, tags, places, and what it holds.

    The first `optional` places may be left out. is_executed is False for actions that are kept, not carried out.
    """

    name: str
    extension: str = ""
    tags: dict[str, TagWord] = field(default_factory=dict)
    places: tuple[Kind, ...] = ()
    optional: int = 0
    tests: Tests = "none"
    has_block: bool = False
    is_executed: bool = True


def _tags(*words: TagWord | tuple[TagWord, ...]) -> dict[str, TagWord]:
    flat = [one for word in words for one in (word if isinstance(word, tuple) else (word,))]
    return {word.name: word for word in flat}


# RFC 5228 2.7.1, 5231 (count, value), draft-murchison-sieve-regex
_MATCH = (
    TagWord("is", group="match"),
    TagWord("contains", group="match"),
    TagWord("matches", group="match"),
    TagWord("regex", None, "regex", "match"),
    TagWord("count", "string", "relational", "match"),
    TagWord("value", "string", "relational", "match"),
    TagWord("comparator", "string"),
)
# RFC 5228 2.7.4, 5233 (user, detail)
_PART = (
    TagWord("all", group="part"),
    TagWord("localpart", group="part"),
    TagWord("domain", group="part"),
    TagWord("user", None, "subaddress", "part"),
    TagWord("detail", None, "subaddress", "part"),
)
_INDEX = (TagWord("index", "number", "index"), TagWord("last", None, "index"))  # RFC 5260 6
_BODY = (TagWord("raw", group="body"), TagWord("text", group="body"), TagWord("content", "strings", group="body"))
_ZONE = TagWord("zone", "string", group="zone")
_FLAGS = TagWord("flags", "strings", "imap4flags")  # RFC 5232 5
_FILE = (
    TagWord("copy", None, "copy"),  # RFC 3894
    TagWord("create", None, "mailbox"),  # RFC 5490 3.2
    TagWord("specialuse", "string", "special-use"),  # RFC 8579 4
)
_SET = tuple(
    TagWord(name, group=f"set-{precedence}")
    for name, precedence in (
        ("lower", 40), ("upper", 40), ("lowerfirst", 30), ("upperfirst", 30), ("quotewildcard", 20), ("length", 10),
    )
)  # fmt: skip
_VACATION = (
    TagWord("days", "number"), TagWord("subject", "string"), TagWord("from", "string"),
    TagWord("addresses", "strings"), TagWord("mime"), TagWord("handle", "string"),
    TagWord("seconds", "number", "vacation-seconds"),
)  # fmt: skip
_DUPLICATE = (
    TagWord("handle", "string"), TagWord("header", "string", group="unique"),
    TagWord("uniqueid", "string", group="unique"), TagWord("seconds", "number"), TagWord("last"),
)  # fmt: skip

COMMANDS: dict[str, Word] = {
    word.name: word
    for word in (
        Word("require", places=("strings",)),
        Word("if", tests="one", has_block=True),
        Word("elsif", tests="one", has_block=True),
        Word("else", has_block=True),
        Word("stop"),
        Word("keep", tags=_tags(_FLAGS)),
        Word("discard"),
        Word("fileinto", "fileinto", _tags(_FLAGS, _FILE), ("string",)),
        Word("redirect", tags=_tags(TagWord("copy", None, "copy")), places=("string",), is_executed=False),
        Word("reject", "reject", places=("string",), is_executed=False),
        Word("ereject", "ereject", places=("string",), is_executed=False),
        Word("vacation", "vacation", _tags(_VACATION), ("string",), is_executed=False),
        Word("setflag", "imap4flags", places=("string", "strings"), optional=1),
        Word("addflag", "imap4flags", places=("string", "strings"), optional=1),
        Word("removeflag", "imap4flags", places=("string", "strings"), optional=1),
        Word("set", "variables", _tags(_SET), ("string", "string")),
    )
}

TESTS: dict[str, Word] = {
    word.name: word
    for word in (
        Word("true"),
        Word("false"),
        Word("not", tests="one"),
        Word("allof", tests="list"),
        Word("anyof", tests="list"),
        Word("exists", places=("strings",)),
        Word("size", tags=_tags(TagWord("over", "number", group="size"), TagWord("under", "number", group="size"))),
        Word("header", tags=_tags(_MATCH, _INDEX), places=("strings", "strings")),
        Word("address", tags=_tags(_MATCH, _PART, _INDEX), places=("strings", "strings")),
        Word("envelope", "envelope", _tags(_MATCH, _PART), ("strings", "strings")),
        Word("body", "body", _tags(_MATCH, _BODY), ("strings",)),
        Word(
            "date", "date", _tags(_MATCH, _INDEX, _ZONE, TagWord("originalzone", group="zone")),
            ("string", "string", "strings"),
        ),
        Word("currentdate", "date", _tags(_MATCH, _ZONE), ("string", "strings")),
        Word("hasflag", "imap4flags", _tags(_MATCH), ("strings", "strings"), 1),
        Word("string", "variables", _tags(_MATCH), ("strings", "strings")),
        Word("mailboxexists", "mailbox", places=("strings",)),
        Word("specialuse_exists", "special-use", places=("string", "strings"), optional=1),
        Word("duplicate", "duplicate", _tags(_DUPLICATE)),
    )
}  # fmt: skip

# What `require` may name: the extensions of the words above, and those without words of their own.
EXTENSIONS: frozenset[str] = frozenset(
    {
        "encoded-character", "comparator-i;octet", "comparator-i;ascii-casemap", "comparator-i;ascii-numeric",
        *(word.extension for table in (COMMANDS, TESTS) for word in table.values()),
        *(tag.extension for table in (COMMANDS, TESTS) for word in table.values() for tag in word.tags.values()),
    }
    - {""}
)  # fmt: skip
