"""How a call for an effect ends: the plugin's error is heeded, the report names the plugin, undo comes last."""

from __future__ import annotations

from itertools import count

import pytest

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import LoginError, MailHelperError, ProviderError, ServerError, ThrottledError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.work.operation import Effect
from mailhelper_core.store.work import changes
from tests.contract.decisions.conftest import Hands
from tests.contract.decisions.effects import Webhook, decided, deliver, states


def test_a_failing_plugin_is_named_by_the_report_with_the_entry(ada: Hands, account: Account, message: int) -> None:
    change = decided(ada, Effect(message, "webhook", "secret words"))

    report = deliver(ada, account, Webhook(failures=1).registry())

    (note,) = report.errors
    assert (note.where, note.code) == ("plugin:acme/webhook", "plugin")
    assert "raised SystemExit at effects.py:" in note.message
    assert f"(entry {change.entries[0].id})" in note.message
    assert "secret" not in note.message


@pytest.mark.parametrize("kind", [ServerError, ProviderError])
def test_what_a_service_will_never_take_is_not_tried_again(
    ada: Hands, account: Account, message: int, kind: type[MailHelperError]
) -> None:
    webhook = Webhook(failures=1, error=kind("the mail said: secret", transient=False))
    change = decided(ada, Effect(message, "webhook", "one"), Effect(message, "webhook", "two"))

    report = deliver(ada, account, webhook.registry())
    ada.pass_time(hours=50)
    deliver(ada, account, webhook.registry())

    assert states(ada, change) == ["conflicted", "delivered"]
    assert [(note.where, note.code) for note in report.errors] == [("plugin:acme/webhook", "effect_refused")]
    assert "secret" not in str(report)


@pytest.mark.parametrize(
    "error", [ServerError(retry_after=600), ThrottledError(retry_after=600), ProviderError(retry_after=600)]
)
def test_a_service_that_says_when_to_come_back_is_left_alone_until_then(
    ada: Hands, account: Account, message: int, error: MailHelperError
) -> None:
    webhook = Webhook(failures=1, error=error)
    change = decided(ada, Effect(message, "webhook", "one"))

    report = deliver(ada, account, webhook.registry())
    ada.pass_time(seconds=599)
    deliver(ada, account, webhook.registry())
    before = states(ada, change)
    ada.pass_time(seconds=1)
    deliver(ada, account, webhook.registry())

    assert (report.retried, [note.where for note in report.errors]) == (1, ["plugin:acme/webhook"])
    assert (before, states(ada, change)) == (["waiting"], ["delivered"])


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -5, "soon"])
def test_a_time_that_makes_no_sense_is_the_usual_wait(
    ada: Hands, account: Account, message: int, seconds: object
) -> None:
    webhook = Webhook(failures=1, error=ServerError(retry_after=seconds))  # type: ignore[arg-type]
    change = decided(ada, Effect(message, "webhook", "one"))

    deliver(ada, account, webhook.registry())
    ada.pass_time(seconds=60)
    deliver(ada, account, webhook.registry())

    assert states(ada, change) == ["delivered"]


def test_what_the_owner_can_mend_is_tried_again(ada: Hands, account: Account, message: int) -> None:
    webhook = Webhook(failures=1, error=LoginError)
    change = decided(ada, Effect(message, "webhook", "one"))

    deliver(ada, account, webhook.registry())
    ada.pass_time(seconds=60)
    deliver(ada, account, webhook.registry())

    assert states(ada, change) == ["delivered"]


def test_what_is_put_off_while_a_plugin_is_left_alone_is_no_attempt(ada: Hands, account: Account, message: int) -> None:
    seconds = count()
    webhook, dispatcher = Webhook(failures=3), Dispatcher(clock=lambda: float(next(seconds)) / 100)
    change = decided(ada, *(Effect(message, "webhook", str(number)) for number in range(5)))

    report = deliver(ada, account, webhook.registry(), dispatcher)
    with ada.owner.read() as uow:
        attempts = [entry.attempts for entry in changes.get(uow, change.id)]
    ada.pass_time(seconds=60)
    deliver(ada, account, webhook.registry())

    assert [note.code for note in report.errors] == ["plugin"] * 3 + ["paused"] * 2
    assert {note.where for note in report.errors} == {"plugin:acme/webhook"}
    assert attempts == [1, 1, 1, 0, 0]
    assert states(ada, change) == ["delivered"] * 5


def test_what_was_undone_after_a_failed_try_is_not_carried_out_behind_its_undo(
    ada: Hands, account: Account, message: int
) -> None:
    webhook = Webhook(failures=1)
    change = decided(ada, Effect(message, "webhook", "one"))
    deliver(ada, account, webhook.registry())

    UndoService(ada.owner).undo(change)
    deliver(ada, account, webhook.registry())
    ada.pass_time(hours=1)
    deliver(ada, account, webhook.registry())

    assert (webhook.sent, webhook.taken_back) == ([], ["one"])
    assert (webhook.asked, states(ada, change)) == (1, ["cancelled"])


@pytest.mark.parametrize("is_told", [True, False])
def test_an_undo_that_is_itself_undone_lets_it_be_carried_out_once(
    ada: Hands, account: Account, message: int, is_told: bool
) -> None:
    webhook, undo = Webhook(failures=1), UndoService(ada.owner)
    change = decided(ada, Effect(message, "webhook", "one"))
    deliver(ada, account, webhook.registry())
    undo.undo(change)
    if is_told:
        ada.pass_time(hours=1)
        deliver(ada, account, webhook.registry())

    with ada.owner.read() as uow:
        (undoing,) = [one for one in changes.page(uow) if one.kind == "undo"]
    undo.undo(undoing)
    ada.pass_time(hours=1)
    deliver(ada, account, webhook.registry())

    assert webhook.sent == ["one"]
    assert webhook.taken_back == (["one"] if is_told else [])


def test_an_effect_of_no_plugin_is_named_by_its_entry(ada: Hands, account: Account, message: int) -> None:
    change = decided(ada, Effect(message, "webhook", "one"))

    report = deliver(ada, account, Registry())

    assert [note.where for note in report.errors] == [f"outbox:{change.entries[0].id}"]
