"""Rules that are whole Sieve scripts: they act, count and end what follows only where the script does something."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.compared import compare
from tests.contract.rules.conftest import Clock
from tests.contract.rules.test_plan_and_run import rules
from tests.contract.rules.world import World
from tests.unit.rules.generated import BROKEN, LONGER, SWAP, mailboxes, queries


@pytest.fixture
def sieve(world: World) -> World:
    """An owner whose rules may use Sieve's words."""
    return world.with_sieve()


# One rule of its own: the stop ends what follows, and the variable is set before.
SORTING = """\
require ["fileinto", "variables", "imap4flags"];
set "where" "Made";
if header :is "subject" "quiet" { stop; }
if header :is "subject" "kept" { keep; }
if header :is "subject" "gone" { discard; stop; }
if header :is "subject" "flagged" { addflag "work"; }
if header :is "subject" "filed" { fileinto "${where}"; }
"""


def subjects(world: World, *names: str) -> dict[str, int]:
    """Messages by their subjects."""
    return {name: world.mail(name, headers=(("Subject", name),)) for name in names}


@pytest.mark.parametrize("mode", ["all", "first"])
def test_a_script_has_a_hit_only_where_it_does_something(sieve: World, mode: RuleMode) -> None:
    """Elsewhere it is as if it had not matched: the next rule has its turn, whatever the mode."""
    sieve.rules.set_mode(mode)
    (script,) = sieve.rules.import_sieve(SORTING).rules
    sieve.rules.save(Rule("next", "", [("tag", "next")]))
    sieve.rules.save(Rule("rest", "", [("tag", "rest")], otherwise=True))
    mails = subjects(sieve, "quiet", "hello", "kept", "gone", "flagged", "filed")

    compare(sieve, None)

    acted = {hit.message_id for hit in sieve.rules.hits(script.name)}
    assert acted == {mails[name] for name in ("kept", "gone", "flagged", "filed")}
    passed = set(mails.values()) if mode == "all" else set(mails.values()) - acted
    assert {hit.message_id for hit in sieve.rules.hits("next")} == passed
    assert sieve.rules.hits("rest") == ()


def test_a_script_that_did_nothing_leaves_the_rest_to_others(sieve: World) -> None:
    sieve.rules.import_sieve(SORTING)
    sieve.rules.save(Rule("rest", "", [("tag", "rest")], otherwise=True))
    mails = subjects(sieve, "quiet", "hello", "kept", "filed")

    compare(sieve, "")

    assert {hit.message_id for hit in sieve.rules.hits("rest")} == {mails["quiet"], mails["hello"]}


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_script_that_acted_before_still_ends_what_it_ends(sieve: World, taken_back: bool) -> None:
    sieve.rules.set_mode("first")
    sieve.rules.import_sieve(SORTING)
    mails = subjects(sieve, "hello", "filed")
    run = sieve.rules.run()
    if taken_back:
        sieve.undo.undo(sieve.change(run.change))
    sieve.rules.save(Rule("next", "", [("tag", "next")]))

    compare(sieve, "", run.hits)

    assert {hit.message_id for hit in sieve.rules.hits("next")} == {mails["hello"]}


def test_what_breaks_off_or_only_sends_is_no_hit(sieve: World) -> None:
    sieve.rules.import_sieve(
        'require ["variables", "fileinto", "vacation"]; set "x" "y"; '
        'if header :is "subject" "sent" { vacation "${x}"; } '
        'if header :is "subject" "broken" { redirect "${x}"; } if header :is "subject" "filed" { fileinto "${x}"; }'
    )
    mails = subjects(sieve, "sent", "broken", "filed")

    compare(sieve, None)

    assert {hit.message_id for hit in sieve.rules.hits()} == {mails["filed"]}


def test_a_script_beside_another_action_has_its_hit_everywhere(sieve: World) -> None:
    sieve.rules.save(Rule("both", "", [("sieve", SORTING), ("tag", "seen")]))
    mails = subjects(sieve, "quiet", "filed")

    compare(sieve, None)

    assert {hit.message_id for hit in sieve.rules.hits()} == set(mails.values())


def test_a_script_shadows_no_rule(sieve: World) -> None:
    sieve.rules.set_mode("first")
    sieve.rules.import_sieve(SORTING)
    sieve.rules.save(Rule("next", "subject:offer", [("tag", "next")]))

    assert sieve.rules.analyze() == ()


SCRIPTS = st.sampled_from(
    (
        ("sieve", "stop;"),
        ("sieve", "keep;"),
        ("sieve", 'require "fileinto"; if header :contains "subject" "offer" { fileinto "Made"; }'),
        ("sieve", 'require "imap4flags"; if size :over 1K { addflag "todo"; stop; } discard;'),
        ("redirect", "bob@example.org"),
    )
)
SCRIPT_RULES = st.builds(Rule, st.just(""), queries, st.lists(SCRIPTS, min_size=1, max_size=2), otherwise=st.booleans())


@given(
    mail=mailboxes,
    wanted=st.lists(SCRIPT_RULES | rules, min_size=1, max_size=5),
    query=st.none() | queries,
    mode=st.sampled_from(("all", "first")),
)
@settings(max_examples=500 if settings.default.max_examples > 100 else 20)
def test_a_run_of_scripts_does_what_the_plan_said(
    store: Store, clock: Clock, mail: list[MessageDetail], wanted: list[Rule], query: str | None, mode: RuleMode
) -> None:
    world = World(store).open().with_sieve().with_plugin(LONGER, BROKEN, SWAP)
    world.put(mail)
    for number, one in enumerate(wanted):
        account_id = world.accounts[one.account_id] if one.account_id else None
        world.rules.save(replace(one, name=f"rule {number}", account_id=account_id))
    world.rules.set_mode(mode)

    run = compare(world, query)
    compare(world, query, run.hits)
