"""Effects of plugins: carried out from the outbox, isolated, tried again, and taken back by undo."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from mailhelper_core.actions.service import ActionService
from mailhelper_core.actions.undo import UndoService
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
    sent: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)

    def deliver(self, effect: Effect) -> None:
        if self.failures:
            self.failures -= 1
            raise SystemExit("the service is away")
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


@pytest.fixture
def account(ada: Hands) -> Account:
    return ada.account()


@pytest.fixture
def message(ada: Hands, account: Account) -> int:
    return ada.message(account, ada.mailbox(account, "INBOX"))


def decided(ada: Hands, *effects: Effect) -> Change:
    with ada.owner.begin() as uow:
        change_id = changes.new_change(uow, "test")
        decide(uow, change_id, [Decision(effect) for effect in effects])
        return changes.get(uow, change_id)


def deliver(ada: Hands, account: Account, registry: Registry) -> DeliverReport:
    service = ActionService(ada.owner, NoSources(), Settings(), registry, Dispatcher(), lambda: 0.5)  # type: ignore[arg-type]
    return service.deliver(account)


def states(ada: Hands, change: Change) -> list[str]:
    with ada.owner.read() as uow:
        return [entry.state for entry in changes.get(uow, change.id)]


def test_effects_are_carried_out_in_their_order_and_once(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"), Effect(message, "webhook", "two"))

    first = deliver(ada, account, webhook.registry())
    deliver(ada, account, webhook.registry())

    assert webhook.sent == ["one", "two"]
    assert (first.delivered, first.commands, states(ada, change)) == (2, 0, ["delivered", "delivered"])


def test_failing_plugin_costs_only_its_own_effect_and_is_asked_again(
    ada: Hands, account: Account, message: int
) -> None:
    webhook = Webhook(failures=1)
    change = decided(ada, Effect(message, "webhook", "one"), Effect(message, "webhook", "two"))

    first = deliver(ada, account, webhook.registry())
    ada.pass_time(seconds=59)
    early = deliver(ada, account, webhook.registry())
    ada.pass_time(seconds=1)
    deliver(ada, account, webhook.registry())

    assert (first.delivered, first.retried, [note.code for note in first.errors]) == (1, 1, ["plugin"])
    assert early.delivered == 0
    assert (webhook.sent, states(ada, change)) == (["two", "one"], ["delivered", "delivered"])


def test_effect_of_a_missing_plugin_waits_for_it(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"))

    missing = deliver(ada, account, Registry())
    ada.pass_time(hours=1)
    deliver(ada, account, webhook.registry())

    assert [note.code for note in missing.errors] == ["plugin_missing"]
    assert (webhook.sent, states(ada, change)) == (["one"], ["delivered"])


def test_undo_takes_a_delivered_effect_back(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"))
    deliver(ada, account, webhook.registry())

    report = UndoService(ada.owner).undo(change)
    deliver(ada, account, webhook.registry())

    assert (report.undone, webhook.taken_back) == (1, ["one"])


def test_undo_of_an_effect_that_was_not_delivered_calls_nobody(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"))

    UndoService(ada.owner).undo(change)
    deliver(ada, account, webhook.registry())

    assert (webhook.sent, webhook.taken_back, states(ada, change)) == ([], [], ["cancelled"])


def test_effect_that_cannot_be_taken_back_says_so(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"))
    deliver(ada, account, webhook.registry())
    UndoService(ada.owner).undo(change)

    report = deliver(ada, account, webhook.registry(can_undo=False))

    assert (report.conflicted, [note.code for note in report.errors]) == (1, ["cannot_undo"])
