"""What becomes of jobs, as a pure function: turns, tries, waits and ends."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import (
    BusyError,
    ConfigError,
    InvalidError,
    LoginError,
    MailHelperError,
    ProviderError,
    ServerError,
    ThrottledError,
)
from mailhelper_core.jobs import plan
from mailhelper_core.jobs.plan import Candidate, Patience, Standing, Verdict
from mailhelper_core.jobs.work import added, counts_of
from mailhelper_core.model.work.job import LANES, spread_poll
from mailhelper_core.model.work.report import ErrorNote, RunReport, SyncReport
from mailhelper_core.store.work.job_turns import Turn

PATIENCE = Patience(tries=3, first_wait_seconds=60.0, give_up_seconds=432_000.0)
KINDS = st.sampled_from(sorted(LANES))
DRAWS = st.floats(0.0, 1.0, exclude_max=True)
COUNTS = st.dictionaries(st.sampled_from(["new", "sync.new", "errors"]), st.integers(0, 1000))


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    served = draw(st.dictionaries(st.integers(1, 5), st.integers(0, 9), min_size=1))
    owners = draw(st.lists(st.sampled_from(sorted(served)), max_size=20))
    return [Candidate(number, owner, draw(KINDS), served[owner]) for number, owner in enumerate(owners, 1)]


@given(candidates())
def test_no_owner_gets_a_second_turn_while_another_waits_for_the_first(waiting: list[Candidate]) -> None:
    served = {one.owner_id: one.served_at for one in waiting}
    queue, turns, clock = list(waiting), Counter[int](), 10

    while queue:
        seen = [Candidate(one.id, one.owner_id, one.kind, served[one.owner_id]) for one in queue]
        best = plan.claim_order(seen)[0]
        others = {one.owner_id for one in queue} - {best.owner_id}
        assert all(turns[best.owner_id] <= turns[other] for other in others)
        turns[best.owner_id] += 1
        served[best.owner_id] = clock = clock + 1
        queue = [one for one in queue if one.id != best.id]


@given(candidates(), st.randoms())
def test_the_order_of_claims_does_not_depend_on_how_they_were_found(waiting: list[Candidate], random: object) -> None:
    shuffled = list(waiting)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert plan.claim_order(shuffled) == plan.claim_order(waiting)


@given(candidates())
def test_the_head_of_the_row_has_the_first_job_of_all(waiting: list[Candidate]) -> None:
    its = {owner: [one for one in waiting if one.owner_id == owner] for owner in {one.owner_id for one in waiting}}
    turns = [Turn(owner, found[0].served_at, min(one.id for one in found), 1) for owner, found in its.items()]

    order = plan.turn_order([*turns, Turn(99, 0, None, 1)])

    one_by_one = [job for turn in order for job in plan.claim_order(its[turn.owner_id])]
    assert one_by_one == plan.claim_order(waiting)


def test_of_one_owners_jobs_deeds_go_out_before_mail_comes_in_before_thinking() -> None:
    waiting = [Candidate(number, 1, kind, 0) for number, kind in enumerate(("process", "sync", "deliver"))]

    assert [one.kind for one in plan.claim_order(waiting)] == ["deliver", "sync", "process"]


@pytest.mark.parametrize("error", [ProviderError(), MailHelperError(transient=True)])
def test_what_may_pass_is_tried_three_times_and_then_failed(error: MailHelperError) -> None:
    seen = [plan.after_error(Standing(attempts, 0.0), error, PATIENCE, 0.5) for attempts in (1, 2, 3)]

    assert [one.state for one in seen] == ["queued", "queued", "failed"]
    assert [one.wait_seconds for one in seen] == [60.0, 120.0, 0.0]


@pytest.mark.parametrize("error", [LoginError(), InvalidError(), ConfigError()])
def test_what_does_not_pass_is_failed_at_once(error: MailHelperError) -> None:
    verdict = plan.after_error(Standing(1, 0.0), error, PATIENCE, 0.5)

    assert (verdict.state, verdict.error_code) == ("failed", error.code)


@given(st.integers(1, 9), DRAWS)
def test_a_server_that_is_away_costs_no_attempt(attempts: int, draw: float) -> None:
    verdict = plan.after_error(Standing(attempts, 3600.0), ServerError(), PATIENCE, draw)

    assert verdict.state == "queued"
    assert verdict.attempts == attempts - 1
    assert 30.0 <= verdict.wait_seconds <= 90.0


@pytest.mark.parametrize("code", ["scheme", "tokens"])
def test_what_this_worker_lacks_a_plugin_for_is_left_to_others_for_five_days(code: str) -> None:
    ages = (0.0, 431_999.0, 432_000.0)
    seen = [plan.after_error(Standing(3, age), ConfigError(code=code), PATIENCE, 0.5) for age in ages]

    assert [(one.state, one.error_code, one.attempts) for one in seen] == [
        ("queued", code, 2),
        ("queued", code, 2),
        ("failed", code, 2),
    ]
    assert seen[0].wait_seconds == 60.0


def test_a_server_that_stays_away_is_given_up_after_five_days() -> None:
    verdict = plan.after_error(Standing(1, 432_000.0), ServerError(code="refused"), PATIENCE, 0.5)

    assert (verdict.state, verdict.error_code) == ("failed", "refused")


@given(st.floats(0.0, 100_000.0), DRAWS)
def test_nobody_asks_again_before_a_server_wants(seconds: float, draw: float) -> None:
    verdict = plan.after_error(Standing(1, 0.0), ThrottledError(retry_after=seconds), PATIENCE, draw)

    assert verdict.wait_seconds >= seconds


def test_a_busy_account_is_not_asked_for_in_a_tight_loop() -> None:
    verdict = plan.after_error(Standing(1, 0.0), BusyError(retry_after=0.0), PATIENCE, 0.0)

    assert verdict.wait_seconds >= 0.5


def test_an_unexpected_error_takes_a_job_out_of_circulation_at_the_third_time() -> None:
    seen = [plan.after_error(Standing(attempts, 0.0), KeyError("x"), PATIENCE, 0.5) for attempts in (1, 2, 3)]

    assert [one.state for one in seen] == ["queued", "queued", "quarantined"]


def test_a_job_whose_worker_died_goes_on_at_once_then_later_then_never() -> None:
    seen = [plan.after_crash(Standing(attempts, 0.0), PATIENCE, 0.5) for attempts in (1, 2, 3)]

    assert [(one.state, one.wait_seconds) for one in seen] == [("queued", 0.0), ("queued", 120.0), ("quarantined", 0.0)]


def test_what_a_job_names_is_left_out_instead_of_the_job() -> None:
    verdict = plan.after_crash(Standing(3, 0.0, item="plugin/evil", skipped=("plugin/bad",)), PATIENCE, 0.5)

    assert verdict == Verdict("queued", 0.0, 0, plan.CRASHED, "plugin/evil", ("plugin/bad", "plugin/evil"))


@given(st.lists(st.sampled_from(["crash", "error", "unexpected"]), min_size=1, max_size=30), DRAWS)
def test_without_progress_no_job_is_tried_more_than_three_times(failures: list[str], draw: float) -> None:
    attempts = tries = 0
    state = "queued"

    for failure in failures:
        if state != "queued":
            break
        attempts, tries = attempts + 1, tries + 1
        standing = Standing(attempts, 0.0)
        error = ProviderError() if failure == "error" else KeyError("x")
        verdict = (
            plan.after_crash(standing, PATIENCE, draw)
            if failure == "crash"
            else plan.after_error(standing, error, PATIENCE, draw)
        )
        state, attempts = verdict.state, verdict.attempts

    assert tries <= PATIENCE.tries
    assert (state == "queued") == (len(failures) < PATIENCE.tries)


@pytest.mark.parametrize(
    ("is_cut", "is_cancelled", "state"),
    [(False, False, "done"), (True, False, "queued"), (True, True, "cancelled"), (False, True, "done")],
)
def test_a_slice_ends_as_its_cut_says(is_cut: bool, is_cancelled: bool, state: str) -> None:
    assert plan.after_slice(Standing(1, 0.0), is_cut=is_cut, is_cancelled=is_cancelled).state == state


@given(KINDS, st.integers(1, 9), st.integers(1, 9))
def test_thinking_holds_another_lease_than_the_server(kind: str, owner: int, account: int) -> None:
    lease = plan.resource(kind, owner, account)

    assert (lease == f"account:{account}") == (LANES[kind] == "server")
    assert lease != plan.resource(kind, owner, account + 1)
    assert lease != plan.resource(kind, owner, None)


@given(st.integers(1, 10**9), st.floats(1.0, 10**6))
def test_an_accounts_period_is_near_the_one_asked_for(account: int, seconds: float) -> None:
    assert 0.9 * seconds <= spread_poll(seconds, account) <= 1.1 * seconds


def test_the_polls_of_neighbors_spread_over_the_period() -> None:
    periods = sorted(spread_poll(300.0, account) for account in range(1, 101))

    assert max(b - a for a, b in pairwise(periods)) < 2.0


@given(COUNTS, COUNTS, COUNTS)
def test_counts_add_up_however_a_job_is_cut(one: dict[str, int], two: dict[str, int], three: dict[str, int]) -> None:
    assert added(added(one, two), three) == added(one, added(two, three))


def test_what_stands_at_the_end_is_not_added_up() -> None:
    assert added({"new": 2, "sync.remaining": 5}, {"new": 1, "sync.remaining": 0}) == {"new": 3, "sync.remaining": 0}


def test_results_are_counts_and_nothing_that_a_mail_said() -> None:
    report = RunReport(sync=SyncReport(new=2, errors=(ErrorNote("mailbox:1", "x", "a text"),)))

    counts = counts_of(report.as_dict())

    assert counts["sync.new"] == 2
    assert counts["sync.errors"] == 1
    assert "rules.change" not in counts
    assert all(type(value) is int for value in counts.values())
