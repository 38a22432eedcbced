"""The table of faults: complete, documented, and each one can be armed and met."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.commands.table import COMMANDS
from mailhelper_core.testing.faults import FAULTS, ScriptedFault, named
from mailhelper_core.testing.imap.faults import ANY_COMMAND, GREETING
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests import faults_page

# Those that fill the mailbox with 100 MB or 160,000 mails; clients that need them pay for them.
HEAVY = {"F12", "F52", "F53"}
TESTS = Path(__file__).parents[2]
# Faults that strike elsewhere than at a sync have tests of their own, which name them; the others are met by one table.
NAMED_IN = {"deliver": "faults/test_delivery_faults.py", "watch": "contract/watch/test_outages.py"}


def fill(server: ImapServer) -> list[Mailbox]:
    mailboxes = server.store.user("ada").mailboxes
    for mailbox in mailboxes:
        mailbox.append(b"Subject: one\r\n\r\nText.\r\n", flags=["\\Seen"])
    return mailboxes


def test_every_number_is_there() -> None:
    wanted = [f"F{number:02}" for number in (*range(1, 35), *range(40, 69))]

    assert [number for number in wanted if number not in FAULTS] == []
    assert {name.partition(".")[0] for name in FAULTS} == set(wanted)


def test_variants_are_found_by_their_number() -> None:
    assert {fault.name for fault in named("F16")} == {"F16", "F16.injected", "F16.preauth"}


def test_each_is_met_where_it_strikes() -> None:
    struck = {strikes: {one.name for one in FAULTS.values() if one.strikes == strikes} for strikes in NAMED_IN}
    said = {strikes: (TESTS / page).read_text(encoding="utf-8") for strikes, page in NAMED_IN.items()}
    met = {
        strikes: {
            *re.findall(r'FAULTS\["(.+?)"\]', text),
            *(one.name for name in re.findall(r'named\("(.+?)"\)', text) for one in named(name)),
        }
        for strikes, text in said.items()
    }

    assert {one.strikes for one in FAULTS.values()} == {"connect", "sync", *NAMED_IN}
    assert {strikes: names - met[strikes] for strikes, names in struck.items()} == {"deliver": set(), "watch": set()}


@pytest.mark.parametrize("fault", [fault for fault in FAULTS.values() if fault.name not in HEAVY], ids=lambda f: f.name)
def test_armed_fault_meets_a_command_that_there_is(fault: ScriptedFault) -> None:
    server = fault.server()
    mailboxes = fill(server)
    before = [(box.name, box.uid_validity, box.uids, box.messages) for box in mailboxes]
    plain = ImapServer()

    fault.arm(server)

    armed = {one.command for one in server.faults.armed}
    assert armed <= {*COMMANDS, GREETING, ANY_COMMAND}
    after = [(box.name, box.uid_validity, box.uids, box.messages) for box in server.store.user("ada").mailboxes]
    differs = server.capabilities != plain.capabilities or server.url[:5] == "imaps" or after != before or fault.options
    special = [box.read_only or not box.keeps_mod_seqs for box in mailboxes]
    assert armed or differs or any(special) or fault.name == "F60"


def test_the_table_of_the_reference_is_that_of_the_code() -> None:
    page = faults_page.PAGE.read_text(encoding="utf-8")

    assert page.endswith(faults_page.BEGIN + faults_page.table()), "run `python -m tests.faults_page`"


def test_disarmed_server_is_healthy() -> None:
    server = FAULTS["F32"].server()
    FAULTS["F32"].arm(server)

    FAULTS["F32"].disarm(server)

    assert server.faults.armed == ()
