"""What reports and operations say to a person."""

from __future__ import annotations

import pytest

from mailhelper_cli.output import counted
from mailhelper_cli.sentences import hint_line, operation_words, run_lines, sync_lines
from mailhelper_core import (
    AddKeyword,
    AddTag,
    CopyMessage,
    DeliverReport,
    Effect,
    MoveMessage,
    Notify,
    Operation,
    ProcessReport,
    RemoveKeyword,
    RemoveTag,
    RuleRun,
    RunReport,
    SearchHint,
    SetPriority,
    SyncReport,
)

OPERATIONS: list[tuple[Operation, str]] = [
    (AddTag(1, "bills"), "tag bills"),
    (RemoveTag(1, "bills"), "untag bills"),
    (AddKeyword(1, "\\Seen"), "add \\Seen"),
    (RemoveKeyword(1, "\\Seen"), "remove \\Seen"),
    (MoveMessage(1, "Finance"), "move to Finance"),
    (MoveMessage(1, role="trash"), "move to trash"),
    (CopyMessage(1, "Finance"), "copy to Finance"),
    (SetPriority(1, urgency=3), "urgency 3, importance unchanged"),
    (Notify(1, "look {here}"), "notify look {here}"),
    (Notify(1), "notify"),
    (Effect(1, "webhook", "x"), "webhook x"),
]


@pytest.mark.parametrize(("operation", "words"), OPERATIONS)
def test_an_operation_is_a_few_words(operation: Operation, words: str) -> None:
    assert operation_words(operation) == words


def test_a_run_without_news_says_so_in_two_words() -> None:
    assert run_lines(RunReport()) == ["nothing new"]
    assert sync_lines(SyncReport()) == ["nothing new"]


def test_a_run_says_what_happened_and_how_to_take_it_back() -> None:
    report = RunReport(
        SyncReport(new=3, remaining=2),
        ProcessReport(processed=3),
        RuleRun(change=7, hits=1),
        DeliverReport(delivered=1),
    )

    assert run_lines(report) == [
        "3 new, 2 still to come",
        "3 understood, 1 matched by rules, 1 changes done on the server",
        "take it back with: mailhelper undo 7",
    ]


def test_a_sync_that_met_something_unreadable_says_how_to_find_it() -> None:
    said = sync_lines(SyncReport(new=2, quarantined=1))

    assert said[0] == "2 new, 1 kept as they came, unreadable"
    assert "mailhelper search 'parse_status:raw_only OR" in said[1]
    assert run_lines(RunReport(SyncReport(new=2, quarantined=1)))[1] == said[1]


def test_counts_agree_with_their_word() -> None:
    assert [counted(0, "match", "matches"), counted(1, "match", "matches")] == ["0 matches", "1 match"]
    assert counted(2, "message") == "2 messages"


def test_a_run_in_which_rules_asked_says_where_that_waits() -> None:
    said = run_lines(RunReport(rules=RuleRun(hits=2, proposed=(7, 8))))

    assert said == ["2 matched by rules", "2 rules asked for your word; see it with: mailhelper rule waiting"]


@pytest.mark.parametrize(
    ("hint", "line"),
    [
        (SearchHint("in", "inobx", "INBOX", "in:INBOX"), "there is no mailbox 'inobx'; did you mean 'INBOX'?"),
        (SearchHint("category", "zzz"), "there is no mail of the category 'zzz'"),
        (SearchHint("to", "me"), "no own address is known of an account, so to:me finds nothing there"),
    ],
)
def test_a_name_that_nothing_has_is_told(hint: SearchHint, line: str) -> None:
    assert hint_line(hint) == line
