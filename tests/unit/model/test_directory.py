"""Where a mailbox of a name is, and where a new one belongs."""

from __future__ import annotations

import pytest

from mailhelper_core.model.mail.message import Mailbox
from mailhelper_core.model.source.directory import Directory


def directory(*names: str, prefix: str | None = "INBOX.") -> Directory:
    return Directory.of([Mailbox(number, 1, name, ".", "") for number, name in enumerate(names, 1)], prefix)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("INBOX", "INBOX"),
        ("Projects", "INBOX.Projects"),
        ("Projects.2026", "INBOX.Projects.2026"),
        ("INBOX.Projects", "INBOX.Projects"),
        ("Inbox.Projects", "INBOX.Projects"),
        ("Public", "INBOX.Public"),
        ("Public.news", "Public.news"),
        ("Public.more", "Public.more"),
    ],
)
def test_a_name_lies_below_the_prefix_unless_it_is_in_another_namespace(name: str, found: str) -> None:
    assert directory("INBOX", "INBOX.Projects", "Public.news").find(name).mailbox == found


def test_what_is_there_by_its_own_name_is_meant() -> None:
    assert directory("INBOX", "INBOX.news", "news").find("news").mailbox == "news"


def test_a_server_that_has_no_prefix_makes_mailboxes_beside_inbox() -> None:
    assert directory("INBOX", "INBOX.Sent", prefix="").find("Trash").mailbox == "Trash"


def test_nobody_asked_and_all_others_lie_below_inbox() -> None:
    assert directory("INBOX", "INBOX.Sent", prefix=None).find("Trash").mailbox == "INBOX.Trash"
    assert directory("INBOX", "INBOX.Sent", "Work", prefix=None).find("Trash").mailbox == "Trash"
