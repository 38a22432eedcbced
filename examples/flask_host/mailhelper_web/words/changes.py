"""What was done, in the reader's language: kinds of changes, the words beside them, and which can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from mailhelper_core import Change
from mailhelper_web.words.names import flag_name, kind_name, value_words
from mailhelper_web.words.wording import advice, in_words

# More are told by their number.
MOST_DEEDS = 3

KINDS: Mapping[str, LazyString] = MappingProxyType(
    {
        "move": lazy_gettext("Moved"),
        "copy": lazy_gettext("Copied"),
        "archive": lazy_gettext("Archived"),
        "trash": lazy_gettext("Moved to trash"),
        "add_keyword": lazy_gettext("Flag set"),
        "remove_keyword": lazy_gettext("Flag removed"),
        "tag": lazy_gettext("Tagged"),
        "untag": lazy_gettext("Tag removed"),
        "tag_create": lazy_gettext("Tag made"),
        "tag_update": lazy_gettext("Tag changed"),
        "tag_delete": lazy_gettext("Tag deleted"),
        "tag_merge": lazy_gettext("Tags merged"),
        "tag_mirror": lazy_gettext("Tag kept as a flag on the server"),
        "thread_split": lazy_gettext("Conversation taken apart"),
        "thread_merge": lazy_gettext("Conversations joined"),
        "correct": lazy_gettext("Corrected"),
        "rules": lazy_gettext("Rules acted"),
        "draft": lazy_gettext("Reply drafted"),
        "undo": lazy_gettext("Undone"),
    }
)
# These can be taken back though they have no steps on single messages.
_WHOLE = frozenset({"correct", "tag_create", "tag_update", "tag_delete", "tag_merge", "thread_split", "thread_merge"})
_UNDECIDED = {
    "proposed": lazy_gettext("Rules ask you"),
    "rejected": lazy_gettext("Rules asked, you refused"),
    "withdrawn": lazy_gettext("Rules asked, and were changed since"),
}
_OF_FLAGS = frozenset({"add_keyword", "remove_keyword"})


def change_kind(change: Change) -> str:
    """Answer what a change did; one that waits for the owner's word has done nothing."""
    if change.kind == "rules" and change.state in _UNDECIDED:
        return str(_UNDECIDED[change.state])
    return str(KINDS.get(change.kind, change.kind))


def change_note(change: Change) -> str:
    """Answer what it is about: names are the owner's own and stay as they are."""
    if change.kind == "correct":
        return str(ngettext("%(num)s message", "%(num)s messages", touched(change)))
    if change.kind == "tag" and any(one.decided_by == "classifier" for one in change.entries):
        return str(gettext("learned from you"))
    return flag_name(change.note) if change.kind in _OF_FLAGS else change.note


def said(change: Change) -> tuple[str, ...]:
    """Answer what a correction said, each answer once."""
    answers = dict.fromkeys((one.kind, one.value) for one in change.corrected)
    return tuple(f"{kind_name(kind)}: {value_words(value, kind)}" for kind, value in answers)


def done(change: Change) -> tuple[tuple[str, str], ...]:
    """Answer in words what its steps did, each once, and what to say of it; first what went wrong."""
    words = dict.fromkeys((in_words(one.operation), one.error_code) for one in change.entries)
    told = [(deed, advice(code) if code else "") for deed, code in words]
    return tuple(sorted(told, key=lambda pair: not pair[1])[:MOST_DEEDS])


def touched(change: Change) -> int:
    """Answer how many messages are otherwise than before."""
    messages = {one.message_id for one in change.corrected} | {one.operation.message_id for one in change.entries}
    return len(messages)


def can_undo(change: Change) -> bool:
    """Say whether it can be taken back now."""
    return change.state == "applied" and bool(change.entries or change.kind in _WHOLE)
