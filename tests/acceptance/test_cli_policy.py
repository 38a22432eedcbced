"""What an owner syncs of an account, said on the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.testing import ImapServer
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.unit.sync.world import fill, mail


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with a large mail, and one in another mailbox."""
    with ImapServer(users={USER: PASSWORD}) as server:
        user = server.store.user(USER)
        user.mailbox("INBOX").append(mail(1, subject="Huge", body="A long story. " * 100_000))
        fill(user.mailbox("Archive"), range(2, 4))
        yield server


def test_a_policy_leaves_out_what_it_says_until_it_is_widened(cli: Cli, server: ImapServer) -> None:
    cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    cli.ok("account", "policy", "--exclude", "Arch*", "--size-cap-mb", "1")
    assert "1 new" in cli.ok("sync").out
    check = cli.ok("account", "check", "--json").json["check"]
    assert check["not_synced"] == {"Archive": "excluded"}
    [huge] = cli.ok("list", "--json").json["messages"]
    assert "only the header is here" in cli.ok("show", str(huge["id"])).out

    cli.ok("account", "policy", "--reset")

    assert "2 new, 1 complete now" in cli.ok("sync").out
    assert "A long story." in cli.ok("show", str(huge["id"])).out
