"""A script that is read over the rules that came from it: numbers say nothing, what a block does says all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.rules.rule import Rule, RuleMode
from tests.contract.rules.world import World


@pytest.fixture
def sieve(world: World) -> World:
    """An owner whose rules may use Sieve's words."""
    return world.with_sieve()


@pytest.mark.parametrize("mode", ["all", "first"])
@pytest.mark.parametrize(
    "order", [["Sieve 1", "Sieve 2"], ["Sieve 2", "Sieve 1"], ["Sieve 2"], ["Sieve 1", "Sieve 2", "Sieve 1 (2)"]]
)
def test_an_export_that_is_read_over_its_rules_changes_none(sieve: World, order: list[str], mode: RuleMode) -> None:
    """Where a script gives no names, a rule has the number that it had when it came, not that of its place."""
    text = 'if header "subject" "a" { keep; }\nif header "subject" "b" { keep; }\n'
    sieve.rules.import_sieve(text)
    sieve.rules.import_sieve(text)
    for rule in sieve.rules.list():
        if rule.name not in order:
            sieve.rules.delete(rule.name)
    before = sieve.rules.reorder(order)
    sieve.rules.set_mode(mode)

    exported = sieve.rules.export_sieve().text
    sieve.rules.import_sieve(exported, overwrite=True)

    after = [replace(rule, source="") for rule in sieve.rules.list()]
    assert after == [replace(rule, source="") for rule in before]
    assert sieve.rules.export_sieve().text == exported


def test_numbers_go_on_behind_one_that_an_export_wrote_down(sieve: World) -> None:
    blocks = (f'if header "subject" "{one}" {{ fileinto "{one}"; }}\n' for one in "abc")
    text = 'require "fileinto";\n' + "".join(blocks) + 'if exists "x-d" { redirect "d@x.example"; }\n'
    sieve.rules.import_sieve(text, apart=True)
    other = World(sieve.store).open().with_sieve()

    other.rules.import_sieve(sieve.rules.export_sieve().text)

    assert [rule.name for rule in other.rules.list()] == [f"Sieve {number}" for number in (1, 2, 3, 4)]


def test_a_number_that_the_script_itself_gives_is_given_once(sieve: World) -> None:
    text = 'if header "subject" "a" { keep; }\nif header "subject" "b" { keep; }\n'
    sieve.rules.import_sieve(text)

    sieve.rules.import_sieve("# rule:[Sieve 1]\n" + text.replace('"a"', '"c"').replace('"b"', '"a"'), overwrite=True)

    assert [(rule.name, rule.when) for rule in sieve.rules.list()] == [
        ("Sieve 1", 'subject~"(?si)^c$"'),
        ("Sieve 2", 'subject~"(?si)^a$"'),
    ]


def test_a_script_that_was_changed_changes_the_rule_of_that_block_alone(sieve: World) -> None:
    text = 'if header "subject" "a" { keep; }\nif header "subject" "b" { keep; }\n'
    sieve.rules.import_sieve(text)

    sieve.rules.import_sieve('if exists "x-new" { keep; }\n' + text, overwrite=True)
    sieve.rules.import_sieve('if exists "x-new" { keep; }\n' + text.replace('"b"', '"c"'), overwrite=True)

    assert [(rule.name, rule.when, rule.revision) for rule in sieve.rules.list()] == [
        ("Sieve 1 (2)", "header:x-new:*", 1),
        ("Sieve 1", 'subject~"(?si)^a$"', 1), ("Sieve 2", 'subject~"(?si)^c$"', 2),
    ]  # fmt: skip


def test_rules_act_in_the_order_of_the_script_that_is_read_over_them(sieve: World) -> None:
    sieve.rules.import_sieve(_blocks("abc"))
    sieve.rules.save(Rule("mine", "in:inbox", "keep"))
    sieve.rules.reorder(["a", "mine", "b", "c"])

    report = sieve.rules.import_sieve(_blocks("cnab"), overwrite=True)

    assert [rule.name for rule in report.rules] == ["c", "n", "a", "b"]
    assert [rule.name for rule in sieve.rules.list()] == ["c", "mine", "n", "a", "b"]
    assert [rule.revision for rule in sieve.rules.list()] == [1] * 5


def test_other_comments_come_back_though_the_rule_is_the_same(sieve: World) -> None:
    before, after = (_blocks("ab").replace("if", f"# {word} words\nif") for word in ("first", "second"))
    sieve.rules.import_sieve(before)

    sieve.rules.import_sieve(after, overwrite=True)

    assert sieve.rules.export_sieve().text == after
    assert [rule.revision for rule in sieve.rules.list()] == [1, 1]


def _blocks(names: str) -> str:
    return "".join(f'# rule:[{one}]\nif header "subject" "{one}" {{ keep; }}\n' for one in names)
