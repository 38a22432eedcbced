"""Sieve through the service: an import saves all or nothing, its rules act, and an export gives back what came."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from mailhelper_core.errors import NotFoundError, SieveError
from mailhelper_core.model.mail.keyword import ANSWERED, SEEN
from mailhelper_core.model.rules.rule import Rule
from tests.contract.rules.compared import compare
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail, place

SCRIPT = """\
require ["fileinto", "imap4flags", "variables"];

# rule:[Offers]
if header :contains "subject" "offer" {
    fileinto "Offers"; # all of them
    stop;
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
    bob = (("From", "bob@bank.example"),)
    offer, large = sieve.mail("An offer", headers=bob), sieve.mail("Hello", size=2_000_000, headers=bob)

    sieve.rules.run()

    assert [rule.name for rule in sieve.rules.list()] == ["Offers", "Sieve 2", "Sieve 3"]
    assert report.rules == sieve.rules.list()
    assert sieve.see(offer).mailboxes == ("Offers",)
    assert sieve.see(offer).keywords == frozenset()
    assert sieve.see(large).mailboxes == ("Large",)
    assert sieve.see(large).keywords == frozenset({"work"})


def test_what_a_script_does_together_is_one_rule_unless_the_owner_wants_it_apart(sieve: World) -> None:
    script = SCRIPT.replace("    stop;\n", "", 1)

    apart = sieve.rules.import_sieve(script, save=False, apart=True)
    report = sieve.rules.import_sieve(script)
    offer = sieve.mail("An offer", headers=(("Subject", "An offer"), ("From", "bob@bank.example")), size=2_000_000)
    sieve.rules.run()

    assert [rule.name for rule in apart.rules] == ["Offers", "Sieve 2", "Sieve 3"]
    assert [(loss.rule, loss.kind, loss.what, loss.line) for loss in apart.losses] == [
        ("Sieve 2", "near", "order", 9),
        ("Sieve 3", "near", "order", 10),
    ]
    assert ([rule.name for rule in report.rules], report.losses) == (["Offers"], ())
    places = {place.mailbox: place.keywords for place in sieve.see(offer).places}
    assert places == {"Offers": frozenset(), "Large": frozenset({"work"})}


def test_a_kept_script_sees_and_changes_the_flags_of_its_message(sieve: World) -> None:
    sieve.rules.import_sieve(
        'require ["fileinto", "imap4flags", "variables"];\nset "a" "work";\n'
        'if hasflag "\\\\Seen" { removeflag "${a}"; addflag "done"; fileinto :copy "${a}"; }'
    )
    read, unread = sieve.put([mail(places=(place(1, SEEN, "work", ANSWERED),)), mail(places=(place(1, "work"),))])

    run = compare(sieve, None)

    flags = frozenset({SEEN, ANSWERED, "done"})
    assert {place.mailbox: place.keywords for place in sieve.see(read).places} == {"INBOX": flags, "work": flags}
    assert sieve.see(unread).keywords == frozenset({"work"})
    assert sieve.undo.undo(sieve.change(run.change)).left == 0
    assert sieve.see(read).keywords == frozenset({SEEN, ANSWERED, "work"})


def test_in_mode_first_rules_that_a_script_lets_act_together_are_reported(sieve: World) -> None:
    script = 'require "imap4flags";\nif exists "A" { addflag "a"; }\nif exists "B" { addflag "b"; }\n'
    sieve.rules.set_mode("first")

    shown = sieve.rules.import_sieve(script, save=False)
    report = sieve.rules.import_sieve(script)
    stopping = sieve.rules.import_sieve(script.replace(";}", "; stop; }").replace("; }", "; stop; }"))

    lost = [(loss.rule, loss.kind, loss.what, loss.line) for loss in report.losses]
    assert lost == [("Sieve 1", "near", "first", 2)]
    assert shown.losses == report.losses
    assert stopping.losses == ()


@pytest.mark.parametrize(
    ("script", "line", "column"),
    [
        ('if exists "A" { stop; }\n' * 43_000, 2_001, 1),
        ('if exists "A" { keep; }\n' * 43_000 + "if", 43_001, 3),
        ('if exists "A" { stop; }\n' * 46_000, 43_691, 17),
        ("keep;\n" + "if true {" * 1_000 + "keep;" + "}" * 1_000, 2, 571),
    ],
    ids=["many-rules", "broken-at-its-end", "too-long", "deep"],
)
def test_a_huge_script_is_refused_with_its_place_and_nothing_is_saved(
    sieve: World, script: str, line: int, column: int
) -> None:
    sieve.rules.save(Rule("mine", "", ["keep"]))

    with pytest.raises(SieveError) as caught:
        sieve.rules.import_sieve(script)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert [rule.name for rule in sieve.rules.list()] == ["mine"]


def test_many_rules_are_saved_in_a_few_statements(sieve: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The import holds up whoever else writes: on SQLite everybody."""
    script = "".join(f'# rule:[r{number}]\nif exists "A{number}" {{ stop; }}\n' for number in range(2_000))
    statements: list[object] = []
    execute = Connection.execute

    def counted(self: Connection, statement: object, *more: object, **named: object) -> object:
        statements.append(statement)
        return execute(self, statement, *more, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Connection, "execute", counted)

    saved = sieve.rules.import_sieve(script).rules
    changed = sieve.rules.import_sieve(script.replace("exists", "not exists"), overwrite=True).rules

    assert len(statements) < 50
    assert [(rule.name, rule.position, rule.revision) for rule in saved[:2]] == [("r0", 1, 1), ("r1", 2, 1)]
    assert [rule.id for rule in changed] == [rule.id for rule in saved]
    assert {rule.revision for rule in changed} == {2}
    assert sieve.rules.list() == changed
    assert sieve.rules.save(Rule("later", "", ["keep"])).position == 2_001


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
        ('keep;\nfileinto "";', 4, 1),
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


def test_the_account_that_is_asked_for_outweighs_what_an_export_noted(sieve: World) -> None:
    home, work = sieve.accounts[1], sieve.accounts[2]
    sieve.rules.save(Rule("a", "subject:offer", ["archive"], account_id=home))
    text = sieve.rules.export_sieve(account_id=home).text

    (there,) = sieve.rules.import_sieve(text, account_id=work).rules
    (back,) = sieve.rules.import_sieve(text).rules

    assert (there.account_id, back.account_id) == (work, home)


def test_a_script_that_sends_mail_does_nothing_here(sieve: World) -> None:
    sieve.rules.import_sieve('require ["vacation", "reject"]; vacation "away"; reject "no"; redirect "a@example.org";')
    message = sieve.mail("Hello")

    run = sieve.rules.run()

    assert run.operations == 0
    assert sieve.see(message).mailboxes == ("INBOX",)
