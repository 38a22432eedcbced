"""What the form of a rule offers to choose from: whole conditions in groups, and names for the arguments of actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import CATEGORIES, OwnerServices
from mailhelper_web.parts.boxes import Box, boxes
from mailhelper_web.words.names import FLAGS, category_name
from mailhelper_web.words.wording import role_name

# A menu of more is a search; a rule's condition can always be typed.
MAX_NAMES = 200
_ROLES = ("inbox", "archive", "drafts", "junk", "sent", "trash")
_STATES: Mapping[str, LazyString] = {
    "is:unread": lazy_gettext("unread"),
    "is:read": lazy_gettext("read"),
    "is:flagged": lazy_gettext("flagged"),
    "is:unflagged": lazy_gettext("not flagged"),
    "is:answered": lazy_gettext("answered"),
    "is:unanswered": lazy_gettext("not answered"),
    "is:bulk": lazy_gettext("sent to many"),
    "is:automatic": lazy_gettext("written by a program"),
}
_PARTS: Mapping[str, LazyString] = {
    "has:attachment": lazy_gettext("an attachment"),
    "has:tag": lazy_gettext("a tag"),
    "has:list": lazy_gettext("a mailing list"),
    "has:unsubscribe": lazy_gettext("a way to unsubscribe"),
    "has:calendar": lazy_gettext("an invitation"),
}
_LEVELS: Mapping[str, LazyString] = {
    "urgency>=2": lazy_gettext("urgency at least 2"),
    "urgency>=3": lazy_gettext("urgency 3"),
    "importance>=2": lazy_gettext("importance at least 2"),
    "importance>=3": lazy_gettext("importance 3"),
    "spam:yes": lazy_gettext("spam"),
    "spam:no": lazy_gettext("no spam"),
}
# What the argument of an action names; the others take a text.
ARGUMENTS: Mapping[str, str] = {
    "fileinto": "mailboxes",
    "copy": "mailboxes",
    "tag": "tags",
    "untag": "tags",
    "addflag": "flags",
    "removeflag": "flags",
    "priority": "levels",
}
_PRIORITIES = ("high", "normal", "low")

# The condition as query text, and its words.
Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    """Groups of whole conditions, and the names that arguments may have, by what they name."""

    conditions: tuple[tuple[str, tuple[Choice, ...]], ...]
    names: Mapping[str, tuple[str, ...]]


def choices(ada: OwnerServices) -> Choices:
    """Look up what there is to choose from: kinds and languages of the mail, tags, mailboxes."""
    found = ada.counts("", by=("category", "language"))
    tags = [one.name for one in ada.tags.list()][:MAX_NAMES]
    own = _own(boxes())
    groups = (
        (gettext("Kind"), _kinds({str(category) for category, _ in found if category})),
        (gettext("Tag"), tuple((f"tag:{quoted(name)}", name) for name in tags)),
        (gettext("Mailbox"), (*((f"in:{role}", role_name(role)) for role in _ROLES), *_named("in", own))),
        (gettext("State"), _worded(_STATES)),
        (gettext("With"), _worded(_PARTS)),
        (gettext("How pressing"), _worded(_LEVELS)),
        (gettext("Language"), _languages({str(language) for _, language in found if language})),
    )
    names = {"mailboxes": tuple(own), "tags": tuple(tags), "flags": tuple(FLAGS), "levels": _PRIORITIES}
    return Choices(tuple((name, group) for name, group in groups if group), names)


def quoted(value: str) -> str:
    """Answer a value as query text: plain where it can be."""
    return value if value.isalnum() else '"{}"'.format(value.replace('"', '""'))


def _kinds(found: Collection[str]) -> tuple[Choice, ...]:
    names = sorted({*CATEGORIES, *found} - {""}, key=lambda one: category_name(one).casefold())
    return tuple((f"category:{quoted(name)}", category_name(name)) for name in names[:MAX_NAMES])


def _own(all_boxes: Iterable[Box]) -> list[str]:
    """Answer the names of mailboxes that no role says better, each once."""
    return sorted({one.name for one in all_boxes if not one.role}, key=str.casefold)[:MAX_NAMES]


def _named(field: str, names: Iterable[str]) -> tuple[Choice, ...]:
    return tuple((f"{field}:{quoted(name)}", name) for name in names)


def _worded(words: Mapping[str, LazyString]) -> tuple[Choice, ...]:
    return tuple((test, str(name)) for test, name in words.items())


def _languages(found: Collection[str]) -> tuple[Choice, ...]:
    named = sorted((_language(code), code) for code in {"de", "en", *found})
    return tuple((f"language:{quoted(code)}", name) for name, code in named)


def _language(code: str) -> str:
    """Answer the name of a language; its code where nobody knows it."""
    try:
        return Locale.parse(code, sep="-").get_display_name(get_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code
