"""Accounts whose mailboxes take longer to look at than a slice of a job: each slice goes on where the last ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.testing import Fault, ImapServer, Interrupt, MailboxGenerator
from tests.contract.jobs.conftest import MakeHelper
from tests.contract.sync.servers import WITHOUT

BOXES = 20
# To look at all takes several slices, however fast the machine is.
SLICE_SECONDS = 0.6
DELAY_SECONDS = 0.04
SLOW = ("STATUS", "SELECT", "EXAMINE", "UID SEARCH")
MOST_SLICES = 80


@pytest.fixture
def helper(make_helper: MakeHelper) -> MailHelper:
    """A helper with short slices."""
    return make_helper(job_slice_seconds=SLICE_SECONDS)


@pytest.fixture
def ada(helper: MailHelper) -> OwnerServices:
    """An owner."""
    return helper.for_owner("ada")


@contextmanager
def _serving(ada: OwnerServices, family: str) -> Iterator[ImapServer]:
    """Run a slow server of a family with a mail in each of many mailboxes, and give its account to an owner."""
    with ImapServer(users={"ada": "secret"}, without=WITHOUT[family]) as server:
        for number, mail in enumerate(MailboxGenerator(seed=7).mails(BOXES)):
            server.store.user("ada").create(f"Box {number:02}").append(mail.raw)
        server.faults.add(*(Fault(command, Interrupt(seconds=DELAY_SECONDS), times=None) for command in SLOW))
        ada.accounts.add(server.url, username="ada", password="secret")
        yield server


def _account_id(ada: OwnerServices) -> int:
    (account,) = ada.accounts.list()
    return account.id


def _slices(helper: MailHelper, ada: OwnerServices, kind: str) -> Iterator[int]:
    """Run a job to its end, slice by slice; yield its number after each."""
    job = ada.jobs.submit(kind, account_id=_account_id(ada))
    for number in range(1, MOST_SLICES + 1):
        helper.jobs.run()
        yield number
        if ada.jobs.get(job.id).state != "queued":
            assert ada.jobs.get(job.id).state == "done"
            return
    raise AssertionError(f"the job is not done after {MOST_SLICES} slices, with {ada.count('')} mails stored")


@pytest.mark.parametrize(("family", "kind"), [("qresync", "run"), ("neither", "sync")])
def test_all_mailboxes_are_reached(helper: MailHelper, ada: OwnerServices, family: str, kind: str) -> None:
    with _serving(ada, family) as server:
        slices = list(_slices(helper, ada, kind))
        server.faults.clear()
        again = ada.sync(_account_id(ada))

    assert len(slices) > 2
    assert ada.count("") == BOXES
    assert (again.new, again.updated, again.deleted, again.mailboxes_changed, again.body_bytes) == (0, 0, 0, 0, 0)
