"""Learned tags are suggested wherever mail is processed: in the whole journey, in a job, and by a direct call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import MakeHelper
from tests.unit.sync.world import mail

WORK = "the minutes of our meeting and the budget of the project are in the report"
OFFERS = "win a free prize now, click for the cheap offer of a lifetime"
EXAMPLES = 8


def _run(helper: MailHelper, ada: OwnerServices, account_id: int) -> None:
    ada.run(account_id)


def _steps(helper: MailHelper, ada: OwnerServices, account_id: int) -> None:
    ada.sync(account_id)
    ada.process(account_id)
    ada.rules.run(account_id=account_id)


def _all_accounts(helper: MailHelper, ada: OwnerServices, account_id: int) -> None:
    ada.sync(account_id)
    ada.process()


def _jobs(helper: MailHelper, ada: OwnerServices, account_id: int) -> None:
    for kind in ("sync", "process", "apply_rules"):
        ada.jobs.submit(kind, account_id=account_id)
        while helper.jobs.run():
            pass


@pytest.mark.parametrize("way", [_run, _steps, _all_accounts, _jobs])
def test_new_mail_gets_learned_tags_suggested(
    make_helper: MakeHelper, way: Callable[[MailHelper, OwnerServices, int], None]
) -> None:
    helper = make_helper()
    ada = helper.for_owner("ada")
    with ImapServer(users={"ada": "secret"}) as server:
        inbox = server.store.user("ada").mailbox("INBOX")
        for number in range(EXAMPLES):
            inbox.append(mail(number, subject="our minutes", body=f"{WORK} {number}"))
            inbox.append(mail(100 + number, subject="you win", body=f"{OFFERS} {number}"))
        account_id = ada.accounts.add(server.url, username="ada", password="secret").id
        ada.run(account_id)
        for name, subject in (("work", "minutes"), ("offers", "win")):
            ada.tags.create(name)
            ada.tags.assign([one.id for one in ada.search(f"subject:{subject}")], name)
        inbox.append(mail(900, subject="our minutes", body=f"{WORK} again"))

        way(helper, ada, account_id)

    (new,) = [one.id for one in ada.search("again")]
    assert [one.name for one in ada.tags.suggest([new])] == ["work"]
