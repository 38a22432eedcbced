"""The policy of retries stands in one table, decides as that says, and is documented as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core import Settings
from mailhelper_core.dispatch import LEFT_OUT
from mailhelper_core.errors import BusyError, ConfigError, LoginError, MailHelperError, PluginError, ServerError
from mailhelper_core.jobs import plan
from mailhelper_core.jobs.plan import Patience, Standing
from mailhelper_core.jobs.policy import POLICIES, Policy, Trouble

PAGE = Path(__file__).parents[3] / "docs/reference/tasks.md"
DEFAULTS = Settings(database_url="sqlite:///mail.db")
PATIENCE = Patience(DEFAULTS.job_tries, DEFAULTS.job_retry_seconds, DEFAULTS.give_up_seconds)
DRAWS = st.floats(0.0, 1.0, exclude_max=True)
STANDINGS = st.builds(
    Standing, st.integers(1, 9), st.floats(0.0, 600_000.0), st.sampled_from(["", "acme/model"]), st.just(("bad/one",))
)
ERRORS: dict[Trouble, Exception | None] = {
    "away": ServerError(),
    "lacked": ConfigError(code="scheme"),
    "final": LoginError(),
    "passing": MailHelperError(transient=True),
    "unexpected": KeyError("x"),
    "crash": None,
    "left out": PluginError(code=LEFT_OUT),
}
WORDS: dict[Trouble, str] = {
    "away": "a server is away or throttles, the account is busy, the database is away",
    "lacked": "the worker lacks the plugin that opens the account, or gives its tokens (`scheme`, `tokens`)",
    "final": "wrong password, unknown account, any error that is not `transient`",
    "passing": "any other `transient` error",
    "unexpected": "an exception that is not ours",
    "crash": "the worker dies",
    "left out": "it cannot go on without what was left out",
}
NEXT = {
    "never": "",
    "asked": "when the other side said, else after {first:.0f} minute; the account has its own backoff",
    "doubled": "after {first:.0f}, then {second:.0f} minutes, with jitter",
    "at once, then doubled": "at once, then after {second:.0f} minutes",
}
LIMITS = {"at once": "at once", "tries": "at try {tries}", "age": "after {days:.0f} days"}


@given(st.sampled_from(sorted(POLICIES)), STANDINGS, DRAWS)
def test_each_trouble_is_decided_as_its_row_says(trouble: Trouble, standing: Standing, draw: float) -> None:
    policy, error = POLICIES[trouble], ERRORS[trouble]

    if error is None:
        verdict = plan.after_crash(standing, PATIENCE, draw)
    else:
        verdict = plan.after_error(standing, error, PATIENCE, draw)

    tried = standing.attempts if policy.counts else standing.attempts - 1
    over = {"at once": True, "tries": tried >= PATIENCE.tries, "age": standing.age_seconds >= PATIENCE.give_up_seconds}
    if not over[policy.limit]:
        assert (verdict.state, verdict.attempts, verdict.skipped) == ("queued", tried, standing.skipped)
        assert _least(policy, tried) * 0.5 <= verdict.wait_seconds <= _least(policy, tried) * 1.5
    elif policy.leaves_out and standing.item:
        assert (verdict.state, verdict.attempts, verdict.skipped[-1]) == ("queued", 0, standing.item)
    else:
        assert (verdict.state, verdict.attempts, verdict.wait_seconds) == (policy.ends_as, tried, 0.0)


def _least(policy: Policy, tried: int) -> float:
    if policy.again == "asked":
        return PATIENCE.first_wait_seconds
    doublings = max(tried - 1, 0)
    is_first = policy.again == "at once, then doubled" and tried <= 1
    return 0.0 if is_first else PATIENCE.first_wait_seconds * 2**doublings


@pytest.mark.parametrize("error", [BusyError(), ConfigError(transient=True)])
def test_what_others_are_at_fault_for_costs_no_try(error: MailHelperError) -> None:
    assert plan.after_error(Standing(2, 0.0), error, PATIENCE, 0.5).attempts == 1


def test_the_page_says_what_the_table_says() -> None:
    rows = "\n".join(_row(trouble, policy) for trouble, policy in POLICIES.items())

    assert f"| what | attempts | next try | ends as |\n|---|---|---|---|\n{rows}\n" in PAGE.read_text(encoding="utf-8")


def _row(trouble: Trouble, policy: Policy) -> str:
    first = DEFAULTS.job_retry_seconds / 60
    told = {"first": first, "second": 2 * first, "tries": PATIENCE.tries, "days": PATIENCE.give_up_seconds / 86_400}
    attempts = "" if policy.again == "never" else "counted" if policy.counts else "not counted"
    ends = f"`{policy.ends_as}` {LIMITS[policy.limit].format(**told)}"
    if policy.leaves_out:
        ends += ", unless the row names an item: that is left out, and it goes on"
    return f"| {WORDS[trouble]} | {attempts} | {NEXT[policy.again].format(**told)} | {ends} |"
