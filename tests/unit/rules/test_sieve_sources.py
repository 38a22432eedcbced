"""What came from a script keeps its words, whatever its rules are called now, and in every mode; or a loss is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.rules.sieve.blocks import NOTE
from mailhelper_core.rules.sieve.reading import import_script, with_free_names
from mailhelper_core.rules.sieve.script import export_script
from mailhelper_core.sieve.language.parse import MAX_COMMANDS
from tests.contract.sieve.cases import REFUSED, cases
from tests.unit.rules.scripts import plain

HEAD = 'require "fileinto";\n'
ONE = '# rule:[one]\nif header :is "subject" "x" { fileinto "A"; stop; } # my note\n'
TWO = '# rule:[two]\nif header :is "subject" "y" { fileinto "B"; stop; } /* and */ # mine\n'
ACCEPTED = [case.text for case in cases() if case.file != REFUSED and import_script(case.text).rules]


def without_notes(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(NOTE))


def told(losses: tuple[object, ...]) -> list[tuple[str, str, str]]:
    return [(one.rule, one.kind, one.what) for one in losses]  # type: ignore[attr-defined]


@pytest.mark.parametrize("taken", [["one"], ["one", "one (2)", "two"], ["Sieve 1", "Sieve 1 (2)"], []])
@pytest.mark.parametrize("script", [HEAD + ONE + ONE.replace('"x"', '"z"') + TWO, HEAD + ONE[13:] + TWO[13:]])
def test_a_number_behind_a_name_changes_no_words(script: str, taken: list[str]) -> None:
    rules = with_free_names(import_script(script).rules, taken)

    found = export_script(rules)

    assert (found.text, found.losses) == (script, ())


@pytest.mark.parametrize("script", ACCEPTED)
def test_numbers_change_no_words_of_the_corpus(script: str) -> None:
    names = [rule.name for rule in import_script(script).rules]
    rules = with_free_names(import_script(script).rules, [*names, *(f"{name} (2)" for name in names)])

    assert export_script(rules).text == script


@pytest.mark.parametrize(
    ("comment", "changed"),
    [
        ("# rule:[one]\n", "# rule:[uno]\n"),
        ("#Rule: one  \n", "#Rule: uno  \n"),
        ("## Flag: |UniqueId:3|Rulename: one\n", "## Flag: |UniqueId:3|Rulename: uno\n"),
        ("# rule:[old]\n# my own\n  # rule:[one]\n", "# rule:[old]\n# my own\n  # rule:[uno]\n"),
        ("# my own\n", "# my own\n# rule:[uno]\n"),
    ],
)
def test_another_name_changes_the_comment_alone(comment: str, changed: str) -> None:
    script = HEAD + comment + ONE[13:] + TWO
    rules = import_script(script).rules

    found = export_script([replace(rules[0], name="uno"), *rules[1:]])

    assert found.text == script.replace(comment, changed)
    assert found.losses == ()


@pytest.mark.parametrize("first", ["uno", "one"])
@pytest.mark.parametrize("second", ["due", "one (2)", "two"])
@pytest.mark.parametrize("comment", ["", "# rule:[two]\n"])
def test_a_branch_keeps_its_words_under_another_name(first: str, second: str, comment: str) -> None:
    code = 'if exists "A" { keep; } # mine\n', 'elsif exists "B" { stop; } /* too */\n'
    rules = import_script(f"# rule:[one]\n{code[0]}{comment}{code[1]}").rules
    rules = (replace(rules[0], name=first), replace(rules[1], name=second))

    found = export_script(rules)

    assert found.losses == ()
    assert [part in found.text for part in code] == [True, True]
    assert [rule.name for rule in import_script(found.text).rules] == [first, second]


def test_a_name_in_a_note_is_changed_there() -> None:
    script = HEAD + 'if exists "A" { fileinto "A"; } # a\nif exists "B" { fileinto "B"; } # b\n'
    noted = export_script(import_script(script, apart=True).rules).text
    rules = import_script(noted).rules

    found = export_script([rules[0], replace(rules[1], name="mine")])

    assert without_notes(found.text) == script
    assert [rule.name for rule in import_script(found.text).rules] == ["Sieve 1", "mine"]


def test_comments_of_what_is_written_anew_are_a_named_loss() -> None:
    rules = import_script(HEAD + ONE + TWO).rules

    found = export_script([replace(rules[0], when="subject:z"), rules[1]])

    assert ("one", "left_out", "comments") in told(found.losses)
    assert "# mine" in found.text
    bare = import_script(HEAD + ONE.replace(" # my note", "")).rules[0]
    assert told(export_script([replace(bare, then=(Action("keep"),))]).losses) == []


def test_in_mode_first_a_block_that_stops_keeps_its_words() -> None:
    rules = import_script(HEAD + ONE + TWO).rules

    found = export_script(rules, mode="first")

    assert (found.text, found.losses) == (HEAD + ONE + TWO, ())
    anew = export_script([replace(rule, source="") for rule in rules], mode="first").text
    assert anew.count("stop;") == 2


@pytest.mark.parametrize(
    ("code", "stopping"),
    [
        ('if true { fileinto "A"; } # c\n', 'if true { fileinto "A"; stop; } # c\n'),
        ('fileinto "A"; # c\nkeep; # d\n', None),
        ('if true { if exists "x" {\n  keep; # c\n} }\n', 'if true { if exists "x" {\n  keep; stop; # c\n} }\n'),
        ('if exists "y" {} elsif true { keep; } # c\n', 'if exists "y" {} elsif true { keep; stop; } # c\n'),
    ],
)  # fmt: skip
def test_in_mode_first_a_block_gets_the_stop_that_it_lacks(code: str, stopping: str | None) -> None:
    """Two deeds of which the last counts here are kept as a script, behind which the next rule acts too."""
    rules = import_script(HEAD + code).rules

    found = export_script(rules, mode="first")

    assert without_notes(found.text) == HEAD + (stopping or code)
    assert told(found.losses) == ([] if stopping else [("Sieve 1", "near", "first")])
    assert plain(import_script(found.text).rules) == plain(rules)
    again = import_script(found.text).rules
    assert plain(import_script(export_script(again, mode="first").text).rules) == plain(rules)


def test_in_mode_first_branches_without_a_stop_are_written_anew_and_their_comments_are_a_loss() -> None:
    rules = import_script('if exists "A" { keep; } # mine\nelse { discard; }\n').rules

    found = export_script(rules, mode="first")

    assert told(found.losses) == [("Sieve 1", "left_out", "comments"), ("Sieve 1 (2)", "near", "discard")]
    assert found.text.count("stop;") == 2


def test_in_mode_first_a_stop_stands_behind_a_script_among_other_actions() -> None:
    rule = Rule("a", "", [("addflag", "x"), ("sieve", 'if exists "A" { keep; }')])

    text = export_script([rule], mode="first").text

    assert text.endswith("}\nstop;\n")


@given(st.sampled_from(ACCEPTED), st.lists(st.booleans(), min_size=9, max_size=9))
def test_rules_of_the_corpus_come_back_under_new_names(script: str, changed: list[bool]) -> None:
    rules = import_script(script).rules
    mine = dict(enumerate(changed))
    renamed = [replace(one, name=f"mine {at}") if mine.get(at) else one for at, one in enumerate(rules)]

    back = import_script(export_script(renamed).text).rules

    assert [replace(rule, name="") for rule in plain(back)] == [
        replace(rule, name="") for rule in plain(tuple(renamed))
    ]
    assert [rule.name for at, rule in enumerate(back) if mine.get(at)] == [
        rule.name for at, rule in enumerate(renamed) if mine.get(at)
    ]


@pytest.mark.parametrize("behind", [" # mine", " /* a */ /* b\n c */ # d", "\t#rule:[x]", "", " /* mine */"])
def test_what_stands_behind_a_block_on_its_line_goes_with_it(behind: str) -> None:
    first = f'if exists "A" {{ fileinto "A"; stop; }}{behind}\n'
    rules = import_script(f'{HEAD}{first}# before\nif exists "B" {{ stop; }}').rules

    found = export_script(rules[::-1]).text

    assert [rule.name for rule in rules] == ["Sieve 1", "Sieve 2"]
    assert found == f'require ["fileinto"];\n\n# before\nif exists "B" {{ stop; }}\n\n{first}'


def test_a_comment_between_two_blocks_on_one_line_belongs_to_the_second() -> None:
    rules = import_script('if exists "A" { stop; } /* b */ if exists "B" { stop; }').rules

    assert [rule.source for rule in rules] == ['if exists "A" { stop; }', ' /* b */ if exists "B" { stop; }']


def test_lines_of_losses_are_those_of_their_blocks() -> None:
    script = '\nredirect "a@b.example"; # a\n\n/* x\n */ if true { keep; }\n# b\nredirect "c@d.example";\n'

    assert [loss.line for loss in import_script(script).losses] == [2, 7]


def test_what_grows_beyond_the_limit_as_one_rule_is_told_by_its_cause() -> None:
    script = "\n" + 'if exists "A" {fileinto "B";fileinto "C";}\n' * 20_000

    with pytest.raises(SieveError, match=r"more than 1048576 characters come of this, written as one rule") as caught:
        import_script(HEAD + script)

    assert caught.value.line == 3


def test_more_commands_than_anybody_writes_are_refused_with_their_place() -> None:
    (rule,) = import_script("keep;" * MAX_COMMANDS).rules

    assert [one.name for one in rule.then] == ["sieve"]
    with pytest.raises(SieveError, match=rf"more than {MAX_COMMANDS} commands") as caught:
        import_script("keep;" * MAX_COMMANDS + "\n keep;")
    assert (caught.value.line, caught.value.column) == (2, 2)
