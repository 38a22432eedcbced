"""A job that learns says in its result what became of the questions."""

from __future__ import annotations

import pytest

from mailhelper_core import Account, MailHelper, OwnerServices


@pytest.mark.parametrize("taught", [False, True])
def test_a_result_counts_what_became_of_each_question(
    helper: MailHelper, ada: OwnerServices, account: Account, taught: bool
) -> None:
    ada.run(account.id)
    if taught:
        ids = [one.id for one in ada.search("")]
        ada.opinions.correct(ids[::2], urgency=1)
        ada.opinions.correct(ids[1::2], urgency=3)
    ada.jobs.submit("train")

    done = helper.jobs.run()

    assert done is not None
    result, tasks = dict(done.result), ada.learning.status().tasks
    assert sum(result.get(name, 0) for name in ("promoted", "shadow", "too_few")) == result["trainings"] == len(tasks)
    assert result.get("promoted", 0) == sum(one.live > 0 for one in tasks)
    assert result.get("shadow", 0) == sum(one.shadow > 0 for one in tasks)
    assert result.get("promoted", 0) + result.get("shadow", 0) == int(taught)
