"""Lessons: corrections and deeds become examples, and examples get the features of their messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Lesson, ReadFacts
from mailhelper_core.learn.signals import Signal, signals_of, signals_of_commands
from mailhelper_core.mime.parse import header_fields_of
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.learning import TASKS
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mail.readable import readable
from mailhelper_core.store.mail.said import HINTS
from mailhelper_core.store.mind import commanded, examples, observations, opinions
from mailhelper_core.store.mind.examples import StoredExample
from mailhelper_core.store.mind.histories import with_histories
from mailhelper_core.store.mind.opinions import Correction
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

_Insert = Callable[[UnitOfWork, Sequence[Correction]], list[int]]

# The newest examples of a question that are learned from: what somebody wanted ten thousand answers ago is over.
MAX_EXAMPLES = 10_000
# Rows of one transaction: some milliseconds of SQLite's write lock.
BATCH = 200
# In place of the features of a message that cannot be read: `stored` takes them for damaged and has them made again.
NO_FEATURES = b""


def take_signals(owner: OwnerStore) -> int:
    """Turn what the owner did since the last time into corrections; answer how many."""
    count = 0
    with owner.read() as uow:
        if not observations.waiting(uow) and not commanded.waiting(uow):
            return 0
    while True:
        with owner.begin() as uow:
            uow.lock_owner()  # two at once would both read the same deeds
            commands = commanded.take(uow, BATCH)
            # All commands come before what was seen: an echo of one says nothing more, and undo knows commands alone.
            seen = observations.take(uow, BATCH) if len(commands) < BATCH else []
            count += _correct(uow, _without_echoes(signals_of(seen), signals_of_commands(commands)))
            if seen:
                observations.done(uow, seen[-1].number)
            if commands:
                commanded.done(uow, commands[-1].number)
        if len(seen) < BATCH and len(commands) < BATCH:
            return count


def read_messages(owner: OwnerStore, facts: ReadFacts) -> tuple[int, tuple[ErrorNote, ...]]:
    """Bring the examples up to date and make the features that they lack.

    Answers how many messages were read, and a note for each that cannot be: it teaches nothing, and is tried again.
    """
    with owner.begin() as uow:
        examples.collect(uow, tuple(TASKS))
    schema, count, errors = gate.feature_schema(), 0, list[ErrorNote]()
    while True:
        with owner.read() as uow:
            ids = examples.without_features(uow, schema, BATCH)
            details, odd = readable(uow, ids, _read)
        if not details and not odd:
            return count, tuple(errors)
        made = dict.fromkeys(ids, NO_FEATURES) if odd else {}
        made |= zip([one.id for one in details], gate.encode(details, facts), strict=True)
        with owner.begin() as uow:
            examples.put_features(uow, made, schema)
        count, errors = count + len(details), errors + odd


def stored(owner: OwnerStore, task: str, *, newest: int | None = None) -> list[StoredExample]:
    """Answer the examples of a question, in the order in which they are learned; only so many newest where it says.

    One whose features are damaged is left out until they are made again.
    """
    limit = MAX_EXAMPLES if newest is None else min(max(newest, 0), MAX_EXAMPLES)
    with owner.read() as uow:
        found = examples.of(uow, task, gate.feature_schema(), limit)
    if damaged := [one.message_id for one in found if not gate.is_intact(one.features)]:
        with owner.begin() as uow:
            examples.drop_features(uow, damaged)
    return [one for one in found if one.message_id not in damaged]


def lessons(found: Sequence[StoredExample]) -> list[Lesson]:
    """Answer examples as the learner takes them."""
    return [Lesson(one.features, one.value, one.weight) for one in found]


def details_of(uow: UnitOfWork, ids: Sequence[int]) -> list[MessageDetail]:
    """Answer messages as classifiers see them, with headers and senders' histories; unreadable ones are left out."""
    found, _ = readable(uow, ids, _read)
    return found


def _read(uow: UnitOfWork, ids: Sequence[int]) -> list[MessageDetail]:
    return with_histories(uow, messages.details(uow, ids, decode_headers=header_fields_of))


def _without_echoes(seen: Sequence[Signal], ordered: Sequence[Signal]) -> list[Signal]:
    """Answer what was seen and what was commanded, without what was seen of the commands."""
    said = {(one.message_id, one.kind, one.value) for one in ordered}
    return [*(one for one in seen if (one.message_id, one.kind, one.value) not in said), *ordered]


def _correct(uow: UnitOfWork, found: Sequence[Signal]) -> int:
    """Store words at once and hints where the owner has not spoken."""
    standing = opinions.standing(uow, {one.message_id for one in found})
    new = [one for one in found if _says_more(one, standing.get(one.message_id, {}).get(one.kind))]
    corrected = list(_corrections(uow, new))
    _store(uow, opinions.correct, [pair for pair in corrected if pair[0].signal not in HINTS])
    _store(uow, opinions.hint, [pair for pair in corrected if pair[0].signal in HINTS])
    return len(new)


def _store(uow: UnitOfWork, store: _Insert, corrected: Sequence[tuple[Signal, Correction]]) -> None:
    """Store corrections, and note for those that are commands which change they belong to."""
    ids = store(uow, [correction for _, correction in corrected])
    learned: dict[int, list[int]] = defaultdict(list)
    for (signal, _), id_ in zip(corrected, ids, strict=True):
        if signal.change_id:
            learned[signal.change_id].append(id_)
    commanded.note_learned(uow, learned)


def _says_more(signal: Signal, standing: Correction | None) -> bool:
    if standing is None:
        return True
    return signal.signal not in HINTS and standing.value != signal.value


def _corrections(uow: UnitOfWork, found: Sequence[Signal]) -> Iterator[tuple[Signal, Correction]]:
    was = {row.id: row._mapping for row in opinions.effective(uow, sorted({one.message_id for one in found}))}
    for one in found:
        if one.message_id in was:
            before = was[one.message_id].get(one.kind)
            text = None if before is None else str(before)
            made = Correction(one.message_id, one.account_id, one.kind, text, one.value, one.signal, one.weight)
            yield one, made
