"""Processing all mail anew: asked for in batches that a slice may end after, and that a cancel ends."""

from __future__ import annotations

import pytest

from mailhelper_core import Account, MailHelper, OwnerServices
from mailhelper_core.process import service
from tests.contract.jobs.conftest import MAILS, MakeHelper, add_account


def test_reprocessing_fans_out_over_accounts(helper: MailHelper, ada: OwnerServices, account: Account) -> None:
    ada.run(account.id)
    add_account(ada, "other")
    job = ada.jobs.submit("reprocess")

    ended = [found for _ in range(5) if (found := helper.jobs.run())]

    assert dict(ada.jobs.get(job.id).result)["requeued"] == MAILS
    assert [one.kind for one in ended] == ["reprocess", "process", "process"]
    assert sum(dict(one.result).get("processed", 0) for one in ended) == MAILS


@pytest.mark.parametrize("is_cancelled", [False, True], ids=["goes on", "cancelled"])
def test_a_large_account_is_asked_for_in_slices_until_it_is_cancelled(
    make_helper: MakeHelper, ada: OwnerServices, account: Account, monkeypatch: pytest.MonkeyPatch, is_cancelled: bool
) -> None:
    monkeypatch.setattr(service, "REQUEUE_MESSAGES", 5)
    ada.run(account.id)
    helper = make_helper(job_slice_seconds=0.0)
    job = ada.jobs.submit("reprocess")
    helper.jobs.run(job.id)
    begun = dict(ada.jobs.get(job.id).result)["requeued"]

    if is_cancelled:
        ada.jobs.cancel(job.id)
    slices = 1
    while helper.jobs.run(kinds={"reprocess"}):
        slices += 1

    found = ada.jobs.get(job.id)
    assert begun == 5
    if is_cancelled:
        assert (found.state, dict(found.result)["requeued"]) == ("cancelled", 5)
    else:
        assert (found.state, dict(found.result)["requeued"]) == ("done", MAILS)
        assert slices > 2
        assert [one.kind for one in ada.jobs.list(state="queued")] == ["process"]
