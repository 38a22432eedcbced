"""Which connections listen: within the budget, as many as can, none that waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.watch import plan

IDS = st.lists(st.integers(1, 20), unique=True)


@given(IDS, IDS, st.dictionaries(st.integers(1, 20), st.floats(0.0, 10.0)), st.integers(0, 12))
def test_the_budget_holds_and_is_used(
    accounts: list[int], listening: list[int], waits_until: dict[int, float], budget: int
) -> None:
    now = 5.0
    held = set(listening[:budget])

    chosen = plan.choose(accounts, held, waits_until, now=now, budget=budget)

    after = (held - set(chosen.drop)) | set(chosen.connect)
    wanted = set(accounts[:budget])
    waiting = {id_ for id_ in wanted if waits_until.get(id_, 0.0) > now}
    assert len(after) <= budget
    assert set(chosen.connect) == wanted - held - waiting
    assert set(chosen.drop) == held - wanted


@given(st.integers(0, 50), st.floats(0.0, 1.0, exclude_max=True))
def test_a_lost_connection_waits_longer_each_time_within_its_jitter(failures: int, draw: float) -> None:
    full = plan.FIRST_WAIT_SECONDS * 2 ** min(max(failures - 1, 0), plan.MAX_DOUBLINGS)

    assert full * 0.5 <= plan.reconnect_wait(failures, draw) <= full * 1.5
