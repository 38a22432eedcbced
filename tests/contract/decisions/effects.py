"""A plugin's action that notes what it was asked and fails as it is told, and deliveries of its effects."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailhelper_core.actions.service import ActionService
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import ActionType, Provided, Registry
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.work.operation import Change, Effect
from mailhelper_core.model.work.report import DeliverReport
from mailhelper_core.settings import Settings
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from tests.contract.decisions.conftest import Hands


class NoSources:
    """Effects need no mail server."""

    def open(self, account: Account) -> object:
        raise AssertionError("nothing waits for the mail server")


@dataclass
class Webhook:
    """A plugin's action that notes what it was asked, and fails as often as it is told."""

    failures: int = 0
    error: BaseException | type[BaseException] = SystemExit
    sent: list[str] = field(default_factory=list)
    asked: int = 0
    taken_back: list[str] = field(default_factory=list)

    def deliver(self, effect: Effect) -> None:
        self.asked += 1
        if self.failures:
            self.failures -= 1
            raise self.error
        self.sent.append(effect.data)

    def undo(self, effect: Effect) -> None:
        self.taken_back.append(effect.data)

    def registry(self, *, can_undo: bool = True) -> Registry:
        undo = self.undo if can_undo else None
        return Registry(
            actions={"webhook": Provided("acme", ActionType("webhook", _none, deliver=self.deliver, undo=undo))}
        )


def _none(message: object, argument: object) -> list[Effect]:
    return []


def decided(ada: Hands, *effects: Effect) -> Change:
    with ada.owner.begin() as uow:
        change_id = changes.new_change(uow, "test")
        decide(uow, change_id, [Decision(effect) for effect in effects])
        return changes.get(uow, change_id)


def deliver(ada: Hands, account: Account, registry: Registry, dispatcher: Dispatcher | None = None) -> DeliverReport:
    asked = dispatcher or Dispatcher()
    service = ActionService(ada.owner, NoSources(), Settings(), registry, asked, lambda: 0.5)  # type: ignore[arg-type]
    return service.deliver(account)


def states(ada: Hands, change: Change) -> list[str]:
    with ada.owner.read() as uow:
        return [entry.state for entry in changes.get(uow, change.id)]
