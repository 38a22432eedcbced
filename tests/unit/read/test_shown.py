"""What is kept of HTML that was made safe: so much, for so long, and only what was asked for just so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailhelper_core import MailHelper, NotFoundError, OwnerServices
from mailhelper_core.read import shown as shown_module
from mailhelper_core.read.shown import KEPT_SECONDS, MAX_CHARACTERS, ShownHtml
from mailhelper_core.testing import ImapServer

ONE, OTHER = (1, b"one", False), (1, b"other", False)


class Clock:
    """A clock that stands until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_put_is_answered_for_its_key_alone() -> None:
    kept = ShownHtml()
    kept.put(ONE, "<p>one</p>")

    assert kept.get(ONE) == "<p>one</p>"
    for key in (OTHER, (2, b"one", False), (1, b"one", True)):
        assert kept.get(key) is None


def test_it_is_kept_for_some_minutes_however_often_it_is_asked_for() -> None:
    clock = Clock()
    kept = ShownHtml(clock)
    kept.put(ONE, "one")

    clock.now = KEPT_SECONDS - 1
    assert kept.get(ONE) == "one"
    clock.now = KEPT_SECONDS
    assert kept.get(ONE) is None
    kept.put(OTHER, "other")
    assert list(kept._kept) == [OTHER]


def test_of_too_much_goes_what_was_asked_for_longest_ago() -> None:
    kept = ShownHtml()
    size = MAX_CHARACTERS // 5
    for number in range(5):
        kept.put((number, b"", False), "x" * size)
    kept.get((0, b"", False))

    kept.put((5, b"", False), "x" * size)

    assert [number for number in range(6) if kept.get((number, b"", False))] == [0, 2, 3, 4, 5]
    assert kept._characters == 5 * size


def test_what_is_put_again_counts_once_and_a_large_one_is_not_kept() -> None:
    kept = ShownHtml()
    kept.put(ONE, "x" * 100)
    kept.put(ONE, "y")
    assert (kept.get(ONE), kept._characters) == ("y", 1)

    kept.put(ONE, "x" * (MAX_CHARACTERS // 4 + 1))

    assert (kept.get(ONE), kept._characters) == (None, 0)


def test_nothing_is_left_of_what_was_cleared() -> None:
    kept = ShownHtml()
    kept.put(ONE, "one")

    kept.clear()

    assert (kept.get(ONE), kept._characters) == (None, 0)


def mail(words: str) -> bytes:
    found = EmailMessage()
    found["From"], found["Subject"], found["Message-ID"] = "bob@x.example", "Hello", f"<{words}@x.example>"
    found.set_content(f'<p>{words}</p><img src="https://x.example/a.png">', subtype="html")
    return found.as_bytes()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What was made safe, in order."""
    found: list[bytes] = []
    original: Callable[..., object] = shown_module.parse_body

    def parse_body(raw: bytes) -> object:
        found.append(raw)
        return original(raw)

    monkeypatch.setattr(shown_module, "parse_body", parse_body)
    return found


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[OwnerServices, OwnerServices]]:
    """Ada and Bob, who got the same mail."""
    with (
        MailHelper(f"sqlite:///{tmp_path}/mail.db") as helper,
        ImapServer(users={"ada": "secret", "bob": "secret"}) as server,
    ):
        owners = []
        for name in ("ada", "bob"):
            server.store.user(name).mailbox("INBOX").append(mail("lantern"))
            owner = helper.for_owner(name)
            owner.sync(owner.accounts.add(server.url, username=name, password="secret").id)
            owners.append(owner)
        yield owners[0], owners[1]


def test_a_message_that_is_shown_again_is_made_safe_once(
    two: tuple[OwnerServices, OwnerServices], made: list[bytes]
) -> None:
    ada, _ = two
    [one] = ada.search("")

    first = [ada.messages.html(one.id), ada.messages.html(one.id, remote_images=True)]
    again = [ada.messages.html(one.id), ada.messages.html(one.id, remote_images=True)]

    assert "lantern" in first[0]
    assert ["https://" in html for html in first] == [False, True]
    assert again == first
    assert made == [mail("lantern")] * 2


def test_what_one_owner_was_shown_is_made_anew_for_another(
    two: tuple[OwnerServices, OwnerServices], made: list[bytes]
) -> None:
    ada, bob = two
    [one], [other] = ada.search(""), bob.search("")
    ada.messages.html(one.id)

    with pytest.raises(NotFoundError):
        bob.messages.html(one.id)
    bob.messages.html(other.id)

    assert made == [mail("lantern")] * 2


def test_a_message_that_has_gone_is_not_shown_from_memory(two: tuple[OwnerServices, OwnerServices]) -> None:
    ada, _ = two
    [one] = ada.search("")
    ada.messages.html(one.id)

    ada.accounts.remove(one.account_id)

    with pytest.raises(NotFoundError):
        ada.messages.html(one.id)
