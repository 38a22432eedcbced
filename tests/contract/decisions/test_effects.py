"""Effects of plugins: carried out from the outbox, isolated, tried again, and taken back by undo."""

from __future__ import annotations

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.work.operation import Effect
from tests.contract.decisions.conftest import Hands
from tests.contract.decisions.effects import Webhook, decided, deliver, states


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
