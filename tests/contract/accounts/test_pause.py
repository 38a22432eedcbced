"""Pausing on both databases: who pauses wins, whatever was at work for the account ends with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mailhelper_core import Account, OwnerServices, ServerError, ThrottledError
from mailhelper_core.accounts import service
from mailhelper_core.model.work.report import Progress
from mailhelper_core.testing import Answer, Bye, Call, Fault, ImapServer, Interrupt

THROTTLED = Answer("NO", "Request is throttled. Suggested Backoff Time: 92415 milliseconds")


def pausing(ada: OwnerServices, account: Account) -> Callable[[Progress], None]:
    def pause(progress: Progress) -> None:
        if progress.stage == "sync":  # what comes after it changes no state
            ada.accounts.update(account.id, paused=True)

    return pause


def test_a_sync_that_succeeds_leaves_an_account_paused(ada: OwnerServices, account: Account) -> None:
    assert ada.sync(account.id, progress=pausing(ada, account)).new == 5

    assert ada.accounts.get(account.id).state == "paused"


def test_a_sync_that_fails_leaves_an_account_paused(ada: OwnerServices, server: ImapServer, account: Account) -> None:
    ada.sync(account.id, max_messages=1)
    server.faults.add(Fault("UID FETCH", Interrupt("tag"), having="BODY.PEEK[]"))
    ada.accounts.update(account.id, paused=False)

    with pytest.raises(ServerError):
        ada.sync(account.id, progress=pausing(ada, account))

    found = ada.accounts.get(account.id)
    assert (found.state, found.state_code) == ("paused", "")
    assert ada.accounts.update(account.id, paused=False).state == "ok"


def test_a_check_that_works_leaves_an_account_paused(
    ada: OwnerServices, server: ImapServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.faults.add(Fault("LIST", Interrupt("tag")))
    with pytest.raises(ServerError):
        ada.sync(account.id)
    looked_around = service._looked_around

    def paused_meanwhile(*given: object) -> object:
        ada.accounts.update(account.id, paused=True)
        return looked_around(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "_looked_around", paused_meanwhile)

    assert ada.accounts.check(account.id).ok
    assert ada.accounts.get(account.id).state == "paused"


def resumed(ada: OwnerServices, account: Account) -> Account:
    ada.accounts.update(account.id, paused=True)
    return ada.accounts.update(account.id, paused=False)


def test_a_pause_does_not_end_what_the_server_asked_for(
    ada: OwnerServices, server: ImapServer, account: Account
) -> None:
    server.faults.add(Fault("LOGIN", THROTTLED))
    with pytest.raises(ThrottledError):
        ada.sync(account.id)
    before = ada.accounts.get(account.id)

    assert resumed(ada, account) == before
    with pytest.raises(ThrottledError):
        ada.sync(account.id)
    assert server.log.names.count("LOGIN") == 1


def test_what_the_server_asks_for_during_a_pause_is_kept_to_after_it(
    ada: OwnerServices, server: ImapServer, account: Account
) -> None:
    pause = Call(lambda: ada.accounts.update(account.id, paused=True))
    server.faults.add(Fault("LIST", pause), Fault("UID FETCH", THROTTLED))

    with pytest.raises(ThrottledError):
        ada.sync(account.id)

    assert ada.accounts.get(account.id).state == "paused"
    assert ada.accounts.update(account.id, paused=False).state == "throttled"


def test_a_rest_that_is_over_is_not_asked_for_again(ada: OwnerServices, server: ImapServer, account: Account) -> None:
    server.faults.add(Fault("LOGIN", THROTTLED))
    with pytest.raises(ThrottledError):
        ada.sync(account.id)
    store = ada.accounts.owner.store
    later = store.clock() + timedelta(seconds=93)
    store.clock = lambda: later

    assert resumed(ada, account).state == "ok"


def test_a_server_that_was_away_may_be_tried_at_once_after_a_pause(
    ada: OwnerServices, server: ImapServer, account: Account
) -> None:
    server.faults.add(Fault("GREETING", Bye("restarting")))
    with pytest.raises(ServerError):
        ada.sync(account.id)

    assert resumed(ada, account).state == "ok"
    assert ada.sync(account.id).new == 5
