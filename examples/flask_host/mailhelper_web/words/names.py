"""What opinions are about, what they answer and who gives them, by name in the reader's language."""

from __future__ import annotations

import re

from flask_babel import get_locale, lazy_gettext
from flask_babel.speaklater import LazyString

CATEGORY_NAMES: dict[str, LazyString] = {
    "people": lazy_gettext("People"),
    "conversation": lazy_gettext("Conversations"),
    "newsletter": lazy_gettext("Newsletters"),
    "notification": lazy_gettext("Notifications"),
    "finance": lazy_gettext("Finance"),
    "shopping": lazy_gettext("Shopping"),
    "invitation": lazy_gettext("Invitations"),
    "social": lazy_gettext("Social"),
    "security": lazy_gettext("Security"),
    "other": lazy_gettext("Other"),
}

_KIND_NAMES: dict[str, LazyString] = {
    "spam": lazy_gettext("Spam"),
    "category": lazy_gettext("Kind"),
    "urgency": lazy_gettext("Urgency"),
    "importance": lazy_gettext("Importance"),
    "summary": lazy_gettext("Summary"),
    "language": lazy_gettext("Language"),
    "reply": lazy_gettext("Needs an answer"),
}
_YES_NO = {"yes": lazy_gettext("yes"), "no": lazy_gettext("no")}
_SAYERS: dict[str, LazyString] = {
    "heuristics": lazy_gettext("built-in rules"),
    "learned": lazy_gettext("learned from you"),
    "extract": lazy_gettext("this server"),
    "owner": lazy_gettext("you"),
}
_TONES: dict[str, LazyString] = {
    "friendly": lazy_gettext("friendly"),
    "formal": lazy_gettext("formal"),
    "brief": lazy_gettext("brief"),
    "decline": lazy_gettext("decline"),
}
FLAGS: dict[str, LazyString] = {
    "\\Seen": lazy_gettext("Read"),
    "\\Flagged": lazy_gettext("Flagged"),
    "\\Answered": lazy_gettext("Answered"),
    "\\Draft": lazy_gettext("Draft"),
    "\\Deleted": lazy_gettext("Deleted"),
    "$Junk": lazy_gettext("Spam"),
    "$NotJunk": lazy_gettext("No spam"),
}
# As a probability is written.
_SHARE = re.compile(r"[01](?:\.\d+)?(?:e-\d+)?")


def kind_name(kind: str) -> str:
    """Answer what an opinion is about in the reader's language; a plugin's own kind as it is."""
    return str(_KIND_NAMES.get(kind, kind))


def category_name(category: str | None) -> str:
    """Answer a category in the reader's language; a plugin's own as it is."""
    return str(CATEGORY_NAMES.get(category, category)) if category else ""


def value_words(value: str, kind: str) -> str:
    """Answer what an opinion of a kind answers in the reader's language; a plugin's own value as it is."""
    if kind == "category":
        return category_name(value)
    if kind == "language":
        locale = get_locale()
        return str(locale.languages.get(value, value)) if locale else value
    if kind == "spam" and _SHARE.fullmatch(value):
        return percent(float(value))
    return str(_YES_NO.get(value, value)) if kind in ("spam", "reply") else value


def flag_name(flag: str) -> str:
    """Answer a flag in the reader's language; a keyword as it is."""
    return str(FLAGS.get(flag, flag))


def tone_name(tone: str) -> str:
    """Answer how a draft sounds."""
    return str(_TONES.get(tone, tone))


def sayer(said_by: str) -> str:
    """Answer who gives an opinion: a part of this program, the reader, a model provider, or a plugin by its name."""
    name, _, _pace = said_by.partition(":")
    return str(_SAYERS.get(name, name))


def percent(share: float | None) -> str:
    """Answer a probability as whole percents."""
    return "" if share is None else f"{share:.0%}"
