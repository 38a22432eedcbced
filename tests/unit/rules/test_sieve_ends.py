"""Imported rules leave mail where the script did: the whole corpus, and scripts that are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.words import is_carried_out
from mailhelper_core.sieve.language.parse import parse
from tests.contract.sieve.cases import REFUSED, Case, cases
from tests.unit.rules.ends import MAILS, Ends, by_interpreter, by_rules

CARRIED_OUT = [case for case in cases() if case.file != REFUSED and is_carried_out(parse(case.text).commands)]
HEAD = 'require ["fileinto", "imap4flags", "copy", "special-use", "variables", "relational"];\n'
DISCARD = ("near", "discard")
# What the mails here have one of.
AUTHORS = ("near", "address")


def losses(script: str) -> set[tuple[str, str]]:
    """What an import reports besides that a discard moves to the trash and that it knows one author."""
    return {(loss.kind, loss.what) for loss in import_script(script).losses} - {DISCARD, AUTHORS}


def differing(script: str) -> list[int]:
    """The messages that the rules of a script leave elsewhere than the script."""
    rules = import_script(script).rules
    pairs = [(one.id, by_interpreter(script, one), by_rules(rules, one)) for one in MAILS]
    return [number for number, by_script, by_own in pairs if _without_trash(by_script) != _without_trash(by_own)]


def _without_trash(found: Ends) -> Ends:
    """What is discarded needs no flags."""
    return {name: frozenset() if name == "Trash" else keywords for name, keywords in found.items()}


def test_the_corpus_is_not_narrowed() -> None:
    assert len(CARRIED_OUT) >= 240


@pytest.mark.parametrize("case", CARRIED_OUT, ids=lambda case: f"{case.file}: {case.title}")
def test_rules_of_the_corpus_end_as_their_script_does(case: Case) -> None:
    assert differing(case.text) == [] or "near" in {kind for kind, _ in losses(case.text)}


@pytest.mark.parametrize(
    "script",
    [
        'fileinto "A"; discard;',
        "keep; discard;",
        "discard; keep;",
        'if exists "subject" { discard; } keep;',
        'fileinto :copy "A"; discard;',
        'discard; fileinto :copy "A";',
        'fileinto "A"; keep;',
        'if exists "subject" { fileinto "A"; } if exists "cc" { keep; }',
        'fileinto "before"; stop; fileinto "after";',
        'fileinto "A"; addflag "x";',
        'fileinto :copy "A"; addflag "x";',
        'keep; addflag "x";',
        'if exists "subject" { fileinto "A"; } if exists "to" { addflag "x"; }',
        'if exists "subject" { fileinto "A"; } if exists "cc" { fileinto "B"; stop; } if true { addflag "late"; }',
        'if exists "cc" { fileinto "A"; stop; } if exists "to" { fileinto "B"; } fileinto "C";',
        'fileinto :copy "A"; fileinto "A";',
        'fileinto "INBOX"; fileinto :copy "A";',
        'fileinto "INBOX"; fileinto "A";',
        'fileinto :copy "INBOX"; fileinto "A";',
        'fileinto :copy "Inbox"; if true { fileinto "A"; }',
        'fileinto :copy "A"; fileinto "B"; fileinto :copy "C";',
        'if exists "cc" { fileinto "B"; } set "a" "A"; fileinto "${a}";',
        'if hasflag "a" { removeflag "a"; } elsif exists "to" { addflag "b"; }',
        'if hasflag "a" { removeflag "a"; if exists "to" { fileinto "A"; } }',
        'if not hasflag "\\\\Seen" { addflag "\\\\Seen"; } else { fileinto "Read"; }',
        'keep :flags "a"; if hasflag "a" { fileinto "A"; }',
        'if true { fileinto "A"; addflag "a"; } fileinto "A";',
        'if true { fileinto "A"; } if true { addflag "a"; } if true { fileinto "A"; }',
        'if true { fileinto :copy "A"; addflag "a"; } fileinto :copy "A";',
        'if true { fileinto "A"; addflag "a"; } if exists "subject" { fileinto :copy "A"; }',
        'if true { keep; addflag "a"; } keep;',
        'if true { keep; addflag "a"; } fileinto :copy "INBOX";',
        'if true { fileinto "INBOX"; addflag "a"; } fileinto "INBOX";',
    ],
)
def test_no_deed_of_a_script_undoes_another(script: str) -> None:
    assert differing(HEAD + script) == []
    assert losses(HEAD + script) == set()


@pytest.mark.parametrize(
    "script",
    [
        'if exists "cc" { fileinto "A"; stop; } if exists "to" { fileinto "B"; stop; } if exists "from" { discard; }',
        'if exists "cc" { fileinto "A"; } elsif exists "to" { fileinto "B"; } else { discard; }',
        'if exists "cc" { fileinto "A"; } if exists "to" { fileinto "A"; } if exists "from" { fileinto "A"; }',
        'if exists "cc" { addflag "a"; } if exists "to" { fileinto :copy "A"; } if exists "from" { fileinto "B"; }',
        'if exists "cc" { addflag "a"; } if hasflag "a" { fileinto "A"; }',
    ],
)
def test_what_goes_well_apart_stays_rules_of_its_own(script: str) -> None:
    rules = import_script(HEAD + script).rules

    assert len(rules) == script.count("fileinto") + script.count("discard") + script.count("addflag")
    assert all(action.name != "sieve" for rule in rules for action in rule.then)
    assert differing(HEAD + script) == []


def test_only_what_must_be_together_is() -> None:
    script = (
        HEAD + 'if exists "x-a" { fileinto "0"; stop; }\nif exists "subject" { fileinto "A"; }\n'
        'if exists "cc" { addflag "a"; }\nif exists "to" { fileinto "B"; }\nif exists "x-c" { fileinto :copy "C"; }\n'
    )

    rules = import_script(script).rules

    assert [[action.name for action in rule.then] for rule in rules] == [["fileinto", "stop"], ["sieve"], ["copy"]]
    assert differing(script) == []


def test_what_cannot_be_joined_is_reported() -> None:
    """What lies between would take the whole out of action: nobody knows here what it asks."""
    script = (
        'require ["fileinto", "date"];\nif exists "subject" { fileinto "A"; }\n'
        'if currentdate "year" "2020" { keep; }\nif exists "to" { fileinto "B"; }\n'
    )

    found = import_script(script)

    assert [loss for loss in losses(script) if loss[0] == "near"] == [("near", "order")]
    assert [(loss.rule, loss.line) for loss in found.losses if loss.kind == "near"] == [("Sieve 3", 4)]
    assert [[action.name for action in rule.then] for rule in found.rules] == [["fileinto"], ["sieve"], ["fileinto"]]


@pytest.mark.parametrize(
    "script", ['fileinto "INBOX"; fileinto :copy "A";', 'fileinto "INBOX"; fileinto "A";', 'keep; fileinto "A";']
)
def test_what_is_filed_where_it_lies_stays_there_whatever_else_becomes_of_it(script: str) -> None:
    assert set(by_interpreter(HEAD + script, MAILS[0])) == {"INBOX", "A"}


@pytest.mark.parametrize(
    ("script", "number", "mailbox"),
    [
        ('addflag ["x", "y"]; if allof (hasflag :count "ge" "2", header :matches "from" "*@*") { fileinto "X${2}"; }',
         2, "Xbank.example>"),
        ('if hasflag "\\\\Seen" { set "a" "A"; fileinto "${a}"; }', 2, "A"),
        ('set "a" "b"; removeflag "${a}"; fileinto "A";', 3, "A"),
        ('set "a" "b"; setflag "${a}"; fileinto "A";', 3, "A"),
        ('set "a" "\\\\Seen"; removeflag "${a}";', 2, "INBOX"),
    ],
)  # fmt: skip
def test_a_kept_script_sees_the_flags_of_its_message(script: str, number: int, mailbox: str) -> None:
    """And what it takes, the message loses."""
    message = MAILS[number - 1]
    rules = import_script(HEAD + script).rules

    assert rules[-1].then[0].name == "sieve"
    assert by_rules(rules, message) == by_interpreter(HEAD + script, message)
    assert list(by_rules(rules, message)) == [mailbox]


_TESTS = st.sampled_from((
    "true", 'exists "cc"', 'not exists "cc"', 'hasflag "a"', 'not hasflag "\\\\Seen"', 'hasflag :matches "lab*"',
    'hasflag :comparator "i;octet" "x"', 'header :contains "subject" "e"', "size :over 1K", 'hasflag :count "ge" "2"',
    'header :matches "subject" "* *"', 'header :is "subject" "hello"', 'anyof (hasflag "b", exists "x-a")',
))  # fmt: skip
_DEEDS = st.sampled_from((
    'fileinto "A";', 'fileinto "A";', 'fileinto "B";', 'fileinto :copy "A";', 'fileinto :copy "C";', "keep;",
    "discard;",
    "stop;", 'addflag "a";', 'addflag ["x", "\\\\Seen"];', 'removeflag "a";', 'setflag "b";', 'setflag "";',
    'fileinto :flags "x" "A";', 'keep :flags "a";', 'fileinto :specialuse "\\\\Archive" "Archive";', 'set "v" "A";',
    'fileinto "X${v}";', 'addflag "v" "z";', 'fileinto "X${1}";', 'addflag "${v}";', 'fileinto "INBOX";',
))  # fmt: skip
_BLOCKS = st.recursive(
    _DEEDS,
    lambda inner: st.builds(
        lambda test, body, more: f"if {test} {{ {' '.join(body)} }}\n" + "".join(more),
        _TESTS,
        st.lists(inner, min_size=1, max_size=3),
        st.lists(
            st.one_of(
                st.builds("elsif {} {{ {} }}\n".format, _TESTS, inner), st.builds("else {{ {} }}\n".format, inner)
            ),
            max_size=1,
        ),
    ),
    max_leaves=5,
)


@given(st.lists(_BLOCKS, min_size=1, max_size=5).map("\n".join), st.sampled_from(MAILS))
def test_rules_of_any_script_end_as_it_does(commands: str, message: MessageDetail) -> None:
    script = HEAD + commands

    assert _without_trash(by_rules(import_script(script).rules, message)) == _without_trash(
        by_interpreter(script, message)
    )
