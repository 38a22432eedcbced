"""What stands behind an action's name, read and checked when a rule is saved; a mistake says what to write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailhelper_core.model.ai.reply import TONES
from mailhelper_core.model.mail.keyword import ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, normalize_keyword
from mailhelper_core.model.source.directory import check_mailbox_name

# A notice is a line for a host's bell, not a letter.
MAX_NOTICE_CHARACTERS = 500
# What people say instead of IMAP's names; the query language has the same words.
FLAG_WORDS = {"read": SEEN, "seen": SEEN, "flagged": FLAGGED, "answered": ANSWERED, "draft": DRAFT}
# urgency and importance of the words for both
LEVELS = {"low": (1, 1), "normal": (2, 2), "high": (3, 3)}
# action -> what may be named: Action("tag", "bills", color="#3366ff")
NAMED = {
    "fileinto": ("mailbox",),
    "copy": ("mailbox",),
    "tag": ("color", "name"),
    "untag": ("color", "name"),
    "priority": ("importance", "urgency"),
    "notify": ("text",),
    "draft_reply": ("tone",),
    "redirect": ("copy",),
}

_LEVEL = re.compile(r"(urgency|importance)=([1-3])")


@dataclass(frozen=True, slots=True)
class PriorityArgument:
    """Levels 1 to 3; None leaves the one as it is."""

    urgency: int | None
    importance: int | None


def read_nothing(text: str) -> str:
    """Read the argument of an action that takes none. Raises ValueError."""
    if text.strip():
        raise ValueError("this action takes no argument")
    return ""


def read_mailbox(text: str) -> str:
    """Read `Finance` or `mailbox=Finance`. Raises InvalidError."""
    return check_mailbox_name(text.removeprefix("mailbox="))


def read_flags(text: str) -> tuple[str, ...]:
    r"""Read flags and keywords between blanks: `\Seen`, `$Junk`, `work`, or a word of FLAG_WORDS. Raises ValueError."""
    found = tuple(dict.fromkeys(map(_flag, text.split())))
    if not found:
        raise ValueError(r"name a flag or keyword, such as \Seen, \Flagged or work")
    return found


def read_priority(text: str) -> PriorityArgument:
    """Read `low`, `normal`, `high`, or `urgency=3 importance=2` (either may be missing). Raises ValueError."""
    if text.strip() in LEVELS:
        return PriorityArgument(*LEVELS[text.strip()])
    found = [_LEVEL.fullmatch(word) for word in text.split()]
    levels = {match[1]: int(match[2]) for match in found if match}
    if not levels or None in found:
        raise ValueError("write low, normal, high, or urgency=3 importance=2 with levels from 1 to 3")
    return PriorityArgument(levels.get("urgency"), levels.get("importance"))


def read_notice(text: str) -> str:
    """Read the text of a notice, which may be empty: `look` or `text=look`. Raises ValueError."""
    text = text.removeprefix("text=").strip()
    if len(text) > MAX_NOTICE_CHARACTERS:
        raise ValueError(f"a notice has at most {MAX_NOTICE_CHARACTERS} characters")
    return text


def read_tone(text: str) -> str:
    """Read a tone of TONES, `tone=formal` too; nothing is friendly. Raises ValueError."""
    tone = text.removeprefix("tone=").strip() or "friendly"
    if tone not in TONES:
        raise ValueError(f"a tone is one of {', '.join(TONES)}")
    return tone


def _flag(word: str) -> str:
    found = FLAG_WORDS.get(word.lower()) or normalize_keyword(word)
    if found == DELETED:
        raise ValueError("no rule deletes for good; write discard to move mail to the trash")
    if found is None:
        raise ValueError(f"{word[:40]!r} is no flag or keyword; use ASCII letters and digits, such as work")
    return found
