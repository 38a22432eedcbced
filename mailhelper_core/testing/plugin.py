"""The pytest fixtures of the test kit; nothing of the kit is imported before a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from mailhelper_core import testing

if TYPE_CHECKING:
    from pathlib import Path

    from mailhelper_core.testing.clock import FixedClock
    from mailhelper_core.testing.environment import Environment
    from mailhelper_core.testing.generator.generator import MailboxGenerator
    from mailhelper_core.testing.imap.server import ImapServer


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """A running IMAP server whose user `ada` has the password `secret` and no mail."""
    with testing.ImapServer() as server:
        yield server


@pytest.fixture
def mailbox_generator() -> MailboxGenerator:
    """A generator of mailboxes, with a seed of its own."""
    return testing.MailboxGenerator(seed=1)


@pytest.fixture
def fixed_clock() -> FixedClock:
    """A clock that stands at the time at which generated mailboxes end."""
    return testing.FixedClock()


@pytest.fixture
def mailhelper_env(tmp_path: Path, imap_server: ImapServer, fixed_clock: FixedClock) -> Iterator[Environment]:
    """An engine on an empty database, and the account of the owner `ada` on `imap_server`; by `fixed_clock`."""
    with testing.Environment.start(tmp_path, server=imap_server, clock=fixed_clock) as env:
        yield env
