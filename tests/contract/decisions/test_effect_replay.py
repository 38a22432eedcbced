"""Replay: an effect that has ended is carried out once more, as what it was; nothing else is touched."""

from __future__ import annotations

import pytest

from mailhelper_core.actions.replay import replay
from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import NotFoundError, ServerError
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.work.operation import AddKeyword, Effect
from tests.contract.decisions.conftest import Hands
from tests.contract.decisions.effects import Webhook, decided, deliver, states


def test_what_was_delivered_is_told_again_under_its_own_id(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"), Effect(message, "webhook", "two"))
    deliver(ada, account, webhook.registry())

    again = replay(ada.owner, change)
    deliver(ada, account, webhook.registry())

    assert [(one.id, one.state) for one in again] == [(one.id, "waiting") for one in change.entries]
    assert (webhook.sent, states(ada, change)) == (["one", "two"] * 2, ["delivered"] * 2)


def test_one_entry_is_told_alone(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"), Effect(message, "webhook", "two"))
    deliver(ada, account, webhook.registry())

    replay(ada.owner, change.entries[1])
    deliver(ada, account, webhook.registry())

    assert webhook.sent == ["one", "two", "two"]


@pytest.mark.parametrize("is_old", [True, False])
def test_what_failed_for_good_can_be_told_alone(ada: Hands, account: Account, message: int, is_old: bool) -> None:
    webhook = Webhook(failures=1, error=ServerError if is_old else ServerError(transient=False))
    change = decided(ada, Effect(message, "webhook", "one"), Effect(message, "webhook", "two"))
    if is_old:
        ada.pass_time(hours=24 * 6)
    deliver(ada, account, webhook.registry())
    ended = states(ada, change)

    replay(ada.owner, change.id, failed=True)
    deliver(ada, account, webhook.registry())

    assert ended == ["dead" if is_old else "conflicted", "delivered"]
    assert (webhook.sent, states(ada, change)) == (["two", "one"], ["delivered"] * 2)


def test_what_waits_is_undone_or_is_no_effect_is_left(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook()
    undone = decided(ada, Effect(message, "webhook", "one"))
    deliver(ada, account, webhook.registry())
    UndoService(ada.owner).undo(undone)
    waits = decided(ada, Effect(message, "webhook", "two"), AddKeyword(message, "work"))

    assert replay(ada.owner, undone) == replay(ada.owner, waits) == ()
    assert states(ada, waits) == ["waiting", "waiting"]


def test_what_is_undone_while_it_waits_again_is_taken_back_and_not_told(
    ada: Hands, account: Account, message: int
) -> None:
    webhook = Webhook()
    change = decided(ada, Effect(message, "webhook", "one"))
    deliver(ada, account, webhook.registry())
    replay(ada.owner, change)

    UndoService(ada.owner).undo(change)
    deliver(ada, account, webhook.registry())

    assert (webhook.sent, webhook.taken_back) == (["one"], ["one"])


def test_anothers_change_looks_like_none(ada: Hands, eve: Hands, account: Account, message: int) -> None:
    change = decided(ada, Effect(message, "webhook", "one"))

    for what in (change, change.id, change.entries[0], 12345):
        with pytest.raises(NotFoundError):
            replay(eve.owner, what)
