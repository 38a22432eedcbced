"""The built-in actions, named as in Sieve (RFC 5228, 5232), and ready-made rules; registered as any plugin's."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import ActionType, ReadyRule
from mailhelper_core.model.mail.keyword import FACTS
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.rules.tagging import TagArgument, read_tag
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    AskReply,
    CopyMessage,
    MoveMessage,
    Notify,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.model.work.overlay import out_of_sight
from mailhelper_core.rules import arguments
from mailhelper_core.rules.arguments import PriorityArgument
from mailhelper_core.rules.engine import STOP


@hookimpl
def register_actions() -> Sequence[ActionType]:
    """Answer the actions that need no plugin."""
    flags, mailbox = arguments.read_flags, arguments.read_mailbox
    return [
        ActionType("fileinto", _fileinto, argument=mailbox, help="MAILBOX: move into it; created where missing"),
        ActionType("copy", _copy, argument=mailbox, help="MAILBOX: copy into it; created where missing"),
        ActionType("archive", _archive, argument=arguments.read_nothing, help="move into the archive"),
        ActionType(
            "discard", _discard, argument=arguments.read_nothing, help="move to the trash, out of every mailbox"
        ),
        ActionType("keep", _nothing, argument=arguments.read_nothing, help="leave where it is"),
        ActionType("addflag", _addflag, argument=flags, help="FLAGS: add flags or keywords"),
        ActionType("removeflag", _removeflag, argument=flags, help="FLAGS: remove flags or keywords"),
        ActionType("setflag", _setflag, argument=flags, help="FLAGS: have these and no others"),
        ActionType("tag", _tag, argument=read_tag, help="NAME [color=#RRGGBB]: put a tag on"),
        ActionType("untag", _untag, argument=read_tag, help="NAME: take a tag off"),
        ActionType(
            "priority", _priority, argument=arguments.read_priority, help="low, normal, high, or urgency=3 importance=1"
        ),
        ActionType("notify", _notify, argument=arguments.read_notice, help="[TEXT]: tell the host with an event"),
        ActionType(
            "draft_reply", _draft_reply, argument=arguments.read_tone, help="[TONE]: draft a reply; it is never sent"
        ),
        ActionType(STOP, _nothing, argument=arguments.read_nothing, help="no later rule acts on the message"),
    ]


@hookimpl
def register_rules() -> Sequence[ReadyRule]:
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


def _nothing(message: MessageDetail, _: object) -> Sequence[Operation]:
    return []


def _fileinto(message: MessageDetail, mailbox: object) -> Sequence[Operation]:
    return [MoveMessage(message.id, str(mailbox))]


def _copy(message: MessageDetail, mailbox: object) -> Sequence[Operation]:
    return [CopyMessage(message.id, str(mailbox))]


def _archive(message: MessageDetail, _: object) -> Sequence[Operation]:
    return [MoveMessage(message.id, role="archive")]


def _discard(message: MessageDetail, _: object) -> Sequence[Operation]:
    return out_of_sight(message.id, message.places)


def _addflag(message: MessageDetail, flags: object) -> Sequence[Operation]:
    return [AddKeyword(message.id, flag) for flag in _flags(flags)]


def _removeflag(message: MessageDetail, flags: object) -> Sequence[Operation]:
    return [RemoveKeyword(message.id, flag) for flag in _flags(flags)]


def _setflag(message: MessageDetail, flags: object) -> Sequence[Operation]:
    wanted = _flags(flags)
    others = sorted(message.keywords - FACTS - set(wanted))
    return [*_addflag(message, flags), *(RemoveKeyword(message.id, flag) for flag in others)]


def _tag(message: MessageDetail, tag: object) -> Sequence[Operation]:
    return [AddTag(message.id, tag.name, tag.color)] if isinstance(tag, TagArgument) else []


def _untag(message: MessageDetail, tag: object) -> Sequence[Operation]:
    return [RemoveTag(message.id, tag.name)] if isinstance(tag, TagArgument) else []


def _priority(message: MessageDetail, levels: object) -> Sequence[Operation]:
    if not isinstance(levels, PriorityArgument):
        return []
    return [SetPriority(message.id, levels.urgency, levels.importance)]


def _notify(message: MessageDetail, text: object) -> Sequence[Operation]:
    return [Notify(message.id, str(text))]


def _draft_reply(message: MessageDetail, tone: object) -> Sequence[Operation]:
    return [AskReply(message.id, str(tone))]


def _flags(argument: object) -> tuple[str, ...]:
    return tuple(map(str, argument)) if isinstance(argument, tuple) else ()
