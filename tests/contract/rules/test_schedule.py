"""Rules with a schedule act when their time comes, on all that they match, and at no other time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailhelper_core.accounts.owner_settings import OwnerSettingsService
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConfigError, ConflictError, InvalidError, NotFoundError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.rules.carried import Carried
from mailhelper_core.rules.runs import RuleRuns
from mailhelper_core.settings import Settings
from mailhelper_core.store.mind import schedules
from tests.contract.rules.conftest import Clock
from tests.contract.rules.world import World
from tests.unit.query.strategies import NOW
from tests.unit.rules.generated import mail

# The clock stands at 12:00 UTC on Wednesday, 2026-05-20.
NIGHTLY = Rule("nightly", "subject:offer", ["archive"], schedule="daily 02:00")


def mailbox(world: World, message: int) -> str:
    return world.see(message).places[0].mailbox


def test_it_acts_when_its_time_has_come_on_old_and_new_mail(world: World, clock: Clock) -> None:
    old = world.mail("offer")
    saved = world.rules.save(NIGHTLY)
    early = (world.rules.run(), world.rules.run_due())
    new, other = world.mail("offer"), world.mail("hello")
    clock.pass_time(hours=14)

    run = world.rules.run_due()

    assert saved.next_run_at == datetime(2026, 5, 21, 2, tzinfo=UTC)
    assert [report.hits for report in early] == [0, 0]
    assert (run.hits, run.operations) == (2, 2)
    assert [mailbox(world, one) for one in (old, new, other)] == ["Archive", "Archive", "INBOX"]
    assert world.rules.get("nightly").next_run_at == datetime(2026, 5, 22, 2, tzinfo=UTC)
    assert world.rules.run_due().messages == 0


def test_times_that_were_missed_come_once(world: World, clock: Clock) -> None:
    world.rules.save(NIGHTLY)
    clock.pass_time(days=10)
    first = world.mail("offer")

    runs = [world.rules.run_due().hits]
    second = world.mail("offer")
    runs += [world.rules.run_due().hits]

    assert runs == [1, 0]
    assert [mailbox(world, one) for one in (first, second)] == ["Archive", "INBOX"]


def test_what_waits_for_other_rules_goes_on_waiting(world: World, clock: Clock) -> None:
    world.rules.save(Rule("now", "", [("tag", "seen")]))
    world.rules.save(Rule("later", "", [("tag", "late")], delay="1d"))
    world.rules.save(Rule("nightly", "", [("tag", "night")], schedule="daily 02:00"))
    message = world.mail("offer", received_at=NOW)
    clock.pass_time(hours=14)

    world.rules.run_due()
    by_the_clock = set(world.see(message).tag_names)
    waiting = world.waiting()
    world.rules.run()
    clock.pass_time(hours=12)
    world.rules.run()

    assert (by_the_clock, waiting) == ({"night"}, {message})
    assert world.see(message).tag_names == {"night", "seen", "late"}


def test_new_mail_does_not_see_it_and_a_query_does(world: World) -> None:
    message = world.mail("offer")
    world.rules.save(NIGHTLY)
    world.rules.save(Rule("rest", "", [("tag", "rest")], otherwise=True))

    assert [hit.rule for hit in world.rules.plan().hits] == ["rest"]
    assert [hit.rule for hit in world.rules.plan("").hits] == ["nightly"]
    assert world.rules.run(query="").hits == 1
    assert mailbox(world, message) == "Archive"


def test_an_earlier_rule_still_ends_what_it_ends(world: World, clock: Clock) -> None:
    world.rules.save(Rule("keep", "from:bob", ["stop"]))
    world.rules.save(NIGHTLY)
    message = world.mail("offer")
    clock.pass_time(days=1)

    assert world.rules.run_due().hits == 0
    assert mailbox(world, message) == "INBOX"


def test_a_delay_is_an_age_for_it_too(world: World, clock: Clock) -> None:
    young, old = world.put([mail("offer", received_at=NOW), mail("offer", received_at=NOW - timedelta(days=9))])
    world.rules.save(Rule("nightly", "subject:offer", ["archive"], schedule="daily 02:00", delay="7d"))
    world.rules.run()
    clock.pass_time(hours=14)
    world.rules.run_due()

    assert [mailbox(world, one) for one in (young, old)] == ["INBOX", "Archive"]
    clock.pass_time(days=7)
    assert world.rules.run().hits == 0
    assert world.rules.run_due().hits == 1


def test_it_acts_once_on_a_message_and_can_be_undone_for_good(world: World, clock: Clock) -> None:
    message = world.mail("offer")
    world.rules.save(NIGHTLY)
    clock.pass_time(days=1)
    run = world.rules.run_due()

    world.undo.undo(run.change)
    clock.pass_time(days=1)

    assert world.rules.run_due().hits == 0
    assert mailbox(world, message) == "INBOX"


def test_the_clock_is_that_of_the_owner(world: World) -> None:
    world.rules.save(NIGHTLY)

    OwnerSettingsService(world.owner).update(time_zone="America/New_York")

    assert world.rules.get("nightly").next_run_at == datetime(2026, 5, 21, 6, tzinfo=UTC)


def test_saving_again_keeps_its_time_and_another_schedule_counts_anew(world: World, clock: Clock) -> None:
    world.rules.save(NIGHTLY)
    clock.pass_time(days=3)

    kept = world.rules.save(Rule("nightly", "subject:offer", [("tag", "x")], schedule=" Daily 2:00"))
    other = world.rules.save(Rule("nightly", "subject:offer", [("tag", "x")], schedule="weekly mon 07:30"))
    off = world.rules.save(Rule("nightly", "", [("tag", "x")], schedule="weekly mon 07:30", enabled=False))
    none = world.rules.save(Rule("nightly", "", [("tag", "x")]))

    assert (kept.schedule, kept.next_run_at) == ("daily 02:00", datetime(2026, 5, 21, 2, tzinfo=UTC))
    assert other.next_run_at == datetime(2026, 5, 25, 7, 30, tzinfo=UTC)
    assert (off.schedule, off.next_run_at) == ("weekly mon 07:30", None)
    assert (none.schedule, none.next_run_at) == ("", None)


def test_rules_that_are_off_or_deleted_are_due_never(world: World, clock: Clock) -> None:
    world.mail("offer")
    world.rules.save(NIGHTLY)
    world.rules.save(Rule("gone", "", [("tag", "x")], schedule="hourly"))
    clock.pass_time(days=1)
    world.rules.save(Rule("nightly", "subject:offer", ["archive"], schedule="daily 02:00", enabled=False))
    world.rules.delete("gone")

    assert world.name not in schedules.owners_due(world.store, 1_000)
    assert world.rules.run_due().messages == 0


def test_a_run_that_was_cut_goes_on_where_it_was(world: World, clock: Clock) -> None:
    messages = world.put([mail("offer", received_at=NOW - timedelta(hours=hour)) for hour in range(7)])
    world.rules.save(NIGHTLY)
    clock.pass_time(days=1)
    rules = RuleRuns(world.owner, world.registry, Dispatcher(), Settings(commit_batch_messages=2))

    slices, hits = [Carried()], 0
    while (slices[-1].clock or len(slices) == 1) and len(slices) < 10:
        report, carried = rules.by_clock(slices[-1], cancel=lambda: True)
        slices.append(carried)
        hits += report.hits

    assert (hits, len(slices)) == (7, 6)
    assert {mailbox(world, one) for one in messages} == {"Archive"}
    assert rules.by_clock()[0].messages == 0


def test_a_time_that_comes_while_it_runs_is_not_lost(world: World, clock: Clock) -> None:
    world.put([mail("offer") for _ in range(3)])
    world.rules.save(Rule("nightly", "subject:offer", [("tag", "x")], schedule="hourly"))
    clock.pass_time(hours=1)
    rules = RuleRuns(world.owner, world.registry, Dispatcher(), Settings(commit_batch_messages=2))
    _, carried = rules.by_clock(cancel=lambda: True)
    clock.pass_time(hours=1)

    again, carried = rules.by_clock(carried)

    assert (again.hits, carried.clock) == (1, None)
    with world.owner.begin() as uow:
        assert schedules.take_due(uow) == {}


def test_a_broken_one_is_named_and_the_others_act(world: World, clock: Clock) -> None:
    message = world.mail("offer")
    world.rules.save(NIGHTLY)
    world.rules.save(Rule("lost", "subject:offer", [("fileinto", "Work/Größe")], schedule="daily 01:00"))
    world.lose_mailbox("Work/Größe")
    clock.pass_time(days=1)

    run = world.rules.run_due()

    assert [error.where for error in run.errors] == ["rule:lost"]
    assert mailbox(world, message) == "Archive"


def test_a_mistake_is_refused_with_what_to_write(world: World) -> None:
    with pytest.raises(InvalidError, match="weekly mon,thu 07:30"):
        world.rules.save(Rule("nightly", "", ["keep"], schedule="every night"))


def test_the_hosts_transaction_is_refused(world: World) -> None:
    with world.store.begin() as connection:
        owner = world.store.for_owner(world.name, connection=connection)
        rules = RuleRuns(owner, world.registry, Dispatcher(), Settings())
        with pytest.raises(ConfigError):
            rules.by_clock()


def test_a_rule_that_is_asked_for_acts_once_on_all_mail_and_alone(world: World) -> None:
    world.rules.save(Rule("all", "", [("tag", "all")]))
    world.rules.save(Rule("tidy", "subject:offer", ["archive"]))
    old, other = world.mail("offer"), world.mail("hello")

    asked = world.rules.request("tidy")
    run, again = world.rules.run_due(), world.rules.run_due()

    assert (asked.name, run.hits, again.messages) == ("tidy", 1, 0)
    assert [mailbox(world, one) for one in (old, other)] == ["Archive", "INBOX"]
    assert not world.see(old).tag_names


def test_a_rule_with_a_schedule_may_be_asked_for_between_its_times(world: World, clock: Clock) -> None:
    message = world.mail("offer")
    saved = world.rules.save(NIGHTLY)

    world.rules.request(saved.id)

    assert world.rules.run_due().hits == 1
    assert mailbox(world, message) == "Archive"
    assert world.rules.get("nightly").next_run_at == saved.next_run_at


def test_a_rule_that_cannot_act_is_not_asked_for(world: World) -> None:
    world.rules.save(Rule("off", "", [("tag", "x")], enabled=False))
    world.rules.save(Rule("lost", "", [("fileinto", "Work/Größe")]))
    world.lose_mailbox("Work/Größe")

    for name in ("off", "lost"):
        with pytest.raises(ConflictError) as refused:
            world.rules.request(name)
        assert refused.value.code == "rule_disabled"
    with pytest.raises(NotFoundError):
        world.rules.request("none")
    assert world.rules.run_due().messages == 0
