"""The timeline of a message in the reader's language: what happened, who did it, and why.

The engine tells each entry in a few English words of fixed forms; names in them are the owner's or a stranger's and
stay as they are, and so does an entry of a form that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from mailhelper_core import TimelineEntry
from mailhelper_web.words.names import flag_name, kind_name, percent, sayer, value_words
from mailhelper_web.words.reasons import reason_words, step_words
from mailhelper_web.words.wording import advice, role_name

STATES: Mapping[str, LazyString] = MappingProxyType(
    {
        "proposed": lazy_gettext("proposed"),
        "waiting": lazy_gettext("waiting"),
        "claimed": lazy_gettext("under way"),
        "delivered": lazy_gettext("done"),
        "conflicted": lazy_gettext("was not possible"),
        "dead": lazy_gettext("given up"),
        "cancelled": lazy_gettext("cancelled"),
    }
)
# Who decides besides persons.
DECIDERS: Mapping[str, LazyString] = MappingProxyType(
    {"rule": lazy_gettext("a rule"), "classifier": lazy_gettext("learned from you"), "sync": lazy_gettext("sync")}
)
_UNDONE: Mapping[str, LazyString] = MappingProxyType(
    {"undone": lazy_gettext("undone"), "taken back by the owner": lazy_gettext("taken back by you")}
)

_OPINION = re.compile(r"(?P<kind>\S+) (?P<value>.*) \((?P<share>[01]\.\d\d)\)", re.DOTALL)
_CORRECTION = re.compile(r"(?P<kind>\S+) (?P<was>.*) -> (?P<value>.*)", re.DOTALL)
_OPERATION = re.compile(r"(?P<kind>[a-z_]+) ?(?P<rest>.*) \((?P<state>[a-z]+)\)", re.DOTALL)
# Behind a role stands the number or the name of the mailbox that is left.
_ROLE = re.compile(r"(?P<role>archive|trash|junk)(?: .*)?", re.DOTALL)
_COLOR = re.compile(r" #[0-9A-Fa-f]{6}$")
_LEVELS = re.compile(r"(?P<urgency>[123]) (?P<importance>[123])")


def deed(entry: TimelineEntry) -> str:
    """Answer what happened to a message."""
    return _DEEDS[entry.kind](entry.what) if entry.kind in _DEEDS else entry.what


def doer(entry: TimelineEntry, owner: str = "") -> str:
    """Answer who did it; `owner` is the reader's own key."""
    if entry.kind == "opinion":
        return sayer(_said_by(entry))
    if entry.kind == "rule":
        return entry.by
    return gettext("you") if owner and entry.by == owner else str(DECIDERS.get(entry.by, entry.by))


def deed_reasons(entry: TimelineEntry) -> list[str]:
    """Answer why it happened, in the order of the engine."""
    return [_why(entry, reason) for reason in entry.reasons]


def _why(entry: TimelineEntry, reason: str) -> str:
    if entry.kind in ("rule", "correction") and reason in _UNDONE:
        return str(_UNDONE[reason])
    if entry.kind == "rule":
        return step_words(reason)
    if entry.kind == "operation":
        return advice(reason)
    return reason_words(reason, _said_by(entry))


def _said_by(entry: TimelineEntry) -> str:
    """Answer the classifier of an opinion, of which the engine tells the version too."""
    return entry.by.partition(" ")[0]


def _received(what: str) -> str:
    return gettext("arrived") if what == "stored" else what


def _opinion(what: str) -> str:
    found = _OPINION.fullmatch(what)
    if found is None:
        return what
    kind, value, share = found.groups()
    return f"{kind_name(kind)}: {value_words(value, kind)} ({percent(float(share))})"


def _correction(what: str) -> str:
    found = _CORRECTION.fullmatch(what)
    if found is None:
        return what
    kind, was, value = found.groups()
    before = gettext("unknown") if was == "unknown" else value_words(was, kind)
    return f"{kind_name(kind)}: {before} → {value_words(value, kind)}"


def _rule(what: str) -> str:
    return str(gettext("A rule matched")) if what == "matched" else what


def _tag(what: str) -> str:
    return str(gettext("tag %(name)s", name=what))


def _operation(what: str) -> str:
    found = _OPERATION.fullmatch(what)
    if found is None or found["kind"] not in OPERATIONS or found["state"] not in STATES:
        return what
    return f"{OPERATIONS[found['kind']](found['rest'])} ({STATES[found['state']]})"


def _move(rest: str) -> str:
    found = _ROLE.fullmatch(rest)
    return str(gettext("move to %(mailbox)s", mailbox=role_name(found["role"]) if found else rest))


def _flag(rest: str) -> str:
    """Answer the flag; the number of a mailbox may stand behind it."""
    return flag_name(rest.partition(" ")[0])


def _priority(rest: str) -> str:
    found = _LEVELS.fullmatch(rest)
    if found:
        return str(gettext("Urgency %(u)s · Importance %(i)s", u=found["urgency"], i=found["importance"]))
    return f"{gettext('set priority')}: {rest}" if rest else gettext("set priority")


OPERATIONS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "add_keyword": lambda rest: gettext("set flag %(flag)s", flag=_flag(rest)),
        "remove_keyword": lambda rest: gettext("remove flag %(flag)s", flag=_flag(rest)),
        "move": _move,
        "copy": lambda rest: gettext("copy to %(mailbox)s", mailbox=rest),
        "drop_copy": lambda rest: gettext("remove the copy in %(mailbox)s", mailbox=rest),
        "append": lambda _: gettext("put a reply into the drafts"),
        "drop_draft": lambda _: gettext("remove the draft of a reply"),
        "add_tag": lambda rest: gettext("tag %(name)s", name=_COLOR.sub("", rest)),
        "remove_tag": lambda rest: gettext("remove tag %(name)s", name=rest),
        "set_priority": _priority,
        "notify": lambda rest: f"{gettext('notify')}: {rest}" if rest else gettext("notify"),
        "ask_reply": lambda _: gettext("Draft a reply"),
        "effect": lambda rest: gettext("action %(name)s", name=rest.partition(" ")[0]),
    }
)
_DEEDS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "received": _received,
        "opinion": _opinion,
        "correction": _correction,
        "rule": _rule,
        "tag": _tag,
        "operation": _operation,
    }
)
