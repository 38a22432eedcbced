"""Why a Sieve script or a test in one cannot be read, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_web.words.forms import Form, Part, form, told, unquoted
from mailhelper_web.words.patterns import known_pattern_reason

# What a reason is told with: the place, and what to write instead.
_MISTAKE = re.compile(
    r"(?P<message>.*?) \(line (?P<line>[0-9]+), column (?P<column>[0-9]+)\)(?:; (?P<hint>.*))?", re.DOTALL
)
_NAMES: Mapping[str, LazyString] = MappingProxyType(
    {
        "command": lazy_gettext("the command"),
        "test": lazy_gettext("the test"),
        "a command": lazy_gettext("a command"),
        "a test": lazy_gettext("a test"),
        "string": lazy_gettext("one text in quotes"),
        "strings": lazy_gettext("one text or a list of texts"),
        "number": lazy_gettext("a number"),
        "none": lazy_gettext("none"),
    }
)
# How a script is written.
_WRITING: tuple[Form, ...] = (
    form("this script is too long", lazy_gettext("The script is too long")),
    form(
        "more than {number:d} rules come of this script", lazy_gettext("More than %(number)s rules come of the script")
    ),
    form(
        "more than {number:d} characters come of this, written as one rule",
        lazy_gettext("Written as one rule, this would have more than %(number)s characters"),
    ),
    form("this script has more than {number:d} commands", lazy_gettext("The script has more than %(number)s commands")),
    form("this is no name for a mailbox", lazy_gettext("This is no name for a folder")),
    form("this character cannot stand in a script", lazy_gettext("This character cannot stand in a script")),
    form("this comment is never closed", lazy_gettext("This comment is never closed")),
    form("this text is never closed", lazy_gettext("This text of several lines is never closed")),
    form("this string is never closed", lazy_gettext("This text is never closed")),
    form("{sign!r} has no meaning here", lazy_gettext("“%(sign)s” has no meaning here")),
    form("this block was never opened", lazy_gettext("This block was never opened")),
    form("the end of {name!r} is missing", lazy_gettext("The end of “%(name)s” is missing")),
    form("this block is never closed", lazy_gettext("This block is never closed")),
    form("a string is missing in this list", lazy_gettext("A text is missing in this list")),
    form("this list is not closed here", lazy_gettext("This list is not closed here")),
    form("this list of tests is not closed here", lazy_gettext("This list of tests is not closed here")),
    form("this number is too large", lazy_gettext("This number is too large")),
    form("this script is nested too deeply", lazy_gettext("The script has too many blocks within each other")),
    form("the script ends where {what} is expected", lazy_gettext("The script ends where %(what)s belongs")),
    form("{shown} stands where {what} is expected", lazy_gettext("“%(shown)s” stands where %(what)s belongs")),
)
# Which words it uses.
_WORDS: tuple[Form, ...] = (
    form("'require' stands too late", lazy_gettext("“require” stands too late")),
    form("{name!r} follows no 'if'", lazy_gettext("There is no “if” before “%(name)s”")),
    form("{name!r} needs a block", lazy_gettext("“%(name)s” needs a block")),
    form("{name!r} has no block", lazy_gettext("“%(name)s” takes no block")),
    form("the extension {name!r} is unknown", lazy_gettext("The extension “%(name)s” is unknown here")),
    form("there is no {what} {name!r}", lazy_gettext("Sieve does not know %(what)s “%(name)s”")),
    form("{name!r} was not required", lazy_gettext("“%(name)s” was not required")),
    form("variables were not required", lazy_gettext("Variables were not required")),
    form("':{tag}' stands too late", lazy_gettext("“:%(tag)s” stands too late")),
    form("{name!r} has no tag ':{tag}'", lazy_gettext("“%(name)s” knows no “:%(tag)s”")),
    form("':{tag}' stands beside its like", lazy_gettext("“:%(tag)s” stands beside another of its kind")),
    form("the value of ':{tag}' is missing", lazy_gettext("The value of “:%(tag)s” is missing")),
    form(
        "{name!r} takes {most:d} argument(s), not {given:d}",
        lazy_gettext("“%(name)s” takes %(most)s values, and here are %(given)s"),
    ),
    form("this is no {kind} for {name!r}", lazy_gettext("“%(name)s” takes %(kind)s here")),
    form("{name!r} and its tests do not fit", lazy_gettext("“%(name)s” and its tests do not fit")),
    form("there is no such comparator", lazy_gettext("There is no such way to compare")),
    form("{name!r} cannot look inside a text", lazy_gettext("“%(name)s” cannot look inside a text")),
    form("this regular expression cannot be read", lazy_gettext("This regular expression cannot be read")),
    form("':{tag}' knows no such relation", lazy_gettext("“:%(tag)s” knows no such relation")),
    form("this is no address to redirect to", lazy_gettext("This is no address to forward to")),
    form("this is no name of a variable", lazy_gettext("This is no name of a variable")),
    form("this is no Unicode character", lazy_gettext("This is no Unicode character")),
    form("this name space of variables is unknown", lazy_gettext("This kind of variable is unknown")),
    form("there are not so many match variables", lazy_gettext("There are not so many numbered variables")),
    form("{name!r} holds no addresses", lazy_gettext("“%(name)s” holds no addresses")),
    form("the envelope has no {name!r}", lazy_gettext("The envelope has no “%(name)s”")),
    form("'size' needs :over or :under", lazy_gettext("“size” needs :over or :under")),
    form("':last' stands without ':index'", lazy_gettext("“:last” stands without “:index”")),
    form("':index' counts from 1", lazy_gettext("“:index” counts from 1")),
)
_HINTS: tuple[Form, ...] = (
    form(
        "1 to {most:d} characters without line breaks, TAB or other controls",
        lazy_gettext("1 to %(most)s characters without line breaks, TAB or other controls"),
    ),
    form("save the script as UTF-8 text", lazy_gettext("save the script as text in UTF-8")),
    form("cut it into several", lazy_gettext("cut it into several scripts")),
    form("at most {most:d} characters", lazy_gettext("no more than %(most)s characters")),
    form("add {sign!r}", lazy_gettext("add “%(sign)s”")),
    form("end it with a line that holds '.'", lazy_gettext("end it with a line that holds “.” alone")),
    form(
        "write strings in double quotes, tags as :name",
        lazy_gettext("put texts in double quotes, and a colon before tags, as in :name"),
    ),
    form("remove the '}}'", lazy_gettext("remove the “}”")),
    form(
        "end a command with ';' or a block in braces",
        lazy_gettext("end a command with “;” or with a block in braces"),
    ),
    form('write ["one", "two"]', lazy_gettext('write a list as ["one", "two"]')),
    form(
        "separate strings with ',' and close with ']'",
        lazy_gettext("put “,” between texts, and “]” behind the last"),
    ),
    form(
        "separate tests with ',' and close with ')'",
        lazy_gettext("put “,” between tests, and “)” behind the last"),
    ),
    form("at most {most:d} levels", lazy_gettext("at most %(most)s levels")),
    form("at most {most:d}", lazy_gettext("no more than %(most)s")),
    form(
        "write a name such as 'if', 'header' or 'fileinto'",
        lazy_gettext("write a name such as “if”, “header” or “fileinto”"),
    ),
    form("write it before all other commands", lazy_gettext("write it before all other commands of the script")),
    form("write it right behind its 'if'", lazy_gettext("write it right behind its “if”")),
    form("write its commands in braces", lazy_gettext("put its commands in braces")),
    form("end it with ';'", lazy_gettext("end it with “;”")),
    form("did you mean {name!r}?", lazy_gettext("did you mean “%(name)s”?")),
    form("known are {names}", lazy_gettext("known are: %(names)s")),
    form("known: {names}", lazy_gettext("known are: %(names)s")),
    form("one of {names}", lazy_gettext("one of: %(names)s")),
    form('write require "{name}"; at the top', lazy_gettext('write require "%(name)s"; at the top of the script')),
    form("write tags before strings", lazy_gettext("write tags before texts")),
    form("write one of them", lazy_gettext("write only one of them")),
    form("write a {kind} behind it", lazy_gettext("write %(kind)s behind it")),
    form("write a {kind}", lazy_gettext("write %(kind)s")),
    form("see docs/reference/sieve.md", lazy_gettext("docs/reference/sieve.md tells which")),
    form("it takes no test", lazy_gettext("no test belongs behind it")),
    form("it takes one test", lazy_gettext("one test belongs behind it")),
    form("write (test, test)", lazy_gettext("put its tests in parentheses: (test, test)")),
    form("use it without :{tag}", lazy_gettext("leave out :%(tag)s")),
    form('write redirect "name@example.org";', lazy_gettext('write an address: redirect "name@example.org";')),
    form(
        "a letter, then letters, digits and '_'",
        lazy_gettext("write a letter, then letters, digits and “_”"),
    ),
    form(
        "write code points such as ${{unicode:e4}}",
        lazy_gettext("write the numbers of characters, as in ${unicode:e4}"),
    ),
    form("use plain names such as ${{name}}", lazy_gettext("take plain names, as in ${name}")),
    form("at most ${{{most:d}}}", lazy_gettext("the last is ${%(most)s}")),
    form("use 'header' for this field", lazy_gettext("ask for this field with “header”")),
    form("write size :over 100K", lazy_gettext("write for example size :over 100K")),
    form("write :index 1 :last", lazy_gettext("write for example :index 1 :last")),
    form("write :index 1", lazy_gettext("write for example :index 1")),
)
# A test that stands in a rule.
_IN_RULES: tuple[Form, ...] = (
    form(
        'write one test, such as header :contains "subject" "lunch"',
        lazy_gettext('write one Sieve test, such as header :contains "subject" "lunch"'),
    ),
    form(
        "this asks what only the server knows at delivery",
        lazy_gettext("this asks what the mail server alone knows, at delivery"),
    ),
)


def known_script_mistake(text: str, *, known: Callable[[str], str | None] | None = None) -> str | None:
    """Answer the words for what is wrong with a script or a test of one, None for anything else.

    known: what else is known of a message, where rules made of a script cannot act.
    """
    found = _MISTAKE.fullmatch(text)
    message = known_script_message(found["message"]) if found else None
    if found and known and message is None:
        message = known(found["message"])
    if found is None or message is None:
        return told(text, _IN_RULES)
    where = gettext("line %(line)s, column %(column)s", line=found["line"], column=found["column"])
    hint = found["hint"]
    return f"{message} ({where}); {known_script_hint(hint) or hint}" if hint else f"{message} ({where})"


def known_script_message(message: str) -> str | None:
    """Answer the words for what is wrong, without its place and hint."""
    return told(message, (*_WRITING, *_WORDS), _PARTS)


def known_script_hint(hint: str) -> str | None:
    """Answer the words for what to write instead."""
    return told(hint, _HINTS, _PARTS) or known_pattern_reason(hint)


def _name(what: str) -> str:
    return str(_NAMES.get(what, what))


_PARTS: Mapping[str, Part] = MappingProxyType({"what": _name, "kind": _name, "names": _name, "shown": unquoted})
