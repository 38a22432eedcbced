"""Which mailboxes a policy wants."""

from __future__ import annotations

import pytest

from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.source.policy import is_wanted, named_in_vain


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("INBOX", "INBOX", True),
        ("inbox", "INBOX", True),
        ("Archive", "archive", False),
        ("Lists/*", "Lists/python", True),
        ("Lists/*", "Lists", False),
        ("*/2024", "Archive/2024", True),
        ("*a*b*", "xaxbx", True),
        ("*a*b*", "xbxax", False),
        ("a*a", "a", False),
        ("*", "anything", True),
        ("[Gmail]/*", "[Gmail]/All Mail", True),
        ("[Gmail]/*", "G/All Mail", False),
    ],
)
def test_a_pattern_stands_for_itself_but_for_stars(pattern: str, name: str, *, matches: bool) -> None:
    assert is_wanted(name, AccountPolicy(include=(pattern,))) is matches


def test_without_include_everything_is_wanted() -> None:
    assert is_wanted("Lists/python", AccountPolicy())


def test_exclude_outweighs_include() -> None:
    policy = AccountPolicy(include=("Lists/*",), exclude=("*/noise",))

    assert is_wanted("Lists/python", policy)
    assert not is_wanted("Lists/noise", policy)


def test_a_pattern_of_many_stars_is_cheap() -> None:
    assert not is_wanted("a" * 5000, AccountPolicy(include=("*a" * 200 + "b",)))


def test_names_that_no_mailbox_has_are_missing_and_patterns_never_are() -> None:
    policy = AccountPolicy(include=("inbox", "Bilsl", "Nothing/*", "Bills"))

    assert named_in_vain(policy, ["INBOX", "Bills"]) == [2]
