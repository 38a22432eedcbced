"""What stands behind an action's name, read and checked when a rule is saved; every mistake is a ValueError with a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.directory import check_mailbox_name
from mailhelper_core.model.keyword import ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, normalize_keyword
from mailhelper_core.model.tag import check_color, check_tag_name

# A notice is a line for a host's bell, not a letter.
MAX_NOTICE = 500
# What people say instead of IMAP's names; the query language has the same words.
FLAG_WORDS = {
    "seen": SEEN,
    "read": SEEN,
    "flagged": FLAGGED,
    "answered": ANSWERED,
    "draft": DRAFT,
}
LEVELS = {"low": (1, 1), "normal": (2, 2), "high": (3, 3)}

_LEVEL = re.compile(r"(urgency|importance)=([1-3])")


@dataclass(frozen=True, slots=True)
class TagArgument:
    """A tag's name, and its color should it have to be made."""

    name: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class PriorityArgument:
    """Levels 1 to 3; None leaves the one as it is."""

    urgency: int | None
    importance: int | None


def read_nothing(text: str) -> str:
    """Read the argument of an action that takes none."""
    if text.strip():
        raise ValueError("this action takes no argument")
    return ""


def read_mailbox(text: str) -> str:
    """Read `Finance` or `mailbox=Finance`."""
    try:
        return check_mailbox_name(text.removeprefix("mailbox="))
    except InvalidError as exc:
        raise ValueError(str(exc)) from exc


def read_flags(text: str) -> tuple[str, ...]:
    """Read flags and keywords divided by blanks: `\\Seen`, `$Work`, or the words read, flagged, answered, draft."""
    found = dict.fromkeys(map(_flag, text.split()))
    if not found:
        raise ValueError("name a flag, such as \\Seen, \\Flagged or $Work")
    return tuple(found)


def read_tag(text: str) -> TagArgument:
    """Read `Bills`, `Bills color=#3366ff` or `color=#3366ff name=Bills`."""
    text, _, color = _split(text, "color")
    _, _, name = _split(text, "name") if "name=" in text else (text, "", text)
    try:
        return TagArgument(check_tag_name(name), check_color(color))
    except InvalidError as exc:
        raise ValueError(str(exc)) from exc


def read_priority(text: str) -> PriorityArgument:
    """Read `low`, `normal`, `high`, or `urgency=3 importance=2` (either may be missing)."""
    if text.strip() in LEVELS:
        return PriorityArgument(*LEVELS[text.strip()])
    found = [_LEVEL.fullmatch(word) for word in text.split()]
    levels = {match[1]: int(match[2]) for match in found if match}
    if not levels or None in found:
        raise ValueError("write low, normal, high, or urgency=3 importance=2 with levels from 1 to 3")
    return PriorityArgument(levels.get("urgency"), levels.get("importance"))


def read_notice(text: str) -> str:
    """Read the text of a notice, which may be empty."""
    text = text.removeprefix("text=")
    if len(text) > MAX_NOTICE:
        raise ValueError(f"a notice has at most {MAX_NOTICE} characters")
    return text


def _flag(word: str) -> str:
    found = FLAG_WORDS.get(word.lower()) or normalize_keyword(word)
    if found == DELETED:
        raise ValueError("rules delete nothing for good; write discard to move mail to the trash")
    if found is None:
        raise ValueError(f"{word[:40]!r} is no flag or keyword; use ASCII without blanks, such as $Work")
    return found


def _split(text: str, key: str) -> tuple[str, str, str]:
    """Cut `key=value` out of a text; the value ends at a blank, of a name at the end."""
    pattern = rf"(?:^|\s){key}=(.+)$" if key == "name" else rf"(?:^|\s){key}=(\S*)"
    match = re.search(pattern, text)
    if match is None:
        return text, "", ""
    return (text[: match.start()] + text[match.end() :]).strip(), key, match[1].strip()
