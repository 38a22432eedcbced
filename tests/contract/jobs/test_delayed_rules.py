"""A rule with a delay wakes by itself: the tick asks for it when a message has become old enough."""

from __future__ import annotations

from mailhelper_core import Account, MailHelper, OwnerServices, Rule
from tests.contract.jobs.conftest import MAILS, Clock, MakeHelper

DAY = 86_400
LATER = Rule("later", "", ["archive"], delay="9999d")


def work(helper: MailHelper) -> list[str]:
    """Tick and work until nothing is due; answer the kinds of jobs that were done."""
    done = []
    helper.jobs.tick()
    while job := helper.jobs.run(kinds={"apply_rules", "deliver"}):
        done.append(job.kind)
    return done


def archived(ada: OwnerServices) -> int:
    return ada.count("in:archive")


def test_a_rule_with_a_delay_wakes_when_mail_is_old_enough(
    make_helper: MakeHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    helper = make_helper()
    ada.rules.save(LATER)
    ada.run(account.id)
    asleep = work(helper)

    clock.advance(10_100 * DAY)
    awake = work(helper)
    work(helper)

    assert (asleep, awake) == ([], ["apply_rules"])
    assert archived(ada) == MAILS
    assert ada.outbox.pending() == ()
    assert work(helper) == []


def test_what_the_cap_holds_back_wakes_nobody_again(
    make_helper: MakeHelper, ada: OwnerServices, account: Account, clock: Clock
) -> None:
    helper = make_helper(destructive_cap=3)
    owner = helper.for_owner("ada")
    owner.rules.save(Rule("later", "", ["discard"], delay="9999d"))
    owner.run(account.id)
    before = ada.count("in:trash")

    clock.advance(10_100 * DAY)
    first = work(helper)
    clock.advance(60)
    second = work(helper)

    assert "apply_rules" in first
    assert "apply_rules" not in second
    assert ada.count("in:trash") == before + 3
    assert owner.rules.run(account.id).operations == 3
