"""What the owner's deeds say: changes at the server and commands become corrections with weights; pure.

Operations that rules decided, and echoes of our own, say nothing: who teaches himself believes himself more and more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailhelper_core.model.mail.keyword import ANSWERED, FLAGGED, JUNK, NOT_JUNK, SEEN
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage
from mailhelper_core.store.mind.commanded import Commanded
from mailhelper_core.store.mind.observations import Observed


@dataclass(frozen=True, slots=True)
class Signal:
    """What one deed says about one message; `signal` is the deed's name, change_id its change where it is a command."""

    account_id: int
    message_id: int
    kind: str
    value: str
    signal: str
    weight: float
    change_id: int = 0


# deed -> (question, answer, weight): a word of the owner weighs 1, a hint less.
DEEDS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "junk": (("spam", "yes", 1.0),),
    "not_junk": (("spam", "no", 1.0),),
    "star": (("importance", "3", 0.5),),
    "reply": (("reply", "yes", 0.5), ("spam", "no", 0.5)),
    "delete_unread": (("importance", "1", 0.3), ("reply", "no", 0.3)),
}
_KEYWORD_DEEDS = {FLAGGED: "star", ANSWERED: "reply", JUNK: "junk", NOT_JUNK: "not_junk"}
# Where mail goes to be away.
_AWAY = ("trash", "junk")


def signals_of(observed: Sequence[Observed]) -> list[Signal]:
    """Answer what changes at the server say, message by message, in their order."""
    by_message: dict[int, list[Observed]] = defaultdict(list)
    for one in observed:
        if not one.is_ours:
            by_message[one.message_id].append(one)
    return [
        signal
        for seen in by_message.values()
        for deed in _deeds(seen)
        for signal in _say(seen[0].account_id, seen[0].message_id, deed)
    ]


def signals_of_commands(commands: Iterable[Commanded]) -> list[Signal]:
    """Answer what the owner's own commands say; what takes a message out of several mailboxes says it once."""
    found = [
        signal
        for one in commands
        if (deed := _commanded(one))
        for signal in _say(one.account_id, one.message_id, deed, one.change_id)
    ]
    return list(dict.fromkeys(found))


def _deeds(seen: Sequence[Observed]) -> Iterator[str]:
    """A move is a place that was left and one that came, in either order."""
    for one in seen:
        new = one.after - one.before if one.kind == "keywords" else frozenset()
        yield from [deed for keyword, deed in _KEYWORD_DEEDS.items() if keyword in new]
    came = [one.role for one in seen if one.kind == "arrived"]
    left = [one for one in seen if one.kind == "left"]
    was_unread = bool(left) and not any(SEEN in one.before for one in left)
    yield from _moved(came, [one.role for one in left], was_unread=was_unread)


def _commanded(command: Commanded) -> str:
    if isinstance(command.operation, MoveMessage):
        return next(_moved([command.came], [command.left], was_unread=command.is_unread), "")
    return _KEYWORD_DEEDS.get(command.operation.keyword, "") if isinstance(command.operation, AddKeyword) else ""


def _moved(came: Sequence[str], left: Sequence[str], *, was_unread: bool) -> Iterator[str]:
    """Answer what leaving mailboxes of these roles for others says."""
    was_junk = "junk" in left
    if "junk" in came:
        yield "junk"
    elif was_junk and any(role not in _AWAY for role in came):
        yield "not_junk"
    if "trash" in came and was_unread and not was_junk:
        yield "delete_unread"


def _say(account_id: int, message_id: int, deed: str, change_id: int = 0) -> Iterator[Signal]:
    for kind, value, weight in DEEDS[deed]:
        yield Signal(account_id, message_id, kind, value, deed, weight, change_id)
