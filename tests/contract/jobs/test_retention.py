"""What goes: after a year what rules saw and calls of providers (not that a rule acted), after a job its memory."""

from __future__ import annotations

from sqlalchemy import event, insert, select

from mailhelper_core import Account, MailHelper, OwnerServices, Rule
from mailhelper_core.store import tables as t
from tests.contract.jobs.conftest import Clock

YEAR = 366 * 86_400.0
CALL = {
    "account_id": 1, "message_id": 1, "purpose": "classify", "provider": "p", "model": "m", "level": "text",
    "digest": "d", "octets": 1, "redactions": "{}", "tokens_in": 1, "tokens_out": 1, "cost": 1, "outcome": "answered",
}  # fmt: skip


def test_traces_and_the_ledger_go_after_a_year_and_a_rule_never_acts_twice(
    helper: MailHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    ada.rules.save(Rule("all", when="larger:1", then=[("tag", "seen")]))
    ada.run(account.id)
    with helper.jobs.store.begin() as connection:
        owner_id = connection.scalar(select(t.owners.c.id))
        now = helper.jobs.store.now()
        connection.execute(insert(t.egress_log), [CALL | {"owner_id": owner_id, "created_at": now}] * 60)
    hits = len(ada.tags.list()) and ada.count("tag:seen")
    early = ada.maintain()
    clock.advance(YEAR)

    report = ada.maintain()

    assert (early.traces, early.calls) == (0, 0)
    assert (report.traces, report.calls) == (hits, 60)
    assert ada.maintain().traces == 0
    message = ada.search("tag:seen", limit=1)[0]
    assert any(entry.kind == "rule" for entry in ada.messages.timeline(message.id))
    ada.tags.unassign([message.id], "seen")
    ada.rules.run(account.id)
    assert ada.count("tag:seen") == hits - 1


def test_maintenance_is_a_job_too(helper: MailHelper, ada: OwnerServices, account: Account) -> None:
    ada.run(account.id)
    job = ada.jobs.submit("maintenance")

    done = helper.jobs.run()

    assert done is not None
    assert (done.id, done.state, dict(done.result)["traces"]) == (job.id, "done", 0)


def test_a_worker_gives_the_pages_of_sqlite_back_after_each_job(
    helper: MailHelper, ada: OwnerServices, account: Account
) -> None:
    engine, said = helper.jobs.store.engine, []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    ada.jobs.submit("run", account_id=account.id)

    assert helper.jobs.run() is not None

    is_sqlite = engine.dialect.name == "sqlite"
    assert said.count("PRAGMA shrink_memory") == is_sqlite
