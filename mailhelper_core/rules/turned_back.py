"""What a rule did and the owner has a last word against, here or in another program, pure: the owner's word is final.

Undo notes it with the hit. A message that was moved, or a tag or a flag that was taken off again, shows it only by
comparing what was decided with what is there now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.aspect import wide_aspect_of
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    MoveMessage,
    RemoveKeyword,
    RemoveTag,
)
from mailhelper_core.model.work.overlay import View
from mailhelper_core.store.work.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class OwnersWord:
    """The rules' revisions whose deeds on one message the owner turned back, or whose move another one replaced."""

    turned_back: frozenset[int] = frozenset()
    moved_on: frozenset[int] = frozenset()


def owners_word(decided: Sequence[OutboxRow], now: View, where: Directory) -> OwnersWord:
    """Answer what the owner says against what rules did to one message; `decided` holds all, in order.

    What another rule decided about the same thing later is no word of the owner.
    """
    turned_back = {row.revision_id for row in _contrary(decided, now) if row.revision_id is not None}
    moved_on: set[int] = set()
    for row, is_back in _moved(decided, now, where):
        if row.revision_id is not None:
            (turned_back if is_back else moved_on).add(row.revision_id)
    return OwnersWord(frozenset(turned_back), frozenset(moved_on - turned_back))


def _contrary(decided: Sequence[OutboxRow], now: View) -> Iterator[OutboxRow]:
    for number, row in enumerate(decided):
        if row.revision_id is None or not _is_contrary(row, now):
            continue
        what = wide_aspect_of(row.operation)
        later = [other for other in decided[number + 1 :] if wide_aspect_of(other.operation) == what]
        if not later or later[-1].decided_by == "owner":
            yield row


def _is_contrary(row: OutboxRow, now: View) -> bool:
    """Say whether the message is again as it was before; of moves `_moved` speaks."""
    names = {place.mailbox for place in now.places}
    match row.operation:
        case AddTag() | RemoveTag() as operation:
            has = fold_tag(operation.tag) in {fold_tag(tag.name) for tag in now.tags}
            return has == isinstance(operation, RemoveTag)
        case AddKeyword(keyword=keyword):
            return bool(now.places) and not any(keyword in place.keywords for place in now.places)
        case RemoveKeyword(keyword=keyword):
            return any(keyword in place.keywords for place in now.places)
        case CopyMessage(mailbox=mailbox):
            return bool(names) and mailbox not in names
        case _:
            return False


def _moved(decided: Sequence[OutboxRow], now: View, where: Directory) -> Iterator[tuple[OutboxRow, bool]]:
    """Yield the moves after which the owner put the message elsewhere, and whether to where it was before them.

    The last word is where it lies now, if no move of ours leads there, else where the owner moved it after that move.
    """
    moves = [row for row in decided if isinstance(row.operation, MoveMessage)]
    # Beside other labels All Mail says nothing: it is where all is.
    labels = {place.mailbox for place in now.places if place.role != "all"}
    there = labels or {place.mailbox for place in now.places}
    if not moves or not there:
        return
    word = frozenset() if _is_at(moves[-1], there, where) else frozenset(there)
    for row, origins in reversed(list(_with_origins(moves))):
        if word and not _is_at(row, word, where):
            yield row, not word.isdisjoint(origins)
        if row.decided_by == "owner" and not word:
            word = frozenset((_target(row, where),))


def _with_origins(moves: Sequence[OutboxRow]) -> Iterator[tuple[OutboxRow, frozenset[str]]]:
    """Yield moves, and where the message was before each of a rule and before those of others that led there."""
    origins: frozenset[str] = frozenset()
    for row in moves:
        before = {one.mailbox for one in row.inverse if isinstance(one, MoveMessage | CopyMessage)}
        origins = frozenset() if row.decided_by == "owner" else origins | before
        yield row, origins


def _is_at(row: OutboxRow, names: AbstractSet[str], where: Directory) -> bool:
    """Say whether these mailboxes are where a move leads; to take a label off leads to no other mailbox (Gmail)."""
    target = _target(row, where)
    took_off = any(isinstance(one, CopyMessage) for one in row.inverse)
    return names <= {target} if took_off else target in names


def _target(row: OutboxRow, where: Directory) -> str:
    return where.target(row.operation).mailbox  # type: ignore[arg-type]  # a move


def rules_of(settled: Collection[tuple[int, int]], revisions: AbstractSet[int]) -> set[int]:
    """Answer the rules of some revisions, given the (rule, revision) pairs that acted on a message."""
    return {rule for rule, revision in settled if revision in revisions}
