"""Which connections listen: within the budget, as many as can, none that waits."""

from __future__ import annotations

from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.work.backoff import MAX_DOUBLINGS
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


@given(st.dictionaries(st.integers(1, 20), st.integers(1, 9)), st.integers(0, 12))
def test_half_of_the_budget_stays_with_most_news(news: dict[int, int], budget: int) -> None:
    kept = plan.liveliest(news, budget)

    assert len(kept) == min(len(news), budget // 2)
    assert all(news[one] >= news[other] for one in kept for other in news.keys() - set(kept))


DRAWS = st.floats(0.0, 1.0, exclude_max=True)
SECONDS = st.floats(0.0, 10_000.0)


@given(st.integers(0, 50), DRAWS)
def test_a_lost_connection_waits_longer_each_time_within_its_jitter(failures: int, draw: float) -> None:
    full = plan.FIRST_WAIT_SECONDS * 2 ** min(max(failures - 1, 0), MAX_DOUBLINGS)

    assert full * 0.5 <= plan.reconnect_wait(failures, draw) <= full * 1.5


@given(st.integers(0, 50), DRAWS, SECONDS)
def test_a_server_is_never_asked_sooner_than_it_wants(failures: int, draw: float, asked: float) -> None:
    found = plan.reconnect_wait(failures, draw, asked)

    assert found == max(asked, plan.reconnect_wait(failures, draw))


@given(st.lists(SECONDS, min_size=1))
def test_only_a_connection_that_held_forgives_earlier_failures(held: list[float]) -> None:
    failures = 0
    for seconds in held:
        failures = plan.failures_after(failures, seconds)

    good = [number for number, seconds in enumerate(held) if seconds >= plan.HOLDS_SECONDS]
    assert failures == len(held) - (good[-1] if good else 0)


@given(st.lists(st.floats(0.0, plan.HOLDS_SECONDS, exclude_max=True), min_size=20, max_size=100), DRAWS)
def test_who_is_cut_each_time_comes_on_average_no_more_often_than_polls(cuts: list[float], draw: float) -> None:
    failures, waited = 0, []
    for held in cuts:
        failures = plan.failures_after(failures, held)
        waited.append(mean(plan.reconnect_wait(failures, one) for one in (draw, 1.0 - draw)))

    assert min(waited[MAX_DOUBLINGS:]) >= plan.HOLDS_SECONDS
