"""Deliver Effects: what plugins do outside the mailbox; each call is isolated, and may happen twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.ledger import Ledger, retry_wait
from mailhelper_core.actions.rounds import WINDOW
from mailhelper_core.actions.verdicts import CANNOT_UNDO, Verdict, is_final, note_of, verdict_of
from mailhelper_core.dispatch import OPEN_SECONDS, Dispatcher
from mailhelper_core.errors import PluginError, ProviderError, ServerError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.work.operation import Effect
from mailhelper_core.model.work.report import IsCancelled
from mailhelper_core.store.clock import is_wait_over
from mailhelper_core.store.plugins.settings import contexts
from mailhelper_core.store.work import delivery, outbox
from mailhelper_core.store.work.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a plugin's action."""

    step: Step
    effect: Effect


@dataclass(frozen=True, slots=True)
class EffectDelivery:
    """Calls the `deliver` or `undo` of action types."""

    registry: Registry
    dispatcher: Dispatcher
    ledger: Ledger

    def deliver(self, account_id: int, *, cancel: IsCancelled) -> None:
        """Carry out an account's waiting effects, in the order they were decided; none waits for another."""
        after = 0
        while not cancel():
            with self.ledger.owner.read() as uow:
                rows = delivery.window(uow, account_id, kinds=("effect",), after=after, limit=WINDOW)
                due = [row for row in rows if is_wait_over(row.not_before, uow.now)]
            for row in due:
                if isinstance(row.operation, Effect) and not cancel():
                    self._deliver(row, Call(Step((row,), row.operation), row.operation))
            if len(rows) < WINDOW:
                return
            after = rows[-1].id

    def _deliver(self, row: OutboxRow, call: Call) -> None:
        if (row.undone_by is not None and self._took_back(row, call)) or self._pauses(row, call):
            return
        if not self.ledger.claim([call]):
            return
        try:
            refused = self._call(call.effect, row.id)
        except (PluginError, ProviderError) as exc:
            self._end(row, call, verdict_of(exc))
            return
        if refused is not None:
            self._end(row, call, verdict_of(refused))
            return
        with self.ledger.begin() as uow:
            self.ledger.delivered(uow, [call.step])

    def _took_back(self, row: OutboxRow, call: Call) -> bool:
        """Try no more what was undone, when its undo is under way: that comes last, whatever arrived before."""
        back = replace(call.effect, undo=not call.effect.undo)
        with self.ledger.begin() as uow:
            decided = outbox.rows_of_change(uow, row.undone_by or 0, message_ids=[row.message_id], lock=True)
            holds = any(one.operation == back and one.undone_by is None and one.state != "cancelled" for one in decided)
            if holds:
                self.ledger.withdrawn(uow, call.step)
        return holds

    def _pauses(self, row: OutboxRow, call: Call) -> bool:
        """Let wait what a plugin would be asked that is left alone now; nobody is asked, so it is no attempt."""
        provided = self.registry.actions.get(call.effect.action)
        if provided is None or call.effect.action not in self.dispatcher.paused(provided.plugin, kind=self._kind):
            return False
        note = note_of(provided.plugin, call.effect, row.id, Verdict("paused"))
        with self.ledger.begin() as uow:
            self.ledger.again(uow, call.step, note.code, wait_seconds=OPEN_SECONDS, note=note)
        return True

    def _end(self, row: OutboxRow, call: Call, verdict: Verdict) -> None:
        provided = self.registry.actions.get(call.effect.action)
        note = note_of(provided.plugin if provided is not None else "", call.effect, row.id, verdict)
        with self.ledger.begin() as uow:
            if verdict.again:
                seconds = max(verdict.wait_seconds, retry_wait(row.attempts + 1, self.ledger.jitter()))
                self.ledger.again(uow, call.step, verdict.code, wait_seconds=seconds, note=note)
            else:
                self.ledger.conflicted(uow, call.step, verdict.code, note=note)

    def _call(self, effect: Effect, operation_id: int) -> ServerError | ProviderError | None:
        """Carry it out; answer the error by which the plugin says that it never can be, raise all others."""
        provided = self.registry.actions.get(effect.action)
        if provided is None:
            raise PluginError(f"no plugin knows the action {effect.action!r}", code="plugin_missing")
        function = provided.provider.undo if effect.undo else provided.provider.deliver
        if function is None:
            code = CANNOT_UNDO if effect.undo else "plugin_answer"
            raise PluginError(f"{effect.action!r} cannot carry this out", plugin=provided.plugin, code=code)
        with self.ledger.owner.read() as uow:
            context_of = contexts(self.ledger.owner, uow, self.registry)
        context = replace(context_of(provided.plugin), operation_id=operation_id)
        known = (effect, context) if takes_context(function) else (effect,)

        def carry_out() -> ServerError | ProviderError | None:
            try:
                function(*known)
            except (ServerError, ProviderError) as exc:
                if not is_final(exc):
                    raise
                return exc  # the service has answered: nothing is wrong with the plugin
            return None

        passes = (ProviderError,)
        return self.dispatcher.call(provided.plugin, effect.action, carry_out, kind=self._kind, passes=passes)

    @property
    def _kind(self) -> str:
        # Not as its `plan`: while a service is away rules go on, and what they decide waits for it. Each owner may have
        # a service of his own: one that is away holds up nobody else's.
        return f"delivery for {self.ledger.owner.owner}"
