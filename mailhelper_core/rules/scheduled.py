"""Rules with a schedule: those whose time has come act on all mail that they match, in slices that go on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.work.report import IsCancelled, OnProgress, RuleRun
from mailhelper_core.rules.batches import STAGE, Position
from mailhelper_core.rules.opened import Asked, Opened
from mailhelper_core.rules.run import Run
from mailhelper_core.settings import Settings
from mailhelper_core.store.mind import schedules
from mailhelper_core.store.unit_of_work import OwnerStore


@dataclass(frozen=True, slots=True)
class ScheduledRules:
    """The rules of one owner that act by the clock."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher
    settings: Settings

    def run(
        self, cursor: str = "", *, progress: OnProgress | None = None, cancel: IsCancelled | None = None
    ) -> tuple[RuleRun, str]:
        """Let the rules act whose time has come, from the cursor of an earlier slice on; answer the next one.

        The cursor is empty at the end; what was cut stays due. Raises ConfigError inside the host's transaction.
        """
        self.owner.require_own_transaction(STAGE)
        with self.owner.begin() as uow:
            due = schedules.take_due(uow)
        acting, at = _left(due, cursor)
        if not acting:
            return RuleRun(), ""
        asked = Asked(None, None, acting=frozenset(acting))
        opened = Opened.open(self.owner, self.registry, self.dispatcher, self.settings, asked)
        run = Run(self.owner, opened.judge, progress)
        for batch in opened.source.batches(self.owner, self.settings.commit_batch_messages, after=at):
            run.act(batch)
            if cancel and cancel():
                return run.report(), _cursor(acting, batch.end)
        with self.owner.begin() as uow:
            schedules.done(uow, acting)
        return run.report(), ""


def _left(due: Mapping[int, int], cursor: str) -> tuple[Mapping[int, int], Position | None]:
    """Answer what of an earlier slice's rules is still to be done, and from where on; without one all that is due."""
    if cursor:
        begun, at = json.loads(cursor)
        left = {int(id_): due_at for id_, due_at in begun.items() if due.get(int(id_)) == due_at}
        if left:
            return left, (at[0], at[1])
    return due, None


def _cursor(acting: Mapping[int, int], at: Position) -> str:
    return json.dumps([acting, at], separators=(",", ":"))
