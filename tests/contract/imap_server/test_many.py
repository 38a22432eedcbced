"""Many connections at once, each with random commands: none is told what contradicts what it was told before.

The same on Dovecot says whether the expectations are right.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from mailhelper_core.testing import ExtraLines, Fault, ImapServer
from tests.contract.imap_server.talker import MAIL, Talker
from tests.servers.dovecot import PASSWORD

CONNECTIONS = 5
COMMANDS = 120


def talk(port: int, user: str, password: str, commands: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # a failure shows it
    with ExitStack() as stack, ThreadPoolExecutor(CONNECTIONS) as pool:
        talkers = [
            stack.enter_context(Talker(port, user, password, random.Random(seed + number)))
            for number in range(CONNECTIONS)
        ]

        list(pool.map(lambda talker: [talker.step() for _ in range(commands)], talkers))

        talkers[0].command("NOOP")  # what it was not told of yet, EXPUNGE may leave there
        talkers[0].command("EXPUNGE")
        views = [talker.settle() for talker in talkers]
        assert all(view == views[0] for view in views), "in the end they do not agree"
        assert all(b"\\Deleted" not in flags for flags in views[0].values())
        # Of what others have just expunged a server may say NO; of nothing else here.
        assert {name for talker in talkers for name in talker.refused} <= {"FETCH", "STORE", "COPY", "UID"}


@pytest.fixture
def commands(request: pytest.FixtureRequest) -> int:
    return COMMANDS * (20 if request.config.getoption("full") else 1)


def test_the_bundled_server_contradicts_itself_to_nobody(commands: int) -> None:
    with ImapServer(users={"ada": "secret"}) as server:
        talk(server.port, "ada", "secret", commands)


@pytest.mark.parametrize("without", [("QRESYNC", "CONDSTORE"), ("UIDPLUS", "MOVE", "ESEARCH")])
def test_nor_does_it_with_fewer_extensions(without: tuple[str, ...]) -> None:
    with ImapServer(users={"ada": "secret"}, without=without) as server:
        talk(server.port, "ada", "secret", COMMANDS)


@pytest.mark.parametrize(
    ("command", "lie", "says"),
    [
        ("NOOP", b"9 EXPUNGE", "EXPUNGE' of 9 among 2"),
        ("NOOP", b"1 EXISTS", "where 2 were known"),
        ("FETCH 1 (UID)", b"1 EXPUNGE", "while FETCH was answered"),
        ("FETCH 1 (UID)", b"1 FETCH (UID 999)", "is UID 999, and was 1"),
        ("FETCH 1:2 (UID)", b"2 FETCH (UID 1)", "is UID 1, and was 2"),
        ("SEARCH ALL", b"SEARCH 3", "beyond the view"),
    ],
)
def test_a_server_that_contradicts_itself_is_caught(command: str, lie: bytes, says: str) -> None:
    with ImapServer(users={"ada": "secret"}) as server:
        for _ in range(2):
            server.store.user("ada").mailbox("INBOX").append(MAIL)
        server.faults.add(Fault(command.split()[0], ExtraLines((lie,))))

        talker = Talker(server.port, "ada", "secret", random.Random(1))
        with talker, pytest.raises(AssertionError, match=says):
            talker.command(command)


@pytest.mark.servers
def test_dovecot_is_held_to_the_same(request: pytest.FixtureRequest, dovecot_user: str) -> None:
    dovecot = request.getfixturevalue("dovecot")

    talk(dovecot.port, dovecot_user, PASSWORD, COMMANDS)
