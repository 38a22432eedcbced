"""Sieve through the service: an import saves all or nothing, its rules act, and an export gives back what came."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import NotFoundError, SieveError
from mailhelper_core.model.rules.rule import Rule
from tests.contract.rules.world import World

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
    return world.with_sieve()


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
    with pytest.raises(SieveError) as caught:
        sieve.rules.import_sieve(f'require "fileinto";\nif exists "X" {{ keep; }}\nfileinto "{"x" * 600}";')
    with pytest.raises(SieveError):
        sieve.rules.import_sieve("if true { keep; } if")
    with pytest.raises(NotFoundError):
        sieve.rules.import_sieve("if true { keep; }", account_id=999_999)

    assert (caught.value.line, caught.value.column) == (3, 1)
    assert sieve.rules.list() == ()


@pytest.mark.parametrize(
    ("commands", "line", "column"),
    [
        ('keep;\nif true { discard; } if header "subject" { keep; }', 4, 25),
        ('set "a" "b";\nif header "subject" "x" { fileinto :nope "${a}"; }', 4, 36),
        ('keep;\nfileinto "";', 3, 1),
        ('if allof (true,\n header :regex "subject" "(") { keep; }', 4, 2),
        ("keep; else { discard; }", 3, 7),
        ("keep;\nif { discard; }", 4, 1),
        ("if true { keep;\n else { discard; } }", 4, 2),
        ('if exists "x" { bogus; elsif true { discard; } }', 3, 24),
    ],
)
def test_a_mistake_in_a_script_has_its_place(sieve: World, commands: str, line: int, column: int) -> None:
    with pytest.raises(SieveError) as caught:
        sieve.rules.import_sieve(f'require ["fileinto",\n"variables", "regex"];\n{commands}')

    assert (caught.value.line, caught.value.column) == (line, column)
    assert sieve.rules.list() == ()


def test_a_long_script_with_variables_comes_in_acts_and_goes_back(sieve: World) -> None:
    rules = "".join(
        f'if header :is "subject" "word{number}" {{ fileinto "${{a}}/{number}"; }}\n' for number in range(900)
    )
    script = f'require ["fileinto", "variables"];\nset "a" "Box";\n{rules}'
    message = sieve.mail("word899", headers=(("Subject", "word899"),))

    sieve.rules.import_sieve(script)
    sieve.rules.run()

    assert sieve.see(message).mailboxes == ("Box/899",)
    assert sieve.rules.export_sieve().text == script


def test_more_actions_than_a_rule_has_are_a_script(sieve: World) -> None:
    copies = "".join(f'fileinto :copy "Box {number}"; ' for number in range(60))

    report = sieve.rules.import_sieve(f'require ["fileinto", "copy"]; {copies}')

    assert [action.name for rule in report.rules for action in rule.then] == ["sieve"]


def test_what_only_a_server_can_carry_out_is_off_with_its_reason(sieve: World) -> None:
    sieve.rules.import_sieve('require "date"; if currentdate "year" "2026" { discard; }\nif exists "x" { bogus; }')
    sieve.mail("Hello")

    plan, run = sieve.rules.plan(), sieve.rules.run()

    assert all("kept for export" in rule.disabled_reason for rule in sieve.rules.list())
    assert (plan.hits, run.hits, plan.errors, run.errors) == ((), 0, (), ())
    assert "bogus" in sieve.rules.export_sieve().text


@pytest.mark.parametrize(
    ("commands", "is_off"),
    [
        ('vacation "away";', True),
        ('if header :contains "subject" "lunch" { redirect "a@example.org"; }', True),
        ('if exists "x" { reject "no"; } elsif exists "y" { vacation "away"; }', True),
        ('redirect :copy "a@example.org"; keep;', False),
        ('vacation "away"; fileinto "X";', False),
        ('redirect "a@example.org"; stop;', False),
        ("keep;", False),
    ],
)
def test_what_does_nothing_but_send_mail_is_off_with_its_reason(sieve: World, commands: str, is_off: bool) -> None:
    sieve.rules.import_sieve(f'require ["vacation", "reject", "fileinto", "copy"]; {commands}')

    assert [bool(rule.disabled_reason) for rule in sieve.rules.list()] == [is_off] * len(sieve.rules.list())
    broken = [one.message for one in sieve.rules.analyze() if one.kind == "broken"]
    assert broken == [rule.disabled_reason for rule in sieve.rules.list() if is_off]
    assert all("kept for export" in said for said in broken)


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
