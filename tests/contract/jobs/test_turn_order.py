"""The order of claims on both databases is that of a simple model, also where older programs claim too."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from mailhelper_core import MailHelper, OwnerServices
from mailhelper_core.jobs import claiming
from mailhelper_core.jobs.plan import ORDER
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import job_turns
from tests.contract.jobs.conftest import MakeHelper

OWNERS = ("ada", "bob", "eve", "fay")
KINDS = ("run", "index", "apply_rules", "process", "embed")
J, T = t.jobs.c, t.job_turns.c

ONE_KIND = st.sampled_from(KINDS)
STEPS = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from(OWNERS), ONE_KIND),
    st.tuples(st.just("claim"), st.just(KINDS)),
    st.tuples(st.just("claim"), st.sets(ONE_KIND, min_size=1).map(tuple)),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("old claim"), st.integers(0, 9)),
)


@dataclass
class Model:
    """Queued jobs in the order they were asked for, and the number of the claim that served each owner last."""

    queued: dict[int, tuple[str, str]] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)
    claims: int = 0

    def best(self, kinds: tuple[str, ...]) -> int | None:
        """Answer the job to be claimed: of who was served longest ago, of those never served of who asked first."""
        due = {id_: one for id_, one in self.queued.items() if one[1] in kinds}
        if not due:
            return None
        first = {owner: id_ for id_, (owner, _) in sorted(due.items(), reverse=True)}
        turn = min(first, key=lambda owner: (self.served.get(owner, 0), first[owner]))
        return min((id_ for id_ in due if due[id_][0] == turn), key=lambda id_: (ORDER.index(due[id_][1]), id_))

    def take(self, job_id: int) -> str:
        """Note the claim of a job and answer its owner."""
        owner, _ = self.queued.pop(job_id)
        self.claims += 1
        self.served[owner] = self.claims
        return owner

    def some(self, number: int) -> int | None:
        """Answer any queued job."""
        return sorted(self.queued)[number % len(self.queued)] if self.queued else None


@given(st.lists(STEPS, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_claims_come_in_the_order_of_the_model(helper: MailHelper, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    helper.jobs.works = {kind: lambda one: {} for kind in KINDS}
    with helper.jobs.store.begin() as connection:
        connection.execute(delete(t.jobs))
        connection.execute(delete(t.job_turns))
    model = Model()

    for step in [*steps, *[("claim", KINDS)] * len(steps)]:
        _do(helper, model, *step)

    assert not model.queued


def _do(helper: MailHelper, model: Model, what: str, *given: object) -> None:
    if what == "submit":
        owner, kind = str(given[0]), str(given[1])
        model.queued.setdefault(helper.for_owner(owner).jobs.submit(kind).id, (owner, kind))
    elif what == "claim":
        kinds: tuple[str, ...] = given[0]  # type: ignore[assignment]
        expected, done = model.best(kinds), helper.jobs.run(kinds=kinds)
        assert (done and done.id) == expected
        if expected is not None:
            model.take(expected)
    elif (job_id := model.some(int(str(given[0])))) is not None:
        if what == "cancel":
            helper.for_owner(model.queued.pop(job_id)[0]).jobs.cancel(job_id)
        else:
            model.take(job_id)
            _claim_as_before(helper, job_id)


def _claim_as_before(helper: MailHelper, job_id: int) -> None:
    """Do with a job what programs before the row of owners do: they write when its owner was served, and no more."""
    with helper.jobs.store.begin() as connection:
        now = helper.jobs.store.now()
        owner_id = connection.scalar(
            update(t.jobs).where(J.id == job_id).values(state="done", finished_at=now).returning(J.owner_id)
        )
        if connection.scalar(select(func.count()).where(T.owner_id == owner_id)):
            connection.execute(update(t.job_turns).where(T.owner_id == owner_id).values(served_at=now))
        else:
            connection.execute(insert(t.job_turns).values(owner_id=owner_id, served_at=now))


def test_a_job_that_an_old_program_took_and_queued_again_is_found(helper: MailHelper) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = helper.for_owner("ada").jobs.submit("process")
    store, helper.jobs.reaped_at = helper.jobs.store, float("inf")  # its worker is alive
    with store.begin() as connection:
        connection.execute(update(t.jobs).values(state="running", claims=1, token=1))
    assert helper.jobs.run() is None
    with store.begin() as connection:
        connection.execute(update(t.jobs).values(state="queued"))

    done = helper.jobs.run()

    assert done is not None
    assert (done.id, done.state) == (job.id, "done")


def test_an_owner_whose_job_is_at_work_stays_in_the_row(make_helper: MakeHelper) -> None:
    helper, other = make_helper(), make_helper()
    in_row: list[bool] = []

    def work(one: object) -> dict[str, int]:
        other.jobs.run()
        in_row.append(_is_in_row(other))
        return {}

    helper.jobs.works = {"process": work}
    other.jobs.works = {"process": lambda one: {}}
    helper.for_owner("ada").jobs.submit("process")
    helper.jobs.run()
    helper.jobs.run()

    assert in_row == [True]
    assert not _is_in_row(helper)


def test_who_rests_is_awake_again_with_the_next_job(helper: MailHelper) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    ada = helper.for_owner("ada")
    ids = []
    for _ in range(3):
        ids.append(ada.jobs.submit("process").id)
        done = helper.jobs.run()
        assert helper.jobs.run() is None
        assert (done and done.id, _is_in_row(helper)) == (ids[-1], False)


def test_many_owners_without_work_are_passed_over(helper: MailHelper, ada: OwnerServices) -> None:
    helper.jobs.works = {"process": lambda one: {}}
    job = ada.jobs.submit("process")
    with helper.jobs.store.begin() as connection:
        ids = range(1_000, 1_001 + 2 * job_turns.MOST_OWNERS)
        connection.execute(insert(t.job_turns), [{"owner_id": id_, "served_at": 1, "woken_by": id_} for id_ in ids])
        its = select(J.owner_id).where(J.id == job.id).scalar_subquery()
        connection.execute(insert(t.job_turns).values(owner_id=its, served_at=2))

    done = helper.jobs.run()

    assert (done and done.id) == job.id


def test_one_claim_lines_up_some_of_many_new_jobs_and_others_the_rest(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_turns, "MAX_VALUES", 2)
    monkeypatch.setattr(claiming, "BATCHES", 1, raising=False)
    helper.jobs.works = {"process": lambda one: {}}
    ids = [helper.for_owner(owner).jobs.submit("process").id for owner in OWNERS]

    first = helper.jobs.run()
    left = _new(helper)
    rest = [helper.jobs.run() for _ in OWNERS]

    assert (first and first.id, left) == (ids[0], 2)
    assert [one and one.id for one in rest] == [*ids[1:], None]


def test_a_claim_looks_at_all_new_jobs_before_it_finds_nothing(
    helper: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_turns, "MAX_VALUES", 1)
    monkeypatch.setattr(claiming, "BATCHES", 1, raising=False)
    helper.jobs.works = {kind: lambda one: {} for kind in KINDS}
    for owner in OWNERS:
        helper.for_owner(owner).jobs.submit("run")
    job = helper.for_owner("last").jobs.submit("process")

    done = helper.jobs.run(kinds=("process",))

    assert (done and done.id) == job.id


def _new(helper: MailHelper) -> int:
    with helper.jobs.store.read() as connection:
        return connection.scalar(select(func.count()).where(J.state == "queued", J.lined_up_at.is_(None))) or 0


def _is_in_row(helper: MailHelper) -> bool:
    with helper.jobs.store.read() as connection:
        return connection.scalar(select(T.woken_by)) is not None
