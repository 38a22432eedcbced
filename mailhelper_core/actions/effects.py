"""Deliver Effects: what plugins do outside the mailbox; each call is isolated, and may happen twice."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.ledger import Ledger
from mailhelper_core.actions.rounds import WINDOW
from mailhelper_core.dispatch import Dispatcher, takes_context
from mailhelper_core.errors import PluginError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.work.operation import Effect
from mailhelper_core.model.work.report import IsCancelled
from mailhelper_core.store.plugins.settings import contexts
from mailhelper_core.store.work import delivery


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
        """Carry out an account's waiting effects, in the order they were decided."""
        after = 0
        while not cancel():
            with self.ledger.owner.read() as uow:
                rows = delivery.window(uow, account_id, kinds=("effect",), after=after, limit=WINDOW)
                due = [row for row in rows if (row.not_before or 0) <= uow.now]
            for row in due:
                if isinstance(row.operation, Effect) and not cancel():
                    self._deliver(Call(Step((row,), row.operation), row.operation))
            if len(rows) < WINDOW:
                return
            after = rows[-1].id

    def _deliver(self, call: Call) -> None:
        if not self.ledger.claim([call]):
            return
        try:
            self._call(call.effect, call.step.rows[0].id)
        except PluginError as exc:
            with self.ledger.begin() as uow:
                if exc.code == "cannot_undo":
                    self.ledger.conflicted(uow, call.step, exc.code)
                else:
                    self.ledger.again(uow, call.step, exc.code)
            return
        with self.ledger.begin() as uow:
            self.ledger.delivered(uow, [call.step])

    def _call(self, effect: Effect, operation_id: int) -> None:
        provided = self.registry.actions.get(effect.action)
        if provided is None:
            raise PluginError(f"no plugin knows the action {effect.action!r}", code="plugin_missing")
        function = provided.provider.undo if effect.undo else provided.provider.deliver
        if function is None:
            code = "cannot_undo" if effect.undo else "plugin_answer"
            raise PluginError(f"{effect.action!r} cannot carry this out", plugin=provided.plugin, code=code)
        with self.ledger.owner.read() as uow:
            context_of = contexts(self.ledger.owner, uow, self.registry)
        context = replace(context_of(provided.plugin), operation_id=operation_id)
        known = (effect, context) if takes_context(function) else (effect,)
        self.dispatcher.call(provided.plugin, effect.action, lambda: function(*known))
