"""Sieve scripts become rules: one for each branch, with its name; what has no words is kept and reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.errors import SieveError
from mailhelper_core.model.rules.rule import Action
from mailhelper_core.rules.sieve.blocks import NOTE
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.script import export_script
from tests.unit.rules.scripts import plain, rules_of


def test_actions_keep_their_words() -> None:
    script = (
        'require ["fileinto", "copy", "imap4flags", "special-use", "mailbox"]; addflag ["\\\\Seen", "work"]; '
        'fileinto :copy "A"; fileinto :create "B"; redirect :copy "a@example.org"; stop; '
        'if exists "A" { fileinto :specialuse "\\\\Archive" "Archive"; } if exists "B" { discard; } keep;'
    )

    assert rules_of(script) == [
        (
            "",
            [
                Action("addflag", "\\Seen work"), Action("copy", "A"), Action("fileinto", "B"),
                Action("redirect", "a@example.org", copy="yes"), Action("stop"),
            ],
        ),
        ("header:A:*", [Action("archive")]),
        ("header:B:*", [Action("discard")]),
        ("", [Action("keep")]),
    ]  # fmt: skip


def test_branches_exclude_those_before_them() -> None:
    script = (
        'require ["fileinto", "imap4flags"]; if size :over 2K { fileinto "L"; stop; } '
        'elsif size :over 1K { fileinto "M"; } else { if exists "X" { addflag "S"; } keep; }'
    )

    assert rules_of(script) == [
        ("size>2k", [Action("fileinto", "L"), Action("stop")]),
        ("-size>2k size>1k", [Action("fileinto", "M")]),
        ("-size>2k -size>1k header:X:*", [Action("addflag", "S")]),
        ("-size>2k -size>1k", [Action("keep")]),
    ]


@pytest.mark.parametrize(
    "comment", ["# rule:[My bills]", "# Rule: My bills", "## Flag: |UniqueId:3|Rulename: My bills"]
)
def test_a_comment_names_the_rule(comment: str) -> None:
    script = f'require "fileinto";\n{comment}\nif true {{ fileinto "X"; }}\nif exists "A" {{ discard; }}\n'

    assert [rule.name for rule in import_script(script, apart=True).rules] == ["My bills", "Sieve 2"]


def test_a_comment_names_a_branch_too() -> None:
    script = (
        'require ["fileinto", "imap4flags"];\n# rule:[boss]\nif exists "A" { fileinto "A"; }\n# rule:[lists]\n'
        'elsif exists "B" { addflag "b"; if exists "C" { discard; } }\nelse { keep; }\n'
    )

    rules = import_script(script).rules

    assert [rule.name for rule in rules] == ["boss", "lists", "lists (2)", "boss (2)"]
    assert export_script(rules).text == script


def test_a_group_of_its_own_match_keeps_a_rule_apart() -> None:
    script = """\
require ["fileinto", "variables"];
# rule:[alarm]
if header :matches "subject" "*ALARM*" { fileinto "Alarm"; }
# rule:[lists]
if allof (exists "list-id", header :matches "list-id" "*<*.example>*") { fileinto "Lists/${2}"; }
# rule:[boss]
if address :is "from" "boss@bank.example" { fileinto "Boss"; }
# rule:[last]
if header :matches "subject" "[*]*" { if exists "X" { fileinto "${1}"; } }
"""

    rules = import_script(script, apart=True).rules

    assert [rule.name for rule in rules] == ["alarm", "lists", "boss", "last"]
    assert [[one.name for one in rule.then] for rule in rules] == [["fileinto"], ["sieve"], ["fileinto"], ["sieve"]]
    found = export_script(rules).text
    assert "".join(line for line in found.splitlines(keepends=True) if not line.startswith(NOTE)) == script
    assert plain(import_script(found).rules) == plain(rules)
    assert len(import_script(script).rules) == 1
    anew = [replace(rule, source="") for rule in rules]
    assert plain(import_script(export_script(anew).text).rules) == anew


@pytest.mark.parametrize(
    "reading",
    [
        'fileinto "${1}";',
        'if not header :matches "subject" "*" { fileinto "${1}"; }',
        'if anyof (exists "X", header :matches "subject" "*") { fileinto "${1}"; }',
        'if header :matches "subject" "*" { keep; } else { fileinto "${1}"; }',
        'if header :matches "subject" "*" { keep; } if exists "X" { fileinto "${1}"; }',
        'if allof (header :contains "to" "${1}", header :matches "subject" "*") { keep; }',
        'if body :matches "*" { fileinto "${1}"; }',
        'set "a" "${0}";',
    ],
)
def test_a_group_that_may_be_anothers_keeps_all_that_follows_together(reading: str) -> None:
    head = 'require ["fileinto", "variables", "body"];\nif header :matches "from" "*@*" { keep; }\n'

    assert [[one.name for one in rule.then] for rule in import_script(head + reading).rules] == [["sieve"]]


def test_what_has_no_words_is_kept_and_reported() -> None:
    script = 'require ["fileinto", "vacation"];\nif exists "A" { fileinto "X"; }\nvacation :days 3 "away";\n'

    found = import_script(script)

    assert found.rules[1].then == (Action("sieve", 'require ["vacation"];\nvacation :days 3 "away";'),)
    assert [(loss.rule, loss.kind, loss.what, loss.line) for loss in found.losses] == [
        ("Sieve 2", "kept", "vacation", 3)
    ]


def test_unknown_words_are_kept_and_reported() -> None:
    script = 'require ["fileinto", "vnd.x"];\nfrobnicate :hard "x";\nif moon :full { keep; }\nkeep;\n'

    found = import_script(script)

    assert [(loss.what, loss.line) for loss in found.losses] == [("frobnicate", 2), ("moon", 3)]
    assert export_script(found.rules).text == script


def test_variables_keep_all_that_follows_together() -> None:
    head = 'require ["fileinto", "variables", "imap4flags"]; addflag "x"; '
    script = head + 'if true { set "a" "b"; } fileinto "${a}"; stop;'

    found = import_script(script).rules

    assert len(found) == 2
    assert found[1].then[0].name == "sieve"
    assert "stop" in found[1].then[0].argument


def test_a_script_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(SieveError) as caught:
        import_script("keep;\nif true {")

    assert (caught.value.line, caught.value.column) == (2, 9)


@pytest.mark.parametrize("script", ["# nothing but words\n", 'require "fileinto";', "/* a */ # b"])
def test_a_script_of_which_no_rule_comes_is_a_named_loss(script: str) -> None:
    found = import_script(script)

    assert found.rules == ()
    assert [(one.kind, one.what, one.line) for one in found.losses] == [("left_out", "comments", 1)]
    assert import_script("\n").losses == ()


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x7f", "\ud800"])
def test_a_character_that_could_not_be_kept_is_refused_with_its_place(character: str) -> None:
    with pytest.raises(SieveError) as caught:
        import_script(f'keep;\nif header "subject" "a{character}b" {{ stop; }}')

    assert (caught.value.line, caught.value.column) == (2, 23)


def test_the_mark_before_a_text_in_utf_8_is_no_part_of_the_script() -> None:
    assert [one.source for one in import_script("\ufeffkeep;\n").rules] == ["keep;\n"]
