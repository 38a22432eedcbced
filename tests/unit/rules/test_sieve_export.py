"""Rules become Sieve scripts and come back: what cannot be said is reported, and nothing changes on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.script import export_script
from tests.contract.sieve.cases import REFUSED, cases, compiled, generated_mails, verdict
from tests.unit.rules.generated import actions, queries
from tests.unit.rules.scripts import plain

ACCEPTED = [case for case in cases() if case.file != REFUSED]


def test_classes_of_characters_come_back() -> None:
    rule = Rule("class", 'subject~"(?si)^[[:upper:][:digit:]_]+"', [("fileinto", "A")])

    found = export_script([rule])

    assert found.losses == ()
    assert 'header :regex "subject" "^[[:upper:][:digit:]_]+"' in found.text
    assert plain(import_script(found.text).rules) == [rule]


@pytest.mark.parametrize("field", ["subject", "from", "to", "cc", "recipient", "list", "header:X-A"])
@pytest.mark.parametrize("negated", ["", "-"])
def test_a_value_that_is_not_there_is_asked_for_as_that(field: str, negated: str) -> None:
    program = compiled(export_script([Rule("none", f'{negated}{field}=""', [("fileinto", "X")])]).text)
    names = ("Subject", "From", "To", "Cc", "List-Id", "X-A")
    heads = ("", "".join(f"{name}:\n" for name in names), "".join(f"{name}: a@x.example\n" for name in names))

    filed = ["store X" in verdict(program, f"{head}\nText\n".encode()) for head in heads]

    assert filed == ([False, False, True] if negated else [True, True, False])


def test_a_whole_text_is_no_part_of_one() -> None:
    (there, nothing) = (export_script([Rule("text", f'body="{text}"', "keep")]) for text in ("the bank", ""))

    assert 'body :is "the bank"' in there.text
    assert [loss.kind for loss in (*there.losses, *nothing.losses)] == ["near", "left_out"]


def test_losses_of_an_export_name_the_rules_of_the_list() -> None:
    script = 'require ["vacation", "fileinto"];\nif exists "A" { fileinto "X"; }\nvacation "away";\n'
    first, second = import_script(script).rules

    found = export_script([replace(second, name="Sieve 4", id=4), replace(first, name="Sieve 1")])

    assert [(loss.rule, loss.what, loss.line) for loss in found.losses] == [("Sieve 4", "vacation", 0)]


def test_what_came_from_a_script_goes_back_word_for_word() -> None:
    changed = [case.title for case in ACCEPTED if _has_rules(case.text) and _back(case.text) != case.text]

    assert changed == []


def test_what_is_written_anew_decides_the_same() -> None:
    mails = generated_mails(4)
    differing = []

    for case in ACCEPTED:
        rules = [replace(rule, source="", name=f"rule {rule.name}") for rule in import_script(case.text).rules]
        before, after = compiled(case.text), compiled(export_script(rules).text)
        if rules and any(verdict(before, raw) != verdict(after, raw) for raw in mails):
            differing.append(case.title)

    assert differing == []


def _has_rules(script: str) -> bool:
    return bool(import_script(script).rules)


def _back(script: str) -> str:
    return export_script(import_script(script).rules).text


@pytest.mark.parametrize("script", [
    'require "fileinto";\n/* mine */ if true { fileinto "A"; }\n',
    'if header :is "subject" "a" { keep; } elsif header :is "subject" "b" { discard; }',
    'require ["variables", "fileinto"]; set "x" "y"; fileinto "${x}";',
])  # fmt: skip
def test_a_name_that_the_owner_gave_comes_back(script: str) -> None:
    rules = [replace(one, name=f"mine {number}") for number, one in enumerate(import_script(script).rules)]

    back = import_script(export_script(rules).text).rules

    assert [(one.name, one.when, one.then) for one in back] == [(one.name, one.when, one.then) for one in rules]
    assert ("mine */" in script) == ("/* mine */" in export_script(rules).text)


def test_the_account_of_an_unchanged_script_is_a_named_loss() -> None:
    (rule,) = import_script("keep;\n").rules

    found = export_script([replace(rule, account_id=3)])

    assert found.text == "keep;\n"
    assert [(one.rule, one.kind, one.what) for one in found.losses] == [("Sieve 1", "left_out", "account")]


def test_the_account_of_a_rule_that_is_written_anew_is_a_named_loss_too() -> None:
    rule = Rule("one", 'subject~"(?i)offer"', ["keep"], account_id=3)

    found = export_script([rule])

    assert [(one.rule, one.kind, one.what) for one in found.losses] == [("one", "left_out", "account")]
    assert plain(import_script(found.text).rules) == [rule]


def test_a_rule_that_was_changed_is_written_anew_and_its_neighbors_are_not() -> None:
    script = 'require ["fileinto"];\n# first\nif exists "A" { fileinto "X"; } # so\nif exists "B" { discard; }\n'
    first, second = import_script(script, apart=True).rules

    text = export_script([first, replace(second, when="header:C:*")]).text

    assert '# first\nif exists "A" { fileinto "X"; }' in text
    assert 'if exists "C"' in text
    assert "B" not in text


def test_what_sieve_cannot_say_is_reported_and_comes_back() -> None:
    rules = [
        Rule("money", "category:finance", [("tag", "money")]),
        Rule("partly", "header:X-A=1", [("tag", "a"), ("fileinto", "A")]),
        Rule("off", "header:X-B=1", ["archive"], enabled=False),
        Rule("late", "", ["archive"], delay="30d"),
        Rule("word", "subject:offer", ["archive"]),
    ]

    found = export_script(rules)

    assert [(loss.rule, loss.kind, loss.what) for loss in found.losses] == [
        ("money", "left_out", "category:finance"),
        ("partly", "left_out", "tag"),
        ("off", "left_out", "off"),
        ("late", "left_out", "delay"),
        ("word", "near", "subject:offer"),
        ("word", "near", "order"),
    ]
    assert plain(import_script(found.text).rules) == rules


def test_code_that_was_changed_below_a_note_wins() -> None:
    text = export_script([Rule("word", "subject:offer", [("fileinto", "A")])]).text

    found = import_script(text.replace('"A"', '"B"')).rules

    assert [(rule.name, rule.then) for rule in found] == [("word", (Action("fileinto", "B"),))]


def test_the_first_rule_alone_acts_where_the_mode_says_so() -> None:
    rules = [Rule("a", "header:A:*", [("fileinto", "A")]), Rule("b", "", [("fileinto", "B")])]

    text = export_script(rules, mode="first").text

    assert text.count("stop;") == 2
    assert plain(import_script(text).rules) == rules


def test_behind_a_script_the_next_rule_acts_too() -> None:
    """In mode first it is the next one's turn where the script does nothing, which no `stop` behind it could say."""
    script = 'require ["fileinto", "variables"];\nset "a" "A";\nfileinto "${a}";'
    rules = [Rule("a", "", [("sieve", script)]), Rule("b", "", [("fileinto", "B")])]

    found = export_script(rules, mode="first")

    assert found.text.count("stop;") == 1
    assert [(loss.rule, loss.kind, loss.what) for loss in found.losses] == [
        ("a", "near", "first"),
        ("b", "near", "order"),
    ]


_rules = st.lists(
    st.builds(
        lambda when, then, otherwise: Rule("", when, then, otherwise=otherwise),
        queries,
        actions,
        st.sampled_from([False, False, True]),
    ),
    max_size=4,
).map(lambda rules: [replace(rule, name=f"rule {number}") for number, rule in enumerate(rules)])


@given(_rules)
def test_rules_come_back_as_they_were(rules: list[Rule]) -> None:
    assert plain(import_script(export_script(rules).text).rules) == rules


@given(_rules)
def test_every_export_is_a_script(rules: list[Rule]) -> None:
    compiled(export_script(rules).text)
