"""The pytest fixtures of the test kit; nothing of the kit is imported before a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
def mailhelper_plugins() -> Sequence[object]:
    """The plugins that `mailhelper_env` loads: none, until a test module or conftest.py has a fixture of this name."""
    return ()


@pytest.fixture
def mailhelper_env(
    tmp_path: Path, imap_server: ImapServer, fixed_clock: FixedClock, mailhelper_plugins: Sequence[object]
) -> Iterator[Environment]:
    """An engine on an empty database, and the account of the owner `ada` on `imap_server`; by `fixed_clock`.

    It loads the plugins of `mailhelper_plugins` and no installed ones; one with problems fails the test.
    """
    env = testing.Environment.start(tmp_path, server=imap_server, clock=fixed_clock, plugins=mailhelper_plugins)
    with env:
        problems = [f"{one.name} {problem}" for one in env.helper.plugins for problem in one.problems]
        assert not problems, f"{problems[0]}; a test about problems makes its own Environment.start(..., plugins=...)"
        yield env
