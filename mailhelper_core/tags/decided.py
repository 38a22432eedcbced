"""What an owner wants of tags, written as one change, with the keywords that stand for them."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.model.work.operation import Change, Operation
from mailhelper_core.store.mind import mirrors
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide


def decided(uow: UnitOfWork, change_id: int, operations: Sequence[Operation]) -> Change:
    """Write operations as a change's decisions and answer it; what mirrors a tag on the server goes with it."""
    wanted = mirrors.in_step(operations, mirrors.keywords(uow))
    decide(uow, change_id, [Decision(operation) for operation in wanted])
    return changes.get(uow, change_id)
