"""Why the engine does not do what a form asked for, in the reader's language; what plugins say stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext

from mailhelper_web.words.forms import Form, Part, form, told
from mailhelper_web.words.hindrances import known_problem

DENIALS: tuple[Form, ...] = (
    form("A tag needs a name.", lazy_gettext("A tag needs a name.")),
    form("A tag's name has at most {most:d} characters.", lazy_gettext("The name of a tag is too long.")),
    form("A tag's description has at most {most:d} characters.", lazy_gettext("The description is too long.")),
    form("A color is written #RRGGBB, such as #3366ff.", lazy_gettext("Write a color as #RRGGBB, such as #3366ff.")),
    form("A tag of this name exists.", lazy_gettext("There is a tag of this name already.")),
    form(
        "Another tag has this name; merge the two instead.",
        lazy_gettext("Another tag has this name. You can merge the two."),
    ),
    form("A tag cannot be merged into itself.", lazy_gettext("A tag cannot be merged with itself.")),
    form("This is no name for a mailbox: {limits}.", lazy_gettext("No mailbox can have this name.")),
    form("Each text of a style has at most {most:d} characters.", lazy_gettext("One of these texts is too long.")),
    form("A draft has at most {most:d} characters.", lazy_gettext("This draft is too long.")),
    form("A subject has at most {most:d} characters.", lazy_gettext("The subject is too long.")),
    form(
        "This draft is saved already, or not made yet.",
        lazy_gettext("This draft is in your drafts already, and cannot be changed here any more."),
    ),
    form(
        "A search's name has 1 to {most:d} characters.",
        lazy_gettext("A search needs a name of no more than %(most)s characters."),
    ),
    form("{setting} of plugin {plugin!r} is refused: {reason}", lazy_gettext("%(setting)s: %(reason)s")),
    form("This change was undone before.", lazy_gettext("This was undone already.")),
    form("This entry was undone before.", lazy_gettext("This was undone already.")),
    form(
        "This change is {state}; there is nothing to undo.", lazy_gettext("There is nothing to undo of this any more.")
    ),
    form("This change is {state}; it waits for nobody's word.", lazy_gettext("This was decided already.")),
    form("A thread lies in one account.", lazy_gettext("A conversation lies in one account.")),
    form("Another rule has this name.", lazy_gettext("Another rule has this name.")),
    form(
        "This cursor is damaged; begin at the first page.",
        lazy_gettext("This page cannot be shown any more. Begin at the first one."),
    ),
    form(
        "This cursor belongs to another query or sort order.",
        lazy_gettext("This page cannot be shown any more. Begin at the first one."),
    ),
    form(
        "This is no cursor of a page of {of}.",
        lazy_gettext("This page cannot be shown any more. Begin at the first one."),
    ),
    form("There is no provider {provider!r} here; there is {known}.", lazy_gettext("This model provider is not here.")),
    form("A budget is 0 or more.", lazy_gettext("A limit is a number.")),
    form("The database cannot hold this value.", lazy_gettext("This value cannot be stored.")),
    form("Another writer was faster; look again.", lazy_gettext("This was changed meanwhile. Look at it again.")),
    form("The job was claimed at each look; try again.", lazy_gettext("This was changed meanwhile. Look at it again.")),
    form("This value is not allowed here.", lazy_gettext("This value cannot stand here.")),
    form(
        "The state has changed since; look again before repeating this.",
        lazy_gettext("This was changed meanwhile. Look at it again."),
    ),
)
_REASONS: tuple[Form, ...] = (
    form("at most {most:d} characters", lazy_gettext("no more than %(most)s characters")),
    form("the plugin raised {error}", lazy_gettext("the plugin failed (%(error)s)")),
)


def denial_words(text: str) -> str:
    """Answer why the engine does not do it; its own words, or a plugin's, where they are others."""
    return known_denial(text) or text


def known_denial(text: str) -> str | None:
    """Answer the words of what the engine says about a form that it refuses, None for anything else."""
    return told(text, DENIALS, _PARTS) or known_problem(text)


_PARTS: Mapping[str, Part] = MappingProxyType({"reason": lambda reason: told(reason, _REASONS) or reason})
