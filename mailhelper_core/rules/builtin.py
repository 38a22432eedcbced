"""The built-in actions, named as in Sieve (RFC 5228, 5232), and ready-made rules; registered as any plugin's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.directory import check_mailbox_name
from mailhelper_core.model.extension import ActionType, ReadyRule
from mailhelper_core.model.keyword import DELETED, normalize_keyword
from mailhelper_core.model.message import MessageDetail
from mailhelper_core.model.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.model.rule import Rule
from mailhelper_core.model.tag import check_color, check_tag_name

STOP = "stop"

# urgency and importance of the words that owners use for both.
_PRIORITIES = {"high": (3, 3), "normal": (2, 2), "low": (1, 1)}
_LEVEL = re.compile(r"(urgency|importance)=([123])\Z")
_TAG = re.compile(r"(?P<name>.*?)(?:\s+color=(?P<color>\S+))?\Z", re.DOTALL)
# An event carries a note for the owner, not a text.
MAX_NOTE_CHARACTERS = 200


@hookimpl
def register_actions() -> list[ActionType]:
    """Answer what rules can do without any plugin; nothing here deletes for good."""
    return [
        ActionType("fileinto", _fileinto, argument=check_mailbox_name, help="move into a mailbox; made when missing"),
        ActionType("copy", _copy, argument=check_mailbox_name, help="copy into a mailbox; made when missing"),
        ActionType(
            "addflag", _addflag, argument=read_keywords, help=r"add flags or keywords: \Seen \Flagged $Junk work"
        ),
        ActionType("removeflag", _removeflag, argument=read_keywords, help="remove flags or keywords"),
        ActionType("setflag", _setflag, argument=read_keywords, help="leave exactly these flags and keywords"),
        ActionType("archive", _to_role("archive"), argument=read_nothing, help="move into the archive"),
        ActionType("discard", _to_role("trash"), argument=read_nothing, help="move into the trash"),
        ActionType("keep", _nothing, argument=read_nothing, help="leave the message where it is"),
        ActionType(STOP, _nothing, argument=read_nothing, help="no later rule looks at the message"),
        ActionType("tag", _tag, argument=read_tag, help="put a tag on: bills, or bills color=#3366ff"),
        ActionType("untag", _untag, argument=check_tag_name, help="take a tag off"),
        ActionType("priority", _priority, argument=read_priority, help="high, normal, low, or urgency=3 importance=1"),
        ActionType("notify", _notify, argument=read_note, help="tell the host with an event"),
    ]


@hookimpl
def register_rules() -> list[ReadyRule]:
    """Answer rules that many owners want; they are adopted by saving one's own copy."""
    return [
        ReadyRule(
            "archive-newsletters",
            "Newsletters are read, tagged and archived.",
            Rule(
                "newsletters", "category:newsletter in:inbox", [("tag", "newsletter"), ("addflag", "\\Seen"), "archive"]
            ),
        ),
        ReadyRule(
            "discard-spam",
            "What is almost certainly spam goes to the trash.",
            Rule("spam", "spam>0.95 in:inbox", [("addflag", "\\Seen"), "discard", STOP]),
        ),
        ReadyRule(
            "flag-important",
            "Important mail from people is flagged and tagged.",
            Rule("important", "importance>=3 category:people", [("addflag", "\\Flagged"), ("tag", "important")]),
        ),
        ReadyRule(
            "file-attachments",
            "Mail with attachments from people is tagged, and copied into a mailbox of its own.",
            Rule("attachments", "has:attachment category:people", [("tag", "attachments"), ("copy", "Attachments")]),
        ),
    ]


def read_keywords(text: str) -> tuple[str, ...]:
    """Read flags and keywords separated by blanks or commas. Raises ValueError for what no server can store."""
    names = text.replace(",", " ").split()
    keywords = [normalize_keyword(name) for name in names]
    if not names or None in keywords:
        raise ValueError(r"write flags such as \Seen \Flagged, or keywords of ASCII letters and digits")
    if DELETED in keywords:
        raise ValueError("no rule deletes for good; write discard")
    return tuple(dict.fromkeys(filter(None, keywords)))


def read_nothing(text: str) -> None:
    """Read no argument. Raises ValueError when there is one."""
    if text.strip():
        raise ValueError("this action takes no argument")


def read_tag(text: str) -> tuple[str, str]:
    """Read a tag's name and color. Raises InvalidError."""
    found = _TAG.match(text.strip())
    name, color = (found["name"], found["color"] or "") if found else (text, "")
    return check_tag_name(name), check_color(color)


def read_priority(text: str) -> tuple[int | None, int | None]:
    """Read urgency and importance. Raises ValueError."""
    if text.strip() in _PRIORITIES:
        return _PRIORITIES[text.strip()]
    levels: dict[str, int] = {}
    for part in text.split():
        found = _LEVEL.match(part)
        if not found:
            raise ValueError("write high, normal, low, or urgency=1..3 importance=1..3")
        levels[found[1]] = int(found[2])
    if not levels:
        raise ValueError("write high, normal, low, or urgency=1..3 importance=1..3")
    return levels.get("urgency"), levels.get("importance")


def read_note(text: str) -> str:
    """Read a note of bounded length. Raises ValueError."""
    if len(text) > MAX_NOTE_CHARACTERS:
        raise ValueError(f"a note has at most {MAX_NOTE_CHARACTERS} characters")
    return text.strip()


def _fileinto(message: MessageDetail, mailbox: object) -> list[Operation]:
    return [MoveMessage(message.id, str(mailbox))]


def _copy(message: MessageDetail, mailbox: object) -> list[Operation]:
    return [CopyMessage(message.id, str(mailbox))]


def _addflag(message: MessageDetail, keywords: object) -> list[Operation]:
    return [AddKeyword(message.id, keyword) for keyword in _texts(keywords)]


def _removeflag(message: MessageDetail, keywords: object) -> list[Operation]:
    return [RemoveKeyword(message.id, keyword) for keyword in _texts(keywords)]


def _setflag(message: MessageDetail, keywords: object) -> list[Operation]:
    wanted = _texts(keywords)
    removed = sorted(message.keywords - {*wanted, DELETED})
    return [*(RemoveKeyword(message.id, keyword) for keyword in removed), *_addflag(message, wanted)]


def _to_role(role: str) -> Callable[[MessageDetail, object], list[Operation]]:
    return lambda message, _: [MoveMessage(message.id, role=role)]


def _nothing(message: MessageDetail, _: object) -> list[Operation]:
    return []


def _tag(message: MessageDetail, named: object) -> list[Operation]:
    name, color = _texts(named)
    return [AddTag(message.id, name, color)]


def _untag(message: MessageDetail, name: object) -> list[Operation]:
    return [RemoveTag(message.id, str(name))]


def _priority(message: MessageDetail, levels: object) -> list[Operation]:
    urgency, importance = levels if isinstance(levels, tuple) else (None, None)
    return [SetPriority(message.id, urgency, importance)]


def _notify(message: MessageDetail, text: object) -> list[Operation]:
    return [Notify(message.id, str(text))]


def _texts(values: object) -> Sequence[str]:
    return values if isinstance(values, tuple) else ()
