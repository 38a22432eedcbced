"""`mailhelper rule import`: what comes of blocks that end otherwise together than one by one."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.conftest import Cli

SCRIPT = """require "fileinto";
if header :contains "subject" "bill" { fileinto "Bills"; }
if header :contains "from" "bank" { fileinto "Bank"; }
"""


def test_blocks_that_file_into_two_mailboxes_are_one_rule_unless_they_are_wanted_apart(cli: Cli) -> None:
    Path("mine.sieve").write_text(SCRIPT)

    together = cli.ok("rule", "import", "mine.sieve", "--look", "--json").json
    apart = cli.ok("rule", "import", "mine.sieve", "--apart", "--json").json

    assert (len(together["rules"]), together["losses"]) == (1, [])
    assert (len(apart["rules"]), [loss["kind"] for loss in apart["losses"]]) == (2, ["near"])
    assert len(cli.ok("rule", "list", "--json").json["rules"]) == 2
