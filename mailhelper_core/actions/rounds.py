"""The rounds of one delivery: in each, every message takes one step, and equal steps go together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mailhelper_core.actions.coalesce import Step, next_step
from mailhelper_core.actions.conditions import is_elsewhere, is_outdated
from mailhelper_core.actions.connection import Connection
from mailhelper_core.actions.drafts import Draft, DraftDelivery
from mailhelper_core.actions.keywords import KeywordDelivery
from mailhelper_core.actions.removals import LAST_PLACE, Removal, RemovalDelivery
from mailhelper_core.actions.transfers import TransferDelivery
from mailhelper_core.actions.transit import Transfer
from mailhelper_core.actions.wanted import Wanted
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AppendDraft,
    CopyMessage,
    DropCopy,
    DropDraft,
    MoveMessage,
    RemoveKeyword,
)
from mailhelper_core.model.work.overlay import View, apply, claimed_by, copied_from, leaving, spoken_of
from mailhelper_core.model.work.report import IsCancelled
from mailhelper_core.store.clock import is_wait_over
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import delivery, identities, outbox, shown
from mailhelper_core.store.work.delivery import Located
from mailhelper_core.store.work.identities import Identity
from mailhelper_core.store.work.outbox import OutboxRow

# Rows looked at together: enough for long commands, little enough for memory.
WINDOW = 500
UNPLACED = "unplaced"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Scene:
    """What one round knows: the waiting rows by message, and where the messages are."""

    rows: Mapping[int, Sequence[OutboxRow]]
    places: Mapping[int, Sequence[Located]]
    identities: Mapping[int, Identity]
    where: Directory


@dataclass(slots=True)
class _Sorted:
    """The steps of one round by what carries them out."""

    keywords: list[Wanted] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    nothing_to_do: list[Step] = field(default_factory=list)
    brought: list[Step] = field(default_factory=list)  # of these, what an earlier attempt may have done
    pointless: list[tuple[Step, str]] = field(default_factory=list)
    unplaced: list[Step] = field(default_factory=list)


def deliver_rounds(
    connection: Connection, account_id: int, *, batch: int, cancel: IsCancelled, tell: Callable[[], None]
) -> None:
    """Deliver an account's waiting rows until none is left that can move; `tell` is called after each round."""
    ledger = connection.ledger
    after = 0
    while not cancel():
        with ledger.owner.read() as uow:
            rows = delivery.window(uow, account_id, after=after, limit=WINDOW)
            heads = _due(rows, ledger.blocked, uow.now, delivery.last_synced(uow, account_id))
            ids = list(heads)
            scene = Scene(
                heads,
                delivery.places(uow, ids),
                identities.of(uow, ids),
                shown.directory(uow, account_id) if heads else Directory(),
            )
        if heads:
            _round(connection, scene, batch)
            tell()
        elif len(rows) < WINDOW:
            return
        else:
            after = rows[-1].id


def _due(rows: Sequence[OutboxRow], blocked: set[int], now: int, synced_at: int) -> dict[int, list[OutboxRow]]:
    """Answer the rows of each message that may take a step; a first row that is not due blocks its message.

    What waits for a sync was of no use since the last one ended.
    """
    found: dict[int, list[OutboxRow]] = {}
    for row in rows:
        if row.message_id in found:
            found[row.message_id].append(row)
        elif row.message_id in blocked:
            continue
        elif not is_wait_over(row.not_before, now) or _waits_for_sync(row, synced_at):
            blocked.add(row.message_id)
        else:
            found[row.message_id] = [row]
    return found


def _waits_for_sync(row: OutboxRow, synced_at: int) -> bool:
    return row.error_code in outbox.FOR_A_SYNC and (row.not_before or 0) > synced_at


def _round(connection: Connection, scene: Scene, batch: int) -> None:
    found = _Sorted()
    for message_id, rows in scene.rows.items():
        places = scene.places.get(message_id, ())
        step = next_step(rows, scene.where, places=len(places))
        _sort(found, step, places, scene)
    ledger = connection.ledger
    if found.nothing_to_do or found.pointless:
        with ledger.begin() as uow:
            ledger.delivered(uow, found.nothing_to_do)
            _follow(uow, found.brought, scene.where)
            for step, code in found.pointless:
                ledger.conflicted(uow, step, code)
    ledger.postpone(found.unplaced, UNPLACED)
    KeywordDelivery(connection, dict(scene.rows), batch).deliver(found.keywords)
    TransferDelivery(connection, batch).deliver(found.transfers)
    RemovalDelivery(connection, batch).deliver(found.removals)
    DraftDelivery(connection).deliver(found.drafts)
    # A message that took no step takes none in this call.
    ledger.blocked.update(id_ for id_, rows in scene.rows.items() if rows[0].id not in ledger.ended)


def _follow(uow: UnitOfWork, steps: Sequence[Step], where: Directory) -> None:
    """Let later rules know the messages where our own moves have brought them, as a sync has seen before us."""
    for step in steps:
        operation, intent = step.operation, step.rows[-1].intent
        if isinstance(operation, MoveMessage | CopyMessage):
            outbox.follow(uow, where.target(operation).mailbox_id, {step.message_id: intent.get("source", 0)})


def _sort(found: _Sorted, step: Step, places: Sequence[Located], scene: Scene) -> None:
    operation = step.operation
    identity = scene.identities[step.message_id]
    if isinstance(operation, AppendDraft | DropDraft):
        found.drafts.append(Draft(step, operation, scene.where.drafts(operation).mailbox))
    elif not places and not step.rows[-1].intent:
        if identity.is_gone or step.was_sought(identity.synced_at, UNPLACED, GONE):
            placed = [
                row for row in scene.rows[step.message_id] if not isinstance(row.operation, AppendDraft | DropDraft)
            ]
            found.pointless.append((Step(tuple(placed), operation), GONE))
        else:
            found.unplaced.append(step)
    elif isinstance(operation, AddKeyword | RemoveKeyword):
        spoken = [place for place in spoken_of(places, operation) if isinstance(place, Located)]
        found.keywords += [Wanted(step, place) for place in spoken]
        if not spoken:
            found.pointless.append((step, GONE))
    elif isinstance(operation, DropCopy):
        _sort_removal(found, step, operation, places, identity)
    elif isinstance(operation, MoveMessage | CopyMessage):
        _sort_transfer(found, step, operation, places, scene)


def _sort_removal(
    found: _Sorted, step: Step, operation: DropCopy, places: Sequence[Located], identity: Identity
) -> None:
    copies = [place for place in places if place.mailbox == operation.mailbox]
    if not copies:
        found.nothing_to_do.append(step)
    elif len(copies) == len(places):
        found.pointless.append((step, LAST_PLACE))
    else:
        others = [place for place in places if place.mailbox != operation.mailbox]
        found.removals.append(Removal(step, max(copies, key=lambda place: place.uid or 0), identity, others))


def _sort_transfer(
    found: _Sorted, step: Step, operation: MoveMessage | CopyMessage, places: Sequence[Located], scene: Scene
) -> None:
    target = scene.where.target(operation)
    intent = step.rows[-1].intent
    if intent:
        # What was begun is brought to its end, also where a sync has seen the copy arrive before us.
        there = [place for place in places if place.mailbox == target.mailbox]
        source = next((place for place in places if _was_begun_at(place, intent)), None)
        is_ours = source is None and any(_may_be_ours(place, intent) for place in there)
        if source is None and not is_ours:  # another client was faster: it is followed
            source = _source(step, places, scene)
        is_done = source is None and bool(there)
        found.brought += [step] if is_ours else []
    else:
        source = _source(step, places, scene)
        is_done = source is None
    if is_done:
        found.nothing_to_do.append(step)
        return
    if source and isinstance(operation, MoveMessage) and is_elsewhere(step.rows[0], source):
        found.pointless.append((step, "changed_since"))
        return
    beside = [place for place in places if source and place.mailbox_id == source.mailbox_id]
    found.transfers.append(Transfer(step, target, source, scene.identities[step.message_id], len(beside) > 1))
    if source and isinstance(operation, MoveMessage):
        outdated = [row for row in scene.rows[step.message_id] if is_outdated(row, source)]
        found.pointless += [(Step((row,), row.operation), "changed_since") for row in outdated]


def _was_begun_at(place: Located, intent: Mapping[str, int]) -> bool:
    """Say whether our attempt took the message from there; of several places in one mailbox its uid tells."""
    return place.mailbox_id == intent.get("source") and place.uid == intent.get("source_uid", place.uid)


def _may_be_ours(place: Located, intent: Mapping[str, int]) -> bool:
    """Say whether a place of the target may be what our attempt made: what lay there before it is another's."""
    return place.uid_validity != intent["uid_validity"] or (place.uid or 0) >= intent["uid_next"]


def _source(step: Step, places: Sequence[Located], scene: Scene) -> Located | None:
    """Answer the place to move or copy from, None when it is done already."""
    operation = step.operation
    later = [row.operation for row in scene.rows[step.message_id] if row not in step.rows]
    view = View(tuple(places), claimed=claimed_by(later))
    if apply(view, operation, scene.where) is None:
        return None
    if isinstance(operation, MoveMessage):
        source = leaving(view, operation, scene.where.target(operation))
    else:
        source = copied_from(places)
    return source if isinstance(source, Located) else None
