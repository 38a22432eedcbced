"""Our interpreter and Pigeonhole's decide the same on the same scripts and mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from mailhelper_core.errors import SieveError
from mailhelper_core.model.mail.message import Mailbox
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.rules.sieve.carried_out import operations
from mailhelper_core.rules.sieve.mail import RawMail
from mailhelper_core.sieve.program import Program
from tests.contract.sieve.cases import AROUND, REFUSED, Case, cases, compiled, generated_mails, real_mails, verdict
from tests.contract.sieve.conftest import started
from tests.servers.sieve import Pigeonhole, Verdict
from tests.unit.rules.generated import mail as stored
from tests.unit.rules.generated import place

# A run of sieve-test costs about 15 ms CPU: one mail a script by default, the whole matrix with --full.
_PROCESSES = 2
_STEP = 7  # of the corpus whose acceptance is asked by default
ACCEPTED = [case for case in cases() if case.file != REFUSED]


# Where Pigeonhole 0.5 is wrong by the RFCs, and scripts of the corpus leave it alone: a test, a mail, what holds.
FAULTS = (
    ('header :matches "subject" "?X*"', b"Subject: Failed\r\n\r\n", False),
    ('header :matches "subject" "*??*"', b"Subject: PI\r\n\r\n", True),
    (
        'body :content "message/rfc822" :contains "Subject"',
        b"Content-Type: MESSAGE/RFC822\r\n\r\nSubject: a\r\n\r\n",
        True,
    ),
    (
        'body :content "message/rfc822" :contains "Subject"',
        b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\n\r\nb\r\n--b--\r\n",
        True,
    ),
)
# sieve-test shows so many octets of a mailbox's name, this behind a longer one among them.
SHOWN_OCTETS = 128
CUT = "..."
# What stands for octets that it cannot read.
UNREAD = "\N{REPLACEMENT CHARACTER}"


JUNK = "Unwanted"


class Difference(NamedTuple):
    """A script and a mail on which the two do not agree."""

    file: str
    title: str
    mail: int
    ours: Verdict
    theirs: Verdict


def test_the_corpus_is_large_enough() -> None:
    assert len(ACCEPTED) >= 200
    assert len({(case.file, case.title) for case in cases()}) == len(cases())


def test_a_sample_is_decided_the_same(pigeonhole: Pigeonhole) -> None:
    mails = generated_mails(20)

    pairs = [(case, number % len(mails)) for number, case in enumerate(ACCEPTED)]

    assert _differences(pigeonhole, pairs, mails) == []


@pytest.mark.parametrize(("test", "mail", "holds"), FAULTS)
def test_a_fault_of_the_peer_is_not_followed(pigeonhole: Pigeonhole, test: str, mail: bytes, *, holds: bool) -> None:
    text = f'require ["fileinto", "body"]; if {test} {{ fileinto "A"; }}'
    script, path = pigeonhole.write("fault.sieve", text.encode()), pigeonhole.write("fault.eml", mail)

    assert (verdict(compiled(text), mail) == ("store A",)) is holds
    assert (pigeonhole.decide(script, path) == ("store A",)) is not holds


def test_a_sample_is_refused_or_accepted_by_both(pigeonhole: Pigeonhole) -> None:
    assert _disagreed(pigeonhole, cases()[::_STEP]) == []


@pytest.mark.full
def test_every_script_is_refused_or_accepted_by_both(pigeonhole: Pigeonhole) -> None:
    assert _disagreed(pigeonhole, cases()) == []


@pytest.mark.full
def test_every_script_decides_the_same_on_generated_mail(pigeonhole: Pigeonhole) -> None:
    mails = generated_mails(40)

    pairs = [(case, number) for case in ACCEPTED for number in range(len(mails))]

    assert _differences(pigeonhole, pairs, mails) == []


@pytest.mark.full
def test_every_script_decides_the_same_on_real_mail(pigeonhole: Pigeonhole, shared_data: Path) -> None:
    mails = real_mails(shared_data, 30)

    pairs = [(case, number) for case in ACCEPTED for number in range(len(mails))]

    assert len(mails) == 30
    assert _differences(pigeonhole, pairs, mails) == []


def _disagreed(peer: Pigeonhole, chosen: list[Case]) -> list[Case]:
    def is_same(numbered: tuple[int, Case]) -> bool:
        number, case = numbered
        path = peer.write(f"accepted{number}.sieve", case.text.encode())
        return (_compiled(case) is not None) == peer.compiles(path)

    with ThreadPoolExecutor(_PROCESSES) as pool:
        answers = list(pool.map(is_same, enumerate(chosen)))
    return [case for case, same in zip(chosen, answers, strict=True) if not same]


def _compiled(case: Case) -> Program | None:
    try:
        return compiled(case.text)
    except SieveError:
        return None


def _differences(peer: Pigeonhole, pairs: list[tuple[Case, int]], mails: list[bytes]) -> list[Difference]:
    paths = [peer.write(f"{number}.eml", raw) for number, raw in enumerate(mails)]
    scripts = {case: peer.write(f"decided{number}.sieve", case.text.encode()) for number, case in enumerate(ACCEPTED)}
    programs = {case: compiled(case.text) for case in ACCEPTED}

    def compare(pair: tuple[Case, int]) -> Difference | None:
        case, number = pair
        ours, theirs = verdict(programs[case], mails[number]), peer.decide(scripts[case], paths[number])
        return None if _is_same(ours, theirs) else Difference(case.file, case.title, number, ours, theirs)

    with ThreadPoolExecutor(_PROCESSES) as pool:
        return [found for found in pool.map(compare, pairs) if found]


def _is_same(ours: Verdict, theirs: Verdict) -> bool:
    if len(ours) != len(theirs):
        return False
    return all(map(_says_the_same, ours, theirs))


def _says_the_same(ours: str, theirs: str) -> bool:
    """Flags are compared always, and all of a name but what sieve-test leaves out, or could not read."""
    if ours == theirs:
        return True
    if theirs.startswith("flags "):
        return False
    shown = theirs.removesuffix(CUT)
    is_cut = shown != theirs and len(theirs.removeprefix("store ").encode()) >= SHOWN_OCTETS - len(CUT)
    pattern = ".+".join(map(re.escape, re.split(f"{UNREAD}+", shown if is_cut else theirs)))
    return re.fullmatch(pattern + ".+" * is_cut, ours) is not None


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("store A", "store A", True),
        ("store Büro/x", f"store B{UNREAD}{UNREAD}ro/x", True),
        ("store Büro/y", f"store B{UNREAD}{UNREAD}ro/x", False),
        ("store " + "x" * 300, "store " + "x" * 125 + CUT, True),
        ("store " + "x" * 100 + "y" * 200, "store " + "x" * 125 + CUT, False),
        ("store And so on", "store And" + CUT, False),
        (f"flags a{UNREAD}", "flags ab", False),
        ("flags ab", f"flags a{UNREAD}", False),
    ],
)
def test_only_what_the_peer_does_not_show_is_not_compared(ours: str, theirs: str, *, same: bool) -> None:
    assert _says_the_same(ours, theirs) is same


@pytest.fixture(scope="module")
def with_junk(pytestconfig: pytest.Config) -> Iterator[Pigeonhole]:
    """The peer, where a mailbox has a special use."""
    yield from started(pytestconfig, JUNK, "\\Junk")


@pytest.mark.parametrize(
    ("commands", "mailboxes"),
    [
        ('if specialuse_exists "\\\\Junk" { addflag "there"; }', {"INBOX"}),
        ('if specialuse_exists "\\\\JUNK" { addflag "there"; }', {"INBOX"}),
        ('if specialuse_exists ["\\\\Junk", "\\\\Sent"] { addflag "both"; }', {"INBOX"}),
        (f'if specialuse_exists "{JUNK}" "\\\\Junk" {{ addflag "its"; }}', {"INBOX"}),
        ('if specialuse_exists "INBOX" "\\\\Junk" { addflag "others"; }', {"INBOX"}),
        (f'if mailboxexists ["INBOX", "{JUNK}"] {{ addflag "box"; }}', {"INBOX"}),
        ('addflag "x"; fileinto :create :specialuse "\\\\Junk" "Spam";', {JUNK}),
        ('fileinto :copy :specialuse "\\\\Junk" "Spam";', {"INBOX", JUNK}),
        ('fileinto :create :specialuse "\\\\Sent" "Spam";', {"Spam"}),
    ],
)
def test_a_mailbox_of_a_special_use_is_found_by_both(with_junk: Pigeonhole, commands: str, mailboxes: set[str]) -> None:
    """What both decide, where the peer puts the mail then, and where operations on a stored message put it."""
    text = f'require ["fileinto", "imap4flags", "mailbox", "special-use", "copy"]; {commands}'
    mail = b"Subject: a\r\n\r\nb\r\n"
    script, path = with_junk.write("special.sieve", text.encode()), with_junk.write("special.eml", mail)
    uses = frozenset({(JUNK, "\\junk")})
    around = replace(AROUND, mailboxes=frozenset({"INBOX", JUNK}), special_uses=uses)

    assert verdict(compiled(text), mail, around) == with_junk.decide(script, path)
    assert with_junk.deliver(script, path) == mailboxes
    message = stored(places=(place(1),))
    found = Directory.of([Mailbox(1, 1, "INBOX", "/", "inbox"), Mailbox(2, 1, JUNK, "/", "junk")])
    decision = compiled(text).decide(RawMail(mail), around)
    ends = View(message.places)
    for operation in operations(message, decision, found):
        ends = apply(ends, operation, found) or ends
    assert {one.mailbox for one in ends.places} == mailboxes
