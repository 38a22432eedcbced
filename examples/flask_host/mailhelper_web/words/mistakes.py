"""Why a query cannot be read, in the reader's language; what plugins say stays as it is."""

from __future__ import annotations

import re

from flask_babel import gettext, lazy_gettext

from mailhelper_web.words.fields import known_field_help
from mailhelper_web.words.forms import Form, form, told
from mailhelper_web.words.patterns import known_pattern_reason
from mailhelper_web.words.script import known_script_mistake

# What a reason is told with: the place, and what to write instead.
_MISTAKE = re.compile(r"(?P<message>.*?) \(at character (?P<at>[0-9]+)\)(?:; (?P<hint>.*))?", re.DOTALL)

MESSAGES: tuple[Form, ...] = (
    form("nothing is left of this to compare with", lazy_gettext("Nothing is left of this to compare with")),
    form("there is no field or condition {name!r}", lazy_gettext("There is no condition “%(name)s” here")),
    form(
        "{field!r} takes its argument behind a colon", lazy_gettext("“%(field)s” wants a colon and a value behind it")
    ),
    form("this is no argument of {field!r}", lazy_gettext("“%(field)s” does not take this value")),
    form("{field!r} cannot read this argument", lazy_gettext("“%(field)s” cannot read this value")),
    form("{field!r} knows no such word", lazy_gettext("“%(field)s” knows no such word")),
    form("{field!r} knows no {operator!r}", lazy_gettext("“%(field)s” knows no “%(operator)s”")),
    form("{field!r} and a name do not fit", lazy_gettext("“%(field)s” and a name do not fit")),
    form("this is no name behind {field!r}", lazy_gettext("This is no name behind “%(field)s”")),
    form("{field!r} is a field of its own", lazy_gettext("“%(field)s” is a field of its own")),
    form("'*' has no meaning for {field!r} here", lazy_gettext("“*” has no meaning for “%(field)s” here")),
    form("this regular expression cannot be read", lazy_gettext("This regular expression cannot be read")),
    form("there is no word to look for", lazy_gettext("There is no word to look for")),
    form("{field!r} needs a value", lazy_gettext("“%(field)s” needs a value")),
    form("this is no id", lazy_gettext("This is no number of a message or conversation")),
    form("this is no value for {field!r}", lazy_gettext("This is no value for “%(field)s”")),
    form("this query is too long", lazy_gettext("This query is too long")),
    form("this parenthesis was never opened", lazy_gettext("This parenthesis was never opened")),
    form("a test is missing here", lazy_gettext("A condition is missing here")),
    form("this parenthesis is never closed", lazy_gettext("This parenthesis is never closed")),
    form("this query has too many tests", lazy_gettext("This query has too many conditions")),
    form("nothing gives this category", lazy_gettext("No mail is given this kind")),
    form(
        "the name behind {field!r} or its test is missing",
        lazy_gettext("The name behind “%(field)s” or its value is missing"),
    ),
    form("this quote is never closed", lazy_gettext("This quote is never closed")),
    form("a blank is missing here", lazy_gettext("A blank is missing here")),
    form("this query is nested too deeply", lazy_gettext("This query has too many parentheses within each other")),
)
HINTS: tuple[Form, ...] = (
    form(
        "did you mean {name!r}? category={category} asks for it as it is",
        lazy_gettext("did you mean “%(name)s”? category=%(category)s asks for it as it is"),
    ),
    form("did you mean {name!r}?", lazy_gettext("did you mean “%(name)s”?")),
    form("did you mean {name}?", lazy_gettext("did you mean “%(name)s”?")),
    form(
        "quote a text with a colon or '=' to search for its words",
        lazy_gettext("put a text with a colon or “=” in quotes to search for its words"),
    ),
    form("write {field}:ARGUMENT", lazy_gettext("write %(field)s:VALUE")),
    form("plugin {plugin!r} raised {error}", lazy_gettext("the plugin “%(plugin)s” failed (%(error)s)")),
    form("use one of: {operators}", lazy_gettext("use one of: %(operators)s")),
    form("one of: {values}", lazy_gettext("one of: %(values)s")),
    form("only header and opinion look at what is named", lazy_gettext("only header and opinion take a name")),
    form(
        "write header:Name=value or header:Name:*",
        lazy_gettext("write header:Name=value or header:Name:* for any value"),
    ),
    form(
        "write opinion:NAME=value, opinion:NAME>0.7 or opinion:NAME:*",
        lazy_gettext("write opinion:NAME=value, opinion:NAME>0.7 or opinion:NAME:* for any value"),
    ),
    form("letters, digits, '-', '_' and '.'", lazy_gettext("letters, digits, “-”, “_” and “.”")),
    form(
        "a word has a letter or digit; the whole value: {example}",
        lazy_gettext("a word has a letter or digit; for the whole value write %(example)s"),
    ),
    form("a word has a letter or digit", lazy_gettext("a word has a letter or a digit")),
    form(
        "at most {most:d} characters; split it into rules",
        lazy_gettext("at most %(most)s characters; make several rules of it"),
    ),
    form("at most {most:d}; split it into several rules", lazy_gettext("at most %(most)s; make several rules of it")),
    form("at most {most:d} levels", lazy_gettext("at most %(most)s levels")),
    form(
        "remove it, or quote it to search for it",
        lazy_gettext("remove it, or put it in quotes to search for it"),
    ),
    form(
        'quote "AND", "OR" and parentheses to search for them',
        lazy_gettext("put “AND”, “OR” and parentheses in quotes to search for them"),
    ),
    form("add ')'", lazy_gettext("add “)”")),
    form(
        'add \'"\'; a quote inside quotes is written twice: ""',
        lazy_gettext('add a quote; within quotes it is written twice: ""'),
    ),
    form("write an age up to 100 years: 12h, 30d, 6w, 3m or 1y", lazy_gettext("write an age: 12h, 30d, 6w, 3m or 1y")),
    form(
        "write a size in octets, or with k, M or G: 500k, 2M",
        lazy_gettext("write a size in bytes, or with k, M or G: 500k, 2M"),
    ),
    form(
        "write a day as 2026-01-31, a month as 2026-01, a year as 2026, or today, yesterday",
        lazy_gettext("write a day as 2026-01-31, a month as 2026-01, a year as 2026, or today or yesterday"),
    ),
    form("there is no such day", lazy_gettext("this day does not exist")),
    form("write a whole number from {low:d} to {high:d}", lazy_gettext("write a whole number of %(low)s to %(high)s")),
    form(
        "write spam:yes, spam:no or a comparison such as spam>0.9",
        lazy_gettext("write spam:yes or spam:no, or compare as in spam>0.9"),
    ),
    form("write a number from 0 to 1, such as 0.9", lazy_gettext("write a number of 0 to 1, such as 0.9")),
    form("write a number, such as 5, 0.7 or -1.5", lazy_gettext("write a number such as 5, 0.7 or -1.5")),
    form(
        "write it without a blank, as in subject:invoice",
        lazy_gettext("write it without a blank, as in subject:invoice"),
    ),
    form(
        'put it in quotes, as in subject~"(a|b)"; a quote inside quotes is written twice: ""',
        lazy_gettext('put it in quotes, as in subject~"(a|b)"; within them a quote is written twice: ""'),
    ),
    form(
        "the order is chosen beside the query; in Python: search(query, sort='oldest')",
        lazy_gettext("the order is chosen beside the query"),
    ),
    form("leave out the colon: {test}", lazy_gettext("leave out the colon: %(test)s")),
    form(
        "a group holds whole tests, as in (subject:a OR subject:b); quote a text with parentheses",
        lazy_gettext(
            "a group holds whole tests, as in (subject:a OR subject:b); put a text with parentheses in quotes"
        ),
    ),
    form('a quote inside quotes is written twice: ""', lazy_gettext('within quotes a quote is written twice: ""')),
)


def mistake_words(message: str) -> str:
    """Answer what is wrong with a query, without its place and hint."""
    return known_message(message) or message


def hint_words(hint: str) -> str:
    """Answer what to write instead."""
    return known_hint(hint) or hint


def known_message(message: str) -> str | None:
    """Answer the words of what the engine says about a query, None for anything else."""
    return told(message, MESSAGES)


def known_hint(hint: str) -> str | None:
    """Answer the words of a hint of the engine, None for anything else."""
    return told(hint, HINTS) or known_field_help(hint) or known_pattern_reason(hint) or known_script_mistake(hint)


def known_mistake(text: str) -> str | None:
    """Answer the words of a whole error of a query, None for anything else."""
    found = _MISTAKE.fullmatch(text)
    message = known_message(found["message"]) if found else None
    if found is None or message is None:
        return None
    where = gettext("at character %(at)s", at=found["at"])
    return f"{message} ({where}); {hint_words(found['hint'])}" if found["hint"] else f"{message} ({where})"
