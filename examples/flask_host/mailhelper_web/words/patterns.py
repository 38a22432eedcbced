"""Why a regular expression cannot be read, in the reader's language: RE2's reasons and the engine's own."""

from __future__ import annotations

from flask_babel import lazy_gettext

from mailhelper_web.words.forms import Form, form, told

REASONS: tuple[Form, ...] = (
    form("invalid escape sequence: {part}", lazy_gettext("a back-slash cannot stand here: %(part)s")),
    form("invalid character class: {part}", lazy_gettext("this class of characters is wrong: %(part)s")),
    form("invalid character class range: {part}", lazy_gettext("there is no such range of characters: %(part)s")),
    form("missing ]: {part}", lazy_gettext("a “]” is missing behind: %(part)s")),
    form("missing ): {part}", lazy_gettext("a “)” is missing in: %(part)s")),
    form("unexpected ): {part}", lazy_gettext("this “)” was never opened: %(part)s")),
    form("trailing \\", lazy_gettext("it ends with a back-slash")),
    form("no argument for repetition operator: {part}", lazy_gettext("there is nothing to repeat before %(part)s")),
    form("invalid repetition size: {part}", lazy_gettext("so often nothing can be repeated: %(part)s")),
    form("bad repetition operator: {part}", lazy_gettext("this repeats a repetition: %(part)s")),
    form(
        "invalid perl operator: {part}",
        lazy_gettext("this is not possible, such as looking ahead or back: %(part)s"),
    ),
    form("invalid named capture group: {part}", lazy_gettext("a group cannot have this name: %(part)s")),
    form("invalid UTF-8", lazy_gettext("it is no Unicode text")),
    form("unexpected error", lazy_gettext("it is too hard to read")),
    form("pattern too large - compile failed", lazy_gettext("it is too large; repeat less")),
    form(
        "a regular expression has at most {most:d} characters",
        lazy_gettext("a regular expression has no more than %(most)s characters"),
    ),
    form("it is no Unicode text", lazy_gettext("it is no Unicode text")),
    form(
        "references to a group are not possible here",
        lazy_gettext("it cannot refer back to a group, as \\1 does"),
    ),
)


def known_pattern_reason(reason: str) -> str | None:
    """Answer the words for why an expression cannot be read, None for anything else."""
    return told(reason, REASONS)
