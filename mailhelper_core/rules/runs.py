"""Runs of the rules, whole or in the slices of a job: on what waits or is asked for, and when their time has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.work.report import IsCancelled, OnProgress, RuleRun
from mailhelper_core.rules.batches import STAGE, Position
from mailhelper_core.rules.carried import Carried
from mailhelper_core.rules.opened import Asked, Opened
from mailhelper_core.rules.run import Run
from mailhelper_core.settings import Settings
from mailhelper_core.store.mind import schedules
from mailhelper_core.store.unit_of_work import OwnerStore

# Hears how far the rules are: after each batch that decided something, and at the end.
Carry = Callable[[Carried], None]


@dataclass(frozen=True, slots=True)
class RuleRuns:
    """The runs of one owner's rules. All slices of a job are one run: the cap holds for them together."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher
    settings: Settings

    def on(
        self,
        asked: Asked,
        carried: Carried = Carried(),  # noqa: B008 - a frozen value
        *,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
        carry: Carry | None = None,
    ) -> RuleRun:
        """Let the rules act on what waits for them, or on what a query finds, from where an earlier slice ended.

        Raises ConfigError inside the host's transaction, and as a query does.
        """
        self.owner.require_own_transaction(STAGE)
        opened = Opened.open(self.owner, self.registry, self.dispatcher, self.settings, asked)
        total = opened.source.total(self.owner) if progress else 0
        run = Run.after(carried, self.owner, opened.judge, progress, total)
        for batch in opened.source.batches(self.owner, self.settings.commit_batch_messages, after=carried.at):
            if cancel and cancel():
                break
            hits = run.hits
            run.act(batch)
            if carry and run.hits > hits:
                carry(run.carried())
        if carry and run.at != carried.at:
            carry(run.carried())
        return run.report()

    def by_clock(
        self,
        carried: Carried = Carried(),  # noqa: B008 - a frozen value
        *,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
    ) -> tuple[RuleRun, Carried]:
        """Let the rules act whose time has come, from where an earlier slice ended; answer what the next one needs.

        What was cut stays due, and `clock` names it. Raises ConfigError inside the host's transaction.
        """
        self.owner.require_own_transaction(STAGE)
        with self.owner.begin() as uow:
            due = schedules.take_due(uow)
        acting, at = _left(due, carried)
        if not acting:
            return RuleRun(), replace(carried, at=None if carried.clock else carried.at, clock=None)
        asked = Asked(None, None, acting=frozenset(acting))
        opened = Opened.open(self.owner, self.registry, self.dispatcher, self.settings, asked)
        run = Run.after(carried, self.owner, opened.judge, progress)
        for batch in opened.source.batches(self.owner, self.settings.commit_batch_messages, after=at):
            run.act(batch)
            if cancel and cancel():
                return run.report(), replace(run.carried(), clock=acting)
        with self.owner.begin() as uow:
            schedules.done(uow, acting)
        return run.report(), replace(run.carried(), at=None)


def _left(due: Mapping[int, int], carried: Carried) -> tuple[Mapping[int, int], Position | None]:
    """Answer what of an earlier slice's rules is still to be done, and from where on; without one all that is due."""
    left = {id_: due_at for id_, due_at in (carried.clock or {}).items() if due.get(id_) == due_at}
    return (left, carried.at) if left else (due, None)
