"""A `run` over all accounts that is cut in the middle goes on behind the last account that it has asked for."""

from __future__ import annotations

from typing import Any

import pytest

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.store.work import jobs
from tests.contract.jobs.conftest import add_account
from tests.contract.jobs.test_left_out import die_at_work

CUT_AT = 4


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize("how", ["killed", "an error", "the process ends"])
def test_a_run_of_all_accounts_that_is_cut_goes_on_where_it_was(
    helper: MailHelper, ada: OwnerServices, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    accounts = [add_account(ada, f"a{number}") for number in range(7)]
    job = ada.jobs.submit("run")
    asked: list[int | None] = []
    submit = jobs.submit

    def cut_once(uow: Any, kind: str, account_id: int | None, *rest: Any, **named: Any) -> int:
        asked.append(account_id)
        if len(asked) == CUT_AT:
            raise KeyError("x") if how == "an error" else KeyboardInterrupt
        return submit(uow, kind, account_id, *rest, **named)

    monkeypatch.setattr(jobs, "submit", cut_once)
    if how == "killed":
        die_at_work(helper, monkeypatch)
        monkeypatch.setattr(jobs, "submit", cut_once)
    elif how == "an error":
        helper.jobs.run(job.id, exactly=True)
    else:
        with pytest.raises(KeyboardInterrupt):
            helper.jobs.run(job.id, exactly=True)
    assert ada.jobs.get(job.id).state == "queued"
    done = helper.jobs.run(job.id, exactly=True)

    assert done is not None
    assert done.state == "done"
    assert asked == [*accounts[:CUT_AT], *accounts[CUT_AT - 1 :]]
    assert sorted(one.account_id or 0 for one in ada.jobs.list(state="queued")) == accounts
