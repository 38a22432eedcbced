"""What a deed did to how much mail, in the reader's language: said beside the button that takes it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask_babel import gettext, ngettext

from mailhelper_web.words.names import category_name

Say = Callable[[int, str], str]

_OUTCOMES: Mapping[str, Say] = MappingProxyType(
    {
        "archive": lambda n, _: ngettext("%(num)s message archived.", "%(num)s messages archived.", n),
        "trash": lambda n, _: ngettext("%(num)s message moved to trash.", "%(num)s messages moved to trash.", n),
        "move": lambda n, to: ngettext(
            "%(num)s message moved to %(mailbox)s.", "%(num)s messages moved to %(mailbox)s.", n, mailbox=to
        ),
        "copy": lambda n, to: ngettext(
            "%(num)s message copied to %(mailbox)s.", "%(num)s messages copied to %(mailbox)s.", n, mailbox=to
        ),
        "read": lambda n, _: ngettext("%(num)s message marked as read.", "%(num)s messages marked as read.", n),
        "unread": lambda n, _: ngettext("%(num)s message marked as unread.", "%(num)s messages marked as unread.", n),
        "flag": lambda n, _: ngettext("%(num)s message flagged.", "%(num)s messages flagged.", n),
        "unflag": lambda n, _: ngettext("%(num)s message no longer flagged.", "%(num)s messages no longer flagged.", n),
        "tag": lambda n, tag: ngettext(
            "%(num)s message tagged %(name)s.", "%(num)s messages tagged %(name)s.", n, name=tag
        ),
        "untag": lambda n, tag: ngettext(
            "Tag %(name)s removed from %(num)s message.", "Tag %(name)s removed from %(num)s messages.", n, name=tag
        ),
        "spam": lambda n, _: ngettext("%(num)s message marked as spam.", "%(num)s messages marked as spam.", n),
        "not-spam": lambda n, _: ngettext("%(num)s message is no spam.", "%(num)s messages are no spam.", n),
        "category": lambda n, kind: ngettext(
            "Kind of %(num)s message: %(kind)s.", "Kind of %(num)s messages: %(kind)s.", n, kind=category_name(kind)
        ),
        "urgency": lambda n, level: ngettext(
            "Urgency of %(num)s message: %(level)s.", "Urgency of %(num)s messages: %(level)s.", n, level=level
        ),
        "importance": lambda n, level: ngettext(
            "Importance of %(num)s message: %(level)s.", "Importance of %(num)s messages: %(level)s.", n, level=level
        ),
    }
)
LEVELS = ("urgency", "importance")


def outcome(name: str, number: int, argument: str, before: str = "") -> str:
    """Answer what a deed did; `before` is the level that one message had."""
    if before and before != argument:
        return _changed_level(name, before, argument)
    return str(_OUTCOMES[name](number, argument))


def _changed_level(name: str, before: str, now: str) -> str:
    if name == "urgency":
        return str(gettext("Urgency %(before)s → %(now)s", before=before, now=now))
    return str(gettext("Importance %(before)s → %(now)s", before=before, now=now))
