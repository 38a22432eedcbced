"""Sieve through the service: an import saves all or nothing, its rules act, and an export gives back what came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.errors import InvalidError, NotFoundError, SieveError
from mailhelper_core.model.extension import PluginInfo, Provided
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.rules.sieve import words as sieve_words
from tests.contract.rules.world import BUILT_IN, World

SCRIPT = """\
require ["fileinto", "imap4flags", "variables"];

# rule:[Offers]
if header :contains "subject" "offer" {
    fileinto "Offers"; # all of them
}

/* by sender */
if address :localpart "from" "bob" { addflag "work"; }
set "where" "Large";
if size :over 1M { fileinto "${where}"; stop; }
"""


@pytest.fixture
def sieve(world: World) -> World:
    """An owner whose rules may use Sieve's words."""
    registry = replace(
        BUILT_IN,
        conditions={one.name: Provided("sieve", one) for one in sieve_words.register_conditions()},
        actions={**BUILT_IN.actions, **{one.name: Provided("sieve", one) for one in sieve_words.register_actions()}},
        plugins=(*BUILT_IN.plugins, PluginInfo("sieve", built_in=True)),
    )
    return replace(world, registry=registry)


def test_an_import_saves_rules_that_act(sieve: World) -> None:
    report = sieve.rules.import_sieve(SCRIPT)
    offer, large = sieve.mail("An offer", headers=(("From", "bob@bank.example"),)), sieve.mail("Hello", size=2_000_000)

    sieve.rules.run()

    assert [rule.name for rule in sieve.rules.list()] == ["Offers", "Sieve 2", "Sieve 3"]
    assert report.rules == sieve.rules.list()
    assert sieve.see(offer).mailboxes == ("Offers",)
    assert sieve.see(offer).keywords == frozenset({"work"})
    assert sieve.see(large).mailboxes == ("Large",)


def test_what_came_goes_back_word_for_word(sieve: World) -> None:
    sieve.rules.import_sieve(SCRIPT)

    assert sieve.rules.export_sieve().text == SCRIPT


def test_an_import_can_be_looked_at_first(sieve: World) -> None:
    report = sieve.rules.import_sieve(SCRIPT, save=False)

    assert len(report.rules) == 3
    assert sieve.rules.list() == ()


def test_an_import_that_half_fails_saves_nothing(sieve: World) -> None:
    huge = 'require ["fileinto", "variables"]; keep; set "a" "' + "x" * 20_000 + '"; fileinto "${a}";'

    with pytest.raises(InvalidError):
        sieve.rules.import_sieve('require "fileinto"; if exists "X" { keep; } ' + huge.partition(";")[2])
    with pytest.raises(SieveError):
        sieve.rules.import_sieve("if true { keep; } if")
    with pytest.raises(NotFoundError):
        sieve.rules.import_sieve("if true { keep; }", account_id=999_999)

    assert sieve.rules.list() == ()


def test_a_name_that_is_taken_gets_a_number(sieve: World) -> None:
    sieve.rules.save(Rule("Offers", "subject:offer", ["archive"]))

    sieve.rules.import_sieve(SCRIPT)

    assert [rule.name for rule in sieve.rules.list()] == ["Offers", "Offers (2)", "Sieve 2", "Sieve 3"]


def test_rules_of_the_same_names_can_be_changed(sieve: World) -> None:
    sieve.rules.import_sieve(SCRIPT)

    sieve.rules.import_sieve(SCRIPT.replace('"Offers"', '"Other"'), overwrite=True)

    assert [(rule.name, rule.revision) for rule in sieve.rules.list()] == [
        ("Offers", 2),
        ("Sieve 2", 1),
        ("Sieve 3", 1),
    ]
    assert sieve.rules.get("Offers").then[0].argument == "Other"


def test_rules_of_one_account_are_exported_for_it_alone(sieve: World) -> None:
    account = next(iter(sieve.accounts.values()))
    sieve.rules.import_sieve(SCRIPT, account_id=account)

    assert sieve.rules.export_sieve().text == ""
    assert sieve.rules.export_sieve(account_id=account).text == SCRIPT


def test_a_script_that_sends_mail_does_nothing_here(sieve: World) -> None:
    sieve.rules.import_sieve('require ["vacation", "reject"]; vacation "away"; reject "no"; redirect "a@example.org";')
    message = sieve.mail("Hello")

    run = sieve.rules.run()

    assert run.operations == 0
    assert sieve.see(message).mailboxes == ("INBOX",)
