"""Why a rule cannot act, in the reader's language: its name, conditions, actions and mailboxes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext

from mailhelper_web.words.forms import Form, Part, form, told
from mailhelper_web.words.mistakes import known_hint, known_mistake
from mailhelper_web.words.script import known_script_mistake

_HINTS: tuple[Form, ...] = (
    form(
        'marks alone are no text; "" asks for none at all',
        lazy_gettext('Marks alone are no text; “""” asks for none at all'),
    ),
    form("write ({word!r}, {rest!r}).", lazy_gettext("write “%(word)s” and “%(rest)s” apart.")),
    form("there are {names}.", lazy_gettext("there are %(names)s.")),
)
ARGUMENTS: tuple[Form, ...] = (
    form("this action takes no argument", lazy_gettext("this action takes no value")),
    form(
        r"name a flag or keyword, such as \Seen, \Flagged or work",
        lazy_gettext("name a flag, such as \\Seen, \\Flagged or work"),
    ),
    form(
        "write low, normal, high, or urgency=3 importance=2 with levels from 1 to 3",
        lazy_gettext("write low, normal or high, or urgency=3 importance=2 with levels of 1 to 3"),
    ),
    form(
        "a notice has at most {most:d} characters",
        lazy_gettext("a notice has no more than %(most)s characters"),
    ),
    form("a tone is one of {tones}", lazy_gettext("the tone is one of %(tones)s")),
    form(
        "no rule deletes for good; write discard to move mail to the trash",
        lazy_gettext("no rule deletes for good; take “discard” to move mail to the trash"),
    ),
    form(
        "{word!r} is no flag or keyword; use ASCII letters and digits, such as work",
        lazy_gettext("“%(word)s” is no flag; use letters from a to z and digits, such as work"),
    ),
    form("This is no name for a mailbox: {limits}.", lazy_gettext("this is no name for a mailbox: %(limits)s.")),
    form("A tag needs a name.", lazy_gettext("a tag needs a name.")),
    form(
        "A tag's name has at most {most:d} characters.",
        lazy_gettext("a tag's name has no more than %(most)s characters."),
    ),
    form(
        "A color is written #RRGGBB, such as #3366ff.",
        lazy_gettext("a colour is written as #RRGGBB, such as #3366ff."),
    ),
    form("at most {most:d} characters", lazy_gettext("no more than %(most)s characters")),
    form("plugin {plugin!r} raised {error}", lazy_gettext("the plugin “%(plugin)s” failed (%(error)s)")),
    form(
        "write an address such as name@example.org",
        lazy_gettext("write a mail address, such as name@example.org"),
    ),
)
_LIMITS = (
    form(
        "1 to {most:d} characters without line breaks, TAB or other controls",
        lazy_gettext("it has 1 to %(most)s characters on one line"),
    ),
)
HINDRANCES: tuple[Form, ...] = (
    form("its account was removed", lazy_gettext("The account of this rule was removed.")),
    form(
        "This part of a Sieve script is kept for export; only a server can carry it out.",
        lazy_gettext("This part of a Sieve script is kept for the mail server; nothing happens by it here."),
    ),
    form(
        "The mailbox {mailbox!r} is gone from the server.",
        lazy_gettext("The mailbox “%(mailbox)s” is no longer on the mail server."),
    ),
    form(
        "Action {number:d}: there is no action {name!r}; {hint}",
        lazy_gettext("Action %(number)s: there is no action “%(name)s” here; %(hint)s"),
    ),
    form(
        "Action {number:d}: {name} cannot read its argument: {reason}",
        lazy_gettext("Action %(number)s, “%(name)s”, does not take this value: %(reason)s"),
    ),
    form(
        "Action {number:d}: {name} has no option {option!r}; it has none.",
        lazy_gettext("Action %(number)s, “%(name)s”, has no options, so no “%(option)s”."),
    ),
    form(
        "Action {number:d}: {name} has no option {option!r}; it has {known}.",
        lazy_gettext("Action %(number)s, “%(name)s”, has no option “%(option)s”, only %(known)s."),
    ),
    form(
        "A rule's name has 1 to {most:d} characters.",
        lazy_gettext("A rule needs a name of no more than %(most)s characters."),
    ),
    form(
        "Give rules one by one, each a Rule, not {kind}.",
        lazy_gettext("Rules are given one by one, not as “%(kind)s”."),
    ),
    form("Rule: {switch!r} takes True or False.", lazy_gettext("“%(switch)s” of a rule is on or off.")),
    form("A rule has 1 to {most:d} actions.", lazy_gettext("A rule has at least one action, and at most %(most)s.")),
    form(
        "A delay is hours, days or weeks: 12h, 30d, 6w.",
        lazy_gettext("Write a delay as hours, days or weeks: 12h, 30d, 6w."),
    ),
    form(
        'A schedule is "hourly", "daily 02:00" or "weekly mon,thu 07:30".',
        lazy_gettext("Write a time as “hourly”, “daily 02:00” or “weekly mon,thu 07:30”."),
    ),
)


def problem_words(problem: str) -> str:
    """Answer why a rule cannot act; what a plugin says in its own words as it is."""
    return known_problem(problem) or problem


def known_problem(problem: str) -> str | None:
    """Answer the words of what the engine says about a rule that cannot act, None for anything else."""
    return _told(problem) or known_mistake(problem) or known_script_mistake(problem, known=_told)


def _told(problem: str) -> str | None:
    return told(problem, HINDRANCES, _PARTS)


def known_argument(reason: str) -> str | None:
    """Answer the words for an action's argument that cannot be read, None for what the engine does not say."""
    return _argument(reason) or known_script_mistake(reason, known=_argument)


def _argument(reason: str) -> str | None:
    return told(reason, ARGUMENTS, _PARTS)


def known_advice(hint: str) -> str | None:
    """Answer the words of a hint at the right action, None for what the engine does not say."""
    return told(hint, _HINTS) or known_hint(hint)


_PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "hint": lambda hint: known_advice(hint) or hint,
        "reason": lambda reason: known_argument(reason) or reason,
        "limits": lambda limits: told(limits, _LIMITS) or limits,
    }
)
