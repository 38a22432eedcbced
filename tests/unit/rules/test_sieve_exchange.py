"""Sieve scripts to rules and back: what is said, what is kept, what is lost, and that nothing changes on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import QueryError, SieveError
from mailhelper_core.model.extension import Provided
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import match
from mailhelper_core.query.read import read
from mailhelper_core.query.write import write
from mailhelper_core.rules.sieve.message import StoredMail
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.script import export_script
from mailhelper_core.rules.sieve.words import compile_one_test, register_conditions
from mailhelper_core.sieve.mail import Surroundings
from mailhelper_core.sieve.run import Run
from tests.contract.sieve.cases import REFUSED, cases, compiled, generated_mails, verdict
from tests.unit.query.strategies import NOW, messages
from tests.unit.rules.generated import actions, queries

ACCEPTED = [case for case in cases() if case.file != REFUSED]
WITH_SIEVE = replace(
    MatchContext(NOW).registry, conditions={one.name: Provided("sieve", one) for one in register_conditions()}
)


def rules_of(script: str) -> list[tuple[str, list[Action]]]:
    """The criteria and actions of a script's rules."""
    return [(rule.when, list(rule.then)) for rule in import_script(script).rules]


@pytest.mark.parametrize(
    ("test", "when"),
    [
        ("true", ""),
        ("false", "-()"),
        ('header :contains "Subject" "a.b"', 'subject~"(?i)a\\.b"'),
        ('header :is "X-Spam-Flag" "YES"', "header:X-Spam-Flag=YES"),
        ('header :matches "List-Id" "*<x.y>"', 'header:List-Id~"(?si)^.*<x\\.y>$"'),
        ('header :matches "List-Id" "*<x.?>"', 'sieve:"header :matches ""List-Id"" ""*<x.?>"""'),
        ('header :matches "Subject" "why\\\\?*"', 'subject~"(?si)^why\\?.*$"'),
        ('header :matches "List-Id" "*"', "header:List-Id:*"),
        ('header :contains :comparator "i;octet" "Subject" "Re"', 'subject~"(?s)Re"'),
        ('header :regex "Subject" "^[[:upper:][:digit:]_]+"', 'subject~"(?si)^[[:upper:][:digit:]_]+"'),
        ('header :regex "Subject" "^[0-9]+$"', 'subject~"(?si)^[0-9]+$"'),
        ('header ["A", "B"] "x"', "header:A=x OR header:B=x"),
        ('exists ["A", "B"]', "header:A:* header:B:*"),
        ("size :over 1M", "size>1M"),
        ("size :under 1500", "size<1500"),
        ('address :domain "From" "bank.example"', "domain=bank.example"),
        ('address "To" "ada@bank.example"', "to=ada@bank.example"),
        ('hasflag "\\\\Seen work"', "is:read OR keyword:work"),
        ('body :contains "invoice"', 'body~"(?i)invoice"'),
        ("not anyof (true, size :over 1K)", "-(() OR size>1k)"),
        ('header :is "Subject" "Größe"', 'sieve:"header :is ""Subject"" ""Größe"""'),
        ('address :localpart "From" "ada"', 'sieve:"address :localpart ""From"" ""ada"""'),
    ],
)
def test_a_test_becomes_criteria(test: str, when: str) -> None:
    script = f'require ["fileinto", "imap4flags", "body", "regex"]; if {test} {{ fileinto "X"; }}'

    ((found, _),) = rules_of(script)

    assert found == write(read(when, WITH_SIEVE.conditions))


def test_classes_of_characters_come_back() -> None:
    rule = Rule("class", 'subject~"(?si)^[[:upper:][:digit:]_]+"', [("fileinto", "A")])

    found = export_script([rule])

    assert found.losses == ()
    assert 'header :regex "subject" "^[[:upper:][:digit:]_]+"' in found.text
    assert _plain(import_script(found.text).rules) == [rule]


def test_actions_keep_their_words() -> None:
    script = (
        'require ["fileinto", "copy", "imap4flags", "special-use", "mailbox"]; addflag ["\\\\Seen", "work"]; '
        'fileinto :copy "A"; fileinto :create "B"; fileinto :specialuse "\\\\Archive" "Archive"; '
        'redirect :copy "a@example.org"; discard; keep; stop;'
    )

    assert rules_of(script) == [
        (
            "",
            [
                Action("addflag", "\\Seen work"), Action("copy", "A"), Action("fileinto", "B"), Action("archive"),
                Action("redirect", "a@example.org", copy="yes"), Action("discard"), Action("keep"), Action("stop"),
            ],
        )
    ]  # fmt: skip


def test_branches_exclude_those_before_them() -> None:
    script = (
        'require "fileinto"; if size :over 2K { fileinto "L"; stop; } elsif size :over 1K { fileinto "M"; } '
        'else { if exists "X" { fileinto "S"; } keep; }'
    )

    assert rules_of(script) == [
        ("size>2k", [Action("fileinto", "L"), Action("stop")]),
        ("-size>2k size>1k", [Action("fileinto", "M")]),
        ("-size>2k -size>1k header:X:*", [Action("fileinto", "S")]),
        ("-size>2k -size>1k", [Action("keep")]),
    ]


@pytest.mark.parametrize(
    "comment", ["# rule:[My bills]", "# Rule: My bills", "## Flag: |UniqueId:3|Rulename: My bills"]
)
def test_a_comment_names_the_rule(comment: str) -> None:
    script = f'require "fileinto";\n{comment}\nif true {{ fileinto "X"; }}\nif exists "A" {{ discard; }}\n'

    assert [rule.name for rule in import_script(script).rules] == ["My bills", "Sieve 2"]


def test_a_comment_names_a_branch_too() -> None:
    script = (
        'require "fileinto";\n# rule:[boss]\nif exists "A" { fileinto "A"; }\n# rule:[lists]\n'
        'elsif exists "B" { fileinto "B"; if exists "C" { discard; } }\nelse { keep; }\n'
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

    rules = import_script(script).rules

    assert [rule.name for rule in rules] == ["alarm", "lists", "boss", "last"]
    assert [[one.name for one in rule.then] for rule in rules] == [["fileinto"], ["sieve"], ["fileinto"], ["sieve"]]
    assert export_script(rules).text == script
    anew = [replace(rule, source="") for rule in rules]
    assert _plain(import_script(export_script(anew).text).rules) == anew


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


def test_losses_of_an_export_name_the_rules_of_the_list() -> None:
    script = 'require ["vacation", "fileinto"];\nif exists "A" { fileinto "X"; }\nvacation "away";\n'
    first, second = import_script(script).rules

    found = export_script([replace(second, name="Sieve 4", id=4), replace(first, name="Sieve 1")])

    assert [(loss.rule, loss.what, loss.line) for loss in found.losses] == [("Sieve 4", "vacation", 0)]


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
    script = 'require ["fileinto", "variables"]; keep; if true { set "a" "b"; } fileinto "${a}"; stop;'

    found = import_script(script).rules

    assert len(found) == 2
    assert found[1].then[0].name == "sieve"
    assert "stop" in found[1].then[0].argument


def test_a_script_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(SieveError) as caught:
        import_script("keep;\nif true {")

    assert (caught.value.line, caught.value.column) == (2, 9)


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


def test_a_rule_that_was_changed_is_written_anew_and_its_neighbors_are_not() -> None:
    script = 'require ["fileinto"];\n# first\nif exists "A" { fileinto "X"; } # so\nif exists "B" { discard; }\n'
    first, second = import_script(script).rules

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
    ]
    assert _plain(import_script(found.text).rules) == rules


def test_code_that_was_changed_below_a_note_wins() -> None:
    text = export_script([Rule("word", "subject:offer", [("fileinto", "A")])]).text

    found = import_script(text.replace('"A"', '"B"')).rules

    assert [(rule.name, rule.then) for rule in found] == [("word", (Action("fileinto", "B"),))]


def test_the_first_rule_alone_acts_where_the_mode_says_so() -> None:
    rules = [Rule("a", "header:A:*", [("fileinto", "A")]), Rule("b", "", [("fileinto", "B")])]

    text = export_script(rules, mode="first").text

    assert text.count("stop;") == 2
    assert _plain(import_script(text).rules) == rules


def test_behind_a_script_the_next_rule_acts_too() -> None:
    """In mode first it is the next one's turn where the script does nothing, which no `stop` behind it could say."""
    script = 'require ["fileinto", "variables"];\nset "a" "A";\nfileinto "${a}";'
    rules = [Rule("a", "", [("sieve", script)]), Rule("b", "", [("fileinto", "B")])]

    found = export_script(rules, mode="first")

    assert found.text.count("stop;") == 1
    assert [(loss.rule, loss.kind, loss.what) for loss in found.losses] == [("a", "near", "first")]


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
    assert _plain(import_script(export_script(rules).text).rules) == rules


@given(_rules)
def test_every_export_is_a_script(rules: list[Rule]) -> None:
    compiled(export_script(rules).text)


def _plain(rules: tuple[Rule, ...]) -> list[Rule]:
    return [replace(rule, source="") for rule in rules]


_KEYS = st.sampled_from(["invoice", "INVOICE", "the", "a*b", "*", "?he*", "12.50", "*reminder*", "the bank", "^the"])
_FIELDS = st.sampled_from(["Subject", "X-Spam-Status", "X-Mailer", "X-None"])
_TESTS = st.one_of(
    st.builds('header :{} {}"{}" "{}"'.format, st.sampled_from(["is", "contains", "matches", "regex"]),
              st.sampled_from(["", ':comparator "i;octet" ']), _FIELDS, _KEYS),
    st.builds('exists "{}"'.format, _FIELDS),
    st.builds("size :{} {}".format, st.sampled_from(["over", "under"]), st.sampled_from(["0", "1K", "2500"])),
)  # fmt: skip


@given(_TESTS, messages())
def test_criteria_hold_where_the_test_did(test: str, message: MessageDetail) -> None:
    try:
        holds = compile_one_test(test)
    except SieveError:  # "*" is no regular expression
        return
    script = import_script(f'require ["fileinto", "regex"]; if {test} {{ keep; }}')
    message = replace(message, headers=(*message.headers, ("Subject", message.subject)))
    run = Run(StoredMail(message), Surroundings(NOW))

    criteria = read(script.rules[0].when, WITH_SIEVE.conditions)

    assert match(criteria, message, context=MatchContext(NOW, registry=WITH_SIEVE)) is holds(run)


@pytest.mark.parametrize(
    ("test", "hint"),
    [("", "write one test"), ("?", "line 1"), ("nonsense", "nonsense"), ("envelope", "the server knows")],
)
def test_what_is_no_test_is_refused_with_what_is_wrong_with_it(test: str, hint: str) -> None:
    with pytest.raises(QueryError, match="is no argument of") as refused:
        read(f'sieve:"{test}"', WITH_SIEVE.conditions)

    assert hint in refused.value.hint
